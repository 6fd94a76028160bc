import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type Errand, openOutbox, patience } from "./outbox.ts";
import { testCloud } from "./testing.ts";

interface Work {
  name: string;
}

let dataDir: string;
let now: number;
let machine: ReturnType<typeof testCloud>;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "rushes-outbox-"));
  now = 1_000_000;
  machine = testCloud({ dataDir, now: () => now });
});
afterEach(async () => {
  await machine.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const open = (run: (errand: Errand<Work>, signal: AbortSignal) => Promise<void>, most = 3) => {
  const given: string[] = [];
  const outbox = openOutbox<Work>(machine.cloud, "test", {
    run,
    judge: ({ tries }) =>
      tries < most ? { kind: "again", inMs: 100 } : { kind: "give-up", exhausted: "tries" },
    giveUp: async ({ work }, _error, exhausted) => void given.push(`${work.name} ${exhausted}`),
  });
  return { outbox, given };
};

const settled = (outbox: { owed(): number }) =>
  vi.waitFor(() => expect(outbox.owed()).toBe(0), { timeout: 8000, interval: 5 });

it("work is not done when the transaction that owed it fails", () => {
  const { outbox } = open(async () => undefined);
  outbox.start();
  expect(() =>
    machine.cloud.store.transaction(() => {
      outbox.owe({ name: "a" });
      throw new Error("no");
    }),
  ).toThrow("no");
  expect(outbox.owed()).toBe(0);
});

it("work that owes more work while it runs does not run twice", async () => {
  const done: string[] = [];
  const { outbox } = open(async ({ work }) => {
    done.push(work.name);
    if (work.name.length < 4) outbox.owe({ name: `${work.name}a` });
  });
  outbox.start();
  outbox.owe({ name: "a" });
  await settled(outbox);
  expect(done).toEqual(["a", "aa", "aaa", "aaaa"]);
});

it("failed work waits, is tried again, and is given up in the end", async () => {
  const tries: number[] = [];
  const { outbox, given } = open(async (errand) => {
    tries.push(errand.tries);
    throw new Error("no");
  });
  outbox.start();
  outbox.owe({ name: "a" });
  await vi.waitFor(() => expect(tries).toEqual([0]));
  const turning = setInterval(() => {
    now += 50;
  }, 5);
  await settled(outbox);
  clearInterval(turning);
  expect(tries).toEqual([0, 1, 2, 3]);
  expect(given).toEqual(["a tries"]);
});

it("what a stop cuts short is still owed, and done after the next start", async () => {
  const { outbox } = open(
    (_errand, signal) =>
      new Promise((_, refuse) => signal.addEventListener("abort", () => refuse(new Error("cut")))),
  );
  outbox.start();
  outbox.owe({ name: "a" });
  await vi.waitFor(() => expect(outbox.owed()).toBe(1));
  await outbox.stop();
  expect(outbox.owed()).toBe(1);
  const seen: Array<Errand<Work>> = [];
  const next = open(async (errand) => void seen.push(errand));
  next.outbox.start();
  await settled(next.outbox);
  expect(seen).toEqual([{ work: { name: "a" }, tries: 0, owedAtMs: 1_000_000 }]);
});

it("one piece that hangs does not hold up the others", async () => {
  const done: string[] = [];
  const { outbox } = open(({ work }, signal) => {
    if (work.name !== "slow") {
      done.push(work.name);
      return Promise.resolve();
    }
    return new Promise((_, refuse) =>
      signal.addEventListener("abort", () => refuse(new Error("cut"))),
    );
  });
  outbox.start();
  for (const name of ["slow", "b", "c"]) outbox.owe({ name });
  await vi.waitFor(() => expect(done).toEqual(["b", "c"]));
  await outbox.stop();
  expect(outbox.owed()).toBe(1);
});

it("patience grows, has a ceiling, and is never the same", () => {
  const waits = Array.from({ length: 30 }, (_, tries) => patience(tries));
  expect(waits[0]).toBeGreaterThanOrEqual(250);
  expect(waits[0]).toBeLessThanOrEqual(500);
  expect(Math.max(...waits)).toBeLessThanOrEqual(300_000);
  expect(Math.min(...waits.slice(12))).toBeGreaterThanOrEqual(150_000);
});

it("what cannot be written down, on a full disk, waits a moment and is then done", async () => {
  const told = vi.spyOn(machine.cloud, "tell");
  const { outbox } = open(async () => undefined);
  const { run } = machine.cloud.store;
  outbox.owe({ name: "a" });
  let refusals = 0;
  vi.spyOn(machine.cloud.store, "run").mockImplementation((sql, ...values) => {
    if (refusals > 0 || !sql.startsWith("DELETE")) return run(sql, ...values);
    refusals += 1;
    throw new Error("database or disk is full");
  });
  outbox.start();
  await settled(outbox);
  expect([refusals, told.mock.calls]).toEqual([1, [["test: a piece of work waits (Error)"]]]);
  await outbox.stop();
});
