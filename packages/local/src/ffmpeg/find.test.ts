import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { capabilities } from "./capabilities.ts";
import { findTools } from "./find.ts";
import { pasteable } from "./run.ts";

const folder = mkdtempSync(join(tmpdir(), "tools-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const program = (name: string) => {
  const path = join(folder, name);
  writeFileSync(path, "#!/bin/sh\n");
  chmodSync(path, 0o755);
  return path;
};

describe("ffmpeg and ffprobe", () => {
  it("are what the variables say, then what the path has, then what npm carries", () => {
    const [ffmpeg, ffprobe] = [program("ffmpeg"), program("ffprobe")];
    expect(findTools({ PATH: folder })).toMatchObject({
      ffmpeg,
      ffprobe,
      from: { ffmpeg: "PATH" },
    });
    const other = program("mine");
    expect(findTools({ PATH: folder, FFMPEG_PATH: other })).toMatchObject({
      ffmpeg: other,
      ffprobe,
      from: { ffmpeg: "FFMPEG_PATH", ffprobe: "PATH" },
    });
    const carried = findTools({ PATH: "" });
    expect(carried.from).toEqual({ ffmpeg: "npm", ffprobe: "npm" });
    expect(statSync(carried.ffprobe).mode & 0o111).not.toBe(0);
  });

  it("are not looked for elsewhere when a variable is wrong", () => {
    expect(() => findTools({ FFMPEG_PATH: join(folder, "none") })).toThrow(/FFMPEG_PATH is .*none/);
    expect(() => findTools({ FFPROBE_PATH: folder })).toThrow(/FFPROBE_PATH/);
  });

  it("say themselves what they can do", async () => {
    const { encoders, filters, version } = await capabilities(findTools({}).ffmpeg);
    expect(version).toMatch(/^ffmpeg version/);
    expect([...encoders]).toEqual(expect.arrayContaining(["libx264", "aac", "mjpeg"]));
    expect([...filters]).toEqual(expect.arrayContaining(["scale", "fps", "aresample", "yadif"]));
  });

  it("are shown as a line that a shell takes", () => {
    expect(pasteable("ffmpeg", ["-i", "a b", "it's", "x=1"])).toBe(
      "ffmpeg -i 'a b' 'it'\\''s' x=1",
    );
  });
});
