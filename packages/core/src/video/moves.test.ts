import { describe, expect, it } from "vitest";
import * as Id from "../id/index.ts";
import { before, isSettled, mayMove, settled, statuses, working } from "./moves.ts";
import { shardOf, shards, titleKeyOf } from "./row.ts";

describe("a film's moves", () => {
  it.each([
    { from: "PENDING", to: "READY", may: true }, // COMPLETE may overtake PROGRESSING
    { from: "READY", to: "TRANSCODING", may: false },
    { from: "CANCELED", to: "READY", may: false },
    { from: "FAILED", to: "READY", may: false },
    { from: "VALIDATING", to: "READY", may: false },
    { from: "AWAITING_UPLOAD", to: "PENDING", may: false },
  ] as const)("$from to $to: $may", ({ from, to, may }) => {
    expect(mayMove(from, to)).toBe(may);
    expect(before(to).includes(from)).toBe(may);
  });

  it("nothing goes back to waiting for an upload, and every film can be made again", () => {
    expect(before("AWAITING_UPLOAD")).toEqual([]);
    expect(before("VALIDATING")).toEqual([...statuses]);
  });

  it("every status is settled, or at work, or awaited", () => {
    expect([...settled, ...working, "AWAITING_UPLOAD"].toSorted()).toEqual(
      [...statuses].toSorted(),
    );
    expect(working.some(isSettled)).toBe(false);
  });
});

it("films in flight spread over all shards of the index", () => {
  const seen = new Set(Array.from({ length: 300 }, () => shardOf(Id.newVideo())));
  expect([...seen].toSorted()).toEqual([...shards].toSorted());
});

it("a title's key is whole characters, and short enough for an index", () => {
  for (const title of [`a${"🎬".repeat(300)}`, "\uFDFA".repeat(200)]) {
    const key = titleKeyOf(title);
    expect(key).not.toMatch(/\p{Cs}/u);
    expect(Buffer.byteLength(key)).toBeLessThanOrEqual(1024);
  }
});

it("titles are found however they are spelt", () => {
  expect(titleKeyOf("  ÉTÉ ﬁlm ")).toBe(titleKeyOf("E\u0301te\u0301 film"));
});
