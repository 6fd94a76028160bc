import { crc32 } from "./crc32.ts";
import { mediaTypeOf } from "./media-type.ts";
import { type Answer, codeIn, type Piece, type Source, type Target } from "./source.ts";
import { UploadProblem } from "./upload-problem.ts";
import { settable, type Xhr, xhrPut } from "./xhr.ts";

/** A File has a name; a Blob needs one. */
export interface Named {
  name?: string | undefined;
  type?: string | undefined;
}

/** What a page holds of a file: a File from an input or a drop, or any Blob. */
export function blobSource(blob: Blob, { name, type }: Named = {}): Source {
  const file = blob as Blob & { name?: string; lastModified?: number };
  const called = name ?? file.name ?? "film";
  return {
    name: called,
    sizeBytes: blob.size,
    type: type ?? (blob.type || mediaTypeOf(called)),
    fingerprint: `${called} ${blob.size} ${file.lastModified ?? ""}`,

    async crc32({ first, sizeBytes }, signal) {
      let sum = 0;
      const reader = blob
        .slice(first, first + sizeBytes)
        .stream()
        .getReader();
      for (;;) {
        signal.throwIfAborted();
        const { done, value } = await reader.read().catch(unreadable);
        if (done) return sum;
        sum = crc32(value, sum);
      }
    },

    async put({ first, sizeBytes }: Piece, target: Target): Promise<Answer> {
      const body = blob.slice(first, first + sizeBytes);
      const { XMLHttpRequest } = globalThis as { XMLHttpRequest?: new () => Xhr };
      if (XMLHttpRequest) return xhrPut(new XMLHttpRequest(), body, target);
      const { url, signal } = target;
      const headers = Object.fromEntries(settable(target.headers));
      const response = await fetch(url, { method: "PUT", headers, body, signal });
      target.onBytes(sizeBytes);
      return { status: response.status, code: codeIn(await response.text()) };
    },

    async check() {
      if (blob.size === 0) return;
      // a file that was written to since the page got hold of it can no longer be read
      await blob.slice(0, 1).arrayBuffer().catch(unreadable);
    },

    async close() {},
  };
}

function unreadable(cause: unknown): never {
  const changed = cause instanceof DOMException && cause.name === "NotReadableError";
  throw new UploadProblem(changed ? "FileChanged" : "FileUnreadable", undefined, { cause });
}
