import { expect, it } from "vitest";
import { ago, counted, duration, plain, size, usd } from "./words.ts";

it.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.0 kB"],
  [999_949, "1000 kB"],
  [999_960, "1.0 MB"],
  [5 * 1000 ** 3, "5.0 GB"],
  [12_345_678, "12 MB"],
  [3.2e15, "3200 TB"],
])("%d bytes are read as %s", (bytes, words) => expect(size(bytes)).toBe(words));

it.each([
  [0.4, "0:00"],
  [59.6, "1:00"],
  [3599, "59:59"],
  [3661, "1:01:01"],
])("%d seconds are read as %s", (seconds, words) => expect(duration(seconds)).toBe(words));

it.each([
  [59, "just now"],
  [60, "1 min ago"],
  [7199, "1 h ago"],
  [200_000, "2 d ago"],
])("%d seconds ago is read as %s", (seconds, words) => {
  expect(ago(new Date(0).toISOString(), seconds * 1000)).toBe(words);
});

it("small sums keep the digits that matter", () => {
  expect([usd(0), usd(0.00639), usd(1.5)]).toEqual(["$0.00", "$0.00639", "$1.50"]);
});

it("one is not many", () => {
  expect([0, 1, 2].map((count) => counted(count, "film"))).toEqual([
    "0 films",
    "1 film",
    "2 films",
  ]);
});

it("a title cannot steer the terminal", () => {
  expect(plain("a\u001b[2Jb\nc\u202ed")).toBe("a [2Jb c d");
});
