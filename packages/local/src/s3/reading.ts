import { type FileHandle, open } from "node:fs/promises";
import { Readable, type Writable } from "node:stream";

/** A stretch of one file. `last` is included. */
export interface Slice {
  file: string;
  first: number;
  last: number;
}

/**
 * Bytes that lie in one file after the other; each is opened when its first byte is asked for. A
 * stream for whoever wants one. Where they only go out again, `sendTo` moves them through a few
 * buffers that are used over and over.
 */
export class Stretch extends Readable {
  readonly #reader: ReturnType<typeof reading>;

  /** @param path where a slice's file lies */
  constructor(slices: readonly Slice[], path: (file: string) => string) {
    super({ highWaterMark: READ_BYTES });
    this.#reader = reading(slices, path);
  }

  override _read(): void {
    this.#reader
      .next((wanted) => Buffer.allocUnsafe(wanted))
      .then(
        (chunk) => void this.push(chunk ?? null),
        (error) => this.destroy(error),
      );
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#reader.close().then(
      () => done(error),
      (failure) => done(error ?? failure),
    );
  }

  /**
   * Writes all of it, in place of being read as a stream: while one buffer goes out the next is
   * filled. Ends neither side's connection but this stream.
   *
   * @throws Error when the other side goes away or a file fails
   */
  async sendTo(to: Writable): Promise<void> {
    const gone = Promise.withResolvers<never>();
    gone.promise.catch(() => undefined); // it may go while nobody waits
    const leave = () => gone.reject(new Error("the reader went away"));
    to.once("close", leave);
    if (to.destroyed) leave();
    let sent: Promise<void> = Promise.resolve();
    try {
      for (;;) {
        const buffer = buffers.pop() ?? Buffer.allocUnsafeSlow(READ_BYTES);
        const chunk = await this.#reader.next((wanted) => buffer.subarray(0, wanted));
        await Promise.race([sent, gone.promise]);
        if (!chunk) {
          keep(buffer);
          return;
        }
        sent = write(to, chunk).then(() => keep(buffer));
        sent.catch(() => undefined); // reported by the next wait
      }
    } finally {
      to.off("close", leave);
      this.destroy();
    }
  }
}

function reading(slices: readonly Slice[], path: (file: string) => string) {
  const waiting = slices.filter((slice) => slice.first <= slice.last);
  let current: { handle: FileHandle; at: number; last: number } | undefined;
  let pending: Promise<Buffer | undefined> = Promise.resolve(undefined);

  const close = async () => {
    const { handle } = current ?? {};
    current = undefined;
    await handle?.close();
  };
  const next = async (buffer: (wanted: number) => Buffer): Promise<Buffer | undefined> => {
    if (!current) {
      const slice = waiting.shift();
      if (!slice) return undefined;
      current = { handle: await open(path(slice.file), "r"), at: slice.first, last: slice.last };
    }
    const { handle, at, last } = current;
    const wanted = Math.min(READ_BYTES, last - at + 1);
    const { bytesRead, buffer: filled } = await handle.read(buffer(wanted), 0, wanted, at);
    if (bytesRead === 0) throw new Error("a body is shorter than its row says");
    current.at += bytesRead;
    if (current.at > last) close().catch(() => undefined); // it was only read
    return filled.subarray(0, bytesRead);
  };
  return {
    /** The next bytes, in a buffer that is asked for when it is known how many are wanted. */
    next(buffer: (wanted: number) => Buffer): Promise<Buffer | undefined> {
      pending = next(buffer);
      return pending;
    },
    /** Waits for a read on its way: its file may not be closed, nor its buffer lent again, before. */
    async close(): Promise<void> {
      waiting.length = 0;
      await pending.catch(() => undefined);
      await close();
    },
  };
}

function write(to: Writable, chunk: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    to.write(chunk, (error) => (error ? reject(error) : resolve()));
  });
}

/** Buffers that nobody reads into or writes from: new ones cost more than the copy into them. */
const buffers: Buffer[] = [];

function keep(buffer: Buffer): void {
  if (buffers.length < KEPT_BUFFERS) buffers.push(buffer);
}

const READ_BYTES = 256 * 1024;
const KEPT_BUFFERS = 16;
