import { tmpdir } from "node:os";
import { expect, it } from "vitest";
import { findTools } from "../../packages/local/src/ffmpeg/find.ts";
import { run } from "./ffmpeg.ts";

const { ffmpeg } = findTools();
const raw = ["-f", "lavfi", "-i", "testsrc2=s=320x180:d=20", "-f", "yuv4mpegpipe", "pipe:1"];
const read = ["-loglevel", "error", "-f", "yuv4mpegpipe", "-i", "pipe:0"];

it("an ffmpeg reads what another makes, and only its own CPU is counted", async () => {
  const args = [...read, "-f", "null", "-"];
  const seconds = await run(ffmpeg, args, tmpdir(), { args: ["-v", "error", ...raw] });
  expect(seconds).toBeGreaterThanOrEqual(0);
});

it("one that cannot read does not leave the other waiting", async () => {
  const args = [...read, "-c:v", "none-such", "-f", "null", "-"];
  const failing = run(ffmpeg, args, tmpdir(), { args: ["-v", "error", ...raw] });
  await expect(failing).rejects.toThrow(/none-such/);
});
