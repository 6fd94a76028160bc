import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { VideoId } from "../id/id.ts";
import { openSmallCloud, type SmallCloud } from "../testing/small-cloud.ts";
import * as Cost from "./cost.ts";
import {
  admin,
  atAttempt,
  billOf,
  claimed,
  committed,
  type End,
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

const FILMS = 4;
const ROOM = 2.5;

const film = fc.nat(FILMS - 1);
const step = fc.oneof(
  fc.record({ do: fc.constant("reserve" as const), film }),
  fc.record({ do: fc.constant("settle" as const), film, late: fc.boolean() }),
  fc.record({ do: fc.constant("overtake" as const), film }),
  fc.record({
    do: fc.constant("end" as const),
    film,
    how: fc.constantFrom<End>("COMPLETE", "ERROR", "CANCELED"),
    share: fc.double({ min: 0.1, max: 1, noNaN: true }),
  }),
);

/** What an attempt should have to do with its owner's money. */
interface Told {
  set: "nothing" | "reserved" | "returned" | "billed";
  end?: { how: End; durationMs: number };
}

describe("the ledger of a month", () => {
  it("is what is billed and what is set aside, never more than fits, in whatever order", async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 20 }), async (steps) => {
        run += 1;
        const owner = `owner-${run}`;
        await Cost.setBudget(admin, owner, { monthlyUsd: (ROOM * oneMicroUsd()) / 1_000_000 });
        const ids = await Promise.all(Array.from({ length: FILMS }, () => claimed(owner)));
        const attempts: Told[][] = ids.map(() => [{ set: "nothing" }]);

        const sum = () =>
          attempts.flat().reduce((all, { set, end }) => {
            if (set === "reserved") return all + oneMicroUsd();
            return set === "billed" ? all + billOf(end?.durationMs ?? 0) : all;
          }, 0);
        const settled = (told: Told) => {
          const made = told.end?.how === "COMPLETE";
          if (made && told.set !== "nothing") told.set = "billed";
          else if (told.set === "reserved") told.set = "returned";
        };

        for (const each of steps) {
          const id = ids[each.film] as VideoId;
          const all = attempts[each.film] as Told[];
          const newest = all.at(-1) as Told;
          switch (each.do) {
            case "reserve": {
              const before = all.at(-2);
              if (before) settled(before);
              const has = newest.set === "reserved" || newest.set === "billed";
              const fits = sum() + oneMicroUsd() <= ROOM * oneMicroUsd();
              const done = await reserve(id, owner, all.length).then(
                () => true,
                () => false,
              );
              expect(done).toBe(has || fits);
              if (done && !has) newest.set = "reserved";
              if (done) expect(await committed(owner, monthOf())).toBeLessThanOrEqual(sum());
              break;
            }
            case "settle": {
              const number = each.late ? Math.max(1, all.length - 1) : all.length;
              await Promise.all([
                Cost.settle({ videoId: id, attempt: number }),
                Cost.settle({ videoId: id, attempt: number }),
              ]);
              settled(all[number - 1] as Told);
              break;
            }
            case "overtake":
              all.push({ set: "nothing" });
              await atAttempt(id, owner, all.length);
              break;
            case "end": {
              if (newest.set === "nothing") break;
              const durationMs = Math.round(600_000 * each.share);
              await over(id, all.length, each.how, durationMs);
              newest.end ??= { how: each.how, durationMs };
            }
          }
          expect(await committed(owner, monthOf())).toBe(sum());
        }
      }),
      { numRuns: 20 },
    );
  });
});
