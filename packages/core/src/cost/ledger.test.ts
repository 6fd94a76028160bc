import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as Attempt from "../attempt/index.ts";
import * as Table from "../aws/table.ts";
import * as Clock from "../clock/index.ts";
import { openSmallCloud, type SmallCloud } from "../testing/small-cloud.ts";
import * as Video from "../video/index.ts";
import * as Cost from "./cost.ts";
import {
  admin,
  atAttempt,
  billOf,
  claimed,
  committed,
  oneMicroUsd,
  over,
  reserve,
} from "./ledger.testing.ts";
import { monthOf } from "./rows.ts";

let cloud: SmallCloud;
beforeAll(async () => {
  cloud = await openSmallCloud();
});
afterAll(() => cloud.close());

const month = monthOf();
const one = () => oneMicroUsd() / 1_000_000;
const limit = (owner: string, monthlyUsd: number | null, over: "wait" | "refuse" = "refuse") =>
  Cost.setBudget(admin, owner, { monthlyUsd, over });
const codeOf = (run: Promise<unknown>) =>
  run.then(
    () => "done",
    (error: { code: string }) => error.code,
  );

describe("a reservation", () => {
  it("is told on the film, with the prices it was made with", async () => {
    const id = await claimed("ann");
    await reserve(id, "ann");
    expect((await Video.require(id)).cost).toMatchObject({
      attempt: 1,
      estimatedUsd: one(),
      asOf: "2020",
      confidence: "medium",
      rates: { "P-AVC-HD-SHQ-30": 0.024, "audio-only": 0.005 },
    });
    const told = await Cost.month({ sub: "ann", groups: ["editor"] });
    expect(told).toMatchObject({ totalUsd: 0, reservedUsd: one(), films: 0 });
  });

  it("made twice, and at once, is made once", async () => {
    const id = await claimed("bea");
    await Promise.all(Array.from({ length: 8 }, () => reserve(id, "bea")));
    await reserve(id, "bea");
    expect(await committed("bea", month)).toBe(oneMicroUsd());
  });

  it("of a film that has moved on is not made", async () => {
    const id = await claimed("cem", 2);
    expect(await codeOf(reserve(id, "cem", 1))).toBe("Superseded");
    await Table.put({ ...Video.keyOf(id), status: "CANCELED", attempt: 2, ownerId: "cem" });
    expect(await codeOf(reserve(id, "cem", 2))).toBe("Superseded");
    expect(await committed("cem", month)).toBe(0);
  });

  it("is given back when a newer attempt makes its own", async () => {
    const id = await claimed("dan");
    await reserve(id, "dan", 1);
    await atAttempt(id, "dan", 2);
    await reserve(id, "dan", 2);
    expect(await committed("dan", month)).toBe(oneMicroUsd());
  });

  it("is written though others are at the same rows", async () => {
    const id = await claimed("eve");
    cloud.conflicts.next = 4;
    await reserve(id, "eve");
    expect(await committed("eve", month)).toBe(oneMicroUsd());
  });
});

describe("a budget", () => {
  it.each([
    { owner: "fay", monthlyUsd: () => 3 * one(), many: 50, fits: 3 },
    { owner: "gus", monthlyUsd: () => 3 * one() - 0.000_001, many: 10, fits: 2 },
    { owner: "hal", monthlyUsd: () => 0, many: 3, fits: 0 },
    { owner: "ida", monthlyUsd: () => one() / 2, many: 3, fits: 0 },
  ])(
    "of $owner holds when $many come at once: $fits fit",
    async ({ owner, monthlyUsd, many, fits }) => {
      await limit(owner, monthlyUsd());
      const ids = await Promise.all(Array.from({ length: many }, () => claimed(owner)));
      const codes = await Promise.all(ids.map((id) => codeOf(reserve(id, owner))));
      expect(codes.filter((code) => code === "done")).toHaveLength(fits);
      expect(codes.filter((code) => code === "BudgetExceeded")).toHaveLength(many - fits);
      expect(await committed(owner, month)).toBe(fits * oneMicroUsd());
    },
  );

  it("lets films wait, and begin when it is raised", async () => {
    await limit("jan", one(), "wait");
    const [first, second] = [await claimed("jan"), await claimed("jan")];
    await reserve(first, "jan");
    expect(await codeOf(reserve(second, "jan"))).toBe("BudgetWaits");
    const held = await Video.require(second);
    expect(held).toMatchObject({ held: { sinceMs: expect.any(Number) }, status: "VALIDATING" });
    expect(held.cost?.estimatedUsd).toBe(one());
    expect(await Cost.hasRoom(held)).toBe(false);

    await limit("jan", 2 * one(), "wait");
    expect(await Cost.hasRoom(held)).toBe(true);
    await reserve(second, "jan");
    expect(await Video.require(second)).not.toHaveProperty("held");
  });

  it("has room again when a job fails, and next month", async () => {
    await limit("kim", one());
    const [first, second, third] = [
      await claimed("kim"),
      await claimed("kim"),
      await claimed("kim"),
    ];
    await reserve(first, "kim");
    expect(await codeOf(reserve(second, "kim"))).toBe("BudgetExceeded");
    await over(first, 1, "ERROR");
    await Cost.settle({ videoId: first, attempt: 1 });
    await reserve(second, "kim");
    const later = Date.now() + 32 * 24 * 3600 * 1000;
    await Clock.at(later, () => reserve(third, "kim"));
    expect(await committed("kim", monthOf(later))).toBe(oneMicroUsd());
  });

  it("says what is missing", async () => {
    await limit("leo", 1.5);
    const id = await claimed("leo");
    await reserve(id, "leo");
    const second = await claimed("leo");
    await expect(reserve(second, "leo")).rejects.toThrow(/1\.1300 US dollars, and 0\.3700 of/);
  });

  it("is set by operators, and seen by its owner alone beside them", async () => {
    const owner = { sub: "mia", groups: ["editor"] };
    expect(await Cost.budget(owner, "me")).toEqual({ owner: "mia", over: "refuse" });
    expect(await codeOf(Cost.setBudget(owner, "me", { monthlyUsd: 9 }))).toBe("Forbidden");
    expect(await limit("mia", 12.5, "wait")).toEqual({
      owner: "mia",
      monthlyUsd: 12.5,
      over: "wait",
    });
    expect(await Cost.budget(owner, "mia")).toMatchObject({ monthlyUsd: 12.5 });
    for (const look of [Cost.budget({ sub: "ned", groups: ["editor"] }, "mia")]) {
      expect(await codeOf(look)).toBe("Forbidden");
    }
    expect(await codeOf(Cost.month({ sub: "ned", groups: [] }, { owner: "mia" }))).toBe(
      "Forbidden",
    );
    expect(await limit("mia", null)).toEqual({ owner: "mia", over: "refuse" });
  });
});

describe("a bill", () => {
  it("counts what the finished job made, once", async () => {
    const id = await claimed("ole");
    await reserve(id, "ole");
    await over(id, 1, "COMPLETE", 300_000);
    await Promise.all(Array.from({ length: 5 }, () => Cost.settle({ videoId: id, attempt: 1 })));
    await Cost.settle({ videoId: id, attempt: 1 });
    const bill = billOf(300_000) / 1_000_000;
    expect((await Video.require(id)).cost).toMatchObject({
      estimatedUsd: one(),
      countedUsd: bill,
      minutes: { "P-AVC-HD-SHQ-30": 15, "P-AVC-SD-SHQ-30": 15, "audio-only": 5 },
    });
    expect(await Cost.month(admin, { owner: "ole", month })).toMatchObject({
      totalUsd: bill,
      reservedUsd: 0,
      films: 1,
      minutes: { "P-AVC-HD-SHQ-30": 15, "P-AVC-SD-SHQ-30": 15, "audio-only": 5 },
    });
  });

  it("falls into the month of its reservation", async () => {
    const id = await claimed("pia");
    const then = Date.UTC(2030, 0, 31, 23, 59);
    await Clock.at(then, () => reserve(id, "pia"));
    await over(id, 1, "COMPLETE");
    await Clock.at(then + 120_000, () => Cost.settle({ videoId: id, attempt: 1 }));
    expect(await Cost.month(admin, { owner: "pia", month: "2030-01" })).toMatchObject({ films: 1 });
    expect(await committed("pia", "2030-02")).toBe(0);
  });

  it("keeps the rates of its reservation, whatever prices become", async () => {
    const id = await claimed("qi");
    await reserve(id, "qi");
    await Table.change(Attempt.keyOf(id, 1), {
      update: "SET spend.#lines[0][0].usdPerMinute = :old",
      condition: "attribute_exists(PK)",
      names: { "#lines": "lines" },
      values: { ":old": 1 },
    });
    await over(id, 1, "COMPLETE");
    await Cost.settle({ videoId: id, attempt: 1 });
    expect((await Video.require(id)).cost?.countedUsd).toBeCloseTo(one() - 0.24 + 10, 6);
  });

  it("of a job that was given up, and came to its end all the same, is written", async () => {
    const id = await claimed("ron");
    await reserve(id, "ron");
    await Cost.settle({ videoId: id, attempt: 1 });
    expect(await committed("ron", month)).toBe(0);
    await over(id, 1, "COMPLETE");
    await Cost.settle({ videoId: id, attempt: 1 });
    await Cost.settle({ videoId: id, attempt: 1 });
    expect(await committed("ron", month)).toBe(oneMicroUsd());
  });

  it("of a job that did not say how long its outputs are is the estimate", async () => {
    const id = await claimed("sue");
    await reserve(id, "sue");
    await Table.change(Attempt.keyOf(id, 1), {
      update: "SET terminal = :terminal",
      condition: "attribute_exists(PK)",
      values: { ":terminal": { status: "COMPLETE", atMs: 0 } },
    });
    await Cost.settle({ videoId: id, attempt: 1 });
    expect((await Video.require(id)).cost?.countedUsd).toBe(one());
  });

  it("of nothing is nothing", async () => {
    const id = await claimed("tom");
    await Cost.settle({ videoId: id, attempt: 1 });
    expect(await Attempt.find(id, 1)).toBeUndefined();
  });
});

describe("reserved slots", () => {
  it("are compared by the owner's own month", async () => {
    const none = await Cost.compare(admin, { owner: "nobody", month });
    expect(none).toMatchObject({ cheaper: "on-demand", onDemandUsd: 0, confidence: "low" });
    // 400 dollars a slot, 0.113 a minute of film
    expect(none.turnsAtFilmMinutes).toBeCloseTo(400 / (one() / 10), -1);

    const id = await claimed("una");
    await reserve(id, "una");
    await over(id, 1, "COMPLETE");
    await Cost.settle({ videoId: id, attempt: 1 });
    const some = await Cost.compare(admin, { owner: "una", month });
    expect(some).toMatchObject({ filmMinutes: 10, slots: 1, onDemandUsd: one(), reservedUsd: 400 });

    await Table.put({
      PK: "OWNER#vic",
      SK: "MONTH#2030-02",
      committed: 9e9,
      billed: 9e9,
      played: 8e6,
    });
    const much = await Cost.compare(admin, { owner: "vic", month: "2030-02" });
    expect(much).toMatchObject({
      cheaper: "reserved",
      filmMinutes: 80_000,
      slots: 3,
      onDemandUsd: 9000,
    });
  });

  it.each(["2030-13", "2030-1", "march"])("of the month %s are refused", async (wrong) => {
    expect(await codeOf(Cost.compare(admin, { owner: "una", month: wrong }))).toBe(
      "RequestInvalid",
    );
  });
});
