import { ApiProblem, type ProblemCode } from "../problem/problem.ts";
import type { Upload, Video } from "../shapes.ts";
import { taken, type Wire } from "../wire/wire.ts";
import { type Begun, begin, type Open, show } from "./begin.ts";
import { openGate } from "./gate.ts";
import { openPace, type Progress } from "./pace.ts";
import { missingOf, pieceOf, sendParts } from "./parts.ts";
import { bookOf, type UploadRecords } from "./records.ts";
import { type Sending, sendPiece } from "./send.ts";
import type { Source } from "./source.ts";
import { UploadProblem } from "./upload-problem.ts";

export interface SendOptions {
  /** parts on their way at the same time */
  parallel?: number;
  /** Stops the upload, which can be resumed; its promise fails with the signal's reason. */
  signal?: AbortSignal;
  /** Goes on with this upload: only what has not arrived is sent. */
  resume?: Begun & { fingerprint?: string };
  /** where unfinished uploads are remembered, so that the same file goes on by itself */
  records?: UploadRecords;
  onProgress?(progress: Progress): void;
  /** Hears the ids as soon as there are some. */
  onBegun?(begun: Begun & { fingerprint: string }): void;
}

/** An upload under way: a promise of the film, once the store has all of it. */
export interface Uploading extends Promise<Video> {
  /** Stops sending at once; nothing is lost but what was on its way. */
  pause(): void;
  resume(): void;
  isPaused(): boolean;
  /** Gives the upload up, here and at the store. */
  cancel(): Promise<void>;
}

/**
 * Sends a file.
 *
 * @param open begins an upload for it, when none goes on
 * @param purpose tells uploads of one file apart: for a new film, for the next source of another
 */
export function upload(
  wire: Wire,
  source: Source,
  open: Open,
  options: SendOptions & { purpose: string },
): Uploading {
  const gate = openGate();
  const given = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, given.signal]) : given.signal;
  const book = bookOf(options.records, `${wire.api} ${options.purpose} ${source.fingerprint}`);
  let begun: Begun | undefined;

  const run = async () => {
    try {
      const found = await begin(wire, source, open, { resume: options.resume, book, signal });
      begun = { videoId: found.videoId, uploadId: found.id };
      options.onBegun?.({ ...begun, fingerprint: source.fingerprint });
      const numbers = found.state === "open" ? missingOf(found) : [];
      const resumedBytes = source.sizeBytes - bytesOf(found, numbers);
      const pace = openPace({ totalBytes: source.sizeBytes, resumedBytes }, options.onProgress);
      pace.tell();
      if (found.state === "open") {
        const { parallel = PARALLEL } = options;
        await send(wire, found, numbers, { source, gate, pace, signal, parallel });
      }
      pace.tell();
      await book.forget();
      const params = { path: { id: found.videoId } };
      return await taken(wire.repeat.GET("/videos/{id}", { params, signal }));
    } catch (error) {
      if (isOver(error, begun)) await book.forget();
      throw error;
    } finally {
      await source.close();
    }
  };

  const running = run();
  return Object.assign(running, {
    pause: () => gate.shut(),
    resume: () => gate.open(),
    isPaused: () => gate.isShut,
    async cancel() {
      given.abort(new DOMException("The upload was given up.", "AbortError"));
      await running.catch(() => undefined);
      await book.forget();
      if (!begun) return;
      const path = { id: begun.videoId, uploadId: begun.uploadId };
      await wire.repeat.DELETE("/videos/{id}/uploads/{uploadId}", { params: { path } });
    },
  });
}

/** Sends what is missing, and has the server look whether all is there. */
async function send(
  wire: Wire,
  upload: Upload,
  missing: readonly number[],
  sending: Sending & { parallel: number },
): Promise<void> {
  const { signal, source } = sending;
  const path = { id: upload.videoId, uploadId: upload.id };
  let numbers = missing;
  for (let round = 1; ; round += 1) {
    if (upload.kind === "single") await sendWhole(wire, upload, sending);
    else await sendParts(wire, upload, numbers, sending);
    await source.check();
    try {
      await taken(
        wire.repeat.POST("/videos/{id}/uploads/{uploadId}/complete", {
          params: { path },
          body: {},
          signal,
        }),
      );
      return;
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      if (error.code === "UploadOver") {
        const { state } = await show(wire, upload.videoId, upload.id, signal);
        if (state === "completed") return;
      }
      if (error.code !== "UploadIncomplete" || !error.missing.length || round === ROUNDS)
        throw error;
      numbers = error.missing;
    }
  }
}

/** Sends a small file in one piece. Whoever finds it there already is told so with a 412. */
async function sendWhole(wire: Wire, upload: Upload, sending: Sending): Promise<void> {
  const path = { id: upload.videoId, uploadId: upload.id };
  const fresh = async () => {
    const { put } = await taken(
      wire.repeat.POST("/videos/{id}/uploads/{uploadId}/addresses", {
        params: { path },
        body: {},
        signal: sending.signal,
      }),
    );
    if (!put) throw new UploadProblem("StoreRefused", "no address for the file");
    return put;
  };
  const piece = { first: 0, sizeBytes: upload.sizeBytes };
  await sendPiece(sending, piece, { known: upload.put, fresh }, ({ status }) => status === 412);
}

function bytesOf(upload: Upload, numbers: readonly number[]): number {
  if (upload.state !== "open") return 0;
  if (upload.kind === "single") return upload.sizeBytes;
  return numbers.reduce((sum, number) => sum + pieceOf(upload, number).sizeBytes, 0);
}

/** Whether an upload that failed so cannot be resumed. */
function isOver(error: unknown, begun: Begun | undefined): boolean {
  if (error instanceof ApiProblem) {
    return begun ? OVER.has(error.code) : error.status < 500; // it never began, and is known not to
  }
  return error instanceof UploadProblem && error.code !== "Unreachable";
}

const OVER: ReadonlySet<string> = new Set([
  "UploadExpired",
  "UploadNotFound",
  "UploadOver",
  "VideoNotFound",
] satisfies ProblemCode[]);

const PARALLEL = 4;

/** How often what a complete finds missing is sent. */
const ROUNDS = 3;
