import { readGraph } from "@rushes/local/deploy";
import { expect, it } from "vitest";
import { root } from "../support/laptop.ts";
import { long } from "../support/media.ts";
import { failedOnce, openStage } from "../support/stage.ts";

/** The graph, with an Encode that waits seconds instead of days. */
function impatient(seconds: number) {
  const graph = readGraph(`${root}/stacks/graph/dev.gen.json`);
  for (const { type, inputs } of graph.resources) {
    if (type !== "aws:sfn/stateMachine:StateMachine") continue;
    const story = JSON.parse(String(inputs.definition));
    story.States.Encode.TimeoutSeconds = seconds;
    inputs.definition = JSON.stringify(story);
  }
  return graph;
}

it("an encode that takes too long fails its film by a name of its own, and its job is stopped", async () => {
  await using stage = await openStage({ graph: impatient(5) });
  const film = stage.film("endless.mp4");
  await stage.drop(film, await long());
  expect(await stage.story(film)).toEqual(failedOnce("EncodeTimedOut", { jobs: ["CANCELED"] }));
});
