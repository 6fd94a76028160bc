import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { bareEnv } from "../ffmpeg/env.ts";
import { findTools } from "../ffmpeg/find.ts";
import type { CloudEvent } from "../kernel/cloud.ts";
import { Refusal } from "../kernel/refusal.ts";
import { testCloud } from "../kernel/testing.ts";
import { type MediaConvert, type MediaConvertOptions, openMediaConvert } from "./index.ts";
import type { Objects } from "./objects.ts";

/** The programs npm carries, whatever else this machine has. */
export const carried = findTools({});

/** Objects as files: `<folder>/<bucket>/<key>`. */
export function folderObjects(folder: string): Objects {
  const place = (bucket: string, key: string) => join(folder, bucket, key);
  const need = (bucket: string, key: string) => {
    const path = place(bucket, key);
    if (!existsSync(path)) {
      throw new Refusal("NoSuchKey", "The specified key does not exist.", { httpStatus: 404 });
    }
    return path;
  };
  return {
    head(bucket, key) {
      const { size, mtimeMs } = statSync(need(bucket, key));
      return { sizeBytes: size, etag: '"0"', storedAtMs: mtimeMs, contentType: "video/mp4" };
    },
    async fetchTo(bucket, key, file) {
      copyFileSync(need(bucket, key), file);
    },
    async putFile(bucket, key, file) {
      mkdirSync(dirname(place(bucket, key)), { recursive: true });
      renameSync(file, place(bucket, key));
    },
  };
}

/** A MediaConvert with a folder for S3, a list for EventBridge, and films made on the spot. */
export function studio(options: Partial<MediaConvertOptions> & { dataDir?: string } = {}) {
  const { dataDir, ...rest } = options;
  const made = testCloud(dataDir ? { dataDir } : {});
  const shelf = join(made.dataDir, "shelf");
  const events: Array<Pick<CloudEvent, "detail" | "resources">> = [];
  made.cloud.onEmit((event) => events.push(event));
  const service: MediaConvert = openMediaConvert(made.cloud, {
    objects: folderObjects(shelf),
    ffmpeg: process.env.FFMPEG_PATH ? findTools() : carried,
    ...rest,
  });
  return {
    ...made,
    service,
    shelf,
    events,
    statuses: () => events.map(({ detail }) => String(detail.status)),
    /** where an object lies, its folder made */
    path(bucket: string, key: string) {
      const path = join(shelf, bucket, key);
      mkdirSync(dirname(path), { recursive: true });
      return path;
    },
    read: (bucket: string, key: string) => readFileSync(join(shelf, bucket, key), "utf8"),
    files(bucket: string) {
      const folder = join(shelf, bucket);
      if (!existsSync(folder)) return [];
      return readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
        .sort();
    },
    call: <Output>(operation: string, input: object) =>
      made.cloud.call<Output>("mediaconvert", operation, input, made.cloud.iam.operator),
    /** Starts a job and waits until it is over. */
    async finish(request: object, timeoutMs?: number): Promise<Record<string, unknown>> {
      const { Job } = await made.cloud.call<{ Job: { Id: string } }>(
        "mediaconvert",
        "CreateJob",
        request,
        made.cloud.iam.operator,
      );
      return until(() => {
        const last = events.find(
          ({ detail }) =>
            detail.jobId === Job.Id &&
            ["COMPLETE", "ERROR", "CANCELED"].includes(String(detail.status)),
        );
        return last?.detail;
      }, timeoutMs);
    },
  };
}

/** Asks again until there is an answer. */
export async function until<T>(ask: () => T | undefined, timeoutMs = 25_000): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error("waited in vain");
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}

/** A folder of films, each made once. */
export function filmRoom() {
  const folder = mkdtempSync(join(tmpdir(), "films-"));
  const known = new Map<string, string>();
  return {
    folder,
    /** @param args ffmpeg's, between the global ones and the file */
    film(name: string, args: string): string {
      const path = known.get(name) ?? join(folder, name);
      if (!known.has(name)) ffmpeg([...words(args), path]);
      known.set(name, path);
      return path;
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export function ffmpeg(args: readonly string[]): void {
  execFileSync(carried.ffmpeg, ["-hide_banner", "-loglevel", "error", "-nostdin", "-y", ...args]);
}

/** Everything ffprobe says about a file or address. */
export function ffprobe(
  path: string,
  ...more: string[]
): {
  format: Record<string, string>;
  streams: Array<Record<string, unknown>>;
  packets?: Array<Record<string, string>>;
} {
  const open = /\.(m3u8|mpd)$/.test(path) ? ["-allowed_extensions", "ALL"] : [];
  const args = [
    "-v",
    "error",
    ...open,
    "-show_format",
    "-show_streams",
    "-of",
    "json",
    ...more,
    path,
  ];
  return JSON.parse(execFileSync(carried.ffprobe, args, { encoding: "utf8", env: bareEnv() }));
}

export const video = (size: string, rate: string, seconds: number) =>
  `-f lavfi -i testsrc2=s=${size}:r=${rate}:d=${seconds}`;
export const tone = (seconds: number) => `-f lavfi -i sine=f=440:r=48000:d=${seconds}`;
export const fast = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p";

function words(text: string): string[] {
  return text.split(" ").filter((word) => word !== "");
}
