import type { IncomingMessage } from "node:http";
import { type Family, refuse } from "./family.ts";

/** Largest body of a call that does not stream: DynamoDB's batches may have 16 MiB, the largest of all. */
export const MAX_BODY_BYTES = 17 * 1024 * 1024;

/**
 * Reads a whole body into memory.
 *
 * @throws Refusal when it is larger than `maxBytes`; the rest is then not read
 */
export async function readBody(
  request: IncomingMessage,
  family: Family,
  maxBytes = MAX_BODY_BYTES,
): Promise<Buffer> {
  const tooLarge = () =>
    refuse(family, "tooLarge", `The request is larger than ${maxBytes} bytes.`);
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) throw tooLarge();
  const parts: Buffer[] = [];
  let bytes = 0;
  // What is too large is left where it is: the connection must live to say so.
  for await (const part of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > maxBytes) throw tooLarge();
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** Lets the sender of a refused body finish, so that it hears why; but not without an end. */
export function discard(request: IncomingMessage): void {
  let leftBytes = MAX_DISCARDED_BYTES;
  request.on("error", () => undefined);
  request.on("data", (part: Buffer) => {
    leftBytes -= part.length;
    if (leftBytes < 0) request.destroy();
  });
}

const MAX_DISCARDED_BYTES = 256 * 1024 * 1024;
