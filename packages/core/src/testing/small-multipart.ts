import type { IncomingMessage, ServerResponse } from "node:http";
import type { Shelf } from "./small-shelf.ts";

/** An upload in parts. A test sends parts by putting them here. */
export interface SmallUpload {
  id: string;
  path: string;
  type: string | undefined;
  algorithm: string | undefined;
  parts: Map<number, SmallPart>;
}

interface SmallPart {
  sizeBytes: number;
  crc32?: string;
}

/** S3's uploads in parts, as far as core leans on them. */
export interface Multipart {
  open: Map<string, SmallUpload>;
  /** Parts that one list names at most. */
  page: number;
  /** Runs before a call is served: to be somebody else who is quicker, or to fail. */
  before: ((what: "begin" | "list" | "complete" | "abort") => Promise<void> | void) | undefined;
  serve(
    request: IncomingMessage,
    response: ServerResponse,
    url: URL,
    body: string,
  ): Promise<boolean>;
}

export function smallMultipart(shelf: Shelf): Multipart {
  let made = 0;
  const uploads: Multipart = {
    open: new Map(),
    page: 1000,
    before: undefined,
    async serve(request, response, url, body) {
      const path = decodeURIComponent(url.pathname);
      const upload = uploads.open.get(url.searchParams.get("uploadId") ?? "");
      if (request.method === "POST" && url.searchParams.has("uploads")) {
        await uploads.before?.("begin");
        return begin(request, response, path);
      }
      if (!url.searchParams.has("uploadId")) return false;
      const what =
        request.method === "GET" ? "list" : request.method === "POST" ? "complete" : "abort";
      await uploads.before?.(what);
      if (!upload || upload.path !== path || !uploads.open.has(upload.id)) {
        return answer(response, 404, "<Error><Code>NoSuchUpload</Code></Error>");
      }
      if (what === "list") return list(response, upload, url);
      if (what === "complete") return complete(request, response, upload, body);
      uploads.open.delete(upload.id);
      return answer(response, 204, "");
    },
  };
  return uploads;

  function begin(request: IncomingMessage, response: ServerResponse, path: string): true {
    made += 1;
    const id = `multipart-${made}`;
    const algorithm = request.headers["x-amz-checksum-algorithm"] as string | undefined;
    const type = request.headers["content-type"];
    uploads.open.set(id, { id, path, type, algorithm, parts: new Map() });
    return answer(
      response,
      200,
      `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
    );
  }

  function list(response: ServerResponse, upload: SmallUpload, url: URL): true {
    const after = Number(url.searchParams.get("part-number-marker") ?? 0);
    const all = [...upload.parts].filter(([number]) => number > after).toSorted(byNumber);
    const shown = all.slice(0, uploads.page);
    const parts = shown.map(
      ([number, { sizeBytes, crc32 }]) =>
        `<Part><PartNumber>${number}</PartNumber><ETag>"e${number}"</ETag><Size>${sizeBytes}</Size>${crc32 ? `<ChecksumCRC32>${crc32}</ChecksumCRC32>` : ""}</Part>`,
    );
    const more = all.length > shown.length;
    return answer(
      response,
      200,
      `<ListPartsResult><IsTruncated>${more}</IsTruncated><NextPartNumberMarker>${shown.at(-1)?.[0] ?? 0}</NextPartNumberMarker>${parts.join("")}</ListPartsResult>`,
    );
  }

  function complete(
    request: IncomingMessage,
    response: ServerResponse,
    upload: SmallUpload,
    body: string,
  ): true {
    if (request.headers["if-none-match"] === "*" && shelf.objects.has(upload.path)) {
      return answer(response, 412, "<Error><Code>PreconditionFailed</Code></Error>");
    }
    const named = [...body.matchAll(/<PartNumber>(\d+)<\/PartNumber>/g)].map(([, n]) => Number(n));
    const parts = named.map((number) => upload.parts.get(number));
    const summed = upload.algorithm === undefined || parts.every((part) => part?.crc32);
    if (parts.length === 0 || parts.includes(undefined) || !summed) {
      return answer(response, 400, "<Error><Code>InvalidPart</Code></Error>");
    }
    shelf.objects.set(upload.path, { body: Buffer.from(`${parts.length} parts`) });
    uploads.open.delete(upload.id);
    return answer(
      response,
      200,
      "<CompleteMultipartUploadResult><ETag>e</ETag></CompleteMultipartUploadResult>",
    );
  }
}

function byNumber([a]: [number, SmallPart], [b]: [number, SmallPart]): number {
  return a - b;
}

function answer(response: ServerResponse, status: number, body: string): true {
  response.writeHead(status, { "content-type": "application/xml" });
  response.end(body);
  return true;
}
