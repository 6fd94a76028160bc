import type { SampleTrack } from "./samples.ts";

/** Samples `first` to `end`, the latter not included. */
export interface Range {
  first: number;
  end: number;
}

/** One segment: its fragments, and when it is shown, in seconds of the film. */
export interface Segment extends Range {
  fragments: Range[];
  startSeconds: number;
  seconds: number;
}

export interface Lengths {
  segmentSeconds: number;
  fragmentSeconds: number;
  /** a shorter last segment is joined to the one before */
  minFinalSeconds: number;
}

/** Cuts pictures at key frames, as near to the multiples of a segment as they lie. */
export function cutVideo(track: SampleTrack, lengths: Lengths): Segment[] {
  const half = frameSeconds(track) / 2;
  const cuts = [0];
  let due = lengths.segmentSeconds;
  for (let sample = 1; sample < track.count; sample += 1) {
    if (!track.sync[sample]) continue;
    const shown = shownAt(track, sample);
    if (shown < due - half) continue;
    cuts.push(sample);
    while (due <= shown + half) due += lengths.segmentSeconds;
  }
  return close(track, cuts, lengths, (sample) => track.sync[sample] === 1);
}

/**
 * Cuts sound where the pictures are cut, and at multiples of a segment after their end.
 *
 * @param starts when segments of the pictures begin; empty without pictures
 */
export function cutAudio(
  track: SampleTrack,
  starts: readonly number[],
  lengths: Lengths,
): Segment[] {
  const half = frameSeconds(track) / 2;
  const cuts = [0];
  let index = 1;
  const dueAt = (n: number) => {
    const known = starts[n];
    if (known !== undefined) return known;
    const last = starts.length - 1;
    return (starts[last] ?? 0) + (n - Math.max(last, 0)) * lengths.segmentSeconds;
  };
  for (let sample = 1; sample < track.count; sample += 1) {
    if (shownAt(track, sample) < dueAt(index) - half) continue;
    cuts.push(sample);
    index += 1;
  }
  return close(track, cuts, lengths, () => true);
}

function close(
  track: SampleTrack,
  cuts: number[],
  lengths: Lengths,
  canBegin: (sample: number) => boolean,
): Segment[] {
  if (track.count === 0) return [];
  const ends = [...cuts.slice(1), track.count];
  const last = cuts.length - 1;
  const tail = span(track, { first: cuts[last] ?? 0, end: track.count });
  if (last > 0 && tail < lengths.minFinalSeconds) {
    cuts.pop();
    ends.splice(last - 1, 1);
  }
  return cuts.map((first, index) => {
    const range = { first, end: ends[index] ?? track.count };
    return {
      ...range,
      fragments: fragmentsOf(track, range, lengths.fragmentSeconds, canBegin),
      startSeconds: shownAt(track, first),
      seconds: span(track, range),
    };
  });
}

function fragmentsOf(
  track: SampleTrack,
  range: Range,
  seconds: number,
  canBegin: (sample: number) => boolean,
): Range[] {
  const half = frameSeconds(track) / 2;
  const found: Range[] = [];
  let first = range.first;
  for (let sample = first + 1; sample < range.end; sample += 1) {
    const long = span(track, { first, end: sample }) >= seconds - half;
    if (!long || !canBegin(sample)) continue;
    found.push({ first, end: sample });
    first = sample;
  }
  return [...found, { first, end: range.end }];
}

/** How long samples last together. */
export function span(track: SampleTrack, range: Range): number {
  const start = track.decode[range.first] ?? 0;
  const last = range.end - 1;
  const end = (track.decode[last] ?? 0) + (track.durations[last] ?? 0);
  return (end - start) / track.timescale;
}

function shownAt(track: SampleTrack, sample: number): number {
  return ((track.decode[sample] ?? 0) + (track.shifts[sample] ?? 0)) / track.timescale;
}

function frameSeconds(track: SampleTrack): number {
  return (track.durations[0] ?? 0) / track.timescale;
}

export function bytesOf(track: SampleTrack, range: Range): number {
  let sum = 0;
  for (let sample = range.first; sample < range.end; sample += 1) sum += track.sizes[sample] ?? 0;
  return sum;
}
