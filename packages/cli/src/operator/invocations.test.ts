import { expect, it } from "vitest";
import { countFor } from "./invocations.ts";

const call = (ids: string[], ...events: string[]) => ({ about: { ids, events } });

it("counts the calls of one film, progress apart", () => {
  const log = [
    call(["vid_A"]),
    call(["vid_B"]),
    call(["vid_A"], "aws.mediaconvert/PROGRESSING"),
    call(["vid_A"], "aws.mediaconvert/STATUS_UPDATE", "aws.mediaconvert/COMPLETE"),
  ];
  expect(countFor("vid_A", log)).toEqual({ path: 2, progress: 1 });
  expect(countFor(undefined, log)).toEqual({ path: 0, progress: 0 });
});
