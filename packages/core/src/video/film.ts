import type { UploadId, VideoId } from "../id/id.ts";
import type { Source } from "../intake/intake.ts";
import type { Size } from "../ladder/ladder.ts";
import type { Options } from "../ladder/options.ts";
import type { Told } from "../problem/index.ts";
import type { Found, Rate } from "../source/found.ts";
import type { renditionKinds } from "./limits.ts";
import type { Status } from "./moves.ts";

export type { Options } from "../ladder/options.ts";

/** What every film has, whatever became of it. */
interface About {
  id: VideoId;
  ownerId: string;
  title: string;
  description?: string;
  tags: string[];
  createdAtMs: number;
  updatedAtMs: number;
  /** The newest attempt, counted from 1; 0 before the first. */
  attempt: number;
  /** How far the encoder is, or the fetch of its source. */
  progress?: Progress;
  /** What can be watched, whatever is being made. */
  published?: Published;
  /** What was found in the newest attempt's source. */
  found?: Found;
  warnings: Warning[];
  /** `public`: anyone may ask for a grant. */
  visibility: "private" | "public";
  /** Users, by their `sub`, who may watch it though it is not theirs. */
  sharedWith: string[];
  /** Counts what people changed by hand; what machines write leaves it alone. */
  revision: number;
  /** What its owner asked to be made of it; absent means the stage's own choice. */
  profile?: string;
  options?: Options;
  /** The upload whose object becomes the next attempt, when one is open. */
  expects?: UploadId;
  /** That upload is fetched from the web. */
  fetching?: true;
  /** Until when that upload may be finished. */
  expiresAtMs?: number;
  /** The budget has no room: it waits, claimed, until there is. */
  held?: { sinceMs: number };
  cost?: Cost;
  /** The upload that brought no source, when it was not the first: tells one such end from the next. */
  missed?: UploadId;
  /** Sort key of the row that remembers the request it was opened by. */
  idem?: string;
  /** On its way out: nobody sees it any more. */
  deletedAtMs?: number;
}

/** US dollars. What the newest attempt's encoding was thought to cost, and what its job came to. */
export interface Cost {
  attempt: number;
  estimatedUsd: number;
  /** Absent until the job is over. */
  countedUsd?: number;
  /** Output minutes as they are billed, by rate key such as `B-AVC-HD-S-30`. */
  minutes?: Record<string, number>;
  /** What a minute cost under each key when this was estimated. */
  rates: Record<string, number>;
  /** Keys that nobody knew a price of: the amounts are without them. */
  unpriced?: string[];
  /** Date of the oldest price. */
  asOf: string;
  confidence: "unknown" | "low" | "medium" | "high";
}

/** The claim an attempt stands on. */
export interface Claimed {
  claimedBy: string;
  sequencer: string;
  source: Source;
}

/** The execution that wrote a film's end, and owes the world its announcement. */
interface Settled {
  settledBy?: string;
}

export type Video = About &
  (
    | { status: "AWAITING_UPLOAD"; source?: Source }
    | ({ status: "VALIDATING" } & Claimed)
    | ({ status: "PENDING" } & Claimed)
    | ({ status: "TRANSCODING" } & Claimed)
    | ({ status: "READY"; published: Published } & Claimed & Settled)
    | ({ status: "FAILED"; problem: Told } & Partial<Claimed> & Settled)
    | ({ status: "CANCELED"; canceledAtMs?: number } & Partial<Claimed> & Settled)
  );

export type In<S extends Status> = Extract<Video, { status: S }>;

export interface Progress {
  phase: string;
  percent: number;
}

/** Something the encoder said that did not stop it. */
export interface Warning {
  code: number;
  count: number;
}

/** One attempt's outputs, as they are watched. Keys are whole, in the delivery bucket. */
export interface Published {
  attempt: number;
  atMs: number;
  bucket: string;
  prefix: string;
  durationMs: number;
  sizeBytes: number;
  hlsKey: string;
  dashKey: string;
  renditions: Rendition[];
  downloads: Download[];
  poster?: { key: string } & Size;
  thumbnails?: { base: string; count: number; everySeconds: number } & Size;
}

export interface Rendition {
  kind: (typeof renditionKinds)[number];
  /** As players name it, such as `avc1.640028`. */
  codec: string;
  widthPx?: number;
  heightPx?: number;
  frameRate?: Rate;
  averageKbps: number;
  peakKbps: number;
  sizeBytes: number;
  playlistKey: string;
}

export interface Download {
  key: string;
  mimeType: string;
  sizeBytes: number;
  widthPx?: number;
  heightPx?: number;
}
