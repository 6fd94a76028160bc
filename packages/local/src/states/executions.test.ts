import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventsDiffer, type Row, resultDiffers } from "./compare.testing.ts";
import { type Bench, bench } from "./testing.ts";
import { recorded, rows } from "./vectors.testing.ts";

const files = ["executions-jsonata", "executions-jsonpath", "operators"];

// Recordings lie beside the repository; without them there is nothing to compare with.
describe.skipIf(!recorded)("executions without services end as AWS recorded them", () => {
  let table: Bench;
  beforeAll(async () => {
    table = await bench();
  });
  afterAll(() => table.close());

  const cases = files.flatMap((file) => rows<Row>(file)).map((row) => [row.id, row] as const);
  it.each(cases)("%s", async (_id, row) => {
    const arn = table.walk(row.definition, row.input);
    const described = await table.ended(arn);
    expect(resultDiffers(row, described)).toBeUndefined();
    expect(eventsDiffer(row, await table.history(arn))).toBeUndefined();
  });
});
