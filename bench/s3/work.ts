import { randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";
import type { Client } from "./client.ts";

/** One kind of work: what it is called, and how much of its unit was done. */
export interface Work {
  name: string;
  unit: "MB/s" | "/s";
  /** @returns how many bytes, or requests, it was */
  run(client: Client, round: number): Promise<number>;
}

/** The columns of the table in order; each stands on what the one before has stored. */
export function works(sizeBytes: number): Work[] {
  const whole = { "content-length": sizeBytes, "x-amz-checksum-crc32": sum(sizeBytes) };
  return [
    {
      name: "one PUT",
      unit: "MB/s",
      async run(client) {
        const body = pieces(sizeBytes);
        await client.send({ method: "PUT", target: FILM, headers: whole, body });
        return sizeBytes;
      },
    },
    {
      name: "one PUT as the SDK streams it",
      unit: "MB/s",
      async run(client) {
        await client.send(framed(sizeBytes));
        return sizeBytes;
      },
    },
    { name: "16 MiB parts x4", unit: "MB/s", run: (client) => inParts(client, sizeBytes) },
    {
      name: "GET",
      unit: "MB/s",
      run: async (client) => (await client.send({ method: "GET", target: FILM })).sizeBytes,
    },
    {
      name: "200 x 1 MiB ranges x4",
      unit: "MB/s",
      async run(client) {
        let readBytes = 0;
        await beside(4, 200, async (index) => {
          const first = (index * 7_919_111) % (sizeBytes - MIB);
          const headers = { range: `bytes=${first}-${first + MIB - 1}` };
          // Not `+= await`: that would add to what it was before the wait.
          const got = await client.send({ method: "GET", target: FILM, headers });
          readBytes += got.sizeBytes;
        });
        return readBytes;
      },
    },
    {
      name: "500 small PUTs x8",
      unit: "/s",
      async run(client, round) {
        const small = NOISE.subarray(0, SMALL_BYTES);
        const headers = { "content-length": SMALL_BYTES, "x-amz-checksum-crc32": sum(SMALL_BYTES) };
        await beside(8, 500, async (index) => {
          const target = `/${BUCKET}/small/${round}/${index}`;
          await client.send({ method: "PUT", target, headers, body: [small] });
        });
        return 500;
      },
    },
  ];
}

/** Both servers take it; to the bare one it is a file. */
export async function makeBucket(client: Client): Promise<void> {
  await client.send({ method: "PUT", target: `/${BUCKET}` });
}

/** `aws-chunked` with a CRC32 behind the bytes: what the SDK does with a body it cannot see whole. */
function framed(sizeBytes: number) {
  const end = Buffer.from(`0\r\nx-amz-checksum-crc32:${sum(sizeBytes)}\r\n\r\n`);
  const line = Buffer.from("\r\n");
  const chunk = (piece: Buffer) =>
    Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, line]);
  const same = chunk(NOISE.subarray(0, CHUNK_BYTES)); // most of them are alike
  const body = function* () {
    for (const piece of pieces(sizeBytes, CHUNK_BYTES)) {
      yield piece.length === CHUNK_BYTES ? same : chunk(piece);
    }
    yield end;
  };
  return {
    method: "PUT",
    target: FILM,
    claim: "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
    headers: {
      "content-encoding": "aws-chunked",
      "transfer-encoding": "chunked",
      "x-amz-decoded-content-length": sizeBytes,
      "x-amz-trailer": "x-amz-checksum-crc32",
    },
    body: body(),
  };
}

async function inParts(client: Client, sizeBytes: number): Promise<number> {
  const begin = {
    "x-amz-checksum-algorithm": "CRC32",
    "x-amz-checksum-type": "FULL_OBJECT",
    "content-length": 0,
  };
  const { text } = await client.send(
    { method: "POST", target: `${FILM}?uploads`, headers: begin },
    true,
  );
  const upload = /<UploadId>([^<]+)</.exec(text)?.[1] ?? "";
  const count = Math.ceil(sizeBytes / PART_BYTES);
  const etags = new Array<string>(count);
  await beside(4, count, async (index) => {
    const partBytes = Math.min(PART_BYTES, sizeBytes - index * PART_BYTES);
    const { etag } = await client.send({
      method: "PUT",
      target: `${FILM}?partNumber=${index + 1}&uploadId=${upload}`,
      headers: { "content-length": partBytes, "x-amz-checksum-crc32": sum(partBytes) },
      body: pieces(partBytes),
    });
    etags[index] = etag;
  });
  const parts = etags.map(
    (etag, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${etag}</ETag></Part>`,
  );
  const document = Buffer.from(
    `<CompleteMultipartUpload>${parts.join("")}</CompleteMultipartUpload>`,
  );
  await client.send({
    method: "POST",
    target: `${FILM}?uploadId=${upload}`,
    headers: { "content-length": document.length },
    body: [document],
  });
  return sizeBytes;
}

/** Does `count` pieces of work, `width` at a time. */
async function beside(
  width: number,
  count: number,
  run: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: width }, async () => {
      while (next < count) {
        next += 1;
        await run(next - 1);
      }
    }),
  );
}

function* pieces(sizeBytes: number, pieceBytes = WRITE_BYTES): Generator<Buffer> {
  for (let left = sizeBytes; left > 0; left -= pieceBytes) {
    yield NOISE.subarray(0, Math.min(left, pieceBytes));
  }
}

/** The CRC32 of the body that {@link pieces} makes, whatever the size of its pieces. */
function sum(sizeBytes: number): string {
  let crc = 0;
  for (const piece of pieces(sizeBytes)) crc = crc32(piece, crc);
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc);
  return bytes.toString("base64");
}

const MIB = 1024 * 1024;
const PART_BYTES = 16 * MIB;
const WRITE_BYTES = 256 * 1024;
/** What `fs.createReadStream` gives at a time, and so the SDK. */
const CHUNK_BYTES = 64 * 1024;
const SMALL_BYTES = 4 * 1024;
/** Repeats itself, so that a body is the same whatever the size of its pieces. */
const NOISE = Buffer.alloc(WRITE_BYTES, randomBytes(CHUNK_BYTES));
const BUCKET = "bench-films";
const FILM = `/${BUCKET}/film`;
