import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as Attempt from "../attempt/index.ts";
import * as Table from "../aws/table.ts";
import * as Clock from "../clock/index.ts";
import * as Id from "../id/index.ts";
import * as Intake from "../intake/index.ts";
import * as Retired from "../removal/retired.ts";
import { openSmallCloud, type SmallCloud } from "../testing/small-cloud.ts";
import * as Video from "../video/index.ts";
import * as Care from "./care.ts";

let cloud: SmallCloud;
let nowMs = Date.UTC(2030, 0, 1);
beforeAll(async () => {
  cloud = await openSmallCloud();
});
afterAll(() => cloud.close());
beforeEach(() => {
  nowMs += 24 * 3600 * 1000;
  cloud.machine.started.clear();
});

const problem = { code: "SourceEmpty", message: "The file has no bytes." };
const execution = "arn:execution:one";

/** A film whose end is written, quiet for a while; `ended` is what became of its execution. */
async function settled(
  status: "READY" | "FAILED" | "CANCELED",
  ended: object | undefined,
): Promise<Id.VideoId> {
  const id = Id.newVideo();
  const updatedAtMs = nowMs - Care.QUIET_MS - 1000;
  await Table.put({
    ...Video.keyOf(id),
    videoId: id,
    attempt: 1,
    status,
    claimedBy: execution,
    settledBy: execution,
    sequencer: Intake.padded("0A"),
    inFlight: Video.shardOf(id),
    updatedAtMs,
    ...(status === "READY" ? { published: { attempt: 1, atMs: updatedAtMs } } : {}),
    ...(status === "FAILED" ? { problem } : {}),
    ...(status === "CANCELED" ? { canceledAtMs: updatedAtMs } : {}),
  });
  cloud.machine.executions.clear();
  if (ended) cloud.machine.executions.set(execution, { status: "RUNNING", ...ended });
  return id;
}

/** What the sweeper did to a film; it is forgotten afterwards. */
async function swept(id: Id.VideoId): Promise<string | undefined> {
  const round = await Clock.at(nowMs, () => Care.sweep());
  expect(round.failed).toEqual([]);
  return round.cared.find(({ videoId }) => videoId === id)?.did;
}

async function isInFlight(id: Id.VideoId): Promise<boolean> {
  const row = (await Table.read(Video.keyOf(id))) ?? {};
  return "inFlight" in row;
}

async function forget(id: Id.VideoId): Promise<void> {
  await Video.land(id, 1, execution);
}

describe("a film whose end is written", () => {
  it.each([
    {
      status: "READY",
      ended: { status: "SUCCEEDED", output: '{"videoId":"v","attempt":1,"status":"READY"}' },
    },
    { status: "FAILED", ended: { status: "FAILED", error: "SourceEmpty" } },
    {
      status: "CANCELED",
      ended: { status: "SUCCEEDED", output: '{"videoId":"v","attempt":1,"status":"CANCELED"}' },
    },
  ] as const)("$status and announced is in flight no more", async ({ status, ended }) => {
    const id = await settled(status, ended);
    expect(await swept(id)).toBeUndefined();
    expect(await isInFlight(id)).toBe(false);
    expect(cloud.machine.started.size).toBe(0);
  });

  it.each(["READY", "FAILED"] as const)("%s waits while it is announced", async (status) => {
    const id = await settled(status, { status: "RUNNING" });
    expect(await swept(id)).toBeUndefined();
    expect(await isInFlight(id)).toBe(true);
    await forget(id);
  });

  it.each([
    {
      what: "READY was written, but Record outputs failed",
      ended: { status: "SUCCEEDED", output: '{"because":"Superseded"}' },
    },
    {
      what: "the topic took nothing for hours",
      ended: { status: "FAILED", error: "AnnounceFailed" },
    },
    { what: "somebody stopped it", ended: { status: "ABORTED" } },
    { what: "it timed out", ended: { status: "TIMED_OUT" } },
    { what: "nobody knows it any more", ended: undefined },
  ])("READY is announced by another execution, once, when $what", async ({ ended }) => {
    const id = await settled("READY", ended);
    expect(await swept(id)).toBe("announced again");
    expect(await swept(id)).toBe("announced again");
    expect([...cloud.machine.started.values()]).toEqual([
      { kind: "unannounced", videoId: id, attempt: 1 },
    ]);
    for (const input of cloud.machine.started.values()) Intake.Started.parse(input);
    expect(await isInFlight(id)).toBe(true);
    await forget(id);
  });

  it.each([
    {
      what: "the topic took nothing for hours",
      ended: { status: "FAILED", error: "AnnounceFailed" },
    },
    {
      what: "the answer of the write was lost",
      ended: { status: "FAILED", error: "States.Timeout" },
    },
    { what: "somebody stopped it", ended: { status: "ABORTED" } },
  ])("FAILED is announced by another execution, once, when $what", async ({ ended }) => {
    const id = await settled("FAILED", ended);
    expect(await swept(id)).toBe("announced again");
    expect([...cloud.machine.started.values()]).toEqual([
      { kind: "died", videoId: id, execution, problem },
    ]);
    for (const input of cloud.machine.started.values()) Intake.Started.parse(input);
    await forget(id);
  });

  it.each([
    { what: "its execution was never started", ended: undefined },
    {
      what: "the topic took nothing for hours",
      ended: { status: "FAILED", error: "AnnounceFailed" },
    },
    { what: "Validate broke", ended: { status: "SUCCEEDED", output: '{"because":"Superseded"}' } },
  ])("CANCELED is announced by another execution, once, when $what", async ({ ended }) => {
    const id = await settled("CANCELED", ended);
    expect(await swept(id)).toBe("announced again");
    expect(await swept(id)).toBe("announced again");
    expect([...cloud.machine.started.values()]).toEqual([
      { kind: "canceled", videoId: id, attempt: 1, settledBy: execution },
    ]);
    for (const input of cloud.machine.started.values()) Intake.Started.parse(input);
    await forget(id);
  });

  it("CANCELED stays in flight while its job is being stopped, and leaves its files to go", async () => {
    const ended = { status: "SUCCEEDED", output: '{"status":"CANCELED"}' };
    const id = await settled("CANCELED", ended);
    const source = { bucket: "sources", key: `uploads/${id}/source` };
    const jobId = `job-${id}`;
    await Table.put({ ...Attempt.keyOf(id, 1), source, createTriedAtMs: nowMs, jobId });
    cloud.jobs.all.push({
      id: jobId,
      status: "PROGRESSING",
      userMetadata: { app: "rushes", stage: "test", videoId: id, attempt: "1" },
      fileInput: `s3://sources/${source.key}`,
      clientRequestToken: "",
      createdAtMs: 0,
    });
    await swept(id);
    expect(cloud.jobs.all.at(-1)?.status).toBe("CANCELED");
    expect(await isInFlight(id)).toBe(true);
    await swept(id);
    expect(await isInFlight(id)).toBe(false);
    expect((await Attempt.find(id, 1))?.terminal).toMatchObject({ status: "CANCELED" });
    expect(await Table.read(Retired.keyOf(id, 1))).toMatchObject({ attempt: 1 });
  });

  it("is let go only by the execution that owes the announcement now", async () => {
    const id = await settled("READY", { status: "ABORTED" });
    expect(await swept(id)).toBe("announced again");
    await Video.owe(id, 1, "arn:execution:two");
    await Video.land(id, 1, execution);
    expect(await isInFlight(id)).toBe(true);
    const output = '{"status":"READY"}';
    cloud.machine.executions.set("arn:execution:two", { status: "SUCCEEDED", output });
    nowMs += 24 * 3600 * 1000;
    expect(await swept(id)).toBeUndefined();
    expect(await isInFlight(id)).toBe(false);
  });

  it("is seen through at once when its execution died, and told on the timeline", async () => {
    const id = await settled("FAILED", { status: "FAILED", error: "SourceEmpty" });
    await Care.settle(
      Care.Died.parse({
        source: "aws.states",
        detail: {
          executionArn: execution,
          status: "FAILED",
          input: JSON.stringify({ kind: "again", videoId: id, expectedAttempt: 0 }),
        },
      }),
    );
    expect(await isInFlight(id)).toBe(false);
    const time = new Date(nowMs - Care.QUIET_MS - 1000).toISOString();
    expect(await Table.read({ PK: `VIDEO#${id}`, SK: `EVENT#${time}#1:FAILED` })).toMatchObject({
      what: "FAILED",
      attempt: 1,
      about: { code: "SourceEmpty" },
    });
  });
});
