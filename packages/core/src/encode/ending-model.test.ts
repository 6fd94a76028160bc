import { readFileSync } from "node:fs";
import {
  DynamoDBClient,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from "@aws-sdk/client-dynamodb";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as Again from "../again/index.ts";
import * as Executions from "../aws/executions.ts";
import * as Table from "../aws/table.ts";
import * as Care from "../care/index.ts";
import * as Intake from "../intake/index.ts";
import * as Removal from "../removal/index.ts";
import { filled } from "../testing/filled.ts";
import { Lost, links, openSmallCloud, type SmallCloud } from "../testing/small-cloud.ts";
import * as Video from "../video/index.ts";
import { Film, messageReturnsMs, Stage } from "./protocol.testing.ts";

let cloud: SmallCloud;
let stage: Stage;
beforeAll(async () => {
  cloud = await openSmallCloud();
  stage = new Stage(cloud);
});
afterAll(() => cloud.close());

const root = { sub: "root", groups: ["admin"] };
const story = JSON.parse(
  readFileSync(
    new URL("../../../../statemachines/video-workflow.asl.json", import.meta.url),
    "utf8",
  ).replaceAll("${TableName}", links.Films.table),
) as { States: Record<string, { Arguments?: unknown }> };

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("submit" as const), lost: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("event" as const),
      status: fc.constantFrom("PROGRESSING" as const, "COMPLETE" as const),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("cancel" as const),
      dies: fc.constantFrom("no", "StartExecution", "StopExecution"),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("announce" as const),
      dies: fc.constantFrom("no", "before", "after"),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("delete" as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("remove" as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("sweep" as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("wait" as const),
      ms: fc.constantFrom(36_000, 6 * 60_000, 61 * 60_000),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** A film, and what was announced of it by executions that do nothing else. */
class Told {
  readonly film: Film;
  announced: string[] = [];
  isCanceled = false;
  isDeleted = false;

  constructor(film: Film) {
    this.film = film;
  }

  /** Runs the executions that were started for the film, as the state machine does. */
  async play(dies: string): Promise<void> {
    for (const [name, input] of cloud.machine.started) {
      const arn = Executions.arnOf(name);
      const asked = Intake.Started.parse(input);
      if (asked.kind !== "canceled" || asked.videoId !== this.film.id) continue;
      if (cloud.machine.executions.get(arn)?.status !== "RUNNING") continue;
      const wrote = dies !== "before" && (await this.write(arn, asked));
      const ends = dies === "no";
      if (wrote && ends) this.announced.push(`${asked.attempt}:CANCELED`);
      const output = JSON.stringify(wrote ? { status: "CANCELED" } : { because: "Superseded" });
      cloud.machine.executions.set(
        arn,
        ends ? { status: "SUCCEEDED", output } : { status: "ABORTED" },
      );
    }
  }

  private async write(
    arn: string,
    asked: { videoId: string; attempt: number; settledBy: string },
  ): Promise<boolean> {
    const given = await filled(
      story.States["Write CANCELED"]?.Arguments,
      { context: { Execution: { Id: arn } } },
      { videoId: asked.videoId, attempt: asked.attempt, owed: asked.settledBy },
    );
    return new DynamoDBClient({}).send(new UpdateItemCommand(given as UpdateItemCommandInput)).then(
      () => true,
      () => false,
    );
  }

  async rows(): Promise<string[]> {
    const rows: string[] = [];
    const where = { where: "PK = :film", values: { ":film": `VIDEO#${this.film.id}` } };
    for await (const row of Table.every(where)) rows.push(String(row.SK));
    return rows;
  }
}

async function take(told: Told, next: Step): Promise<void> {
  await act(told, next);
  for (const name of cloud.machine.started.keys()) {
    const arn = Executions.arnOf(name);
    if (!cloud.machine.executions.has(arn)) {
      cloud.machine.executions.set(arn, { status: "RUNNING" });
    }
  }
}

async function act(told: Told, next: Step): Promise<void> {
  const { film } = told;
  switch (next.do) {
    case "submit":
      if (next.lost) {
        cloud.jobs.fault = (when) => {
          if (when === "after") throw new Lost();
        };
      }
      await film.submit();
      cloud.jobs.fault = undefined;
      return;
    case "event":
      if (film.jobs[0]?.status === "CANCELED") return;
      await film.hear(next.status);
      return;
    case "cancel": {
      cloud.machine.fault = (operation) => {
        if (operation === next.dies) throw new Lost();
      };
      const canceled = await stage.survives(() => Again.cancel(root, film.id));
      cloud.machine.fault = undefined;
      told.isCanceled ||= canceled;
      return;
    }
    case "announce":
      return told.play(next.dies);
    case "delete":
      told.isDeleted ||= await stage.survives(() => Removal.begin(root, film.id));
      return;
    case "remove":
      await stage.survives(() => Removal.carryOn(film.id));
      return;
    case "sweep":
      await stage.survives(() => Care.sweep());
      return;
    case "wait":
      stage.nowMs += next.ms;
  }
}

describe("whatever else goes on", () => {
  it("a cancelled film is told of once and stops, and of a deleted one nothing is left", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 12 }), async (steps) => {
        const told = new Told(await Film.open(stage));
        const { film } = told;
        for (const next of steps) await take(told, next);
        // in the end everybody comes by, and nothing breaks
        for (let round = 0; round < 4; round += 1) {
          stage.nowMs += 61 * 60_000;
          await film.submit();
          if (told.isDeleted) await take(told, { do: "remove" });
          if (told.isCanceled) await take(told, { do: "sweep" });
          await told.play("no");
        }
        stage.nowMs += messageReturnsMs;
        expect(film.jobs.length).toBeLessThanOrEqual(1);
        if (told.isDeleted) expect(await told.rows()).toEqual([]);
        else if (told.isCanceled) {
          expect(told.announced).toEqual(["1:CANCELED"]);
          const row = await Table.read(Video.keyOf(film.id));
          expect(row).toMatchObject({ status: "CANCELED" });
          expect(row).not.toHaveProperty("inFlight");
        }
        expect(told.announced.length).toBeLessThanOrEqual(1);
        if (told.isDeleted || told.isCanceled) {
          expect(film.jobs.map(({ status }) => status)).not.toContain("SUBMITTED");
        }
        await film.leaveFlight();
      }),
      { numRuns: 120, interruptAfterTimeLimit: 8_000 },
    );
  });
});
