import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { crc32 } from "node:zlib";

/** S3, as far as somebody sends parts to it: with their bytes, and their checksums looked at. */
export interface Parts {
  /** Uploads that are neither completed nor aborted, each with its parts. */
  open: Map<string, Map<number, Buffer>>;
  objects: Map<string, Buffer>;
  /** Runs before a call is served; what it throws is answered as S3's own trouble. */
  before: ((what: Call, number: number) => void) | undefined;
  /** Runs after a call was served, before its answer goes out: what it throws loses the answer. */
  after: ((what: Call, number: number) => void) | undefined;
  calls: string[];
  close(): void;
}

type Call = "begin" | "part" | "list" | "complete" | "abort";

/** Opens it where every S3 client of this process finds it. */
export async function openSmallParts(): Promise<Parts> {
  let made = 0;
  const parts: Omit<Parts, "close"> = {
    open: new Map(),
    objects: new Map(),
    before: undefined,
    after: undefined,
    calls: [],
  };
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => serve(request, response, Buffer.concat(pieces)));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  process.env.AWS_ENDPOINT_URL_S3 = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(parts, {
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  });

  function serve(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
    const url = new URL(request.url ?? "/", "http://localhost");
    const what = callOf(request.method ?? "", url);
    const number = Number(url.searchParams.get("partNumber") ?? 0);
    parts.calls.push(what === "part" ? `part ${number}` : what);
    try {
      parts.before?.(what, number);
    } catch {
      answer(response, 503, "<Error><Code>SlowDown</Code></Error>");
      return;
    }
    const [status, text, etag] = run(what, request, url, number, body);
    try {
      parts.after?.(what, number);
    } catch {
      response.destroy();
      return;
    }
    if (etag) response.setHeader("etag", etag);
    answer(response, status, text);
  }

  function run(
    what: Call,
    { headers }: IncomingMessage,
    url: URL,
    number: number,
    body: Buffer,
  ): [status: number, text: string, etag?: string] {
    if (what === "begin") {
      made += 1;
      parts.open.set(`u${made}`, new Map());
      const id = `<UploadId>u${made}</UploadId>`;
      return [200, `<InitiateMultipartUploadResult>${id}</InitiateMultipartUploadResult>`];
    }
    const id = url.searchParams.get("uploadId") ?? "";
    const upload = parts.open.get(id);
    if (!upload) return [404, "<Error><Code>NoSuchUpload</Code></Error>"];
    switch (what) {
      case "part": {
        if (headers["x-amz-checksum-crc32"] !== sumOf(body)) {
          return [400, "<Error><Code>BadDigest</Code></Error>"];
        }
        upload.set(number, body);
        return [200, "", `"${sumOf(body)}"`];
      }
      case "list": {
        const listed = [...upload]
          .toSorted(([a], [b]) => a - b)
          .map(
            ([each, { length }]) =>
              `<Part><PartNumber>${each}</PartNumber><Size>${length}</Size>${told(upload, each)}</Part>`,
          );
        return [200, `<ListPartsResult>${listed.join("")}</ListPartsResult>`];
      }
      case "complete": {
        const key = decodeURIComponent(url.pathname);
        if (headers["if-none-match"] !== "*")
          return [403, "<Error><Code>AccessDenied</Code></Error>"];
        if (parts.objects.has(key)) return [412, "<Error><Code>PreconditionFailed</Code></Error>"];
        const named = [...String(body).matchAll(/<Part>(.*?)<\/Part>/gs)].map(([, part = ""]) => {
          const each = Number(/<PartNumber>(\d+)/.exec(part)?.[1]);
          const etag = /<ETag>(.*?)<\/ETag>/.exec(part)?.[1]?.replaceAll("&quot;", '"');
          return etag === `"${sumOf(upload.get(each))}"` ? each : undefined;
        });
        if (named.length === 0 || named.includes(undefined)) {
          return [400, "<Error><Code>InvalidPart</Code></Error>"];
        }
        parts.objects.set(
          key,
          Buffer.concat(named.map((each) => upload.get(each ?? 0) ?? Buffer.alloc(0))),
        );
        parts.open.delete(id);
        return [
          200,
          "<CompleteMultipartUploadResult><ETag>e</ETag></CompleteMultipartUploadResult>",
        ];
      }
      case "abort":
        parts.open.delete(id);
        return [204, ""];
    }
  }
}

function callOf(method: string, url: URL): Call {
  if (url.searchParams.has("uploads")) return "begin";
  if (method === "PUT") return "part";
  if (method === "GET") return "list";
  return method === "POST" ? "complete" : "abort";
}

function told(upload: Map<number, Buffer>, number: number): string {
  const sum = sumOf(upload.get(number));
  return `<ETag>"${sum}"</ETag><ChecksumCRC32>${sum}</ChecksumCRC32>`;
}

function sumOf(body: Buffer | undefined): string {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body ?? ""));
  return sum.toString("base64");
}

function answer(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { "content-type": "application/xml" });
  response.end(body);
}
