import { rolldown } from "rolldown";
import { describe, expect, it } from "vitest";
import type { Graph } from "../../scripts/synth/graph.ts";
import { about, first, policy } from "./breaking.ts";
import { graphOf } from "./promises.ts";
import { type Reached, tooFew, tooMany, wrongLinks, wrongTaskRights } from "./rules/exact.ts";

const production = graphOf("production");

describe.each(Object.keys(production.functions).sort())("%s", (name) => {
  const reached = reach(production, name);

  it("may do what its code can ask for", async () => {
    expect(tooFew(production, name, await reached)).toEqual([]);
  });

  it("may do nothing else", async () => {
    expect(tooMany(production, name, await reached)).toEqual([]);
  });

  it("is linked to what its code reads, and to nothing else", async () => {
    expect(wrongLinks(production, name, await reached)).toEqual([]);
  });
});

it("the workflow may do what its tasks are, and nothing else", () => {
  expect(wrongTaskRights(production)).toEqual([]);
});

describe("speaks up", () => {
  const broken = (spoil: (graph: Graph) => void) => {
    const graph = structuredClone(production);
    spoil(graph);
    return graph;
  };

  it("when a right is missing", async () => {
    const graph = broken((graph) =>
      policy(graph, "SubmitRole", "inlinePolicies.0.policy", (statements) => {
        about(statements, "mediaconvert:SearchJobs").Action = ["mediaconvert:ListJobs"];
      }),
    );
    const reached = await reach(graph, "Submit");
    expect(tooFew(graph, "Submit", reached)).toEqual(["mediaconvert:SearchJobs"]);
    expect(tooMany(graph, "Submit", reached)).toEqual(["mediaconvert:ListJobs"]);
  });

  it("when a link is never read", async () => {
    const graph = broken((graph) => {
      const playback = graph.functions.Playback;
      if (playback) playback.links.Uploads = { bucket: "films" };
    });
    expect(wrongLinks(graph, "Playback", await reach(graph, "Playback"))).toEqual(["Uploads"]);
  });

  it("when a task may not be what it is", () => {
    const graph = broken((graph) =>
      policy(graph, "WorkflowRole", "inlinePolicies.0.policy", (statements) => {
        first(statements).Action = ["lambda:InvokeAsync"];
      }),
    );
    expect(wrongTaskRights(graph)).toEqual(["lambda:InvokeAsync", "lambda:InvokeFunction"]);
  });
});

/** The SDK commands and links that are left of a handler once all it cannot reach is cut off. */
async function reach(graph: Graph, name: string): Promise<Reached> {
  const build = await rolldown({
    input: graph.functions[name]?.handler.replace(/\.\w+$/, ".ts") ?? "",
    platform: "node",
    external: [/^@aws-/, "sst", "zod"],
    treeshake: { moduleSideEffects: false },
    logLevel: "silent",
  });
  const { output } = await build.generate({ format: "esm" });
  await build.close();
  const { code } = output[0];
  return {
    commands: all(code, /new (\w+Command)\(/g),
    links: all(code, /\blink\("(\w+)"/g),
  };
}

function all(text: string, shape: RegExp): string[] {
  return [...new Set(Array.from(text.matchAll(shape), ([, found = ""]) => found))];
}
