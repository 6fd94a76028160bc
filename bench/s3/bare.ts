import { createHash, type Hash, randomUUID } from "node:crypto";
import { createReadStream, createWriteStream, mkdirSync, statSync } from "node:fs";
import { rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { crc32 } from "node:zlib";
import { serve } from "./served.ts";

/**
 * The least that can be called a store of objects: MD5, CRC32 and a file for each, parts glued at
 * the end. No signatures, permissions, index, events or fsync.
 */
await serve(async (folder) => {
  mkdirSync(join(folder, "parts"));
  const server = createServer((request, response) => {
    answer(folder, request, response).catch((error) => response.destroy(error));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || !address) throw new Error("the server has no port");
  const keys = { accessKeyId: "NOBODY", secretAccessKey: "nothing" }; // nobody looks
  return { origin: `http://127.0.0.1:${address.port}`, keys };
});

async function answer(
  folder: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://bare");
  const file = join(folder, encodeURIComponent(pathname));
  const upload = searchParams.get("uploadId");
  if (request.method === "GET") return read(file, request, response);
  if (request.method === "POST" && upload) return glue(folder, file, upload, request, response);
  if (request.method === "POST") {
    request.resume();
    response.end(`<UploadId>${randomUUID()}</UploadId>`);
    return;
  }
  const part = searchParams.get("partNumber");
  const md5 = await write(request, upload ? join(folder, "parts", `${upload}-${part}`) : file);
  response.setHeader("ETag", `"${md5}"`);
  response.end();
}

async function write(source: Readable, file: string): Promise<string> {
  const md5 = createHash("md5");
  let crc = 0;
  const summed = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      md5.update(chunk);
      crc = crc32(chunk, crc);
      done(null, chunk);
    },
  });
  await pipeline(source, summed, createWriteStream(file));
  return md5.digest("hex");
}

async function glue(
  folder: string,
  file: string,
  upload: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  let document = "";
  for await (const chunk of request) document += chunk;
  const parts = [...document.matchAll(/<PartNumber>(\d+)</g)].map(([, number]) =>
    join(folder, "parts", `${upload}-${number}`),
  );
  const all: Hash = createHash("md5");
  for (const [, md5 = ""] of document.matchAll(/<ETag>"(\w+)"</g)) all.update(md5, "hex");
  await pipeline(
    Readable.from(
      (async function* () {
        for (const part of parts) yield* createReadStream(part);
      })(),
    ),
    createWriteStream(file),
  );
  for (const part of parts) await rm(part);
  response.end(`<ETag>"${all.digest("hex")}-${parts.length}"</ETag>`);
}

async function read(
  file: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { size } = statSync(file);
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
  const start = Number(first ?? 0);
  const end = Number(last ?? size - 1);
  response.writeHead(first === undefined ? 200 : 206, { "Content-Length": end - start + 1 });
  await pipeline(createReadStream(file, { start, end }), response);
}
