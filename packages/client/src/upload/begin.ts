import { ApiProblem } from "../problem/problem.ts";
import type { Making, Opened, Upload, VideoWish } from "../shapes.ts";
import { taken, type Wire } from "../wire/wire.ts";
import { type Book, newKey } from "./records.ts";
import type { Source } from "./source.ts";
import { UploadProblem } from "./upload-problem.ts";

/** What is said of a film when it is uploaded; the file itself tells the rest. */
export type About = Omit<Extract<VideoWish, Told>, keyof Told>;
type Told = { filename: string; sizeBytes: number; type: string };

/** Names an upload that has begun. */
export interface Begun {
  videoId: string;
  uploadId: string;
}

/** Asks the API for an upload: of a new film, or of a film's next source. */
export type Open = (told: Told, idempotencyKey: string, signal: AbortSignal) => Promise<Opened>;

export function newFilm(wire: Wire, about: About): Open {
  return (told, idempotencyKey, signal) =>
    taken(
      wire.repeat.POST("/videos", {
        params: { header: { "idempotency-key": idempotencyKey } },
        body: { ...about, ...told },
        signal,
      }),
    );
}

export function nextSource(wire: Wire, id: string, making: Making): Open {
  return (told, _key, signal) =>
    taken(
      wire.repeat.PUT("/videos/{id}/source", {
        params: { path: { id } },
        body: { ...making, ...told },
        signal,
      }),
    );
}

export function show(
  wire: Wire,
  videoId: string,
  uploadId: string,
  signal: AbortSignal,
): Promise<Upload> {
  const params = { path: { id: videoId, uploadId } };
  return taken(wire.repeat.GET("/videos/{id}/uploads/{uploadId}", { params, signal }));
}

export interface Beginning {
  /** the upload to go on with, and the file it began with */
  resume: (Begun & { fingerprint?: string }) | undefined;
  book: Book;
  signal: AbortSignal;
}

/** The upload to send a file to: the one that was asked for, one that was cut off, or a new one. */
export async function begin(
  wire: Wire,
  source: Source,
  open: Open,
  { resume, book, signal }: Beginning,
): Promise<Upload> {
  if (source.sizeBytes === 0) throw new UploadProblem("FileEmpty", source.name);
  if (resume) {
    const { videoId, uploadId, fingerprint = source.fingerprint } = resume;
    const found = await show(wire, videoId, uploadId, signal);
    if (fingerprint !== source.fingerprint || found.sizeBytes !== source.sizeBytes) {
      throw new UploadProblem("FileChanged", source.name);
    }
    if (!goesOn(found)) throw new UploadProblem("UploadGone", found.state);
    return found;
  }
  const known = await book.read();
  if (known?.videoId && known.uploadId) {
    const found = await show(wire, known.videoId, known.uploadId, signal).catch(nothing);
    if (found && goesOn(found) && found.sizeBytes === source.sizeBytes) return found;
  }
  const { name: filename, sizeBytes, type } = source;
  if (type === undefined) throw new UploadProblem("TypeUnknown", filename);
  // A key without an upload is from a request whose answer nobody heard.
  const key = known && !known.uploadId ? known.idempotencyKey : newKey();
  const opened = await begun({ filename, sizeBytes, type }, { open, key, book, signal });
  if (!opened.upload) throw new UploadProblem("StoreRefused", "the API opened no upload");
  await book.write({
    idempotencyKey: key,
    videoId: opened.upload.videoId,
    uploadId: opened.upload.id,
  });
  return opened.upload;
}

async function begun(
  told: Told,
  { open, key, book, signal }: { open: Open; key: string; book: Book; signal: AbortSignal },
): Promise<Opened> {
  await book.write({ idempotencyKey: key });
  try {
    return await open(told, key, signal);
  } catch (error) {
    if (!(error instanceof ApiProblem && error.code === "IdempotencyKeyReused")) throw error;
    return open(told, newKey(), signal); // the file was to have another title when it was cut off
  }
}

function goesOn({ state }: Upload): boolean {
  return state === "open" || state === "completed";
}

function nothing(error: unknown): undefined {
  if (error instanceof ApiProblem && error.status === 404) return undefined;
  throw error;
}
