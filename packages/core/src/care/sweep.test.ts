import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import * as Attempt from "../attempt/index.ts";
import * as Table from "../aws/table.ts";
import * as Clock from "../clock/index.ts";
import * as Id from "../id/index.ts";
import * as Intake from "../intake/index.ts";
import { openSmallCloud, type SmallCloud } from "../testing/small-cloud.ts";
import * as Upload from "../upload/index.ts";
import * as Video from "../video/index.ts";
import { Flight, source } from "./care.testing.ts";
import * as Care from "./care.ts";

let cloud: SmallCloud;
let flight: Flight;
beforeAll(async () => {
  cloud = await openSmallCloud();
  flight = new Flight(cloud);
});
afterAll(() => cloud.close());
beforeEach(() => flight.nextDay());

describe("the sweeper", () => {
  it("leaves a film alone that moved a moment ago", async () => {
    const film = await flight.quiet({ updatedAtMs: flight.nowMs - 1000 });
    expect(await flight.swept(film.id)).toBeUndefined();
  });

  it.each([
    { ended: "COMPLETE", answer: { output: { attempt: 1, status: "COMPLETE" } } },
    { ended: "ERROR", answer: { error: "EncodeFailed" } },
    { ended: "CANCELED", answer: { error: "EncodeCanceled" } },
  ])("hears of a job that ended $ended without an event", async ({ ended, answer }) => {
    const film = await flight.quiet(
      {},
      { token: `t-${ended}`, createTriedAtMs: 1, jobId: `j-${ended}` },
    );
    flight.jobOf(film.id, ended, `j-${ended}`);
    cloud.machine.wait(`t-${ended}`);
    expect(await flight.swept(film.id)).toBe("heard");
    expect(cloud.machine.answers.at(-1)).toMatchObject(answer);
  });

  it("fails an attempt whose job nobody knows any more", async () => {
    const film = await flight.quiet({}, { token: "t-lost", createTriedAtMs: 1, jobId: "j-lost" });
    cloud.machine.wait("t-lost");
    expect(await flight.swept(film.id)).toBe("lost");
    expect(cloud.machine.answers.at(-1)).toEqual({ token: "t-lost", error: "EncodeLost" });
  });

  it("lets a job run, and adopts one whose id nobody wrote down", async () => {
    const film = await flight.quiet({}, { token: "t", createTriedAtMs: 1 });
    const jobId = flight.jobOf(film.id, "PROGRESSING");
    expect(await flight.swept(film.id)).toBe("adopted");
    expect((await Attempt.find(film.id, 1))?.jobId).toBe(jobId);
  });

  it("lets a message wait its turn", async () => {
    const film = await flight.quiet({ status: "PENDING" });
    expect(await flight.swept(film.id)).toBeUndefined();
  });

  it.each(["FAILED", "TIMED_OUT", "ABORTED", undefined])(
    "settles a film whose execution is %s, once",
    async (status) => {
      const film = await flight.quiet({ status: "VALIDATING" });
      if (status) cloud.machine.executions.set(film.execution, { status });
      else cloud.machine.executions.delete(film.execution);
      expect(await flight.swept(film.id)).toBe("settled");
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
    const film = await flight.quiet({});
    cloud.machine.executions.set(film.execution, { status: "SUCCEEDED" });
    cloud.shelf.put("sources", source.key, "x", { versionId: "v2" });
    expect(await flight.swept(film.id)).toBe("started");
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
    const about = { ownerId: "ann", title: "T", sourceBucket: "sources" };
    await Clock.at(flight.quietSinceMs, () =>
      Table.create(Video.expected({ id, sourceKey: key, ...about })),
    );
    expect(await flight.swept(id)).toBeUndefined();
    await Clock.at(flight.nowMs, () =>
      Table.change(Video.keyOf(id), {
        update: "SET inFlight = :shard",
        condition: "videoId = :id",
        values: { ":id": id, ":shard": Video.shardOf(id) },
      }),
    );
    cloud.shelf.put("sources", key, "x", { versionId: "v1" });
    expect(await flight.swept(id)).toBe("started");
  });

  it("ends an upload that never came", async () => {
    const id = Id.newVideo();
    const uploadId = Id.newUpload();
    await Clock.at(flight.nowMs - 8 * 24 * 3600 * 1000, () =>
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
    expect(await flight.swept(id)).toBe("expired");
    expect(await Video.find(id)).toMatchObject({
      status: "FAILED",
      problem: { code: "UploadExpired" },
    });
  });

  it("sees every film, however many are waiting before it", async () => {
    const films = [];
    for (let count = 0; count < 130; count += 1) {
      films.push(
        await flight.quiet({ inFlight: "IN_FLIGHT#0", updatedAtMs: flight.nowMs - 1e6 + count }),
      );
    }
    const last = films.at(-1)?.id as Id.VideoId;
    await Table.change(Attempt.keyOf(last, 1), {
      update: "SET #token = :token, terminal = :over",
      condition: "attribute_exists(PK)",
      names: { "#token": "token" },
      values: { ":token": "t-last", ":over": { status: "COMPLETE", atMs: 1 } },
    });
    cloud.machine.wait("t-last");
    const round = await Clock.at(flight.nowMs, () => Care.sweep());
    expect(round).toMatchObject({ cutShort: false, failed: [] });
    expect(round.looked).toBeGreaterThanOrEqual(130);
    expect(round.cared).toContainEqual({ videoId: last, did: "resent" });
    for (const { id } of films) {
      const gone = { condition: "videoId = :id", values: { ":id": id } };
      await Table.change(Video.keyOf(id), { update: "REMOVE inFlight", ...gone });
    }
  });

  it("begins nothing that it has no time to finish", async () => {
    const films = [await flight.quiet({ updatedAtMs: 1 }), await flight.quiet({ updatedAtMs: 2 })];
    vi.useFakeTimers({ toFake: ["Date"], now: flight.nowMs });
    cloud.machine.fault = () => vi.setSystemTime(Date.now() + 300_000);
    const round = await Care.sweep().finally(() => {
      vi.useRealTimers();
      cloud.machine.fault = undefined;
    });
    expect(round).toMatchObject({ cutShort: true, looked: 1 });
    for (const { id } of films) await flight.swept(id);
  });

  it("lets trouble with one film keep nobody waiting", async () => {
    const broken = await flight.quiet({ status: "VALIDATING" });
    cloud.machine.executions.delete(broken.execution);
    const fine = await flight.quiet(
      {},
      { token: "t-fine", terminal: { status: "COMPLETE", atMs: 1 } },
    );
    cloud.machine.wait("t-fine");
    cloud.machine.fault = (operation, when) => {
      if (operation === "StartExecution" && when === "before") throw new TypeError("broken");
    };
    const round = await Clock.at(flight.nowMs, () => Care.sweep());
    cloud.machine.fault = undefined;
    expect(round.failed.map(({ videoId }) => videoId)).toEqual([broken.id]);
    expect(round.cared).toContainEqual({ videoId: fine.id, did: "resent" });
  });
});
