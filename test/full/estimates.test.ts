import { GetJobCommand, MediaConvertClient, type Output } from "@aws-sdk/client-mediaconvert";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Asking, asking } from "../support/asking.ts";
import { ended, type TestLaptop, testLaptop } from "../support/laptop.ts";
import { interlacedTs, uneven } from "../support/media.ts";
import { openRows } from "../support/rows.ts";
import { until } from "../support/until.ts";

let here: TestLaptop;
let editor: Asking;
let jobs: MediaConvertClient;
beforeAll(async () => {
  here = await testLaptop();
  editor = await asking(here, "editor");
  jobs = new MediaConvertClient(here.config);
});
afterAll(async () => {
  jobs?.destroy();
  await here?.[Symbol.asyncDispose]();
});

interface Estimate {
  totalUsd: number;
  encoding: { usd: number };
}

/** What a film says of its cost. */
interface Cost {
  estimatedUsd: number;
  countedUsd: number;
  minutes: Record<string, number>;
  asOf: string;
}

/** A film, and what somebody who wants to know its price would say of it. */
interface Case {
  of: string;
  size?: string;
  rate?: string | number;
  pictureSeconds?: number;
  soundSeconds?: number;
  file?: () => Promise<string>;
  told?: object;
  choice?: { profile?: string; options?: object };
}

const cases: Case[] = [
  { of: "small landscape", size: "320x180", pictureSeconds: 14, soundSeconds: 14 },
  { of: "25 a second", size: "640x360", rate: 25, pictureSeconds: 16.4, soundSeconds: 16.4 },
  { of: "60 a second", size: "1280x720", rate: 60, pictureSeconds: 11, soundSeconds: 11 },
  { of: "portrait", size: "360x640", rate: "30000/1001", pictureSeconds: 12.3, soundSeconds: 12.3 },
  { of: "silence", size: "640x480", pictureSeconds: 13, soundSeconds: 0 },
  { of: "sound alone", pictureSeconds: 0, soundSeconds: 21 },
  { of: "three seconds", size: "640x360", pictureSeconds: 3, soundSeconds: 3 },
  { of: "4K", size: "3840x2160", rate: 24, pictureSeconds: 2, soundSeconds: 2 },
  { of: "more sound than picture", size: "320x240", pictureSeconds: 12, soundSeconds: 18 },
  { of: "more picture than sound", size: "320x240", pictureSeconds: 18, soundSeconds: 12 },
  {
    of: "an interlaced tape",
    file: interlacedTs,
    told: { durationSeconds: 2, width: 1024, height: 576, frameRate: 25 },
  },
  {
    of: "the economy profile",
    size: "1280x720",
    rate: 50,
    pictureSeconds: 12,
    soundSeconds: 12,
    choice: { profile: "economy" },
  },
  {
    of: "the sound of a film, without a download",
    size: "320x180",
    pictureSeconds: 12,
    soundSeconds: 12,
    choice: { profile: "audio", options: { download: false } },
  },
];

describe("an estimate is within 2 % of the bill", () => {
  it.concurrent.each(cases)("of $of", async (one) => {
    const { choice = {} } = one;
    const file = await (one.file?.() ?? sourceOf(one));
    const asked = await editor.ask<Estimate>("POST", "/estimates", {
      ...choice,
      source: one.told ?? toldOf(one),
    });
    expect(asked.status, JSON.stringify(asked.body)).toBe(200);

    const opened = await editor.open(file, choice);
    expect((await editor.send(opened, file)).status).toBe(200);
    const film = await ended(here, () => opened.film.videoId, 300_000);
    expect(film, JSON.stringify(film.problem)).toMatchObject({ status: "READY" });

    const bill = await billOf(opened.film.videoId, perSecondOf(one));
    const cost = await countedOf(opened.film.videoId);
    expect(cost.countedUsd).toBeCloseTo(bill, 9);
    expect(away(cost.estimatedUsd, bill), "recorded before the job").toBeLessThan(0.02);
    // who asks before the upload can only say one length
    const even =
      one.pictureSeconds === one.soundSeconds || !one.pictureSeconds || !one.soundSeconds;
    if (even) {
      expect(away(asked.body.encoding.usd, bill), "asked before the upload").toBeLessThan(0.02);
    }
    const again = await editor.ask<Estimate>("POST", "/estimates", {
      ...choice,
      videoId: opened.film.videoId,
    });
    expect(again.body.encoding.usd).toBeCloseTo(cost.estimatedUsd, 9);
  });
});

/** The bill is written a moment after the film is READY. */
function countedOf(videoId: string): Promise<Cost> {
  return until("the bill", async () => {
    const cost = (await here.operator.film(videoId))?.cost as Cost | undefined;
    return cost?.countedUsd === undefined ? undefined : cost;
  });
}

function sourceOf({ size, rate, pictureSeconds = 0, soundSeconds = 0 }: Case): Promise<string> {
  return uneven({
    ...(size ? { size } : {}),
    ...(rate ? { rate } : {}),
    pictureSeconds,
    soundSeconds,
  });
}

function toldOf(one: Case): object {
  const { size, pictureSeconds = 0, soundSeconds = 0 } = one;
  const [width, height] = (size ?? "").split("x").map(Number);
  return {
    durationSeconds: Math.max(pictureSeconds, soundSeconds),
    ...(pictureSeconds > 0 ? { width, height, frameRate: perSecondOf(one) } : {}),
    audio: soundSeconds > 0,
  };
}

function perSecondOf({ rate = 30 }: Case): number {
  const [over = 30, under = 1] = String(rate).split("/").map(Number);
  return over / under;
}

function away(estimated: number, bill: number): number {
  return Math.abs(estimated - bill) / bill;
}

/** Reckoned by hand from what MediaConvert says of the finished job, and from nothing of ours. */
async function billOf(videoId: string, sourcePerSecond: number): Promise<number> {
  const rows = await openRows(here).of(`VIDEO#${videoId}`);
  const jobId = rows.find(({ SK }) => SK === "ATTEMPT#1")?.jobId as string;
  const { Job: job } = await jobs.send(new GetJobCommand({ Id: jobId }));
  const groups = job?.Settings?.OutputGroups ?? [];
  let usd = 0;
  for (const [at, { Outputs = [] }] of groups.entries()) {
    for (const [index, output] of Outputs.entries()) {
      const made = job?.OutputGroupDetails?.[at]?.OutputDetails?.[index]?.DurationInMs ?? 0;
      const minutes = Math.ceil(Math.max(made, 10_000) / 600) / 100;
      usd += minutes * rateOf(output, sourcePerSecond);
    }
  }
  return usd;
}

/** Of rates by hand: sound, pictures, then SD and HD, single pass and single pass HQ. */
function rateOf({ VideoDescription: video }: Output, sourcePerSecond: number): number {
  if (!video) return 0.005;
  const { Codec, H264Settings: settings = {} } = video.CodecSettings ?? {};
  if (Codec === "FRAME_CAPTURE") return 0;
  const small = Math.min(video.Width ?? 0, video.Height ?? 0) < 720;
  const basic = settings.QualityTuningLevel === "SINGLE_PASS";
  const { FramerateNumerator: over, FramerateDenominator: under } = settings;
  const perSecond = over && under ? over / under : sourcePerSecond;
  return (basic ? 0.0075 : 0.012) * (small ? 1 : 2) * (perSecond > 30 ? 2 : 1);
}
