import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { Refusal } from "../../kernel/refusal.ts";
import type { PayloadClaim } from "../../kernel/service.ts";
import { algorithms } from "../checksum.ts";
import { incompleteBody, invalidRequest, malformedXml } from "../refusals.ts";
import { type Chain, decode } from "./chunked.ts";

/** A request's body as the sender meant it, held against what the signature claims of it. */
export interface Payload {
  bytes: AsyncIterable<Uint8Array>;
  lengthBytes: number | undefined;
  /** A checksum that comes behind the bytes: its algorithm now, its value once they are read. */
  trailing?: { algorithm: string; value(): string | undefined };
}

export function open(request: IncomingMessage, claim: PayloadClaim): Payload {
  const length = request.headers["content-length"];
  const wire = whole(request);
  if (claim.kind === "unsigned") return { bytes: wire, lengthBytes: toNumber(length) };
  if (claim.kind === "sha256") {
    return { bytes: hashed(wire, claim.hex), lengthBytes: toNumber(length) };
  }
  const decoded = request.headers["x-amz-decoded-content-length"];
  if (decoded === undefined) {
    throw new Refusal("MissingContentLength", "You must provide the Content-Length HTTP header.", {
      httpStatus: 411,
    });
  }
  const lengthBytes = toNumber(String(decoded));
  const announced = names(request.headers["x-amz-trailer"]);
  const chain: { chain?: Chain } = claim.kind === "signed-chunks" ? { chain: claim } : {};
  const { bytes, trailers } = decode(wire, { lengthBytes, announced, ...chain });
  const name = announced.find((one) => one.startsWith(CHECKSUM));
  if (name === undefined) return { bytes, lengthBytes };
  const algorithm = name.slice(CHECKSUM.length).toUpperCase();
  if (!algorithms.some((known) => known === algorithm)) {
    throw invalidRequest("The value specified in the x-amz-trailer header is not supported");
  }
  return { bytes, lengthBytes, trailing: { algorithm, value: () => trailers.get(name) } };
}

/** Reads a document whole. */
export async function text(payload: Payload): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const part of payload.bytes) {
    sizeBytes += part.length;
    if (sizeBytes > MAX_DOCUMENT_BYTES) throw malformedXml();
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** A client that goes away half-way has sent nothing. */
async function* whole(request: IncomingMessage): AsyncGenerator<Uint8Array> {
  try {
    // Not destroyed when reading ends early: the answer still has to go out on this socket.
    for await (const chunk of request.iterator({ destroyOnReturn: false })) yield chunk as Buffer;
  } catch {
    throw incompleteBody();
  }
  if (!request.complete) throw incompleteBody();
}

async function* hashed(bytes: AsyncIterable<Uint8Array>, hex: string): AsyncGenerator<Uint8Array> {
  const sum = createHash("sha256");
  for await (const chunk of bytes) {
    sum.update(chunk);
    yield chunk;
  }
  const ours = sum.digest("hex");
  if (ours !== hex) {
    throw new Refusal(
      "XAmzContentSHA256Mismatch",
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
      { about: { ClientComputedContentSHA256: hex, S3ComputedContentSHA256: ours } },
    );
  }
}

function names(header: string | string[] | undefined): string[] {
  return [header ?? []]
    .flat()
    .join(",")
    .toLowerCase()
    .split(",")
    .map((name) => name.trim())
    .filter(Boolean);
}

function toNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

const CHECKSUM = "x-amz-checksum-";

/** DeleteObjects with 1,000 keys of 1,024 escaped bytes is the largest there is. */
const MAX_DOCUMENT_BYTES = 8 * 1024 ** 2;
