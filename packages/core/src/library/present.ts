import { createHash } from "node:crypto";
import * as Actor from "../actor/index.ts";
import * as Clock from "../clock/index.ts";
import type { UploadId } from "../id/id.ts";
import { Problem, type ProblemCode, problems } from "../problem/index.ts";
import type { Found, Rate } from "../source/found.ts";
import * as Video from "../video/index.ts";

/** A film as somebody sees it: the `video` of the API. */
export interface Shown {
  id: Video.Video["id"];
  title: string;
  description?: string;
  tags: string[];
  visibility: Video.Video["visibility"];
  relation: Exclude<Actor.Relation, "none">;
  status: Video.Status;
  phase: Phase;
  percent: number;
  settled: boolean;
  attempt: number;
  createdAt: string;
  updatedAt: string;
  playable: boolean;
  published?: ShownPublished;
  // from here on for its owner and operators
  ownerId?: string;
  sharedWith?: string[];
  profile?: string;
  options?: Video.Options;
  source?: ShownFound;
  problem?: { code: ProblemCode; message: string; help: string; retry: boolean };
  warnings?: Video.Warning[];
  cost?: Video.Cost;
  upload?: { id: UploadId };
}

export interface ShownPublished {
  attempt: number;
  at: string;
  durationSeconds: number;
  sizeBytes: number;
  renditions: ShownRendition[];
}

export interface ShownRendition {
  kind: (typeof Video.renditionKinds)[number];
  codec: string;
  width?: number;
  height?: number;
  frameRate?: Rate;
  averageKbps: number;
  peakKbps: number;
  sizeBytes: number;
}

export interface ShownFound {
  container: string;
  durationSeconds: number;
  sizeBytes: number;
  video?: {
    codec: string;
    width: number;
    height: number;
    frameRate: Rate;
    rotation: number;
    interlaced: boolean;
    highDynamicRange: boolean;
  };
  audio?: { codec: string; channels: number; tracks: number; language?: string };
}

export type Phase = (typeof Video.phases)[number];

/**
 * Shows a film to somebody: the one place that decides who sees what of it.
 *
 * @throws Problem `VideoNotFound` when it is nothing to them
 */
export function present(actor: Actor.Actor | undefined, film: Video.Video): Shown {
  const relation = Actor.relation(actor, film);
  if (relation === "none") throw new Problem("VideoNotFound");
  return {
    id: film.id,
    title: film.title,
    ...(film.description ? { description: film.description } : {}),
    tags: film.tags,
    visibility: film.visibility,
    relation,
    status: film.status,
    phase: phaseOf(film),
    percent: percentOf(film),
    settled: Video.isSettled(film.status) && !isOpen(film),
    attempt: film.attempt,
    createdAt: time(film.createdAtMs),
    updatedAt: time(film.updatedAtMs),
    playable: film.published !== undefined,
    ...(film.published ? { published: published(film.published) } : {}),
    ...(Actor.mayInspect(actor, film) ? closer(film) : {}),
  };
}

function closer(film: Video.Video): Partial<Shown> {
  return {
    ownerId: film.ownerId,
    sharedWith: film.sharedWith,
    ...(film.profile ? { profile: film.profile } : {}),
    ...(film.options ? { options: film.options } : {}),
    ...(film.found ? { source: found(film.found) } : {}),
    ...(film.status === "FAILED" ? { problem: trouble(film.problem) } : {}),
    warnings: film.warnings,
    ...(film.cost ? { cost: film.cost } : {}),
    ...(film.expects && isOpen(film) && !film.fetching ? { upload: { id: film.expects } } : {}),
  };
}

/** Where a film is on its way. One that came to nothing and is sent a source again, waits for it. */
export function phaseOf(film: Video.Video): Phase {
  switch (film.status) {
    case "AWAITING_UPLOAD":
      return film.fetching ? "fetching" : "waiting-for-upload";
    case "VALIDATING":
      return film.held ? "waiting-for-budget" : "looking";
    case "PENDING":
      return "queued";
    case "TRANSCODING":
      return "encoding";
    case "READY":
      return "ready";
    case "FAILED":
    case "CANCELED":
      if (isOpen(film)) return film.fetching ? "fetching" : "waiting-for-upload";
      return film.status === "FAILED" ? "failed" : "canceled";
  }
}

/** How far the encoder is, or the fetch; a film is whole when it is READY, and not before. */
export function percentOf(film: Video.Video): number {
  if (film.status === "READY") return 100;
  const { progress } = film;
  const isFetched = phaseOf(film) === "fetching" && progress?.phase === "fetching";
  if (film.status !== "TRANSCODING" && !isFetched) return 0;
  return Math.max(0, Math.min(99, Math.floor(progress?.percent ?? 0)));
}

/**
 * What tells one sight of a film from the next: the revision, which only people change, and a hash
 * of all that is shown.
 */
export function etagOf(film: Video.Video, shown: Shown): string {
  const hash = createHash("sha256").update(JSON.stringify(shown)).digest("base64url").slice(0, 22);
  return `"${film.revision}-${hash}"`;
}

/** Whether an `If-Match` allows a change: it names the revision the film is at. */
export function isRevision(ifMatch: string, revision: number): boolean {
  return tags(ifMatch).some((tag) => tag === "*" || tag.split("-")[0] === String(revision));
}

function tags(header: string | undefined): string[] {
  return [...(header ?? "").matchAll(/(?:W\/)?"([^"]*)"|(\*)/g)].map(
    ([, tag, any]) => tag ?? any ?? "",
  );
}

function isOpen(film: Video.Video): boolean {
  return film.expects !== undefined && (film.expiresAtMs ?? 0) > Clock.now();
}

function trouble({ code, message }: { code: ProblemCode; message: string }) {
  const { help, retry } = problems[code];
  return { code, message, help, retry };
}

function published(made: Video.Published): ShownPublished {
  return {
    attempt: made.attempt,
    at: time(made.atMs),
    durationSeconds: made.durationMs / 1000,
    sizeBytes: made.sizeBytes,
    renditions: made.renditions.map((each) => ({
      kind: each.kind,
      codec: each.codec,
      ...(each.widthPx ? { width: each.widthPx } : {}),
      ...(each.heightPx ? { height: each.heightPx } : {}),
      ...(each.frameRate ? { frameRate: each.frameRate } : {}),
      averageKbps: each.averageKbps,
      peakKbps: each.peakKbps,
      sizeBytes: each.sizeBytes,
    })),
  };
}

function found({ container, durationMs, sizeBytes, video, audio }: Found): ShownFound {
  return {
    container,
    durationSeconds: durationMs / 1000,
    sizeBytes,
    ...(video
      ? {
          video: {
            codec: video.codec,
            width: video.widthPx,
            height: video.heightPx,
            frameRate: video.frameRate,
            rotation: video.rotation,
            interlaced: video.interlaced,
            highDynamicRange: video.highDynamicRange,
          },
        }
      : {}),
    ...(audio
      ? {
          audio: {
            codec: audio.codec,
            channels: audio.channels,
            tracks: audio.tracks,
            ...(audio.language ? { language: audio.language } : {}),
          },
        }
      : {}),
  };
}

function time(ms: number): string {
  return new Date(ms).toISOString();
}
