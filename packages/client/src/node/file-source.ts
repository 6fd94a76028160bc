import { type FileHandle, open } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { crc32 } from "node:zlib";
import { mediaTypeOf } from "../upload/media-type.ts";
import type { Piece, Source } from "../upload/source.ts";
import { UploadProblem } from "../upload/upload-problem.ts";
import { put } from "./put.ts";

/**
 * A file on disk. It is read in steps of {@link STEP_BYTES}, each time it is needed, so that a film
 * of any size takes the same memory.
 *
 * @throws UploadProblem `FileUnreadable` when it is not there or no file
 */
export async function fileSource(
  path: string,
  {
    name = basename(path),
    type = mediaTypeOf(name),
  }: { name?: string; type?: string | undefined } = {},
): Promise<Source> {
  const handle = await open(path).catch((cause: Error) => {
    throw new UploadProblem("FileUnreadable", cause.message, { cause });
  });
  const begun = await handle.stat();
  if (!begun.isFile()) {
    await handle.close();
    throw new UploadProblem("FileUnreadable", `${path} is no file`);
  }
  const sizeBytes = begun.size;
  const check = async () => {
    const { size, mtimeMs } = await handle.stat();
    if (size !== sizeBytes || mtimeMs !== begun.mtimeMs)
      throw new UploadProblem("FileChanged", path);
  };
  return {
    name,
    sizeBytes,
    type,
    fingerprint: `${resolve(path)} ${sizeBytes} ${begun.mtimeMs}`,
    async crc32(piece, signal) {
      let sum = 0;
      for await (const bytes of steps(handle, piece)) {
        signal.throwIfAborted();
        sum = crc32(bytes, sum);
      }
      return sum;
    },
    put: (piece, target) => put(steps(handle, piece), piece.sizeBytes, target),
    check,
    close: () => handle.close(),
  };
}

/** A piece, step by step, in one buffer: what was given last is overwritten by what comes next. */
async function* steps(handle: FileHandle, { first, sizeBytes }: Piece): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(Math.min(STEP_BYTES, sizeBytes));
  const end = first + sizeBytes;
  for (let at = first; at < end; ) {
    const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, end - at), at);
    if (bytesRead === 0) throw new UploadProblem("FileChanged", "it became shorter");
    yield buffer.subarray(0, bytesRead);
    at += bytesRead;
  }
}

const STEP_BYTES = 256 * 1024;
