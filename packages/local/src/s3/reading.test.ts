import { mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { buffer } from "node:stream/consumers";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Slice, Stretch } from "./reading.ts";

let folder: string;
const path = (file: string) => join(folder, file);
const bytes: Record<string, Buffer> = {
  small: Buffer.from("0123456789"),
  large: Buffer.alloc(1_300_000, "a film, or what we take for one; "),
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "rushes-reading-"));
  for (const [name, content] of Object.entries(bytes)) writeFileSync(path(name), content);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Takes its time, and keeps copies: the buffers it is given are used again. */
function slow() {
  const kept: Buffer[] = [];
  const to = new Writable({
    highWaterMark: 1,
    write(chunk: Buffer, _encoding, done) {
      setImmediate(() => {
        kept.push(Buffer.from(chunk));
        done();
      });
    },
  });
  return { to, whole: () => Buffer.concat(kept) };
}

const slice: fc.Arbitrary<Slice> = fc
  .record({ file: fc.constantFrom("small", "large"), from: fc.nat(), length: fc.nat() })
  .map(({ file, from, length }) => {
    const size = bytes[file]?.length ?? 0;
    const first = from % size;
    return { file, first, last: first + (length % (size - first + 1)) - 1 };
  });

const meant = (slices: readonly Slice[]) =>
  Buffer.concat(
    slices.map(({ file, first, last }) => bytes[file]?.subarray(first, last + 1) ?? []) as Buffer[],
  );

describe("a stretch", () => {
  it("is the bytes of its slices, sent or streamed, several at once", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(slice, { maxLength: 4 }), { maxLength: 4 }),
        async (all) => {
          const got = await Promise.all(
            all.map(async (slices) => {
              const { to, whole } = slow();
              await new Stretch(slices, path).sendTo(to);
              return [whole(), await buffer(new Stretch(slices, path))];
            }),
          );
          for (const [index, slices] of all.entries()) {
            for (const one of got[index] ?? []) expect(one.equals(meant(slices))).toBe(true);
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  it("is over, and its file closed, when whoever reads goes away", async () => {
    const { to } = slow();
    const stretch = new Stretch([{ file: "large", first: 0, last: 1_299_999 }], path);
    const closed = new Promise((resolve) => stretch.once("close", resolve));
    const sent = stretch.sendTo(to);
    to.destroy();
    await expect(sent).rejects.toThrow();
    await closed;
  });

  it("fails where a file holds less than was promised, or is gone", async () => {
    for (const slices of [
      [{ file: "small", first: 0, last: 10 }],
      [{ file: "never", first: 0, last: 0 }],
    ]) {
      await expect(new Stretch(slices, path).sendTo(slow().to)).rejects.toThrow();
      await expect(buffer(new Stretch(slices, path))).rejects.toThrow();
    }
  });

  // Only Linux tells a process what it holds open.
  it.runIf(process.platform === "linux")("leaves no file open", async () => {
    await vi.waitFor(() => {
      const open = readdirSync("/proc/self/fd").map((one) => {
        try {
          return readlinkSync(`/proc/self/fd/${one}`);
        } catch {
          return ""; // closed since
        }
      });
      expect(open.filter((one) => one.startsWith(folder))).toEqual([]);
    });
  });
});
