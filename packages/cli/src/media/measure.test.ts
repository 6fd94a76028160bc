import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { measure } from "./measure.ts";

const SAMPLE = fileURLToPath(new URL("../../sample/sample.mp4", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "measure-"));
afterAll(() => rmSync(folder, { recursive: true }));

it("a film's headers say how long, how large and how fast it is", async () => {
  const found = await measure(SAMPLE);
  expect(found.duration).toBeCloseTo(8, 1);
  expect(found).toMatchObject({ size: { width: 1280, height: 720 }, silent: false });
  expect(found.fps).toBeCloseTo(30, 0);
});

it.each([
  ["text.mp4", "no film at all"],
  ["list.mp4", "#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:4,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"],
  ["empty.mp4", ""],
])("%s is none, and it says what to type instead", async (name, text) => {
  const file = join(folder, name);
  writeFileSync(file, text);
  await expect(measure(file)).rejects.toThrow("say --duration, --size and --fps instead");
});
