import { describe, expect, it } from "vitest";
import { type Row as Execution, resultDiffers } from "./compare.testing.ts";
import { type Definition, everyState, type State } from "./definition.ts";
import { bench } from "./testing.ts";
import { recorded, rows } from "./vectors.testing.ts";

/** One state, as TestState was asked about it: alone, or by name in a machine. */
interface Row {
  id: string;
  definition: State | Definition;
  stateName?: string;
  input?: unknown;
  mock?: unknown;
  variables?: unknown;
  expected: Execution["expected"] & { nextState?: string };
}

const ALONE = new Set(["Pass", "Choice", "Fail", "Succeed", "Wait"]);

/** Mocks, contexts and variables are TestState's own; what is left are states that work alone. */
const asked = rows<Row>("states")
  .map((row) => ({ ...row, state: stateIn(row) }))
  .filter(
    ({ state, mock, variables }) =>
      mock === undefined && variables === undefined && ALONE.has(state.Type),
  );

// Recordings lie beside the repository; without them there is nothing to compare with.
describe.skipIf(!recorded)("a single state does what TestState recorded", () => {
  it.each(asked.map((row) => [row.id, row] as const))("%s", async (_id, row) => {
    const table = await bench();
    try {
      const arn = table.walk(around(row), row.input);
      const described = await table.ended(arn);
      expect(resultDiffers(row as unknown as Execution, described)).toBeUndefined();
      const events = await table.history(arn);
      const entered = events.filter(({ type }) => type.endsWith("StateEntered"));
      const next = entered[1]?.stateEnteredEventDetails as { name: string } | undefined;
      expect(next?.name).toBe(row.expected.nextState);
    } finally {
      await table.close();
    }
  });
});

function stateIn({ definition, stateName }: Row): State {
  if ("Type" in definition) return definition;
  const wanted = stateName ?? definition.StartAt;
  const found = [...everyState(definition)].find(({ name }) => name === wanted);
  if (!found) throw new Error(`no state ${wanted}`);
  return found.state;
}

/** A machine of one state, and an end wherever it leads. */
function around({ definition, state }: { definition: Row["definition"]; state: State }): object {
  const rules = [...(state.Choices ?? []), ...(state.Catch ?? [])];
  const targets = [state.Next, state.Default, ...rules.map(({ Next }) => Next)];
  const ends = targets
    .filter((name) => name !== undefined)
    .map((name) => [name, { Type: "Succeed" }]);
  const { QueryLanguage } = definition;
  return {
    ...(QueryLanguage ? { QueryLanguage } : {}),
    StartAt: "State",
    States: { State: state, ...Object.fromEntries(ends) },
  };
}
