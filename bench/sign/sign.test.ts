import { expect, it } from "vitest";
import { link, makeKey } from "./film.ts";
import { rowsOf } from "./sign.ts";

link();
const { waysWith } = await import("./ways.ts");
const ways = waysWith(makeKey());

it.each(ways.slice(1))("$name makes $signatures signatures", ({ make, signatures }) => {
  // DER of two 256-bit numbers, in CloudFront's letters
  const found = JSON.stringify(make(1)).match(/ME[A-Z][A-Za-z0-9~_-]{80,}/g);
  expect(new Set(found).size).toBe(signatures);
});

it("no two grants are of the same film", () => {
  const [, ours] = ways;
  const names = [0, 1, 2].map((n) => JSON.stringify(ours?.make(n)).match(/vid_\w{26}/)?.[0]);
  expect(new Set(names).size).toBe(3);
});

it("compares everything with the naive way", () => {
  const rows = rowsOf(ways.slice(-2), [4000, 2000]);
  expect(rows.slice(1).map(([, ...numbers]) => numbers)).toEqual([
    ["5", "4000", "250.0", "2.0"],
    ["5", "2000", "500.0", "1.0"],
  ]);
});
