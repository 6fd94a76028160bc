import type { IncomingMessage, ServerResponse } from "node:http";

interface SmallObject {
  body: Buffer;
  versionId?: string;
  metadata?: Record<string, string>;
}

/** S3, as far as core leans on it: heads, ranges and lists of objects that a test puts there. */
export interface Shelf {
  objects: Map<string, SmallObject>;
  put(bucket: string, key: string, body: Buffer | string, about?: Omit<SmallObject, "body">): void;
  serve(request: IncomingMessage, response: ServerResponse, url: URL): void;
}

export function smallShelf(): Shelf {
  const objects = new Map<string, SmallObject>();
  return {
    objects,
    put: (bucket, key, body, about) =>
      void objects.set(`/${bucket}/${key}`, { body: Buffer.from(body), ...about }),
    serve(request, response, url) {
      const path = decodeURIComponent(url.pathname);
      if (url.searchParams.has("list-type")) return list(path, url, response);
      const found = objects.get(path);
      if (!found) return refuse(response, 404, "NoSuchKey");
      for (const [name, value] of Object.entries(found.metadata ?? {})) {
        response.setHeader(`x-amz-meta-${name}`, value);
      }
      if (found.versionId) response.setHeader("x-amz-version-id", found.versionId);
      response.setHeader("etag", '"e1"');
      response.setHeader("last-modified", new Date(0).toUTCString());
      const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
      const body = first ? found.body.subarray(Number(first), Number(last) + 1) : found.body;
      if (first && Number(first) >= found.body.length) return refuse(response, 416, "InvalidRange");
      response.writeHead(first ? 206 : 200, { "content-length": body.length });
      response.end(request.method === "HEAD" ? undefined : body);
    },
  };

  function list(path: string, url: URL, response: ServerResponse): void {
    const bucket = path.replaceAll("/", "");
    const start = `/${bucket}/${url.searchParams.get("prefix") ?? ""}`;
    const entries = [...objects]
      .filter(([key]) => key.startsWith(start))
      .map(([key, { body }]) => {
        const name = key.slice(bucket.length + 2);
        return `<Contents><Key>${name}</Key><Size>${body.length}</Size></Contents>`;
      });
    response.writeHead(200, { "content-type": "application/xml" });
    response.end(
      `<ListBucketResult><IsTruncated>false</IsTruncated>${entries.join("")}</ListBucketResult>`,
    );
  }
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { "content-type": "application/xml" });
  response.end(`<Error><Code>${code}</Code><Message>${code}</Message></Error>`);
}
