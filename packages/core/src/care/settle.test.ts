import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as Table from "../aws/table.ts";
import * as Clock from "../clock/index.ts";
import * as Id from "../id/index.ts";
import * as Intake from "../intake/index.ts";
import { openSmallCloud, type SmallCloud } from "../testing/small-cloud.ts";
import * as Video from "../video/index.ts";
import { Flight } from "./care.testing.ts";
import * as Care from "./care.ts";

let cloud: SmallCloud;
let flight: Flight;
beforeAll(async () => {
  cloud = await openSmallCloud();
  flight = new Flight(cloud);
});
afterAll(() => cloud.close());
beforeEach(() => flight.nextDay());

describe("an execution that died", () => {
  const died = (executionArn: string, input: object) =>
    Care.settle(
      Care.Died.parse({
        source: "aws.states",
        detail: { executionArn, status: "TIMED_OUT", input: JSON.stringify(input) },
      }),
    );

  it("has its job stopped and its film told so", async () => {
    const film = await flight.quiet({}, { createTriedAtMs: 1, jobId: "j-running", token: "t" });
    flight.jobOf(film.id, "PROGRESSING", "j-running");
    await died(film.execution, { kind: "again", videoId: film.id, expectedAttempt: 0 });
    expect(cloud.jobs.all.find(({ id }) => id === "j-running")?.status).toBe("CANCELED");
    expect([...cloud.machine.started.values()]).toMatchObject([{ kind: "died", videoId: film.id }]);
  });

  it.each(["READY", "FAILED", "CANCELED"])(
    "changes nothing of a film that is %s",
    async (status) => {
      const film = await flight.quiet({ status });
      await died(film.execution, { kind: "again", videoId: film.id, expectedAttempt: 0 });
      expect(cloud.machine.started.size).toBe(0);
    },
  );

  it("is settled once, however often it is told, and once more when that died too", async () => {
    const film = await flight.quiet({});
    const input = { kind: "again", videoId: film.id, expectedAttempt: 0 };
    for (const afterMs of [0, 0, 1000, 3_600_000]) {
      await Clock.at(flight.nowMs + afterMs, () => died(film.execution, input));
    }
    expect(cloud.machine.started.size).toBe(2);
  });

  it("changes nothing of a film that another execution has", async () => {
    const film = await flight.quiet({});
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
      await Clock.at(flight.nowMs, () => died("arn:unclaimed", arrived(key)));
      await Clock.at(flight.nowMs, () => died("arn:its-twin", arrived(key)));
      expect([...cloud.machine.started.values()]).toEqual([arrived(key)]);
    });

    it("is started again when its film waits for just this upload, and for no other", async () => {
      const id = Id.newVideo();
      const expects = Id.newUpload();
      await Table.put({ ...Video.keyOf(id), videoId: id, attempt: 1, status: "READY", expects });
      await died("arn:other", arrived(Intake.uploadKey(id, Id.newUpload())));
      expect(cloud.machine.started.size).toBe(0);
      const event = arrived(Intake.uploadKey(id, expects));
      await died("arn:unclaimed", event);
      expect([...cloud.machine.started.values()]).toEqual([event]);
    });

    it("is not when the film was deleted meanwhile", async () => {
      const key = `inbox/unclaimed-${++keys}.mp4`;
      await row(key, { status: "FAILED", deletedAtMs: 1 });
      await died("arn:unclaimed", arrived(key));
      expect(cloud.machine.started.size).toBe(0);
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
    const film = await flight.quiet({});
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
