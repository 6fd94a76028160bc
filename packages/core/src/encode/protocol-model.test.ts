import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as Care from "../care/index.ts";
import { Lost, openSmallCloud, type SmallCloud } from "../testing/small-cloud.ts";
import { named } from "../testing/small-machine.ts";
import { Film, messageReturnsMs, Stage } from "./protocol.testing.ts";

let cloud: SmallCloud;
let stage: Stage;
beforeAll(async () => {
  cloud = await openSmallCloud();
  stage = new Stage(cloud);
});
afterAll(() => cloud.close());

describe("whatever goes wrong, in whatever order", () => {
  type Fault = "none" | "throttled" | "lost before" | "lost after";
  const fault = fc.constantFrom<Fault>("none", "throttled", "lost before", "lost after");
  const step = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ do: fc.constant("submit" as const), fault, twice: fc.boolean() }),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constant("wait" as const),
        ms: fc.constantFrom(16_000, 36_000, 61_000),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant("event" as const),
        status: fc.constantFrom("PROGRESSING" as const, "COMPLETE" as const),
        lost: fc.constantFrom("no", "before", "after"),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("old message" as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("time out" as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("sweep" as const) }) },
  );

  it("an attempt has one job at most, and the waiting task is answered once", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 3, maxLength: 12 }),
        fc.constantFrom(0, 30_000),
        async (steps, searchLagMs) => {
          cloud.jobs.searchLagMs = searchLagMs;
          const film = await Film.open(stage);
          for (const next of steps) await take(film, next);
          await film.leaveFlight();
          // in the end everything works: the message, or its dead letter's sweeper, gets through
          for (let round = 0; round < 3 && film.jobs.length === 0; round += 1) {
            stage.nowMs += messageReturnsMs + 1;
            await film.submit();
          }
          stage.nowMs += messageReturnsMs + 1;
          await film.submit();
          await film.hear("COMPLETE");
          await film.hear("COMPLETE");
          expect(film.jobs).toHaveLength(1);
          expect(film.answers.filter(({ token }) => token === film.tokens.at(-1))).toHaveLength(1);
          expect(new Set(film.answers.map(({ token }) => token)).size).toBe(film.answers.length);
          expect((await film.attempt())?.jobId).toBe(film.jobs[0]?.id);
        },
      ),
      { numRuns: 150, interruptAfterTimeLimit: 8_000 },
    );
  });

  async function take(film: Film, next: Step) {
    switch (next.do) {
      case "submit":
        cloud.jobs.fault = encoderFault(next.fault);
        await Promise.all([film.submit(), ...(next.twice ? [film.submit()] : [])]);
        cloud.jobs.fault = undefined;
        return;
      case "old message":
        await film.submit(0);
        return;
      case "event":
        if (next.lost !== "no") {
          cloud.machine.fault = (_, when) => {
            if (when === next.lost) throw new Lost();
          };
        }
        await film.hear(next.status);
        cloud.machine.fault = undefined;
        return;
      case "time out":
        if (film.answers.some(({ token }) => token === film.tokens.at(-1))) return;
        film.resend();
        return;
      case "sweep":
        await stage.survives(() => Care.sweep());
        return;
      case "wait":
        stage.nowMs += next.ms;
    }
  }

  type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

  function encoderFault(fault: Fault) {
    if (fault === "none") return undefined;
    return (when: "before" | "after") => {
      if (fault === "throttled") throw named("TooManyRequestsException");
      if (fault === `lost ${when}`) throw new Lost();
    };
  }
});
