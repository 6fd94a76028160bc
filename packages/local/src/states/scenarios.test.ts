import { describe, expect, it, vi } from "vitest";
import type { Refusal } from "../kernel/refusal.ts";
import { neutral } from "./compare.testing.ts";
import { type Bench, bench } from "./testing.ts";
import { recorded, rows, same } from "./vectors.testing.ts";

// Most of them wait; they wait side by side.
vi.setConfig({ maxConcurrency: 30 });

interface Scenario {
  id: string;
  calls: string[];
  steps: Step[];
}

interface Step {
  call: string;
  params: Record<string, unknown>;
  answer?: unknown;
  error?: { Code: string; Message: string };
}

/** What this machine does not do: activities, versions and aliases, TestState, distributed maps. */
const implemented = new Set([
  "AwaitTerminated",
  "CreateStateMachine",
  "DeleteStateMachine",
  "DescribeExecution",
  "DescribeStateMachine",
  "DescribeStateMachineForExecution",
  "GetExecutionHistory",
  "ListExecutions",
  "ListTagsForResource",
  "StartExecution",
  "TagResource",
  "UntagResource",
  "UpdateStateMachine",
]);

/** Scenarios that cannot be played back, each with its reason. */
const left: [part: string, reason: string][] = [
  ["test_multiple_executions_and_heartbeat_notifications", "needs a queue and its consumer"],
  ["test_map_state_label", "the sentence is that of another program; validation.test.ts has ours"],
  ["test_tag_state_machine[tag_list1]", "the recording lost the tags that were given"],
  ["test_tag_state_machine[tag_list3]", "the recording lost the tags that were given"],
  ["test_untag_state_machine", "the recording lost the tags that were given"],
  ["variable_references_in", "DescribeStateMachine's variableReferences are not worked out here"],
  ["TestSnfApiVersioning", "versions are refused by name"],
  ["test_global_timeout", "redrive is refused by name, so nothing is REDRIVABLE"],
];

const played = rows<Scenario>("api-scenarios").filter(
  ({ id, calls }) =>
    calls.every((call) => implemented.has(call)) && !left.some(([part]) => id.includes(part)),
);

// Recordings lie beside the repository; without them there is nothing to compare with.
describe.skipIf(!recorded)("the API answers as AWS recorded it", () => {
  it.concurrent.each(played.map((row) => [row.id, row] as const))("%s", async (_id, { steps }) => {
    const table = await bench();
    try {
      expect(await play(table, steps)).toBeUndefined();
    } finally {
      await table.close();
    }
  });
});

/** @returns the first answer that is not as recorded */
async function play(table: Bench, steps: Step[]): Promise<object | undefined> {
  const answers: unknown[] = [];
  for (const [index, { call, params, answer, error }] of steps.entries()) {
    const input = fill(params, answers) as { executionArn: string };
    const got =
      call === "AwaitTerminated"
        ? await table.ended(input.executionArn)
        : await table.call(call, input).catch((refusal: Refusal) => ({
            Code: refusal.code,
            Message: refusal.message,
          }));
    const plain = JSON.parse(neutral(JSON.stringify(got)));
    answers.push(plain);
    const wanted = error ?? answer;
    if (wanted !== undefined && !covers(JSON.parse(neutral(JSON.stringify(wanted))), plain)) {
      return { step: index + 1, call, aws: wanted, laptop: plain };
    }
  }
  return undefined;
}

/** Every field recorded must be there; ours may be more. */
function covers(wanted: unknown, got: unknown): boolean {
  if (typeof wanted !== "object" || wanted === null || Array.isArray(wanted))
    return same(wanted, got);
  return Object.entries(wanted).every(([name, value]) =>
    same(value, (got as Record<string, unknown> | undefined)?.[name]),
  );
}

/** `${2.executionArn}` is what step 2 answered. */
function fill(value: unknown, answers: unknown[]): unknown {
  if (typeof value === "string") {
    return value.replace(/\$\{(\d+)\.([^}]+)\}/g, (_all, step: string, path: string) => {
      let here = answers[Number(step) - 1];
      for (const key of path.split(".")) here = (here as Record<string, unknown>)?.[key];
      return String(here);
    });
  }
  if (Array.isArray(value)) return value.map((entry) => fill(entry, answers));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, fill(inner, answers)]),
  );
}
