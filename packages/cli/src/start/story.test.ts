import { stripVTControlCharacters } from "node:util";
import { expect, it } from "vitest";
import { openStory } from "./story.ts";

const film = "vid_01JD9GZ3W8M5V7Q2X4R6T8Y0AB";

it.each([
  [
    "an object in the inbox",
    { detail: { object: { key: "inbox/2026/holiday.mov" } } },
    "holiday.mov",
  ],
  [
    "an upload",
    { detail: { object: { key: `uploads/${film}/upl_01JD9GZ3W9C1D3F5H7K9N2P4QR/source` } } },
    film,
  ],
  ["somebody who asked again", { kind: "again", videoId: film, expectedAttempt: 1 }, film],
  ["a name that would steer", { detail: { object: { key: "inbox/a\u001b[2J.mp4" } } }, "a?[2J.mp4"],
])("the story of what %s started begins with its name", (_, input, name) => {
  const said: string[] = [];
  const story = openStory((line) => said.push(stripVTControlCharacters(line)));
  const started = { executionStartedEventDetails: { input: JSON.stringify(input) } };
  story("arn", { type: "ExecutionStarted", timestamp: 0, ...started });
  story("arn", {
    type: "TaskStateEntered",
    timestamp: 0,
    stateEnteredEventDetails: { name: "Validate" },
  });
  expect(said).toEqual([expect.stringMatching(/^\d\d:\d\d:\d\d .* → Validate$/)]);
  expect(said[0]).toContain(` ${name} → `);
});
