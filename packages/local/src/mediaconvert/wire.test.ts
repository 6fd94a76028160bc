import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CancelJobCommand,
  CreateJobCommand,
  CreatePresetCommand,
  CreateQueueCommand,
  DeleteQueueCommand,
  DescribeEndpointsCommand,
  GetJobCommand,
  GetPolicyCommand,
  GetQueueCommand,
  ListJobsCommand,
  ListQueuesCommand,
  ListTagsForResourceCommand,
  MediaConvertClient,
  ProbeCommand,
  PutPolicyCommand,
  SearchJobsCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-mediaconvert";
import {
  CreateBucketCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openFront } from "../front/index.ts";
import { openIam } from "../iam/index.ts";
import { testCloud } from "../kernel/testing.ts";
import { openS3 } from "../s3/index.ts";
import { openMediaConvert } from "./index.ts";
import { sampleJob } from "./sample-job.ts";
import { carried, fast, filmRoom, tone, until, video } from "./testing.ts";
import { fromWire, toWire } from "./wire.ts";

const account = "000000000000";
const films = filmRoom();
const role = (name: string) => `arn:aws:iam::${account}:role/${name}`;
const trust = (service: string) => ({
  Statement: {
    Effect: "Allow" as const,
    Principal: { Service: service },
    Action: "sts:AssumeRole",
  },
});

async function openRig() {
  const dataDir = mkdtempSync(join(tmpdir(), "rushes-mediaconvert-"));
  const iam = openIam({ dataDir, accountId: account, region: "us-east-1" });
  const may = (Action: string | string[], Resource: string | string[]) => ({
    Statement: { Effect: "Allow" as const, Action, Resource },
  });
  const define = (name: string, service: string, ...policies: ReturnType<typeof may>[]) =>
    iam.defineRole({ name, arn: role(name), trust: trust(service), policies });
  define(
    "vod",
    "mediaconvert.amazonaws.com",
    may("s3:GetObject", "arn:aws:s3:::uploads/*"),
    may("s3:PutObject", "arn:aws:s3:::media/*"),
  );
  define("blind", "mediaconvert.amazonaws.com", may("s3:PutObject", "arn:aws:s3:::media/*"));
  define("stranger", "lambda.amazonaws.com");
  define(
    "submitter",
    "lambda.amazonaws.com",
    may("mediaconvert:CreateJob", `arn:aws:mediaconvert:us-east-1:${account}:queues/Default`),
    may("mediaconvert:Probe", "*"),
  );
  const made = testCloud({ iam, dataDir });
  const s3 = openS3(made.cloud);
  const service = openMediaConvert(made.cloud, { objects: s3.objects, ffmpeg: carried });
  const front = await openFront(made.cloud, { port: 0 });
  service.start?.();
  const at = (credentials = iam.operatorKeys) => ({
    endpoint: front.origin,
    region: "us-east-1",
    credentials,
    maxAttempts: 1,
  });
  return {
    dataDir,
    iam,
    at,
    s3: new S3Client({ ...at(), forcePathStyle: true }),
    client: new MediaConvertClient(at()),
    async close() {
      await front.close();
      await made.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

let rig: Awaited<ReturnType<typeof openRig>>;
beforeAll(async () => {
  rig = await openRig();
  for (const Bucket of ["uploads", "media"]) await rig.s3.send(new CreateBucketCommand({ Bucket }));
  const film = films.film("ok.mp4", `${video("320x180", "30", 1)} ${tone(1)} ${fast} -c:a aac`);
  await rig.s3.send(
    new PutObjectCommand({ Bucket: "uploads", Key: "é 100% + &.mov", Body: readFileSync(film) }),
  );
});
afterAll(async () => {
  await rig.close();
  films.close();
});

const input = "s3://uploads/é 100% + &.mov";
const finish = async (roleName: string) => {
  const { Job } = await rig.client.send(
    new CreateJobCommand({ ...sampleJob(input, { rungs: [180] }), Role: role(roleName) }),
  );
  let over: Awaited<ReturnType<typeof look>> | undefined;
  const look = async () => (await rig.client.send(new GetJobCommand({ Id: Job?.Id }))).Job;
  const asking = setInterval(async () => {
    over = await look();
  }, 50);
  try {
    return await until(() =>
      over && ["COMPLETE", "ERROR"].includes(String(over.Status)) ? over : undefined,
    );
  } finally {
    clearInterval(asking);
  }
};

describe("the SDK's client", () => {
  it("has a film made out of one bucket into another, with names of every kind", async () => {
    const job = await finish("vod");
    expect(job).toMatchObject({ Status: "COMPLETE", JobPercentComplete: 100 });
    expect(job.Settings?.Inputs?.[0]?.AudioSelectors).toHaveProperty(["Audio Selector 1"]);
    expect(job.UserMetadata).toEqual({ assetId: "a-7f3c", attempt: "1" });
    expect(Math.abs((job.CreatedAt?.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
    const { Contents } = await rig.s3.send(new ListObjectsV2Command({ Bucket: "media" }));
    const keys = (Contents ?? []).map(({ Key }) => Key);
    expect(keys).toContain("v/1/cmaf/main.mpd");
    expect(keys).toContain("v/1/mp4/é 100% + &_180.mp4");
    const { Jobs } = await rig.client.send(new SearchJobsCommand({ InputFile: "100% +" }));
    expect(Jobs?.[0]?.Id).toBe(job.Id);
  });

  it.each([
    { who: "blind", code: 1401, why: "its role may not read" },
    { who: "stranger", code: 1434, why: "its role trusts another service" },
    { who: "nobody", code: 1434, why: "there is no such role to assume" },
  ])("sees a job end in $code when $why", async ({ who, code }) => {
    expect(await finish(who)).toMatchObject({ Status: "ERROR", ErrorCode: code });
  });

  it("needs the right to pass the role it names", async () => {
    const keys = rig.iam.keysFor(role("submitter"), "test");
    const client = new MediaConvertClient(rig.at(keys));
    await expect(
      client.send(new CreateJobCommand({ ...sampleJob(input), Role: role("vod") })),
    ).rejects.toThrow(/iam:PassRole/);
    await expect(
      client.send(new ProbeCommand({ InputFiles: [{ FileUrl: input }] })),
    ).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
  });

  it("probes a file with its own right to read it", async () => {
    const { ProbeResults } = await rig.client.send(
      new ProbeCommand({ InputFiles: [{ FileUrl: input }] }),
    );
    expect(ProbeResults?.[0]).toMatchObject({
      Container: {
        Format: "mp4",
        Tracks: [
          {
            Index: 1,
            TrackType: "video",
            Codec: "AVC",
            VideoProperties: {
              Width: 320,
              Height: 180,
              FrameRate: { Numerator: 30, Denominator: 1 },
            },
          },
          {
            Index: 2,
            TrackType: "audio",
            Codec: "AAC",
            AudioProperties: { Channels: 1, SampleRate: 48_000 },
          },
        ],
      },
      TrackMappings: [{ VideoTrackIndexes: [1], AudioTrackIndexes: [2], DataTrackIndexes: [] }],
    });
    expect(ProbeResults?.[0]?.Container?.Tracks?.[0]?.VideoProperties).not.toHaveProperty(
      "Rotation",
    );
    expect(ProbeResults?.[0]?.Metadata?.LastModified).toBeInstanceOf(Date);
    await expect(
      rig.client.send(new ProbeCommand({ InputFiles: [{ FileUrl: "s3://uploads/none" }] })),
    ).rejects.toMatchObject({ name: "NotFoundException", $metadata: { httpStatusCode: 404 } });
    expect(readdirSync(join(rig.dataDir, "mediaconvert", "probe"))).toEqual([]);
  });

  it("keeps queues, tags, the policy and lists", async () => {
    const { client } = rig;
    const { Queue } = await client.send(
      new CreateQueueCommand({ Name: "spill", ConcurrentJobs: 3, Tags: { Team: "video" } }),
    );
    expect(Queue).toMatchObject({ Type: "CUSTOM", Status: "ACTIVE", ConcurrentJobs: 3 });
    const arn = Queue?.Arn ?? "";
    await client.send(new TagResourceCommand({ Arn: arn, Tags: { stage: "dev" } }));
    await client.send(new UntagResourceCommand({ Arn: arn, TagKeys: ["Team"] }));
    const { ResourceTags } = await client.send(new ListTagsForResourceCommand({ Arn: arn }));
    expect(ResourceTags?.Tags).toEqual({ stage: "dev" });
    const { Queues } = await client.send(new ListQueuesCommand({ ListBy: "NAME" }));
    expect(Queues?.map(({ Name }) => Name)).toEqual(["Default", "spill"]);
    await client.send(new DeleteQueueCommand({ Name: "spill" }));
    await expect(client.send(new GetQueueCommand({ Name: "spill" }))).rejects.toMatchObject({
      name: "NotFoundException",
    });
    await expect(client.send(new DeleteQueueCommand({ Name: "Default" }))).rejects.toMatchObject({
      name: "BadRequestException",
    });

    await client.send(new PutPolicyCommand({ Policy: { S3Inputs: "DISALLOWED" } }));
    await expect(client.send(new CreateJobCommand(sampleJob(input)))).rejects.toMatchObject({
      name: "BadRequestException",
    });
    await client.send(new PutPolicyCommand({ Policy: {} }));
    expect((await client.send(new GetPolicyCommand({}))).Policy).toEqual({});

    const first = await client.send(new ListJobsCommand({ MaxResults: 1, Order: "ASCENDING" }));
    expect(first.Jobs).toHaveLength(1);
    const second = await client.send(
      new ListJobsCommand({ MaxResults: 1, Order: "ASCENDING", NextToken: first.NextToken }),
    );
    expect(second.Jobs?.[0]?.Id).not.toBe(first.Jobs?.[0]?.Id);
    const { Endpoints } = await client.send(new DescribeEndpointsCommand({}));
    expect(Endpoints?.[0]?.Url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it("is told by name what this machine does not do", async () => {
    const { client } = rig;
    await expect(client.send(new CreatePresetCommand({ Name: "x", Settings: {} }))).rejects.toThrow(
      /does not implement mediaconvert CreatePreset/,
    );
    await expect(client.send(new CancelJobCommand({ Id: "1-abcdef" }))).rejects.toMatchObject({
      name: "NotFoundException",
    });
    const job = sampleJob(input);
    const output = job.Settings?.OutputGroups?.[0]?.Outputs?.[1];
    if (output?.VideoDescription?.CodecSettings)
      output.VideoDescription.CodecSettings.Codec = "AV1";
    await expect(client.send(new CreateJobCommand(job))).rejects.toThrow(
      /^\/outputGroups\/0\/outputs\/1\/videoDescription\/codecSettings\/codec: AV1 is not implemented/,
    );
  });
});

describe("names on the wire", () => {
  it("change their first letter only, and never in maps of the user's own", () => {
    const wire = {
      settings: {
        inputs: [{ audioSelectors: { "audio selector": { defaultSelection: "DEFAULT" } } }],
        outputGroups: [
          { outputs: [{ containerSettings: { m3u8Settings: { dataPTSControl: "x" } } }] },
        ],
      },
      userMetadata: { assetId: "1", AssetId: "2" },
      tags: { team: "video" },
    };
    expect(fromWire(wire)).toEqual({
      Settings: {
        Inputs: [{ AudioSelectors: { "audio selector": { DefaultSelection: "DEFAULT" } } }],
        OutputGroups: [
          { Outputs: [{ ContainerSettings: { M3u8Settings: { DataPTSControl: "x" } } }] },
        ],
      },
      UserMetadata: { assetId: "1", AssetId: "2" },
      Tags: { team: "video" },
    });
    expect(toWire(fromWire(wire))).toEqual(wire);
  });

  it("come back as they went, whatever the map's keys are", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string()), (userMetadata) => {
        const wire = { userMetadata: { ...userMetadata } };
        expect(toWire(fromWire(wire))).toEqual(wire);
      }),
    );
  });
});
