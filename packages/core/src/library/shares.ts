import type { Key, Step } from "../aws/table.ts";
import * as Clock from "../clock/index.ts";
import type { VideoId } from "../id/id.ts";

/** Under which key the films lie that are shared with somebody. */
export function sharesOf(sub: string): string {
  return `USER#${sub}`;
}

export const SHARED = "SHARED#";

export function keyOf(sub: string, videoId: VideoId): Key {
  return { PK: sharesOf(sub), SK: `${SHARED}${videoId}` };
}

/** What makes the shares of a film so that they are with these, and no others. */
export function steps(videoId: VideoId, before: readonly string[], now: readonly string[]): Step[] {
  const removed = before.filter((sub) => !now.includes(sub));
  const added = now.filter((sub) => !before.includes(sub));
  return [
    ...removed.map((sub) => ({ remove: keyOf(sub, videoId) })),
    ...added.map((sub) => ({
      key: keyOf(sub, videoId),
      update: "SET videoId = :video, sharedAtMs = :now",
      values: { ":video": videoId, ":now": Clock.now() },
    })),
  ];
}
