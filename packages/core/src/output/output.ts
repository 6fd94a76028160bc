import * as Objects from "../aws/objects.ts";
import * as Clock from "../clock/index.ts";
import * as Config from "../config/index.ts";
import type { VideoId } from "../id/id.ts";
import * as Job from "../job/index.ts";
import type { Plan, Rung, Thumbnails } from "../ladder/ladder.ts";
import { Problem } from "../problem/index.ts";
import type { Found } from "../source/found.ts";
import type { Download, Published, Rendition } from "../video/film.ts";
import { beside, type Offer, readMedia, readOffer } from "./playlist.ts";

/** Every file of an attempt, by its key below the attempt's prefix, with its size. */
type Files = ReadonlyMap<string, number>;

/**
 * Gathers what an attempt made: every file that its plan promised and every segment that its
 * playlists name must be there.
 *
 * @throws Problem `OutputMissing` naming the first file that is not there
 * @throws Problem `SourceTruncated` when less than half of the film came out
 */
export async function gather(
  videoId: VideoId,
  attempt: number,
  from: { plan: Plan; found: Found },
): Promise<Published> {
  const { plan, found } = from;
  const bucket = Config.deliveryBucket();
  const prefix = Job.prefix(videoId, attempt);
  const files = await Objects.list(bucket, prefix);
  for (const file of Job.promised(plan)) need(files, file);

  const offer = readOffer(await text(bucket, prefix, Job.HLS));
  const streams = await Promise.all(
    Job.modifiers(plan).map((modifier) => stream(bucket, prefix, files, Job.playlist(modifier))),
  );
  const durationMs = Math.round(Math.max(0, ...streams.map(({ seconds }) => seconds)) * 1000);
  if (durationMs * 2 < found.durationMs) {
    throw new Problem("SourceTruncated", { durationMs, expectedMs: found.durationMs });
  }
  return {
    attempt,
    atMs: Clock.now(),
    bucket,
    prefix,
    durationMs,
    sizeBytes: [...files.values()].reduce((sum, size) => sum + size, 0),
    hlsKey: prefix + Job.HLS,
    dashKey: prefix + Job.DASH,
    renditions: streams.map((made, at) => rendition(made, plan.rungs[at], found, offer, prefix)),
    downloads: plan.download ? [download(plan, files, prefix)] : [],
    ...pictures(plan, files, prefix),
  };
}

interface Stream {
  file: string;
  seconds: number;
  sizeBytes: number;
  averageKbps: number;
  peakKbps: number;
}

async function stream(bucket: string, prefix: string, files: Files, file: string): Promise<Stream> {
  const media = readMedia(await text(bucket, prefix, file));
  if (!media.ended || media.segments.length === 0) throw missing(file);
  const initBytes = media.init === undefined ? 0 : need(files, at(file, media.init));
  let seconds = 0;
  let segmentBytes = 0;
  let peakKbps = 0;
  for (const segment of media.segments) {
    const bytes = need(files, at(file, segment.file));
    seconds += segment.seconds;
    segmentBytes += bytes;
    // a last segment of a few milliseconds says nothing about the rate
    if (segment.seconds >= 0.5 || media.segments.length === 1) {
      peakKbps = Math.max(peakKbps, kbps(bytes, segment.seconds));
    }
  }
  const averageKbps = kbps(segmentBytes, seconds);
  return {
    file,
    seconds,
    sizeBytes: initBytes + segmentBytes,
    averageKbps,
    peakKbps: Math.max(peakKbps, averageKbps),
  };
}

function rendition(
  made: Stream,
  rung: Rung | undefined,
  found: Found,
  offer: Offer,
  prefix: string,
): Rendition {
  const { sizeBytes, averageKbps, peakKbps } = made;
  const common = { averageKbps, peakKbps, sizeBytes, playlistKey: prefix + made.file };
  const variant = offer.variants.find(({ file }) => beside(Job.HLS, file) === made.file);
  if (!rung) {
    const codec = offer.variants.flatMap(({ codecs }) => codecs).find((name) => /^mp4a/.test(name));
    return { kind: "audio", codec: codec ?? "mp4a.40.2", ...common };
  }
  return {
    kind: "video",
    codec: variant?.codecs.find((name) => /^(avc|hvc|hev|av01)/.test(name)) ?? "avc1",
    widthPx: variant?.widthPx ?? rung.widthPx,
    heightPx: variant?.heightPx ?? rung.heightPx,
    ...frameRate(rung, variant?.frameRate, found),
    ...common,
  };
}

/** As the playlist tells it, in whole numbers of the usual fractions. */
function frameRate(
  rung: Rung,
  told: number | undefined,
  found: Found,
): Pick<Rendition, "frameRate"> {
  const planned = rung.frameRate ?? found.video?.frameRate;
  if (told === undefined) return planned ? { frameRate: planned } : {};
  if (planned && Math.abs(planned.numerator / planned.denominator - told) < 0.05) {
    return { frameRate: planned };
  }
  return { frameRate: { numerator: Math.round(told * 1000), denominator: 1000 } };
}

function download(plan: Plan, files: Files, prefix: string): Download {
  const file = Job.download(plan);
  const [top] = plan.rungs;
  return {
    key: prefix + file,
    mimeType: top ? "video/mp4" : "audio/mp4",
    sizeBytes: need(files, file),
    ...(top ? { widthPx: top.widthPx, heightPx: top.heightPx } : {}),
  };
}

function pictures(
  plan: Plan,
  files: Files,
  prefix: string,
): Pick<Published, "poster" | "thumbnails"> {
  if (!plan.pictures) return {};
  const { posterPx, thumbnails } = plan.pictures;
  const later = Job.capture(Job.POSTER, 1);
  const poster = files.get(later) ? later : Job.capture(Job.POSTER, 0);
  return {
    poster: { key: prefix + poster, ...posterPx },
    ...(thumbnails ? { thumbnails: along(thumbnails, files, prefix) } : {}),
  };
}

function along(
  planned: Thumbnails,
  files: Files,
  prefix: string,
): NonNullable<Published["thumbnails"]> {
  let count = 0;
  while (files.get(Job.capture(Job.THUMBNAILS, count))) count += 1;
  const { sizePx, everySeconds } = planned;
  return { base: prefix + Job.THUMBNAILS, count, everySeconds, ...sizePx };
}

function need(files: Files, file: string): number {
  const size = files.get(file);
  if (!size) throw missing(file);
  return size;
}

function at(playlist: string, file: string): string {
  const found = beside(playlist, file);
  if (found === undefined) throw missing(file);
  return found;
}

function missing(file: string): Problem {
  return new Problem("OutputMissing", { message: `The job ended well, but ${file} is not there.` });
}

async function text(bucket: string, prefix: string, file: string): Promise<string> {
  const found = await Objects.text({ bucket, key: prefix + file });
  if (found === undefined) throw missing(file);
  return found;
}

function kbps(bytes: number, seconds: number): number {
  return seconds > 0 ? Math.round((bytes * 8) / seconds / 1000) : 0;
}
