import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as Again from "../again/index.ts";
import * as Table from "../aws/table.ts";
import * as Clock from "../clock/index.ts";
import * as Cost from "../cost/index.ts";
import * as Id from "../id/index.ts";
import * as Intake from "../intake/index.ts";
import * as Removal from "../removal/index.ts";
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

describe("the sweeper", () => {
  it("starts another source of a READY film whose event was lost", async () => {
    const expects = Id.newUpload();
    const film = await flight.quiet({ status: "READY", expects, expiresAtMs: flight.nowMs + 1e9 });
    expect(await flight.swept(film.id)).toBeUndefined();
    await Table.change(Video.keyOf(film.id), {
      update: "SET inFlight = :shard",
      condition: "videoId = :id",
      values: { ":id": film.id, ":shard": Video.shardOf(film.id) },
    });
    cloud.shelf.put("sources", Intake.uploadKey(film.id, expects), "x", { versionId: "v1" });
    expect(await flight.swept(film.id)).toBe("started");
  });

  it("starts the execution of an attempt that somebody asked for and did not come to start", async () => {
    const film = await flight.quiet({
      status: "FAILED",
      problem: { code: "EncodeFailed", message: "" },
    });
    cloud.machine.fault = (operation) => {
      if (operation === "StartExecution") throw new TypeError("killed");
    };
    const ann = { sub: "root", groups: ["admin"] };
    await expect(Clock.at(flight.quietSinceMs, () => Again.retry(ann, film.id))).rejects.toThrow(
      "killed",
    );
    cloud.machine.fault = undefined;
    expect(await flight.swept(film.id)).toBe("begun");
    expect([...cloud.machine.started.values()]).toEqual([
      { kind: "again", videoId: film.id, expectedAttempt: 1 },
    ]);
  });

  describe("a film that its budget holds", () => {
    const held = async (monthlyUsd: number, id = Id.newVideo()) => {
      await Cost.setBudget({ sub: "root", groups: ["admin"] }, `ann-${id}`, { monthlyUsd });
      const film = await flight.quiet({
        status: "VALIDATING",
        held: { sinceMs: 1 },
        ownerId: `ann-${id}`,
        cost: { attempt: 1, estimatedUsd: 5, asOf: "2026-01-01" },
      });
      cloud.machine.executions.set(film.execution, { status: "SUCCEEDED" });
      return film;
    };

    it("waits while there is no room", async () => {
      expect(await flight.swept((await held(4)).id)).toBeUndefined();
      expect(cloud.machine.started.size).toBe(0);
    });

    it("is begun again when there is", async () => {
      const { id } = await held(6);
      expect(await flight.swept(id)).toBe("begun");
      expect(await Video.find(id)).toMatchObject({ status: "VALIDATING", attempt: 2 });
      expect(await Video.find(id)).not.toHaveProperty("held");
      expect([...cloud.machine.started.values()]).toMatchObject([{ expectedAttempt: 1 }]);
    });
  });

  it("has a deleted film carried on that nobody went on with", async () => {
    const film = await flight.quiet({ status: "READY" });
    await Clock.at(flight.quietSinceMs, () =>
      Removal.begin({ sub: "root", groups: ["admin"] }, film.id),
    );
    cloud.queues.sent.length = 0;
    const rounds = [
      await Clock.at(flight.nowMs, () => Care.sweep()),
      await Clock.at(flight.nowMs, () => Care.sweep()),
    ];
    const did = rounds.flatMap(({ cared }) => cared.filter(({ videoId }) => videoId === film.id));
    expect(did).toEqual([{ videoId: film.id, did: "removing" }]);
    expect(cloud.queues.sent.map(({ body }) => body)).toEqual([{ videoId: film.id }]);
  });
});
