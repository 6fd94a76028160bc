import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findTools } from "@rushes/local/ffmpeg";
import { afterAll, expect, it } from "vitest";
import { root } from "../support/laptop.ts";
import { clip } from "../support/media.ts";

const dataDir = mkdtempSync(join(tmpdir(), "rushes-carried-"));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

it("a film goes the whole way on the ffmpeg that npm carries, whatever the machine has", async () => {
  const carried = findTools({ PATH: "" });
  expect(carried.from).toEqual({ ffmpeg: "npm", ffprobe: "npm" });
  const main = join(root, "packages/cli/src/main.ts");
  const words = ["start", "--data", dataDir, "--port", "0", "--once", await clip({ seconds: 3 })];
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", main, ...words], {
    cwd: root,
    env: { ...process.env, FFMPEG_PATH: carried.ffmpeg, FFPROBE_PATH: carried.ffprobe },
    stdio: ["ignore", "pipe", "ignore"],
  });
  let out = "";
  child.stdout.on("data", (chunk) => {
    out += chunk;
  });
  expect(await new Promise((done) => child.on("close", done))).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ status: "READY" });
});
