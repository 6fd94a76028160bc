import { body, boxes, find, readBody, topBoxes } from "./boxes.ts";

/** One track of a finished MP4, with every sample's place and time. Times are in `timescale`. */
export interface SampleTrack {
  kind: "video" | "audio";
  timescale: number;
  width: number;
  height: number;
  /** the sample description box, as it was written */
  stsd: Buffer;
  count: number;
  offsets: Float64Array;
  sizes: Uint32Array;
  durations: Uint32Array;
  /** composition minus decode time */
  shifts: Int32Array;
  /** 1 where decoding can begin */
  sync: Uint8Array;
  /** decode times, counted so that what is shown at 0 is the beginning of the film */
  decode: Float64Array;
}

/**
 * Reads the index of an MP4 that our own ffmpeg has finished. Edit lists are folded into the
 * times: they are where builds differ, and where players disagree.
 */
export function readSamples(file: string): SampleTrack[] {
  const moovBox = topBoxes(file).find((box) => box.type === "moov");
  if (!moovBox) throw new Error("the encoder left no index");
  const moov = readBody(file, moovBox);
  const movieScale = readMovieScale(moov);
  const tracks = [...boxes(moov)]
    .filter((box) => box.type === "trak")
    .map((box) => readTrack(body(moov, box), movieScale));
  const begins = beginningOf(tracks);
  for (const track of tracks) {
    const ticks = Math.round(begins * track.timescale);
    for (const [index, time] of track.decode.entries()) track.decode[index] = time - ticks;
  }
  return tracks;
}

/**
 * Where the film begins on the encoder's timeline, in seconds. Pictures begin with it; the first
 * frame of AAC is what the encoder needs to get going, and lies before it. Some builds put that
 * at 0 and others below.
 */
function beginningOf(tracks: readonly SampleTrack[]): number {
  const [first] = tracks;
  const leader = tracks.find(({ kind }) => kind === "video") ?? first;
  if (!leader) return 0;
  const priming = leader.kind === "audio" ? (leader.durations[0] ?? 0) : 0;
  const shown = (leader.decode[0] ?? 0) + (leader.shifts[0] ?? 0);
  return (shown + priming) / leader.timescale;
}

function readMovieScale(moov: Buffer): number {
  const mvhd = need(moov, "mvhd");
  return mvhd.readUInt32BE(mvhd[0] === 1 ? 20 : 12);
}

function readTrack(trak: Buffer, movieScale: number): SampleTrack {
  const mdhd = need(trak, "mdia/mdhd");
  const timescale = mdhd.readUInt32BE(mdhd[0] === 1 ? 20 : 12);
  const handler = need(trak, "mdia/hdlr").toString("latin1", 8, 12);
  const tkhd = need(trak, "tkhd");
  const stbl = need(trak, "mdia/minf/stbl");
  const sizes = readSizes(need(stbl, "stsz"));
  const durations = expand(need(stbl, "stts"), sizes.length);
  const shiftBox = find(stbl, "ctts");
  const shifts = shiftBox
    ? Int32Array.from(expand(body(stbl, shiftBox), sizes.length))
    : new Int32Array(sizes.length);
  return {
    kind: handler === "vide" ? "video" : "audio",
    timescale,
    width: tkhd.readUInt32BE(tkhd.length - 8) >>> 16,
    height: tkhd.readUInt32BE(tkhd.length - 4) >>> 16,
    stsd: Buffer.from(need(stbl, "stsd")),
    count: sizes.length,
    sizes,
    durations,
    shifts,
    sync: readSync(stbl, sizes.length),
    offsets: readOffsets(stbl, sizes),
    decode: accumulate(durations, readEditShift(trak, timescale, movieScale)),
  };
}

/** Where the edit list puts decode time 0: later for empty edits, earlier for what is skipped. */
function readEditShift(trak: Buffer, timescale: number, movieScale: number): number {
  const box = find(trak, "edts/elst");
  if (!box) return 0;
  const elst = body(trak, box);
  const wide = elst[0] === 1;
  const count = elst.readUInt32BE(4);
  let shift = 0;
  for (let index = 0, at = 8; index < count; index += 1, at += wide ? 20 : 12) {
    const duration = wide ? Number(elst.readBigUInt64BE(at)) : elst.readUInt32BE(at);
    const time = wide ? Number(elst.readBigInt64BE(at + 8)) : elst.readInt32BE(at + 4);
    if (time < 0) shift += Math.round((duration / movieScale) * timescale);
    else return shift - time;
  }
  return shift;
}

function accumulate(durations: Uint32Array, start: number): Float64Array {
  const decode = new Float64Array(durations.length);
  let time = start;
  for (const [index, duration] of durations.entries()) {
    decode[index] = time;
    time += duration;
  }
  return decode;
}

function readSizes(stsz: Buffer): Uint32Array {
  const uniform = stsz.readUInt32BE(4);
  const count = stsz.readUInt32BE(8);
  const sizes = new Uint32Array(count).fill(uniform);
  if (uniform === 0) for (let i = 0; i < count; i += 1) sizes[i] = stsz.readUInt32BE(12 + i * 4);
  return sizes;
}

/** Run lengths as single values (`stts`, and `ctts` with its sign in two's complement). */
function expand(table: Buffer, count: number): Uint32Array {
  const values = new Uint32Array(count);
  const runs = table.readUInt32BE(4);
  for (let run = 0, at = 0; run < runs && at < count; run += 1) {
    const length = table.readUInt32BE(8 + run * 8);
    values.fill(table.readUInt32BE(12 + run * 8), at, Math.min(count, at + length));
    at += length;
  }
  return values;
}

function readSync(stbl: Buffer, count: number): Uint8Array {
  const box = find(stbl, "stss");
  if (!box) return new Uint8Array(count).fill(1);
  const stss = body(stbl, box);
  const sync = new Uint8Array(count);
  for (let i = 0; i < stss.readUInt32BE(4); i += 1) sync[stss.readUInt32BE(8 + i * 4) - 1] = 1;
  return sync;
}

function readOffsets(stbl: Buffer, sizes: Uint32Array): Float64Array {
  const wide = find(stbl, "co64");
  const chunks = wide ? body(stbl, wide) : need(stbl, "stco");
  const stsc = need(stbl, "stsc");
  const runs = stsc.readUInt32BE(4);
  const chunkCount = chunks.readUInt32BE(4);
  const offsets = new Float64Array(sizes.length);
  let sample = 0;
  for (let run = 0; run < runs; run += 1) {
    const first = stsc.readUInt32BE(8 + run * 12);
    const perChunk = stsc.readUInt32BE(12 + run * 12);
    const next = run + 1 < runs ? stsc.readUInt32BE(20 + run * 12) : chunkCount + 1;
    for (let chunk = first; chunk < next && sample < sizes.length; chunk += 1) {
      let at = wide
        ? Number(chunks.readBigUInt64BE(8 + (chunk - 1) * 8))
        : chunks.readUInt32BE(8 + (chunk - 1) * 4);
      for (let i = 0; i < perChunk && sample < sizes.length; i += 1) {
        offsets[sample] = at;
        at += sizes[sample] ?? 0;
        sample += 1;
      }
    }
  }
  return offsets;
}

function need(bytes: Buffer, path: string): Buffer {
  const box = find(bytes, path);
  if (!box) throw new Error(`the encoder left no ${path}`);
  return body(bytes, box);
}
