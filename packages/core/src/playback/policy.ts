import * as Config from "../config/index.ts";
import { Problem } from "../problem/index.ts";

/**
 * The one place where policies are made. A policy opens a folder or a file of one attempt, at our
 * own edge, until a moment to come: anything wider is a bug and is refused.
 *
 * @param path such as `videos/vid_.../1/*`
 * @returns its text, to the letter what is signed
 * @throws Problem `GrantForbidden`
 */
export function policy(path: string, expiresAtMs: number, nowMs: number): string {
  const edge = Config.edgeUrl();
  const expiresAtS = Math.floor(expiresAtMs / 1000);
  if (!EDGE.test(edge) || !WITHIN.test(path) || path.includes("..")) {
    throw new Problem("GrantForbidden");
  }
  if (
    !Number.isSafeInteger(expiresAtS) ||
    expiresAtS <= Math.floor(nowMs / 1000) ||
    expiresAtS > FAR
  ) {
    throw new Problem("GrantForbidden");
  }
  return JSON.stringify({
    Statement: [
      {
        Resource: `${edge}/${path}`,
        Condition: { DateLessThan: { "AWS:EpochTime": expiresAtS } },
      },
    ],
  });
}

/** A scheme and a host, perhaps a port, and nothing more. */
const EDGE = /^https?:\/\/[A-Za-z0-9.-]+(?::\d{1,5})?$/;

/** One attempt's folder, then a file or a star after a slash. CloudFront re-encodes other letters. */
const WITHIN =
  /^videos\/vid_[0-9A-HJKMNP-TV-Z]{26}\/[1-9]\d{0,5}\/(?:[A-Za-z0-9_-]+\/)*(?:\*|[A-Za-z0-9][A-Za-z0-9._-]*)$/;

/** Seconds that look like milliseconds would open a film for ever. */
const FAR = 100_000_000_000;
