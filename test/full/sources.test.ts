import { execFile, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { Place } from "@rushes/cli/operator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "../support/laptop.ts";
import * as media from "../support/media.ts";

let dataDir: string;
beforeAll(() => {
  dataDir = mkdtempSync(join(tmpdir(), "rushes-sources-"));
});
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

interface Report {
  status: string;
  problem?: { code: string };
  transitions: number;
  lambdaInvocations: { path: number };
  renditions: Array<{ codec: string; width: number; height: number; frameRate: number }>;
}

function once(file: string): Promise<{ code: number | null; report: Report; err: string }> {
  return new Promise((done, fail) => {
    const child = spawn(
      process.execPath,
      [
        "--disable-warning=ExperimentalWarning",
        join(root, "packages/cli/src/main.ts"),
        "start",
        "--data",
        dataDir,
        "--port",
        "0",
        "--once",
        file,
      ],
      { cwd: root, stdio: ["ignore", "pipe", "pipe"] },
    );
    let out = "";
    let err = "";
    child.stdout.on("data", (chunk) => {
      out += chunk;
    });
    child.stderr.on("data", (chunk) => {
      err += chunk;
    });
    child.on("error", fail);
    child.on("close", (code) => {
      try {
        done({ code, report: JSON.parse(out), err });
      } catch {
        fail(new Error(err));
      }
    });
  });
}

/** What must not be left after a run: job folders and encoders. */
async function leftovers(): Promise<string[]> {
  const folders = existsSync(join(dataDir, "mediaconvert"))
    ? readdirSync(join(dataDir, "mediaconvert"), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => entry.name)
    : [];
  const { stdout } = await promisify(execFile)("ps", ["-eo", "comm,args"]);
  const encoders = stdout
    .split("\n")
    .filter((line) => line.includes("ffmpeg") && line.includes(dataDir));
  return [...folders, ...encoders];
}

const pictures = (report: Report) => report.renditions.filter((one) => one.height);
const largest = (report: Report) =>
  pictures(report).sort((a, b) => b.width * b.height - a.width * a.height)[0];

describe("a source of every kind ends READY", () => {
  it.each([
    { kind: "H.264 in MP4", make: () => media.clip({ size: "1280x720" }), size: [1280, 720] },
    { kind: "a phone's MOV, turned", make: media.rotated, size: [360, 640] },
    { kind: "a film without sound", make: media.silent, size: [320, 180] },
    { kind: "AVI", make: media.avi, size: [320, 180] },
    { kind: "HEVC in Matroska", make: media.hevcMkv, size: [320, 180] },
    { kind: "H.264 in FLV", make: media.flv, size: [320, 180] },
    { kind: "interlaced MPEG-2 TS", make: media.interlacedTs, size: [1024, 576] },
    {
      kind: "23.976 frames a second",
      make: () => media.clip({ rate: "24000/1001" }),
      size: [320, 180],
      rate: 23.976,
    },
    {
      kind: "60 frames a second",
      make: () => media.clip({ rate: 60 }),
      size: [320, 180],
      rate: 60,
    },
    { kind: "320 by 180", make: () => media.clip(), size: [320, 180] },
  ])("$kind", async ({ make, size, rate }) => {
    const { code, report, err } = await once(await make());
    expect(code, err).toBe(0);
    expect(report.status).toBe("READY");
    expect(report.transitions).toBeLessThanOrEqual(7);
    expect(report.lambdaInvocations.path).toBeLessThanOrEqual(4);
    expect([largest(report)?.width, largest(report)?.height]).toEqual(size);
    if (rate) expect(largest(report)?.frameRate).toBeCloseTo(rate, 2);
    expect(await leftovers()).toEqual([]);
  });

  it("an MP3, as sound alone", async () => {
    const { code, report, err } = await once(await media.mp3());
    expect(code, err).toBe(0);
    expect(pictures(report)).toEqual([]);
    expect(report.renditions[0]?.codec).toMatch(/^mp4a/);
  });
});

describe("what is no film ends FAILED with its own problem", () => {
  const secret = "a-canary-that-nobody-may-read";
  let address: string;
  let asked = 0;
  const server = createServer((_, response) => {
    asked += 1;
    response.end("no");
  });
  let canary: string;

  beforeAll(async () => {
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x`;
    canary = join(dataDir, "canary.ts");
    const film = await media.clip();
    writeFileSync(canary, Buffer.concat([Buffer.from(secret), readFileSync(film)]));
  });
  afterAll(() => server.close());

  it.each([
    { kind: "zero bytes", make: () => media.written("empty.mp4", "") },
    { kind: "a text", make: () => media.written("text.mp4", "this is not a video") },
    { kind: "an MP4 without its index", make: () => media.withoutIndex() },
    { kind: "an HLS playlist of a local file", make: () => media.playlist(`file://${canary}`) },
    { kind: "an HLS playlist of an address", make: () => media.playlist(address) },
    { kind: "an MPD of a local file", make: () => media.mpd(canary) },
    { kind: "an MPD of an address", make: () => media.mpd(address) },
    { kind: "an ffconcat script", make: () => media.ffconcat(canary) },
  ])("$kind", async ({ make }) => {
    const { code, report, err } = await once(await make());
    expect(code, err).toBe(1);
    expect(report.status).toBe("FAILED");
    expect(report.problem?.code).toMatch(/^(Source|Film|Upload)\w+$/);
    expect(report.renditions).toEqual([]);
    expect(err + JSON.stringify(report)).not.toContain(secret);
    expect(asked).toBe(0);
    expect(await leftovers()).toEqual([]);
  });

  it("each kind has a problem of its own", async () => {
    const codes = [
      (await once(media.written("empty.mp4", ""))).report.problem?.code,
      (await once(media.written("text.mp4", "text"))).report.problem?.code,
      (await once(await media.withoutIndex())).report.problem?.code,
      (await once(media.playlist(address))).report.problem?.code,
    ];
    expect(new Set(codes).size).toBe(4);
  });
});

it("the encodes queue is empty afterwards", async () => {
  const child = spawn(process.execPath, [join(root, "test/support/mortal.ts"), dataDir, "none"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  try {
    await new Promise((done) => child.stdout.once("data", done));
    const place = JSON.parse(readFileSync(join(dataDir, "endpoints.json"), "utf8")) as Place;
    const { Attributes } = await new SQSClient({ ...place, endpoint: place.aws }).send(
      new GetQueueAttributesCommand({
        QueueUrl: place.resources.EncodesQueueUrl,
        AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
      }),
    );
    expect(Attributes).toEqual({
      ApproximateNumberOfMessages: "0",
      ApproximateNumberOfMessagesNotVisible: "0",
    });
  } finally {
    child.kill("SIGKILL");
  }
});
