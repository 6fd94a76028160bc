import * as Config from "../config/index.ts";
import type * as Id from "../id/id.ts";
import { uploadKey } from "../intake/intake.ts";
import * as Ladder from "../ladder/index.ts";
import { Problem } from "../problem/index.ts";
import * as Upload from "../upload/upload.ts";
import type * as Video from "../video/index.ts";
import * as Words from "../video/words.ts";
import * as Web from "../web/index.ts";

/** A file that will be sent here. */
export interface ByFile {
  filename: string;
  sizeBytes: number;
  /** Media type, such as `video/mp4`. */
  type: string;
}

/** A file that is fetched from the web. */
export interface ByUrl {
  url: string;
}

/** What is to be made of a source; absent means the stage's own choice. */
export interface Making {
  profile?: string | undefined;
  options?: Video.Options | undefined;
}

/** A new source for a film that exists. */
export type Replacement = (ByFile | ByUrl) & Making;

/** A new film. */
export type Wish = Replacement & {
  title?: string | undefined;
  description?: string | undefined;
  tags?: string[] | undefined;
  visibility?: Video.Video["visibility"] | undefined;
};

/**
 * Opens an upload for a film, as far as one can without writing: what is asked is allowed here.
 *
 * @throws Problem `TypeNotAllowed`, `SourceTooLarge`, `AddressNotAllowed`, `ProfileUnknown`
 */
export function uploadFor(videoId: Id.VideoId, wish: Replacement): Upload.Upload {
  if (wish.profile !== undefined && !Ladder.isProfile(wish.profile)) {
    throw new Problem("ProfileUnknown");
  }
  return "url" in wish
    ? Upload.pull(videoId, Web.check(wish.url, Config.intake().pull).href)
    : Upload.plan(videoId, wish);
}

/** What an upload makes its film expect. */
export function expectation(upload: Upload.Upload) {
  return {
    sourceBucket: Config.sourceBucket(),
    sourceKey: uploadKey(upload.videoId, upload.uploadId),
    expects: upload.uploadId,
    expiresAtMs: upload.untilMs,
    ...(upload.way === "pull" ? { fetching: true as const } : {}),
  };
}

/** What a film is called until somebody names it. */
export function titleFor(wish: Wish): string {
  const said = Words.title(wish.title ?? "");
  if (said) return said;
  return Words.titleOf("url" in wish ? nameIn(wish.url) : Words.filename(wish.filename));
}

function nameIn(url: string): string {
  const { pathname, hostname } = new URL(url);
  const name = pathname.split("/").findLast((part) => part !== "") ?? hostname;
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
