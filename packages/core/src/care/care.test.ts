import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { Again } from "../again/index.ts";
import { Attempt } from "../attempt/index.ts";
import * as Table from "../aws/table.ts";
import { Clock } from "../clock/index.ts";
import { Cost } from "../cost/index.ts";
import { Id } from "../id/index.ts";
import { Intake } from "../intake/index.ts";
import { Ladder } from "../ladder/index.ts";
import { Removal } from "../removal/index.ts";
import { found } from "../source/found.fixture.ts";
import { openSmallCloud, type SmallCloud } from "../testing/small-cloud.ts";
import { Upload } from "../upload/index.ts";
import { Video } from "../video/index.ts";
import * as Care from "./care.ts";

let cloud: SmallCloud;
let nowMs = Date.UTC(2030, 0, 1);
beforeAll(async () => {
  cloud = await openSmallCloud();
  cloud.jobs.nowMs = () => nowMs;
});
afterAll(() => cloud.close());
beforeEach(() => {
  nowMs += 24 * 3600 * 1000;
  cloud.machine.started.clear();
});

const source = { bucket: "sources", key: "inbox/film.mp4", versionId: "v1" };

/** A film in flight that nothing has moved for a while. */
async function quiet(meta: Record<string, unknown>, attempt: Partial<Attempt.Attempt> = {}) {
  const id = Id.newVideo();
  const execution = `arn:execution:${id}`;
  await Table.put({
    ...Video.keyOf(id),
    videoId: id,
    attempt: 1,
    status: "TRANSCODING",
    claimedBy: execution,
    sequencer: Intake.padded("0A"),
    source,
    inFlight: Video.shardOf(id),
    updatedAtMs: nowMs - Care.QUIET_MS - 1000,
    ...meta,
  });
  await Table.put({ ...Attempt.keyOf(id, 1), source, plan: Ladder.plan(found()), ...attempt });
  cloud.machine.executions.set(execution, { status: "RUNNING" });
  return { id, execution };
}

function jobOf(id: Id.VideoId, status: string, jobId = `job-${id}`) {
  cloud.jobs.all.push({
    id: jobId,
    status,
    userMetadata: { app: "rushes", stage: "test", videoId: id, attempt: "1" },
    fileInput: "s3://sources/inbox/film.mp4",
    clientRequestToken: "",
    createdAtMs: 0,
  });
  return jobId;
}

/** What the sweeper did to one film. */
async function swept(id: Id.VideoId): Promise<string | undefined> {
  const round = await Clock.at(nowMs, () => Care.sweep());
  expect(round.failed).toEqual([]);
  await Table.change(Video.keyOf(id), {
    update: "REMOVE inFlight",
    condition: "videoId = :id",
    values: { ":id": id },
  });
  return round.cared.find(({ videoId }) => videoId === id)?.did;
}

describe("the sweeper", () => {
  it("leaves a film alone that moved a moment ago", async () => {
    const film = await quiet({ updatedAtMs: nowMs - 1000 });
    expect(await swept(film.id)).toBeUndefined();
  });

  it.each([
    { ended: "COMPLETE", answer: { output: { attempt: 1, status: "COMPLETE" } } },
    { ended: "ERROR", answer: { error: "EncodeFailed" } },
    { ended: "CANCELED", answer: { error: "EncodeCanceled" } },
  ])("hears of a job that ended $ended without an event", async ({ ended, answer }) => {
    const film = await quiet({}, { token: `t-${ended}`, createTriedAtMs: 1, jobId: `j-${ended}` });
    jobOf(film.id, ended, `j-${ended}`);
    cloud.machine.wait(`t-${ended}`);
    expect(await swept(film.id)).toBe("heard");
    expect(cloud.machine.answers.at(-1)).toMatchObject(answer);
  });

  it("fails an attempt whose job nobody knows any more", async () => {
    const film = await quiet({}, { token: "t-lost", createTriedAtMs: 1, jobId: "j-lost" });
    cloud.machine.wait("t-lost");
    expect(await swept(film.id)).toBe("lost");
    expect(cloud.machine.answers.at(-1)).toEqual({ token: "t-lost", error: "EncodeLost" });
  });

  it("lets a job run, and adopts one whose id nobody wrote down", async () => {
    const film = await quiet({}, { token: "t", createTriedAtMs: 1 });
    const jobId = jobOf(film.id, "PROGRESSING");
    expect(await swept(film.id)).toBe("adopted");
    expect((await Attempt.find(film.id, 1))?.jobId).toBe(jobId);
  });

  it("lets a message wait its turn", async () => {
    const film = await quiet({ status: "PENDING" });
    expect(await swept(film.id)).toBeUndefined();
  });

  it.each(["FAILED", "TIMED_OUT", "ABORTED", undefined])(
    "settles a film whose execution is %s, once",
    async (status) => {
      const film = await quiet({ status: "VALIDATING" });
      if (status) cloud.machine.executions.set(film.execution, { status });
      else cloud.machine.executions.delete(film.execution);
      expect(await swept(film.id)).toBe("settled");
      expect([...cloud.machine.started.values()]).toEqual([
        {
          kind: "died",
          videoId: film.id,
          execution: film.execution,
          problem: { code: "ExecutionDied", message: expect.any(String) },
        },
      ]);
      for (const input of cloud.machine.started.values()) {
        expect(Intake.Started.safeParse(input).success).toBe(true);
      }
    },
  );

  it("starts the newer source that an execution stepped back for", async () => {
    const film = await quiet({});
    cloud.machine.executions.set(film.execution, { status: "SUCCEEDED" });
    cloud.shelf.put("sources", source.key, "x", { versionId: "v2" });
    expect(await swept(film.id)).toBe("started");
    const [input] = [...cloud.machine.started.values()].map((each) => Intake.Started.parse(each));
    if (input?.kind !== "arrived") throw new Error("no arrival");
    expect(Intake.arrival(input)).toMatchObject({
      sequencer: Intake.padded("0B"),
      source: { versionId: "v2" },
    });
  });

  it("starts an upload whose event was lost", async () => {
    const id = Id.newVideo();
    const key = Intake.uploadKey(id, Id.newUpload());
    await Clock.at(nowMs - Care.QUIET_MS - 1000, () =>
      Video.expect({ id, ownerId: "ann", title: "T", sourceBucket: "sources", sourceKey: key }),
    );
    expect(await swept(id)).toBeUndefined();
    await Clock.at(nowMs, () =>
      Table.change(Video.keyOf(id), {
        update: "SET inFlight = :shard",
        condition: "videoId = :id",
        values: { ":id": id, ":shard": Video.shardOf(id) },
      }),
    );
    cloud.shelf.put("sources", key, "x", { versionId: "v1" });
    expect(await swept(id)).toBe("started");
  });

  it("starts another source of a READY film whose event was lost", async () => {
    const expects = Id.newUpload();
    const film = await quiet({ status: "READY", expects, expiresAtMs: nowMs + 1e9 });
    expect(await swept(film.id)).toBeUndefined();
    await Table.change(Video.keyOf(film.id), {
      update: "SET inFlight = :shard",
      condition: "videoId = :id",
      values: { ":id": film.id, ":shard": Video.shardOf(film.id) },
    });
    cloud.shelf.put("sources", Intake.uploadKey(film.id, expects), "x", { versionId: "v1" });
    expect(await swept(film.id)).toBe("started");
  });

  it("starts the execution of an attempt that somebody asked for and did not come to start", async () => {
    const film = await quiet({ status: "FAILED", problem: { code: "EncodeFailed", message: "" } });
    cloud.machine.fault = (operation) => {
      if (operation === "StartExecution") throw new TypeError("killed");
    };
    const ann = { sub: "root", groups: ["admin"] };
    await expect(
      Clock.at(nowMs - Care.QUIET_MS - 1000, () => Again.retry(ann, film.id)),
    ).rejects.toThrow("killed");
    cloud.machine.fault = undefined;
    expect(await swept(film.id)).toBe("begun");
    expect([...cloud.machine.started.values()]).toEqual([
      { kind: "again", videoId: film.id, expectedAttempt: 1 },
    ]);
  });

  describe("a film that its budget holds", () => {
    const held = async (monthlyUsd: number, id = Id.newVideo()) => {
      await Cost.setBudget({ sub: "root", groups: ["admin"] }, `ann-${id}`, { monthlyUsd });
      const film = await quiet({
        status: "VALIDATING",
        held: { sinceMs: 1 },
        ownerId: `ann-${id}`,
        cost: { attempt: 1, estimatedUsd: 5, asOf: "2026-01-01" },
      });
      cloud.machine.executions.set(film.execution, { status: "SUCCEEDED" });
      return film;
    };

    it("waits while there is no room", async () => {
      expect(await swept((await held(4)).id)).toBeUndefined();
      expect(cloud.machine.started.size).toBe(0);
    });

    it("is begun again when there is", async () => {
      const { id } = await held(6);
      expect(await swept(id)).toBe("begun");
      expect(await Video.find(id)).toMatchObject({ status: "VALIDATING", attempt: 2 });
      expect(await Video.find(id)).not.toHaveProperty("held");
      expect([...cloud.machine.started.values()]).toMatchObject([{ expectedAttempt: 1 }]);
    });
  });

  it("has a deleted film carried on that nobody went on with", async () => {
    const film = await quiet({ status: "READY" });
    await Clock.at(nowMs - Care.QUIET_MS - 1000, () =>
      Removal.begin({ sub: "root", groups: ["admin"] }, film.id),
    );
    cloud.queues.sent.length = 0;
    const rounds = [
      await Clock.at(nowMs, () => Care.sweep()),
      await Clock.at(nowMs, () => Care.sweep()),
    ];
    const did = rounds.flatMap(({ cared }) => cared.filter(({ videoId }) => videoId === film.id));
    expect(did).toEqual([{ videoId: film.id, did: "removing" }]);
    expect(cloud.queues.sent.map(({ body }) => body)).toEqual([{ videoId: film.id }]);
  });

  it("ends an upload that never came", async () => {
    const id = Id.newVideo();
    const uploadId = Id.newUpload();
    await Clock.at(nowMs - 8 * 24 * 3600 * 1000, () =>
      Table.together([
        {
          create: Video.expected({
            id,
            ownerId: "ann",
            title: "T",
            sourceBucket: "sources",
            sourceKey: Intake.uploadKey(id, uploadId),
          }),
        },
        {
          create: Upload.toRow({
            videoId: id,
            uploadId,
            way: "single",
            state: "open",
            sizeBytes: 1,
            type: "video/mp4",
            filename: "f.mp4",
            openedAtMs: 1,
            untilMs: 2,
          }),
        },
      ]),
    );
    expect(await swept(id)).toBe("expired");
    expect(await Video.find(id)).toMatchObject({
      status: "FAILED",
      problem: { code: "UploadExpired" },
    });
  });

  it("sees every film, however many are waiting before it", async () => {
    const films = [];
    for (let count = 0; count < 130; count += 1) {
      films.push(await quiet({ inFlight: "IN_FLIGHT#0", updatedAtMs: nowMs - 1e6 + count }));
    }
    const last = films.at(-1)?.id as Id.VideoId;
    await Table.change(Attempt.keyOf(last, 1), {
      update: "SET #token = :token, terminal = :over",
      condition: "attribute_exists(PK)",
      names: { "#token": "token" },
      values: { ":token": "t-last", ":over": { status: "COMPLETE", atMs: 1 } },
    });
    cloud.machine.wait("t-last");
    const round = await Clock.at(nowMs, () => Care.sweep());
    expect(round).toMatchObject({ cutShort: false, failed: [] });
    expect(round.looked).toBeGreaterThanOrEqual(130);
    expect(round.cared).toContainEqual({ videoId: last, did: "resent" });
    for (const { id } of films) {
      const gone = { condition: "videoId = :id", values: { ":id": id } };
      await Table.change(Video.keyOf(id), { update: "REMOVE inFlight", ...gone });
    }
  });

  it("begins nothing that it has no time to finish", async () => {
    const films = [await quiet({ updatedAtMs: 1 }), await quiet({ updatedAtMs: 2 })];
    vi.useFakeTimers({ toFake: ["Date"], now: nowMs });
    cloud.machine.fault = () => vi.setSystemTime(Date.now() + 300_000);
    const round = await Care.sweep().finally(() => {
      vi.useRealTimers();
      cloud.machine.fault = undefined;
    });
    expect(round).toMatchObject({ cutShort: true, looked: 1 });
    for (const { id } of films) await swept(id);
  });

  it("lets trouble with one film keep nobody waiting", async () => {
    const broken = await quiet({ status: "VALIDATING" });
    cloud.machine.executions.delete(broken.execution);
    const fine = await quiet({}, { token: "t-fine", terminal: { status: "COMPLETE", atMs: 1 } });
    cloud.machine.wait("t-fine");
    cloud.machine.fault = (operation, when) => {
      if (operation === "StartExecution" && when === "before") throw new TypeError("broken");
    };
    const round = await Clock.at(nowMs, () => Care.sweep());
    cloud.machine.fault = undefined;
    expect(round.failed.map(({ videoId }) => videoId)).toEqual([broken.id]);
    expect(round.cared).toContainEqual({ videoId: fine.id, did: "resent" });
  });
});

describe("an execution that died", () => {
  const died = (executionArn: string, input: object) =>
    Care.settle(
      Care.Died.parse({
        source: "aws.states",
        detail: { executionArn, status: "TIMED_OUT", input: JSON.stringify(input) },
      }),
    );

  it("has its job stopped and its film told so", async () => {
    const film = await quiet({}, { createTriedAtMs: 1, jobId: "j-running", token: "t" });
    jobOf(film.id, "PROGRESSING", "j-running");
    await died(film.execution, { kind: "again", videoId: film.id, expectedAttempt: 0 });
    expect(cloud.jobs.all.find(({ id }) => id === "j-running")?.status).toBe("CANCELED");
    expect([...cloud.machine.started.values()]).toMatchObject([{ kind: "died", videoId: film.id }]);
  });

  it.each(["READY", "FAILED", "CANCELED"])(
    "changes nothing of a film that is %s",
    async (status) => {
      const film = await quiet({ status });
      await died(film.execution, { kind: "again", videoId: film.id, expectedAttempt: 0 });
      expect(cloud.machine.started.size).toBe(0);
    },
  );

  it("is settled once, however often it is told, and once more when that died too", async () => {
    const film = await quiet({});
    const input = { kind: "again", videoId: film.id, expectedAttempt: 0 };
    for (const afterMs of [0, 0, 1000, 3_600_000]) {
      await Clock.at(nowMs + afterMs, () => died(film.execution, input));
    }
    expect(cloud.machine.started.size).toBe(2);
  });

  it("changes nothing of a film that another execution has", async () => {
    const film = await quiet({});
    await died("arn:another", { kind: "again", videoId: film.id, expectedAttempt: 0 });
    expect(cloud.machine.started.size).toBe(0);
  });

  describe("before anybody could claim its object", () => {
    const arrived = (key: string) => ({
      kind: "arrived",
      event: { id: "e", time: "2030-01-01T00:00:00Z", account: "000000000000" },
      detail: { bucket: { name: "sources" }, object: { key, "version-id": "v2", sequencer: "0B" } },
    });
    let keys = 0;
    const row = async (key: string, meta: Record<string, unknown>) => {
      const id = Id.ofInbox("sources", key);
      await Table.put({ ...Video.keyOf(id), videoId: id, attempt: 1, ...meta });
    };

    it.each([
      { film: "does not exist", meta: undefined },
      { film: "waits for its source", meta: { status: "AWAITING_UPLOAD" } },
      { film: "is READY with an older one", meta: { status: "READY", claimedBy: "arn:old" } },
      {
        film: "FAILED with an older one",
        meta: { status: "FAILED", claimedBy: "arn:old", settledBy: "arn:old" },
      },
    ])("is started again, once, when the film $film", async ({ meta }) => {
      const key = `inbox/unclaimed-${++keys}.mp4`;
      const sequencer = meta && "claimedBy" in meta ? { sequencer: Intake.padded("0A") } : {};
      if (meta) await row(key, { ...meta, ...sequencer });
      await Clock.at(nowMs, () => died("arn:unclaimed", arrived(key)));
      await Clock.at(nowMs, () => died("arn:its-twin", arrived(key)));
      expect([...cloud.machine.started.values()]).toEqual([arrived(key)]);
    });

    it.each([
      {
        film: "was claimed by its twin",
        meta: { status: "PENDING", claimedBy: "arn:twin", sequencer: Intake.padded("0B") },
      },
      {
        film: "has a newer one",
        meta: { status: "PENDING", claimedBy: "arn:new", sequencer: Intake.padded("0C") },
      },
      { film: "was written off", meta: { status: "FAILED", settledBy: "arn:unclaimed" } },
      { film: "was written off by its twin", meta: { status: "FAILED", settledBy: "arn:twin" } },
    ])("is not when the film $film", async ({ meta }) => {
      const key = `inbox/unclaimed-${++keys}.mp4`;
      await row(key, { problem: { code: "StepFailed", message: "" }, ...meta });
      cloud.machine.executions.set("arn:unclaimed", { status: "FAILED", error: "StepFailed" });
      await died("arn:unclaimed", arrived(key));
      expect(cloud.machine.started.size).toBe(0);
    });
  });

  it("is looked up when its event leaves the input out", async () => {
    const film = await quiet({});
    const input = JSON.stringify({ kind: "again", videoId: film.id, expectedAttempt: 0 });
    cloud.machine.executions.set(film.execution, { status: "ABORTED", input });
    await Care.settle(
      Care.Died.parse({
        source: "aws.states",
        detail: { executionArn: film.execution, status: "ABORTED", input: null },
      }),
    );
    expect(cloud.machine.started.size).toBe(1);
  });

  it.each(["not JSON", "{}", '{"kind":"arrived"}'])("with the input %s is nobody's", (input) => {
    expect(Care.videoOf(input)).toBeUndefined();
  });
});
