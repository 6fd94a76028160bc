import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { catcherFor, matches, retryFor, runtime, tooLarge } from "./failure.ts";

describe("an error's name", () => {
  it.each([
    [["States.ALL"], { error: "Busy" }, true],
    [["States.ALL"], {}, true],
    [["States.TaskFailed"], { error: "Busy" }, true],
    [["States.TaskFailed"], { error: "States.Timeout" }, false],
    [["States.Timeout"], { error: "States.Timeout" }, true],
    [
      ["States.HeartbeatTimeout"],
      { error: "States.Timeout", alias: "States.HeartbeatTimeout" },
      true,
    ],
    [["States.HeartbeatTimeout"], { error: "States.Timeout" }, false],
    [["Busy"], { error: "Busier" }, false],
    [["States.ALL", "States.Runtime"], runtime("x").failure, false],
    [["States.DataLimitExceeded"], tooLarge("x").failure, false],
    [["States.DataLimitExceeded"], tooLarge("x", false).failure, true],
  ])("%j against %j", (names, failure, wanted) => {
    expect(matches(names, failure)).toBe(wanted);
  });

  it("is caught by the first that matches", () => {
    const catchers = [
      { ErrorEquals: ["A"], Next: "a" },
      { ErrorEquals: ["States.ALL"], Next: "all" },
    ];
    expect(catcherFor(catchers, { error: "A" })?.catcher.Next).toBe("a");
    expect(catcherFor(catchers, { error: "B" })?.index).toBe(1);
    expect(catcherFor(undefined, { error: "B" })).toBeUndefined();
  });
});

describe("a retry", () => {
  const busy = { error: "Busy" };
  const delays = (retrier: object, count: number) =>
    Array.from(
      { length: count },
      (_, made) =>
        retryFor([{ ErrorEquals: ["Busy"], ...retrier }], busy, { 0: made }, () => 0.5)?.delayMs,
    );

  it.each([
    [{}, [1000, 2000, 4000, undefined]],
    [{ MaxAttempts: 0 }, [undefined]],
    [{ IntervalSeconds: 3, BackoffRate: 1, MaxAttempts: 2 }, [3000, 3000, undefined]],
    [{ MaxDelaySeconds: 2 }, [1000, 2000, 2000]],
    [{ JitterStrategy: "FULL" }, [500, 1000, 2000]],
  ])("of %j waits", (retrier, wanted) => {
    expect(delays(retrier, wanted.length)).toEqual(wanted);
  });

  it("belongs to the first retrier that matches, each with its own count", () => {
    const retriers = [
      { ErrorEquals: ["Busy"], MaxAttempts: 1 },
      { ErrorEquals: ["States.ALL"], MaxAttempts: 5 },
    ];
    expect(retryFor(retriers, busy, { 0: 1 }, Math.random)).toBeUndefined();
    expect(retryFor(retriers, { error: "Other" }, { 0: 1 }, Math.random)?.index).toBe(1);
  });

  it("never waits longer than its ceiling, nor less than nothing", () => {
    fc.assert(
      fc.property(
        fc.nat(40),
        fc.integer({ min: 1, max: 100 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (made, ceiling, luck) => {
          const retrier = {
            ErrorEquals: ["Busy"],
            MaxAttempts: 99,
            BackoffRate: 3,
            MaxDelaySeconds: ceiling,
            JitterStrategy: "FULL" as const,
          };
          const delayMs = retryFor([retrier], busy, { 0: made }, () => luck)?.delayMs ?? -1;
          expect(delayMs).toBeGreaterThanOrEqual(0);
          expect(delayMs).toBeLessThanOrEqual(ceiling * 1000);
        },
      ),
    );
  });
});
