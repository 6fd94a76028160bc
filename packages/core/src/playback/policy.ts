import { Config } from "../config/index.ts";
import { Problem } from "../problem/index.ts";

/** A CloudFront policy, and the address it opens. */
export interface Policy {
  text: string;
  resource: string;
  expiresAtS: number;
}

/**
 * The one place where policies are made. A policy opens a folder or a file of one attempt, at our
 * own edge, until a moment to come: anything wider is a bug and is refused.
 *
 * @param path such as `videos/vid_.../1/*`
 * @throws Problem `GrantForbidden`
 */
export function policy(path: string, expiresAtMs: number, nowMs: number): Policy {
  const edge = new URL(Config.edgeUrl());
  const clean = edge.search === "" && edge.hash === "" && edge.pathname === "/";
  const expiresAtS = Math.floor(expiresAtMs / 1000);
  if (!clean || !/^https?:$/.test(edge.protocol) || !WITHIN.test(path) || path.includes("..")) {
    throw new Problem("GrantForbidden");
  }
  if (
    !Number.isSafeInteger(expiresAtS) ||
    expiresAtS <= Math.floor(nowMs / 1000) ||
    expiresAtS > FAR
  ) {
    throw new Problem("GrantForbidden");
  }
  const resource = `${edge.origin}/${path}`;
  const text = JSON.stringify({
    Statement: [
      { Resource: resource, Condition: { DateLessThan: { "AWS:EpochTime": expiresAtS } } },
    ],
  });
  return { text, resource, expiresAtS };
}

/** One attempt's folder, then a file or a star after a slash. CloudFront re-encodes other letters. */
const WITHIN =
  /^videos\/vid_[0-9A-HJKMNP-TV-Z]{26}\/[1-9]\d{0,5}\/(?:[A-Za-z0-9_-]+\/)*(?:\*|[A-Za-z0-9][A-Za-z0-9._-]*)$/;

/** Seconds that look like milliseconds would open a film for ever. */
const FAR = 100_000_000_000;
