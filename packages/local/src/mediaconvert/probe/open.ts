import { statSync } from "node:fs";
import { join } from "node:path";
import { unreadableAs } from "../jobs/failure.ts";
import { judge, judgeBoxes } from "../plan/verdict.ts";
import { JobError } from "../problem.ts";
import { inspect, Unreadable } from "./ffprobe.ts";
import { headOf, magicOf } from "./magic.ts";
import type { Media } from "./media.ts";

/**
 * Looks at a stranger's file: first bytes, boxes, then ffprobe with its guards.
 *
 * @param jail the folder that holds `source` and nothing else
 * @throws JobError 1010 unreadable, 1075 broken, 1030 refused
 */
export async function openSource(work: {
  ffprobe: string;
  jail: string;
  lenient: boolean;
  signal?: AbortSignal;
}): Promise<Media> {
  const file = join(work.jail, "source");
  const magic = statSync(file).size > 0 ? magicOf(headOf(file)) : undefined;
  if (!magic) throw new JobError(1010, "Input 1 cannot be opened: it is not a media file.");
  if (magic === "mp4") judgeBoxes(file);
  try {
    const options = work.signal ? { signal: work.signal } : {};
    const media = await inspect(work.ffprobe, work.jail, "source", options);
    if (!work.lenient) judge(media);
    return media;
  } catch (error) {
    if (error instanceof Unreadable) throw unreadableAs(error.message);
    throw error;
  }
}
