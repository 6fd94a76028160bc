import { describe, expect, it, vi } from "vitest";
import { eventsDiffer, type Row, resultDiffers } from "./compare.testing.ts";

import type { Definition } from "./definition.ts";
import { Player } from "./player.testing.ts";
import { type Bench, bench, ROLE } from "./testing.ts";
import { refusals } from "./validation/refusals.ts";
import { recorded, rows } from "./vectors.testing.ts";

// Most of them wait; they wait side by side.
vi.setConfig({ maxConcurrency: 30 });

const walked = rows<Row>("executions-tasks").filter(
  ({ definition, type, historyOrder, tasks }) =>
    refusals(definition as Definition, type).length === 0 && historyOrder === "recorded" && tasks,
);

/** Rows whose recording cannot be played back, each with its reason. */
const left: Record<string, string> = {
  "scenarios/test_base_scenarios.py::TestBaseScenarios::test_lambda_invoke_with_retry_extended_input":
    "the whole context object, recorded before AWS added Execution.RedriveCount",
  "scenarios/test_base_scenarios.py::TestBaseScenarios::test_lambda_service_invoke_with_retry_extended_input":
    "the same",
  "timeouts/test_timeouts.py::TestTimeouts::test_service_lambda_map_timeout":
    "four iterations time out in one moment on AWS; here the first one ends the others",
};

// Recordings lie beside the repository; without them there is nothing to compare with.
describe.skipIf(!recorded)("executions with services end as AWS recorded them", () => {
  it.concurrent.each(walked.filter(({ id }) => !(id in left)).map((row) => [row.id, row] as const))(
    "%s",
    async (_id, row) => {
      const plays = new Player(row.tasks ?? []);
      const table = await bench(plays.neighbours());
      plays.table = table;
      try {
        if (row.needs.includes("states") || row.needs.includes("sfn")) await target(table);
        const arn = table.walk(row.definition, row.input);
        const described = await table.ended(arn);
        expect(resultDiffers(row, described)).toBeUndefined();
        expect(eventsDiffer(row, await table.history(arn))).toBeUndefined();
      } finally {
        await table.close();
      }
    },
  );
});

/** The machine that recorded tasks start. */
function target(table: Bench): Promise<unknown> {
  const definition = { StartAt: "Pass", States: { Pass: { Type: "Pass", End: true } } };
  return table.call("CreateStateMachine", {
    name: "ArnPart_0idx",
    roleArn: ROLE,
    definition: JSON.stringify(definition),
  });
}
