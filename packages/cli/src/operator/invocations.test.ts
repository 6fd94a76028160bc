import { expect, it } from "vitest";
import { countFor } from "./invocations.ts";

const call = (ids: string[], ...events: string[]) => ({ kind: "mapping", about: { ids, events } });
const task = (resourceType: string) => ({
  type: "TaskScheduled",
  taskScheduledEventDetails: { resourceType },
});

it("counts tasks that call a function and what queues bring for the film, progress apart", () => {
  const history = [task("lambda"), task("dynamodb"), task("sqs"), task("lambda")];
  const log = [
    call(["vid_A"]),
    call(["vid_B"]),
    call(["vid_A"], "aws.mediaconvert/PROGRESSING"),
    call(["vid_A"], "aws.mediaconvert/STATUS_UPDATE", "aws.mediaconvert/COMPLETE"),
    { ...call(["vid_A"]), kind: "RequestResponse" },
  ];
  expect(countFor("vid_A", history, log)).toEqual({ path: 4, progress: 1 });
  expect(countFor(undefined, history, log)).toEqual({ path: 2, progress: 0 });
});
