import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findTools } from "@rushes/local/ffmpeg";
import { afterAll } from "vitest";

/** Sources that real cameras and real mischief make, each made on the spot from formulas. */

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A new folder for one source; it goes when the tests of the file are over. */
function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "rushes-media-"));
  folders.push(made);
  return made;
}

/** Runs ffmpeg to write `name` into a new folder, and answers the file. */
async function make(name: string, args: string[]): Promise<string> {
  const file = join(folder(), name);
  const { ffmpeg } = findTools();
  await run(ffmpeg, ["-hide_banner", "-loglevel", "error", "-nostdin", "-y", ...args, file]);
  return file;
}

function run(program: string, args: string[]): Promise<void> {
  return new Promise((done, fail) => {
    const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    child.stderr.on("data", (chunk) => {
      said += chunk;
    });
    child.on("error", fail);
    child.on("close", (code) =>
      code === 0 ? done() : fail(new Error(`${program} ${args.join(" ")}\n${said}`)),
    );
  });
}

export const picture = (size = "320x180", rate: string | number = 30, seconds = 2): string[] => [
  "-f",
  "lavfi",
  "-i",
  `testsrc2=s=${size}:r=${rate}:d=${seconds}`,
];

export const tone = (seconds = 2): string[] => [
  "-f",
  "lavfi",
  "-i",
  `sine=f=440:r=48000:d=${seconds}`,
];

const h264 = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"];
const aac = ["-c:a", "aac"];

export interface ClipOptions {
  size?: string;
  rate?: string | number;
  seconds?: number;
  name?: string;
}

/** An ordinary H.264 MP4 with AAC. */
export function clip({ size, rate, seconds = 2, name = "clip.mp4" }: ClipOptions = {}) {
  return make(name, [
    ...picture(size, rate, seconds),
    ...tone(seconds),
    ...h264,
    ...aac,
    "-shortest",
    "-movflags",
    "+faststart",
  ]);
}

/** A film whose picture and sound need not last equally long; 0 is none at all. */
export function uneven(of: ClipOptions & { pictureSeconds: number; soundSeconds: number }) {
  const { size, rate, pictureSeconds, soundSeconds, name = "uneven.mp4" } = of;
  return make(name, [
    ...(pictureSeconds > 0 ? picture(size, rate, pictureSeconds) : []),
    ...(soundSeconds > 0 ? tone(soundSeconds) : []),
    ...(pictureSeconds > 0 ? h264 : []),
    ...(soundSeconds > 0 ? aac : []),
  ]);
}

/** Twenty minutes that are made in a moment and take the encoder long: one second, over and over. */
export async function long(): Promise<string> {
  const second = await make("second.mp4", [...picture("320x180", 10, 1), ...h264]);
  return make("long.mp4", ["-stream_loop", "1199", "-i", second, "-c", "copy"]);
}

/** A phone held upright: the picture lies on its side and the file says to turn it. */
export async function rotated(): Promise<string> {
  const flat = await clip({ size: "640x360" });
  return make("phone.mov", ["-i", flat, "-c", "copy", "-metadata:s:v:0", "rotate=90"]);
}

export const silent = () => make("silent.mp4", [...picture(), ...h264]);

export const mp3 = () => make("song.mp3", [...tone(3), "-c:a", "libmp3lame", "-b:a", "96k"]);

export const avi = () =>
  make("old.avi", [
    ...picture(),
    ...tone(),
    "-c:v",
    "mpeg4",
    "-vtag",
    "xvid",
    "-c:a",
    "libmp3lame",
    "-shortest",
  ]);

export const hevcMkv = () =>
  make("modern.mkv", [
    ...picture(),
    ...tone(),
    "-c:v",
    "libx265",
    "-preset",
    "ultrafast",
    "-x265-params",
    "log-level=error",
    "-pix_fmt",
    "yuv420p",
    ...aac,
    "-shortest",
  ]);

export const flv = () =>
  make("flash.flv", [
    ...picture(),
    "-f",
    "lavfi",
    "-i",
    "sine=f=440:r=44100:d=2",
    ...h264,
    ...aac,
    "-shortest",
  ]);

/** Interlaced, anamorphic standard definition as a broadcaster has it. */
export const interlacedTs = () =>
  make("tape.ts", [
    ...picture("720x576", 50),
    ...tone(),
    "-vf",
    "tinterlace=mode=interleave_top,fieldorder=tff",
    "-c:v",
    "mpeg2video",
    "-b:v",
    "4M",
    "-pix_fmt",
    "yuv420p",
    "-flags",
    "+ildct+ilme",
    "-aspect",
    "16:9",
    "-c:a",
    "mp2",
    "-shortest",
  ]);

/** A file with exactly these bytes. */
export function written(name: string, content: string | Buffer): string {
  const file = join(folder(), name);
  writeFileSync(file, content);
  return file;
}

/** The first half of a film whose index is at its end. */
export async function withoutIndex(): Promise<string> {
  const whole = readFileSync(
    await make("late.mp4", [...picture(), ...tone(), ...h264, ...aac, "-shortest"]),
  );
  return written("cut.mp4", whole.subarray(0, Math.floor(whole.length / 2)));
}

export const playlist = (target: string) =>
  written(
    "playlist.mp4",
    `#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n${target}\n#EXT-X-ENDLIST\n`,
  );

export const mpd = (target: string) =>
  written(
    "manifest.mp4",
    `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT2S"><Period><AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="1"><BaseURL>${target}</BaseURL></Representation></AdaptationSet></Period></MPD>`,
  );

export const ffconcat = (target: string) =>
  written("list.mp4", `ffconcat version 1.0\nfile '${target}'\n`);
