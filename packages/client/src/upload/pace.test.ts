import { describe, expect, it } from "vitest";
import { openPace, type Progress } from "./pace.ts";

function rig(resumedBytes = 0) {
  const told: Progress[] = [];
  const clock = { ms: 0 };
  const pace = openPace(
    { totalBytes: 1000, resumedBytes },
    (progress) => told.push(progress),
    () => clock.ms,
  );
  return { told, pace, clock };
}

describe("the pace of an upload", () => {
  it("is that of the last ten seconds", () => {
    const { told, pace, clock } = rig();
    for (let second = 1; second <= 10; second += 1) {
      clock.ms = second * 1000;
      pace.moved(10);
    }
    expect(told.at(-1)).toMatchObject({ sentBytes: 100, bytesPerSecond: 10, etaSeconds: 90 });
    for (let second = 11; second <= 21; second += 1) {
      clock.ms = second * 1000;
      pace.moved(20);
    }
    expect(told.at(-1)).toMatchObject({ sentBytes: 320, bytesPerSecond: 20, etaSeconds: 34 });
  });

  it("is told a few times a second, however often something moves", () => {
    const { told, pace, clock } = rig();
    for (clock.ms = 0; clock.ms < 1000; clock.ms += 1) pace.moved(1);
    expect(told).toHaveLength(4);
  });

  it("has no end in sight while nothing moves, and counts what was there before", () => {
    const { told, pace, clock } = rig(400);
    pace.tell();
    expect(told.at(-1)).toEqual({
      sentBytes: 400,
      totalBytes: 1000,
      bytesPerSecond: 0,
      etaSeconds: undefined,
      resumedBytes: 400,
    });
    clock.ms = 1000;
    pace.moved(-100); // a part that must be sent again
    expect(told.at(-1)).toMatchObject({ sentBytes: 300, bytesPerSecond: 0, etaSeconds: undefined });
  });
});
