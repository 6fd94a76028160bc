import { closeSync, openSync, read } from "node:fs";
import { Readable, type Writable } from "node:stream";
import { promisify } from "node:util";

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
    super({ highWaterMark: STREAM_BYTES });
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
        const buffer = buffers.pop() ?? Buffer.allocUnsafeSlow(SEND_BYTES);
        const chunk = await this.#reader.next((left) => buffer.subarray(0, left));
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
  let current: { descriptor: number; at: number; last: number } | undefined;
  let pending: Promise<Buffer | undefined> = Promise.resolve(undefined);

  // Opening and closing what is only read takes less time than the way to a thread and back.
  const close = () => {
    if (current) closeSync(current.descriptor);
    current = undefined;
  };
  const next = async (buffer: (leftBytes: number) => Buffer): Promise<Buffer | undefined> => {
    if (!current) {
      const slice = waiting.shift();
      if (!slice) return undefined;
      current = { descriptor: openSync(path(slice.file), "r"), at: slice.first, last: slice.last };
    }
    const { descriptor, at, last } = current;
    const into = buffer(last - at + 1);
    const { bytesRead } = await readFrom(descriptor, into, 0, into.length, at);
    if (bytesRead === 0) throw new Error("a body is shorter than its row says");
    current.at += bytesRead;
    if (current.at > last) close();
    return into.subarray(0, bytesRead);
  };
  return {
    /** The next bytes, in a buffer that is asked for when it is known how many there are at most. */
    next(buffer: (leftBytes: number) => Buffer): Promise<Buffer | undefined> {
      pending = next(buffer);
      return pending;
    },
    /** Waits for a read on its way: its file may not be closed under it. */
    async close(): Promise<void> {
      waiting.length = 0;
      await pending.catch(() => undefined);
      close();
    },
  };
}

const readFrom = promisify(read);

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

const STREAM_BYTES = 256 * 1024;
const SEND_BYTES = 512 * 1024;
const KEPT_BUFFERS = 8;
