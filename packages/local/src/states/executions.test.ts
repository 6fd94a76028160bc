import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { eventsDiffer, type Row, resultDiffers } from "./compare.testing.ts";
import type { Definition } from "./definition.ts";
import { type Bench, bench } from "./testing.ts";
import { refusals } from "./validation/refusals.ts";
import { recorded, rows } from "./vectors.testing.ts";

// Most of them wait; they wait side by side.
vi.setConfig({ maxConcurrency: 30 });

const files = ["executions-jsonata", "executions-jsonpath", "operators"];

/** Distributed maps and express machines are refused by name; operations.test.ts holds that. */
const walked = files
  .flatMap((file) => rows<Row>(file))
  .filter(({ definition, type }) => refusals(definition as Definition, type).length === 0);

// Recordings lie beside the repository; without them there is nothing to compare with.
describe.skipIf(!recorded)("executions without services end as AWS recorded them", () => {
  let table: Bench;
  beforeAll(async () => {
    table = await bench();
  });
  afterAll(() => table.close());

  // Side by side, since some of them wait for seconds.
  it.concurrent.each(walked.map((row) => [row.id, row] as const))("%s", async (_id, row) => {
    const arn = table.walk(row.definition, row.input);
    const described = await table.ended(arn);
    expect(resultDiffers(row, described)).toBeUndefined();
    expect(eventsDiffer(row, await table.history(arn))).toBeUndefined();
  });
});
