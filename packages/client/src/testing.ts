import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { crc32 } from "node:zlib";
import { inBase64 } from "./upload/crc32.ts";

/** What a test wants a request answered with instead. */
export interface Instead {
  status: number;
  headers?: Record<string, string>;
  body?: string;
  /** Ends the line without a word. */
  drop?: boolean;
}

export interface Heard {
  method: string;
  path: string;
  headers: IncomingMessage["headers"];
  /** of requests to the API; what is sent to the store is counted only */
  body: string;
}

/** Where an upload of the fake is, and what has arrived. */
interface Kept {
  videoId: string;
  sizeBytes: number;
  state: "open" | "completed" | "aborted";
  parts: Map<number, number>;
  /** bytes of a single PUT that is there */
  whole: number | undefined;
}

/**
 * An API and a store of uploads in one small server, as strict as the true ones where the client
 * could go wrong: lengths, checksums, expired addresses, keys that come twice.
 */
export async function openFake(options: { partBytes?: number; singleMaxBytes?: number } = {}) {
  const { partBytes = 64 * 1024, singleMaxBytes = 10 } = options;
  const heard: Heard[] = [];
  const uploads = new Map<string, Kept>();
  const byKey = new Map<string, string>();
  const state = {
    /** answers in place of the server */
    meddle: (_: Heard): Instead | undefined => undefined,
    /** how long addresses are good */
    addressMs: 3_600_000,
    /** what the film is, by turns */
    video: { status: "VALIDATING", phase: "looking", percent: 0, settled: false, attempt: 1 },
    /** parts on their way, now and at most */
    under: { now: 0, most: 0 },
  };

  const server = createServer(async (request, response) => {
    const { method = "", url = "", headers } = request;
    const { pathname: path, searchParams } = new URL(url, "http://fake");
    const isStore = path.startsWith("/store/");
    const asked: Heard = { method, path, headers, body: "" };
    const instead = state.meddle(asked);
    if (instead && isStore) return answer(response, instead);
    if (isStore) return store(request, response, path, searchParams);
    for await (const chunk of request) asked.body += chunk;
    heard.push(asked);
    if (instead) return answer(response, instead);
    api(response, asked);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function store(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    query: URLSearchParams,
  ) {
    const [, , id = "", part = ""] = path.split("/");
    const upload = uploads.get(id);
    heard.push({ method: "PUT", path, headers: request.headers, body: "" });
    state.under.now += 1;
    state.under.most = Math.max(state.under.most, state.under.now);
    let sum = 0;
    let count = 0;
    try {
      for await (const chunk of request) {
        sum = crc32(chunk, sum);
        count += chunk.length;
      }
      await new Promise((resolve) => setTimeout(resolve, STORE_MS));
    } catch {
      return; // the sender went away
    } finally {
      state.under.now -= 1;
    }
    const no = (status: number, code: string) =>
      answer(response, { status, body: `<Error><Code>${code}</Code></Error>` });
    if (Number(query.get("until")) < Date.now()) return no(403, "AccessDenied");
    if (!upload || upload.state === "aborted") return no(404, "NoSuchUpload");
    if (request.headers["content-length"] === undefined) return no(411, "MissingContentLength");
    if (part === "whole") {
      if (upload.whole !== undefined) return no(412, "PreconditionFailed");
      upload.whole = count;
      return answer(response, { status: 200 });
    }
    if (request.headers["x-amz-checksum-crc32"] !== inBase64(sum)) return no(400, "BadDigest");
    upload.parts.set(Number(part), count);
    return answer(response, { status: 200 });
  }

  function api(response: ServerResponse, { method, path, headers, body }: Heard) {
    const say = (status: number, told: unknown, more: Record<string, string> = {}) =>
      answer(response, { status, body: JSON.stringify(told), headers: more });
    const [, videos, videoId = "", , uploadId = "", what] = path.split("/");
    if (videos !== "videos") return say(200, { id: "ada", groups: [] });
    const told = body ? JSON.parse(body) : {};
    if (method === "POST" && !videoId) {
      const key = String(headers["idempotency-key"]);
      const id = byKey.get(key) ?? `upl_${uploads.size + 1}`;
      byKey.set(key, id);
      if (!uploads.has(id)) {
        const about = { videoId: `vid_${uploads.size + 1}`, sizeBytes: told.sizeBytes };
        uploads.set(id, { ...about, state: "open", parts: new Map(), whole: undefined });
      }
      return say(201, { video: { id: uploads.get(id)?.videoId }, upload: show(id) });
    }
    const upload = uploads.get(uploadId);
    if (uploadId && !upload) return say(404, { code: "UploadNotFound", status: 404 });
    if (upload && method === "DELETE") {
      upload.state = "aborted";
      return answer(response, { status: 204 });
    }
    if (upload && what === "addresses") {
      const until = Date.now() + state.addressMs;
      const expiresAt = new Date(until).toISOString();
      const url = (part: string | number) => `${origin}/store/${uploadId}/${part}?until=${until}`;
      const parts = told.parts?.map(({ number, crc32 }: { number: number; crc32: string }) => ({
        number,
        sizeBytes: Math.min(partBytes, upload.sizeBytes - (number - 1) * partBytes),
        url: url(number),
        headers: { "x-amz-checksum-crc32": crc32 },
        expiresAt,
      }));
      return say(200, parts ? { parts } : { put: { url: url("whole"), headers: {}, expiresAt } });
    }
    if (upload && what === "complete") {
      const { missing, whole } = arrivedOf(upload);
      if (!whole || missing.length) {
        return say(409, { code: "UploadIncomplete", status: 409, missing });
      }
      upload.state = "completed";
      return say(200, show(uploadId));
    }
    if (upload) return say(200, show(uploadId));
    const etag = `"${JSON.stringify(state.video).length}-${state.video.phase}-${state.video.percent}"`;
    if (headers["if-none-match"] === etag) return answer(response, { status: 304 });
    return say(200, { id: videoId, ...state.video }, { etag });
  }

  function show(id: string) {
    const upload = uploads.get(id);
    if (!upload) throw new Error(id);
    const { videoId, sizeBytes } = upload;
    const about = { id, videoId, state: upload.state, sizeBytes, type: "video/mp4" };
    const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
    if (sizeBytes <= singleMaxBytes) return { ...about, kind: "single", expiresAt };
    const arrived = [...upload.parts].map(([number, bytes]) => ({ number, sizeBytes: bytes }));
    const partCount = Math.ceil(sizeBytes / partBytes);
    return { ...about, kind: "multipart", partSizeBytes: partBytes, partCount, arrived, expiresAt };
  }

  function arrivedOf({ sizeBytes, parts, whole }: Kept) {
    if (sizeBytes <= singleMaxBytes) return { missing: [], whole: whole === sizeBytes };
    const numbers = Array.from({ length: Math.ceil(sizeBytes / partBytes) }, (_, at) => at + 1);
    return { missing: numbers.filter((number) => !parts.has(number)), whole: true };
  }

  return {
    origin,
    heard,
    uploads,
    state,
    /** numbers of the parts that were sent, in order, each as often as it was */
    sent: () =>
      heard.flatMap(({ path }) => (path.startsWith("/store/") ? [path.split("/")[3] ?? ""] : [])),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export type Fake = Awaited<ReturnType<typeof openFake>>;

function answer(response: ServerResponse, told: Instead): void {
  if (told.drop) return void response.socket?.destroy();
  response.writeHead(told.status, { "content-type": "application/json", ...told.headers });
  response.end(told.body);
}

/** A store takes its time, so that parts meet there. */
const STORE_MS = 3;
