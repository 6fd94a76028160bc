import { afterAll, expect, it, vi } from "vitest";
import { testCloud } from "../kernel/testing.ts";
import { openLambda } from "./index.ts";
import { ask, fixture } from "./testing.ts";

const { cloud, close } = testCloud();
const lambda = openLambda(cloud, { idleMs: 60 });
afterAll(close);

it("ends a sandbox that waits too long, and starts another when it is needed", async () => {
  await lambda.define(fixture("count"));
  expect((await ask(cloud, "count")).result).toBe(1);
  await vi.waitFor(async () => expect((await ask(cloud, "count")).result).toBe(1), {
    timeout: 10_000,
    interval: 200,
  });
});

it("runs the new form of a function after it was defined anew", async () => {
  await lambda.define(fixture("echo", { name: "changing" }));
  expect((await ask(cloud, "changing", "old")).result).toBe("old");
  await lambda.define(fixture("nothing", { name: "changing" }));
  expect((await ask(cloud, "changing", "new")).result).toBeNull();
});

it("lets the invocations that wait for a sandbox share those that come free", async () => {
  await lambda.define(fixture("count", { name: "shared" }));
  const results = await Promise.all(Array.from({ length: 30 }, () => ask(cloud, "shared")));
  const sandboxes = results.filter((one) => one.result === 1).length;
  expect(results.every((one) => one.error === undefined)).toBe(true);
  expect(sandboxes).toBeLessThan(30);
});

it("refuses what is more than the machine runs at once", async () => {
  await lambda.define(fixture("slow"));
  const asked = Array.from({ length: 70 }, () => ask(cloud, "slow", { ms: 1 }));
  const refused = (await Promise.allSettled(asked)).filter((one) => one.status === "rejected");
  expect(refused).toHaveLength(6);
  expect(refused[0]).toMatchObject({
    reason: {
      code: "TooManyRequestsException",
      about: { Reason: "ConcurrentInvocationLimitExceeded" },
    },
  });
});

it("says why no sandbox could be made, and goes on", async () => {
  await lambda.define(fixture("echo", { name: "keyless" }));
  const keysFor = vi.spyOn(cloud.iam, "keysFor").mockImplementation(() => {
    throw new Error("no keys for this role");
  });
  await expect(ask(cloud, "keyless")).rejects.toThrow("no keys for this role");
  keysFor.mockRestore();
  expect((await ask(cloud, "keyless", "again")).result).toBe("again");
});

it("lets those who wait have the form that they asked for", async () => {
  await lambda.define(fixture("echo", { name: "replaced" }));
  const asked = Array.from({ length: 8 }, (_, n) => ask(cloud, "replaced", n));
  await lambda.define(fixture("nothing", { name: "replaced" }));
  expect((await Promise.all(asked)).map((one) => one.result)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect((await ask(cloud, "replaced", 9)).result).toBeNull();
});
