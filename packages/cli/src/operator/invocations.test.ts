import { expect, it } from "vitest";
import { countFor } from "./invocations.ts";

const call = (ids: string[], ...events: string[]) => ({
  kind: "mapping",
  startedAtMs: 5,
  about: { ids, events },
});
const task = (resourceType: string) => ({
  type: "TaskScheduled",
  timestamp: new Date(resourceType === "sns" ? 7 : 1),
  taskScheduledEventDetails: { resourceType },
});

it("counts tasks that call a function and what queues bring for the film, progress apart", () => {
  const history = [task("lambda"), task("dynamodb"), task("sqs"), task("lambda"), task("sns")];
  const log = [
    call(["vid_A"]),
    call(["vid_B"]),
    call(["vid_A"], "aws.mediaconvert/PROGRESSING"),
    call(["vid_A"], "aws.mediaconvert/STATUS_UPDATE", "aws.mediaconvert/COMPLETE"),
    { ...call(["vid_A"]), kind: "RequestResponse" },
    { ...call(["vid_A"]), startedAtMs: 8 },
  ];
  expect(countFor("vid_A", history, log)).toEqual({ path: 4, progress: 1 });
  expect(countFor(undefined, history, log)).toEqual({ path: 2, progress: 0 });
});
