import { describe, expect, it } from "vitest";
import { type StoryEvent, timings, transitions, videoIdIn } from "./execution.ts";

const entered = (name: string, timestamp: number): StoryEvent => ({
  type: "TaskStateEntered",
  timestamp,
  stateEnteredEventDetails: { name },
});
const exited = (name: string, timestamp: number): StoryEvent => ({
  type: "TaskStateExited",
  timestamp,
  stateExitedEventDetails: { name },
});
const scheduled: StoryEvent = { type: "TaskScheduled", timestamp: 0 };

describe("an execution's history", () => {
  it("counts each state entered as one transition", () => {
    expect(transitions([entered("A", 0), scheduled, exited("A", 1), entered("B", 1)])).toBe(2);
  });

  it("counts a task that is tried again once more", () => {
    const events = [entered("A", 0), scheduled, scheduled, scheduled, exited("A", 1)];
    expect(transitions(events)).toBe(3);
  });

  it("tells how long each state took, and the whole", () => {
    const events = [
      { type: "ExecutionStarted", timestamp: 100 } as const,
      entered("Record outputs", 110),
      exited("Record outputs", 150),
      { type: "ExecutionSucceeded", timestamp: 160 } as const,
    ];
    expect(timings(events)).toEqual({ recordOutputs: 40, total: 60 });
  });

  it("finds the film an input speaks of", () => {
    const id = "vid_01KC3Q8Z5V7M2N4P6R8T0W1X3Y";
    expect(videoIdIn(`{"a":{"videoId":"${id}"}}`)).toBe(id);
    expect(videoIdIn('{"videoId":"other"}')).toBeUndefined();
  });
});
