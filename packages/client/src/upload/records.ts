import type { WebStorage } from "../sign-in/token-store.ts";

/** What is kept of an upload until it is done, so that it can go on after a crash. */
export interface UploadRecord {
  /** sent with the request that opens it: sent again, it opens no second film */
  idempotencyKey: string;
  videoId?: string | undefined;
  uploadId?: string | undefined;
}

/** Where records are kept. The key says which file goes to which API. */
export interface UploadRecords {
  read(key: string): Promise<UploadRecord | undefined> | UploadRecord | undefined;
  write(key: string, record: UploadRecord | undefined): Promise<void> | void;
}

/** A record from text; what is none counts as none. */
export function readRecord(text: string | null | undefined): UploadRecord | undefined {
  if (!text) return undefined;
  try {
    const { idempotencyKey, videoId, uploadId } = JSON.parse(text) as Partial<UploadRecord>;
    return typeof idempotencyKey === "string" ? { idempotencyKey, videoId, uploadId } : undefined;
  } catch {
    return undefined;
  }
}

/** In the browser: `webRecords(localStorage)`. */
export function webRecords(storage: WebStorage): UploadRecords {
  const named = (key: string) => `rushes.upload ${key}`;
  return {
    read: (key) => readRecord(storage.getItem(named(key))),
    write: (key, record) =>
      record ? storage.setItem(named(key), JSON.stringify(record)) : storage.removeItem(named(key)),
  };
}

/** The record of one upload. */
export interface Book {
  read(): Promise<UploadRecord | undefined>;
  write(record: UploadRecord): Promise<void>;
  forget(): Promise<void>;
}

export function bookOf(records: UploadRecords | undefined, key: string): Book {
  return {
    read: async () => records?.read(key),
    write: async (record) => records?.write(key, record),
    forget: async () => records?.write(key, undefined),
  };
}

/** For requests that may arrive twice and must count once. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
