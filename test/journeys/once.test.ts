import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "../support/laptop.ts";
import { clip, written } from "../support/media.ts";

/** Runs `rushes start` as a person would and gives what it printed. */
function rushes(words: string[]): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((done, fail) => {
    const child = spawn(
      process.execPath,
      ["--disable-warning=ExperimentalWarning", join(root, "packages/cli/src/main.ts"), ...words],
      { cwd: root, stdio: ["ignore", "pipe", "pipe"] },
    );
    let out = "";
    let err = "";
    child.stdout.on("data", (chunk) => {
      out += chunk;
    });
    child.stderr.on("data", (chunk) => {
      err += chunk;
    });
    child.on("error", fail);
    child.on("close", (code) => done({ code, out, err }));
  });
}

describe("start --once", () => {
  let dataDir: string;
  beforeAll(() => {
    dataDir = mkdtempSync(join(tmpdir(), "rushes-once-"));
  });
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));
  const once = (file: string) =>
    rushes(["start", "--data", dataDir, "--port", "0", "--once", file]);

  it("takes a film to READY, prints one JSON value and exits 0", async () => {
    const { code, out, err } = await once(await clip({ size: "640x360", seconds: 3 }));
    expect(code, err).toBe(0);
    const report = JSON.parse(out);
    expect(report).toMatchObject({ status: "READY", lambdaInvocations: { path: 4 } });
    expect(report.transitions).toBeLessThanOrEqual(7);
    expect(report.renditions[0]).toMatchObject({
      codec: expect.stringMatching(/^avc1\./),
      averageKbps: expect.any(Number),
      sizeBytes: expect.any(Number),
    });
  });

  it("takes what is no film to FAILED with its own problem and exits 1", async () => {
    const { code, out } = await once(written("text.mp4", "this is not a video"));
    expect(code).toBe(1);
    const report = JSON.parse(out);
    expect(report.status).toBe("FAILED");
    expect(report.problem.code).toMatch(/^[A-Z][A-Za-z]+$/);
    expect(report.problem.message).toBeTruthy();
  });

  it("leaves nothing in its temporary folder", () => {
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith("rushes-job"))).toEqual([]);
  });

  it.each([[["--once", "no-such-file.mp4"]], [["--port", "many"]], [["--what"]]])(
    "asked wrongly with %j it exits 2 and says what to do",
    async (words) => {
      const { code, out, err } = await rushes(["start", ...words]);
      expect(code).toBe(2);
      expect(out).toBe("");
      expect(err.trim().split("\n")).toHaveLength(1);
    },
  );
});
