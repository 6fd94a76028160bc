import { ApiProblem, NetworkProblem } from "../problem/problem.ts";
import type { Phase, Status, Video } from "../shapes.ts";
import { Patience } from "../wire/patience.ts";
import type { Wire } from "../wire/wire.ts";

export interface WatchOptions {
  signal?: AbortSignal;
  /** The end of an earlier attempt than this is not the end. */
  attempt?: number;
  /** the shortest wait between two looks */
  everyMs?: number;
}

/** What a watcher sees. */
export interface Seen {
  status: Status;
  phase: Phase;
  /** of the phase, 0 to 100 */
  percent: number;
  video: Video;
}

/**
 * Watches a film until it is READY, FAILED or CANCELED, and tells what changes. Where a source is
 * still on its way, as after `replace`, that is not the end of it. Looking is cheap: a
 * film that has not changed is answered with no body, and is looked at less and less often. Whoever
 * stops listening ends it.
 */
export async function* watch(
  wire: Wire,
  id: string,
  { signal, attempt = 0, everyMs = EVERY_MS }: WatchOptions = {},
): AsyncGenerator<Seen, void, undefined> {
  let etag: string | undefined;
  let told = "";
  for (let quiet = 0; ; ) {
    const { video, tag } = await look(wire, id, etag, signal);
    etag = tag;
    const seen = video && { status: video.status, phase: video.phase, percent: video.percent };
    const now = JSON.stringify(seen);
    const isEnd = video?.settled === true && video.attempt >= attempt;
    if (seen && (now !== told || isEnd)) {
      told = now;
      quiet = 0;
      yield { ...seen, video };
    } else {
      quiet += 1;
    }
    if (isEnd) return;
    const waitMs = Math.min(Math.max(everyMs, SLOWEST_MS), everyMs * 1.3 ** quiet);
    await Patience.sleep(waitMs, signal);
  }
}

/** A look at a film; no video when it is as it was. Goes on through a short absence of the API. */
async function look(
  wire: Wire,
  id: string,
  etag: string | undefined,
  signal: AbortSignal | undefined,
): Promise<{ video?: Video | undefined; tag: string | undefined }> {
  for (let failed = 1; ; failed += 1) {
    try {
      const header = etag === undefined ? {} : { "if-none-match": etag };
      const { data, response } = await wire.repeat.GET("/videos/{id}", {
        params: { path: { id }, header },
        ...(signal && { signal }),
      });
      if (response.status === 304) return { tag: etag };
      return { video: data, tag: response.headers.get("etag") ?? undefined };
    } catch (error) {
      const passes =
        error instanceof NetworkProblem || (error instanceof ApiProblem && error.retry);
      if (!passes || failed >= LOOKS) throw error;
      const askedMs = error instanceof ApiProblem ? (error.retryAfterMs ?? 0) : 0;
      await Patience.sleep(Math.max(askedMs, Patience.waitMs(Patience.calls, failed)), signal);
    }
  }
}

const EVERY_MS = 1_000;
const SLOWEST_MS = 5_000;

/** A look is itself several tries, so this is minutes. */
const LOOKS = 4;
