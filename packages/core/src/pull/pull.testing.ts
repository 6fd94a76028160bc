import { randomBytes } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import * as Table from "../aws/table.ts";
import * as Id from "../id/index.ts";
import { uploadKey } from "../intake/intake.ts";
import { links, openSmallCloud, type SmallCloud } from "../testing/small-cloud.ts";
import { openSmallParts, type Parts } from "../testing/small-parts.ts";
import { openSmallPost, type Post } from "../testing/small-post.ts";
import * as Upload from "../upload/index.ts";
import * as Video from "../video/index.ts";
import * as Pull from "./index.ts";

export const PART = 64 * 1024;
export const MOST = 40 * PART;

export type Does = (response: ServerResponse, headers: IncomingHttpHeaders) => void;

export function says(
  status: number,
  headers: Record<string, string> = {},
  body: string | Buffer = "x",
): Does {
  return (response) => void response.writeHead(status, headers).end(body);
}

/** A web server that holds one file, and does with it what a test says. */
export interface Origin {
  url: string;
  content: Buffer;
  etag: string | undefined;
  asked: IncomingHttpHeaders[];
  /** Stands in for the next answers. */
  does: Does[];
  /** Answers as a good server does; or hangs up after so many bytes, once they were put to use. */
  give(response: ServerResponse, headers: IncomingHttpHeaders, mostBytes?: number): void;
  /** Whether the part of that number was put to use. */
  isUsed: (number: number) => boolean;
}

/** The rooms a pull passes, small and true. */
export class Stage {
  readonly cloud: SmallCloud;
  readonly post: Post;
  readonly parts: Parts;
  readonly origin: Origin;
  readonly close: () => Promise<void>;

  private constructor(
    cloud: SmallCloud,
    post: Post,
    parts: Parts,
    origin: Origin,
    stop: () => void,
  ) {
    this.cloud = cloud;
    this.post = post;
    this.parts = parts;
    this.origin = origin;
    this.close = async () => {
      stop();
      post.close();
      parts.close();
      await cloud.close();
    };
  }

  static async open(): Promise<Stage> {
    const { origin, stop } = await openOrigin();
    Object.assign(links.Intake, {
      maxBytes: MOST,
      partBytes: PART,
      pull: {
        schemes: ["http"],
        hosts: [],
        maxBytes: MOST,
        privateHosts: [new URL(origin.url).host],
      },
    });
    const cloud = await openSmallCloud();
    const post = await openSmallPost();
    const parts = await openSmallParts();
    origin.isUsed = (number) => [...parts.open.values()].some((upload) => upload.has(number));
    process.env.SST_RESOURCE_Pulls = JSON.stringify({ queueUrl: post.url("Pulls") });
    return new Stage(cloud, post, parts, origin, stop);
  }

  /** A film that waits to be fetched. */
  async film(url = this.origin.url): Promise<Film> {
    const videoId = Id.newVideo();
    const upload = Upload.pull(videoId, url);
    const { uploadId } = upload;
    const sourceKey = uploadKey(videoId, uploadId);
    const film = Video.expected({
      id: videoId,
      ownerId: "editor",
      title: "Fetched",
      sourceBucket: links.Uploads.bucket,
      sourceKey,
      expects: uploadId,
      fetching: true,
    });
    await Table.together([{ create: film }, { create: Upload.toRow(upload) }]);
    return new Film(this, videoId, uploadId, `/${links.Uploads.bucket}/${sourceKey}`);
  }

  /** The origin hangs up after so many bytes. */
  dies(afterBytes: number): Does {
    return (response, headers) => this.origin.give(response, headers, afterBytes);
  }

  reset(): void {
    const { origin, parts, post } = this;
    Object.assign(origin, { content: randomBytes(5 * PART + 1000), etag: '"one"' });
    origin.asked.length = 0;
    origin.does.length = 0;
    parts.open.clear();
    parts.objects.clear();
    parts.calls.length = 0;
    parts.before = undefined;
    parts.after = undefined;
    post.empty("Pulls");
  }
}

export class Film {
  readonly videoId: Id.VideoId;
  readonly uploadId: Id.UploadId;
  readonly path: string;
  readonly stage: Stage;

  constructor(stage: Stage, videoId: Id.VideoId, uploadId: Id.UploadId, path: string) {
    this.stage = stage;
    this.videoId = videoId;
    this.uploadId = uploadId;
    this.path = path;
  }

  /** One call of the function; answers for how long the next message waits, if there is one. */
  async run(
    asked: object = { videoId: this.videoId, uploadId: this.uploadId },
    forMs = 60_000,
  ): Promise<{ next?: object; afterSeconds?: number }> {
    await Pull.run(Pull.Asked.parse(asked), { untilMs: Date.now() + forMs });
    const [message] = this.stage.post.empty("Pulls");
    return message ? { next: message.body as object, afterSeconds: message.afterSeconds } : {};
  }

  /** Calls until nothing is left to do; answers how often. */
  async runs(most = 30): Promise<number> {
    let message: { next?: object } = await this.run();
    let calls = 1;
    for (; message.next && calls < most; calls += 1) message = await this.run(message.next);
    return calls;
  }

  get object(): Buffer | undefined {
    return this.stage.parts.objects.get(this.path);
  }

  async now() {
    const film = await Video.find(this.videoId);
    const upload = await Upload.find(this.videoId, this.uploadId);
    return {
      status: film?.status,
      problem: film && "problem" in film ? film.problem.code : undefined,
      expects: film?.expects !== undefined,
      upload: upload?.state,
    };
  }
}

/** Fetched: the object is there, nothing else is, and the film waits for S3's word. */
export const fetched = {
  status: "AWAITING_UPLOAD",
  problem: undefined,
  expects: true,
  upload: "completed",
};

export function failedWith(problem: string) {
  return { status: "FAILED", problem, expects: false, upload: "failed" };
}

async function openOrigin(): Promise<{ origin: Origin; stop: () => void }> {
  const origin: Omit<Origin, "url"> = {
    content: Buffer.alloc(0),
    etag: undefined,
    asked: [],
    does: [],
    give(response, headers, mostBytes = Number.POSITIVE_INFINITY) {
      const { content, etag } = origin;
      const [, first] = /^bytes=(\d+)-$/.exec(headers.range ?? "") ?? [];
      const isSame = headers["if-range"] === undefined || headers["if-range"] === etag;
      const from = first !== undefined && isSame ? Number(first) : 0;
      if (from > 0 && from >= content.length) return void response.writeHead(416).end();
      const body = content.subarray(from);
      response.writeHead(from > 0 ? 206 : 200, {
        "content-type": "video/mp4",
        "content-length": body.length,
        ...(etag ? { etag } : {}),
        ...(from > 0
          ? { "content-range": `bytes ${from}-${content.length - 1}/${content.length}` }
          : {}),
      });
      if (mostBytes >= body.length) return void response.end(body);
      response.write(body.subarray(0, mostBytes));
      const last = Math.floor((from + mostBytes) / PART);
      const looking = setInterval(() => {
        if (!origin.isUsed(last) && !response.destroyed) return;
        clearInterval(looking);
        response.destroy();
      }, 2);
    },
    isUsed: () => true,
  };
  const server = createServer((request, response) => {
    origin.asked.push(request.headers);
    const does = origin.does.shift();
    if (does) does(response, request.headers);
    else origin.give(response, request.headers);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  return {
    origin: Object.assign(origin, { url: `http://127.0.0.1:${port}/film.mp4?key=secret` }),
    stop,
  };
}
