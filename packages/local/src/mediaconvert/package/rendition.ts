import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { codecString } from "./codec.ts";
import { bytesOf, cutAudio, cutVideo, type Lengths, type Segment } from "./cut.ts";
import { fragmentHead, sidx, styp, type Timeline } from "./fragment.ts";
import { initSegment } from "./init.ts";
import type { SampleTrack } from "./samples.ts";

/** A file that is ready to be stored. */
export interface Ready {
  /** path here */
  file: string;
  /** name in the destination's folder */
  name: string;
  contentType: string;
  bytes: number;
}

/** One track as players fetch it. */
export interface Rendition {
  track: SampleTrack;
  codec: string;
  language: string;
  /** the first part, or the whole file for byte ranges */
  init: { name: string; bytes: number };
  segments: Fetched[];
  /** `main_720_$Number%09d$.cmfv`, or undefined when everything is in one file */
  template: string | undefined;
  /** where the index of a single file lies */
  index: { first: number; end: number } | undefined;
  /** what `presentationTimeOffset` must be, in the track's timescale */
  offset: number;
  ready: Ready[];
}

export interface Fetched extends Segment {
  name: string;
  /** where it begins in a single file */
  at: number;
  bytes: number;
  /** when its first sample is shown and how long all last, in the track's timescale */
  time: number;
  ticks: number;
}

export interface RenditionRequest {
  track: SampleTrack;
  language: string;
  /** base and modifier */
  name: string;
  extension: string;
  contentType: string;
  lengths: Lengths;
  single: boolean;
  signed: boolean;
  /** seconds between decode time 0 and the beginning of the film, the same for a whole group */
  delaySeconds: number;
  /** where segments of the pictures begin */
  starts: readonly number[];
}

/** Writes one track as initialisation and media segments, from the encoder's one file. */
export async function writeRendition(
  pool: FileHandle,
  folder: string,
  request: RenditionRequest,
): Promise<Rendition> {
  const { track, name, extension } = request;
  const cut =
    track.kind === "video"
      ? cutVideo(track, request.lengths)
      : cutAudio(track, request.starts, request.lengths);
  const unshift = request.signed ? (track.shifts[0] ?? 0) : 0;
  const offset = Math.round(request.delaySeconds * track.timescale);
  const timeline: Timeline = { base: offset + unshift, unshift };
  const init = initSegment(track, request.language);
  const fetched = cut.map((segment, index): Fetched => {
    const ticks = Math.round(segment.seconds * track.timescale);
    const time = (track.decode[segment.first] ?? 0) + (track.shifts[segment.first] ?? 0) + offset;
    const number = String(index + 1).padStart(9, "0");
    const file = request.single ? `${name}.${extension}` : `${name}_${number}.${extension}`;
    return { ...segment, name: file, at: 0, bytes: 0, time, ticks };
  });
  const rendition: Rendition = {
    track,
    codec: codecString(track.stsd),
    language: request.language,
    init: { name: `${name}init.${extension}`, bytes: init.length },
    segments: fetched,
    template: request.single ? undefined : `${name}_$Number%09d$.${extension}`,
    index: undefined,
    offset,
    ready: [],
  };
  const put = async (file: string, parts: AsyncIterable<Buffer> | Buffer[]) => {
    const path = join(folder, String(rendition.ready.length));
    const out = await open(path, "w");
    let bytes = 0;
    try {
      for await (const part of parts) {
        await out.write(part);
        bytes += part.length;
      }
    } finally {
      await out.close();
    }
    rendition.ready.push({ file: path, name: file, contentType: request.contentType, bytes });
  };
  const sequence = { next: 1 };
  if (request.single) {
    rendition.init.name = fetched[0]?.name ?? `${name}.${extension}`;
    await put(rendition.init.name, singleFile(pool, rendition, timeline, init));
    return rendition;
  }
  await put(rendition.init.name, [init]);
  for (const segment of fetched) {
    await put(segment.name, mediaSegment(pool, track, segment, timeline, sequence));
    segment.bytes = rendition.ready.at(-1)?.bytes ?? 0;
  }
  return rendition;
}

/** Initialisation, index, and all segments behind each other. */
async function* singleFile(
  pool: FileHandle,
  rendition: Rendition,
  timeline: Timeline,
  init: Buffer,
): AsyncGenerator<Buffer> {
  const { track, segments } = rendition;
  const indexBytes = sidx(
    track.timescale,
    0,
    segments.map(() => ({ bytes: 0, duration: 0 })),
  ).length;
  let at = init.length + indexBytes;
  for (const segment of segments) {
    segment.at = at;
    segment.bytes = segment.fragments.reduce((sum, fragment) => {
      const head = fragmentHead(track, fragment, 1, timeline, 0).length;
      return sum + head + bytesOf(track, fragment);
    }, 0);
    at += segment.bytes;
  }
  rendition.index = { first: init.length, end: init.length + indexBytes };
  yield init;
  yield sidx(
    track.timescale,
    segments[0]?.time ?? 0,
    segments.map(({ bytes, ticks }) => ({ bytes, duration: ticks })),
  );
  const sequence = { next: 1 };
  for (const segment of segments) yield* fragments(pool, track, segment, timeline, sequence);
}

async function* mediaSegment(
  pool: FileHandle,
  track: SampleTrack,
  segment: Segment,
  timeline: Timeline,
  sequence: { next: number },
): AsyncGenerator<Buffer> {
  yield styp();
  yield* fragments(pool, track, segment, timeline, sequence);
}

async function* fragments(
  pool: FileHandle,
  track: SampleTrack,
  segment: Segment,
  timeline: Timeline,
  sequence: { next: number },
): AsyncGenerator<Buffer> {
  for (const fragment of segment.fragments) {
    const bytes = bytesOf(track, fragment);
    yield fragmentHead(track, fragment, sequence.next, timeline, bytes);
    sequence.next += 1;
    yield* samples(pool, track, fragment.first, fragment.end);
  }
}

/** Samples' bytes; neighbours in the file are read together. */
async function* samples(
  pool: FileHandle,
  track: SampleTrack,
  first: number,
  end: number,
): AsyncGenerator<Buffer> {
  for (let sample = first; sample < end; ) {
    const start = track.offsets[sample] ?? 0;
    let length = track.sizes[sample] ?? 0;
    sample += 1;
    while (sample < end && track.offsets[sample] === start + length && length < READ_BYTES) {
      length += track.sizes[sample] ?? 0;
      sample += 1;
    }
    const bytes = Buffer.alloc(length);
    const { bytesRead } = await pool.read(bytes, 0, length, start);
    if (bytesRead !== length) throw new Error("the encoder's file ends before its index says");
    yield bytes;
  }
}

/** Without the sound that plays before time 0, for groups whose times may not begin below it. */
export function withoutPriming(track: SampleTrack): SampleTrack {
  let skip = 0;
  // half a frame of room: edit lists count in whole milliseconds
  const room = (track.durations[0] ?? 0) / 2;
  while (skip < track.count - 1 && (track.decode[skip + 1] ?? 0) <= room) skip += 1;
  if (track.kind === "video" || skip === 0) return track;
  return {
    ...track,
    count: track.count - skip,
    offsets: track.offsets.subarray(skip),
    sizes: track.sizes.subarray(skip),
    durations: track.durations.subarray(skip),
    shifts: track.shifts.subarray(skip),
    sync: track.sync.subarray(skip),
    decode: track.decode.subarray(skip),
  };
}

const READ_BYTES = 4 * 1024 * 1024;
