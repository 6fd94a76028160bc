import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import {
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Asking, asking } from "../support/asking.ts";
import type { TestLaptop } from "../support/laptop.ts";
import { clip } from "../support/media.ts";
import {
  type Does,
  gives,
  LEAST_PART_BYTES,
  laptopNear,
  type Neighbour,
  openNeighbour,
  says,
} from "../support/neighbour.ts";
import { until } from "../support/until.ts";

/** Films are fetched from a web server, whatever that server does meanwhile. */

const MIB = 1024 ** 2;

interface Film {
  id: string;
  status: string;
  phase: string;
  percent: number;
  attempt: number;
  playable: boolean;
  problem?: { code: string; retry: boolean };
}

let neighbour: Neighbour;
let here: TestLaptop;
let s3: S3Client;
let film: Buffer;
let ask: Asking["ask"];
beforeAll(async () => {
  neighbour = await openNeighbour();
  here = await laptopNear(neighbour);
  s3 = new S3Client(here.config);
  film = readFileSync(await clip({ seconds: 2 }));
  ({ ask } = await asking(here, "editor"));
});
afterAll(async () => {
  await here?.[Symbol.asyncDispose]();
  neighbour?.close();
});

/** A film of that size: what a player does not know it passes over. */
function padded(bytes: Buffer, sizeBytes: number): Buffer {
  const box = Buffer.alloc(sizeBytes - bytes.length, 7);
  box.writeUInt32BE(box.length, 0);
  box.write("free", 4);
  return Buffer.concat([bytes, box]);
}

async function open(path: string): Promise<Film> {
  const url = `${neighbour.url}${path}`;
  const { status, body } = await ask<{ video: Film }>("POST", "/videos", { url });
  expect({ status, body }).toMatchObject({ status: 201, body: { video: { phase: "fetching" } } });
  return body.video;
}

const show = async ({ id }: Film) => (await ask<Film>("GET", `/videos/${id}`)).body;

function comes(one: Film, status: string): Promise<Film> {
  return until(`the film to be ${status}`, async () => {
    const now = await show(one);
    return now.status === status && now;
  });
}

async function stored(one: Film): Promise<string[]> {
  const where = {
    Bucket: here.laptop.endpoints.resources.SourceBucket,
    Prefix: `uploads/${one.id}`,
  };
  const { Versions = [] } = await s3.send(new ListObjectVersionsCommand(where));
  const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand(where));
  return [...Versions.map(({ Key }) => String(Key)), ...Uploads.map(() => "unfinished")];
}

const askedOf = (path: string) => neighbour.heard.filter((one) => one.path === path);

describe.concurrent("a film from the web", () => {
  it("whose server dies halfway is gone on with, and can be watched", async () => {
    const content = padded(film, 13 * MIB);
    const path = "/dies.mp4?key=secret";
    let first: ServerResponse | undefined;
    const starts: Does = (response, heard) => {
      first = response;
      gives(content, 7 * MIB)(response, heard);
    };
    neighbour.does(path, starts, gives(content));
    const one = await open(path);
    const halfway = await until("a part to arrive", async () => {
      const now = await show(one);
      return now.percent > 0 && now;
    });
    expect(halfway).toMatchObject({ phase: "fetching", percent: Math.floor((100 * 5) / 13) });
    first?.destroy();
    const ready = await comes(one, "READY");
    expect(ready).toMatchObject({ playable: true, attempt: 1, percent: 100 });
    const asked = askedOf(path).map(({ headers }) => [headers.range, headers["if-range"]]);
    expect(asked).toEqual([
      [undefined, undefined],
      [`bytes=${LEAST_PART_BYTES}-`, '"one"'],
    ]);
    const [key, ...others] = await stored(one);
    expect(others).toEqual([]);
    const Bucket = here.laptop.endpoints.resources.SourceBucket;
    const { Body, ContentType } = await s3.send(new GetObjectCommand({ Bucket, Key: key }));
    const bytes = Buffer.from((await Body?.transformToByteArray()) ?? []);
    const hash = (what: Buffer) => createHash("sha256").update(what).digest("hex");
    expect([ContentType, hash(bytes)]).toEqual(["video/mp4", hash(content)]);
  });

  it("that is asked for again and again is fetched once", async () => {
    neighbour.does("/once.mp4", gives(film));
    const one = await open("/once.mp4");
    const { expects } = (await here.operator.film(one.id)) ?? {};
    const sqs = new SQSClient(here.config);
    const QueueUrl = here.laptop.endpoints.resources.PullingQueueUrl;
    const MessageBody = JSON.stringify({ videoId: one.id, uploadId: expects });
    for (let nth = 0; nth < 3; nth += 1) {
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
    }
    expect(await comes(one, "READY")).toMatchObject({ attempt: 1 });
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
    await until("the queue to be empty", async () => {
      const AttributeNames = ["ApproximateNumberOfMessages" as const];
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames }),
      );
      return Attributes?.ApproximateNumberOfMessages === "0";
    });
    expect(askedOf("/once.mp4")).toHaveLength(1);
  });

  it.each([
    {
      why: "is a page",
      path: "/page",
      does: says(200, { "content-type": "text/html" }, "<p>"),
      problem: "TypeNotAllowed",
    },
    { why: "is forbidden", path: "/forbidden", does: says(403), problem: "PullFailed" },
    {
      why: "is elsewhere, inside",
      path: "/inside",
      does: says(302, { location: "http://169.254.169.254/latest/meta-data/" }),
      problem: "AddressNotAllowed",
    },
    {
      why: "is on the laptop itself",
      path: "/laptop",
      does: ((response) =>
        void response.writeHead(302, { location: here.config.endpoint }).end()) as Does,
      problem: "AddressNotAllowed",
    },
    {
      why: "is too large",
      path: "/large",
      does: ((response) =>
        void response
          .writeHead(200, { "content-length": String(6 * 1024 ** 3) })
          .flushHeaders()) as Does,
      problem: "SourceTooLarge",
    },
    {
      why: "is empty",
      path: "/empty",
      does: says(200, { "content-length": "0" }),
      problem: "SourceEmpty",
    },
    {
      why: "only says that it is a film",
      path: "/text.mp4",
      does: says(200, { "content-type": "video/mp4" }, "not a film"),
      problem: "SourceNotMedia",
    },
  ])("because it $why fails by name", async ({ path, does, problem }) => {
    neighbour.does(path, does);
    const one = await open(path);
    expect((await comes(one, "FAILED")).problem).toMatchObject({ code: problem });
    if (problem !== "SourceNotMedia") expect(await stored(one)).toEqual([]);
  });

  it("that could not be fetched is fetched again by a retry", async () => {
    const path = "/later.mp4";
    neighbour.does(path, says(404), gives(film));
    const one = await open(path);
    expect((await comes(one, "FAILED")).problem).toMatchObject({ code: "PullFailed", retry: true });
    const { status } = await ask("POST", `/videos/${one.id}/retry`, {});
    expect(status).toBe(202);
    expect(await comes(one, "READY")).toMatchObject({ playable: true });
    expect(askedOf(path)).toHaveLength(2);
  });

  it("that is cancelled is let go, and leaves nothing behind", async () => {
    const path = "/endless.mp4";
    let hungUp = false;
    neighbour.does(path, (response) => {
      response.writeHead(200, {
        "content-type": "video/mp4",
        "content-length": String(1024 * MIB),
      });
      const piece = Buffer.alloc(64 * 1024);
      const drip = setInterval(() => response.write(piece), 2);
      response.on("close", () => {
        clearInterval(drip);
        hungUp = true;
      });
    });
    const one = await open(path);
    await until("a part to arrive", async () => (await stored(one)).includes("unfinished"));
    const { status } = await ask("POST", `/videos/${one.id}/cancel`, {});
    expect(status).toBe(202);
    await until("the server to be left alone", () => hungUp);
    await until("its parts to go", async () => (await stored(one)).length === 0);
    expect(await show(one)).toMatchObject({ status: "CANCELED" });
  });
});

describe("an address", () => {
  it.each([
    "http://169.254.169.254/latest/meta-data/",
    "http://127.0.0.1/film.mp4",
    "http://2130706433/film.mp4",
    "http://[::1]/film.mp4",
    "http://localhost/film.mp4",
    "https://user:password@example.org/film.mp4",
    "https://example.org:22/film.mp4",
    "file:///etc/passwd",
    "ftp://example.org/film.mp4",
    "not an address",
  ])("that is never asked is refused at once: %s", async (url) => {
    const { status, body } = await ask<{ code: string; fields: { path: string }[] }>(
      "POST",
      "/videos",
      { url },
    );
    expect({ status, code: body.code }).toEqual({ status: 422, code: "AddressNotAllowed" });
    expect(body.fields[0]?.path).toBe("body.url");
  });
});
