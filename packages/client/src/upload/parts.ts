import type { Upload } from "../shapes.ts";
import { taken, type Wire } from "../wire/wire.ts";
import { inBase64 } from "./crc32.ts";
import { type Address, type Sending, sendPiece } from "./send.ts";
import type { Piece } from "./source.ts";
import { UploadProblem } from "./upload-problem.ts";

/** A part with its checksum, and the address that was signed for both. */
interface Ready {
  number: number;
  piece: Piece;
  crc32: string;
  address: Address;
}

/** Numbers of the parts that the store does not have in their full size. */
export function missingOf(upload: Upload): number[] {
  const arrived = new Map(upload.arrived?.map(({ number, sizeBytes }) => [number, sizeBytes]));
  return Array.from({ length: upload.partCount ?? 0 }, (_, index) => index + 1).filter(
    (number) => arrived.get(number) !== pieceOf(upload, number).sizeBytes,
  );
}

/** Where a part lies in the file. All are of one size, but the last. */
export function pieceOf({ sizeBytes, partSizeBytes = sizeBytes }: Upload, number: number): Piece {
  const first = (number - 1) * partSizeBytes;
  return { first, sizeBytes: Math.min(partSizeBytes, sizeBytes - first) };
}

/**
 * Sends parts, several at once. Addresses are asked for a handful at a time and one handful ahead,
 * so that none waits long enough to expire. Holds no part in memory: each is read twice, for its
 * checksum and to be sent.
 */
export async function sendParts(
  wire: Wire,
  upload: Upload,
  numbers: readonly number[],
  { parallel, ...sending }: Sending & { parallel: number },
): Promise<void> {
  const first = new AbortController(); // the first failure stops the others
  const signal = AbortSignal.any([sending.signal, first.signal]);
  const next = stock(numbers, parallel, (batch) =>
    prepare(wire, upload, batch, { ...sending, signal }),
  );
  const work = async () => {
    for (let part = await next(); part; part = await next()) {
      const { number, piece, crc32, address } = part;
      await sendPiece({ ...sending, signal }, piece, {
        known: address,
        fresh: async () => {
          const [fresh] = await addresses(wire, upload, [{ number, crc32 }], signal);
          if (!fresh) throw new UploadProblem("StoreRefused", `no address for part ${number}`);
          return fresh;
        },
      });
    }
  };
  const hands = Array.from({ length: Math.min(parallel, numbers.length) }, () =>
    work().catch((error: unknown) => {
      first.abort(error);
      throw error;
    }),
  );
  const failed = (await Promise.allSettled(hands)).some(({ status }) => status === "rejected");
  if (failed) throw first.signal.reason;
}

/** Hands out parts one by one, and has the next handful made ready meanwhile. */
function stock(
  numbers: readonly number[],
  size: number,
  make: (batch: number[]) => Promise<Ready[]>,
): () => Promise<Ready | undefined> {
  const waiting = [...numbers];
  const ready: Ready[] = [];
  let making: Promise<void> | undefined;
  const more = () => {
    making ??= make(waiting.splice(0, size)).then((made) => {
      ready.push(...made);
      making = undefined;
    });
    making.catch(() => undefined); // told to whoever asks next
  };
  return async () => {
    while (ready.length === 0 && (making || waiting.length > 0)) {
      more();
      await making;
    }
    const part = ready.shift();
    if (ready.length === 0 && waiting.length > 0) more();
    return part;
  };
}

async function prepare(
  wire: Wire,
  upload: Upload,
  numbers: number[],
  { source, gate, signal }: Sending,
): Promise<Ready[]> {
  await gate.pass(signal);
  const summed = [];
  for (const number of numbers) {
    const piece = pieceOf(upload, number);
    summed.push({ number, piece, crc32: inBase64(await source.crc32(piece, signal)) });
  }
  const asked = summed.map(({ number, crc32 }) => ({ number, crc32 }));
  const given = new Map(
    (await addresses(wire, upload, asked, signal)).map((one) => [one.number, one]),
  );
  return summed.map((part) => {
    const address = given.get(part.number);
    if (!address || address.sizeBytes !== part.piece.sizeBytes) {
      throw new UploadProblem("StoreRefused", `no address for part ${part.number}`);
    }
    return { ...part, address };
  });
}

async function addresses(
  wire: Wire,
  { id: uploadId, videoId }: Upload,
  parts: Array<{ number: number; crc32: string }>,
  signal: AbortSignal,
) {
  const answer = await taken(
    wire.repeat.POST("/videos/{id}/uploads/{uploadId}/addresses", {
      params: { path: { id: videoId, uploadId } },
      body: { parts },
      signal,
    }),
  );
  return answer.parts ?? [];
}
