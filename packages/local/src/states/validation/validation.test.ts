import { describe, expect, it } from "vitest";
import type { Row } from "../compare.testing.ts";
import { recorded, rows, same } from "../vectors.testing.ts";
import { diagnose, refuseInvalid } from "./diagnose.ts";

interface Validation {
  id: string;
  definition: unknown;
  expected: { result: string; diagnostics: { location?: string }[] };
}

const task = (more: object) =>
  JSON.stringify({
    QueryLanguage: "JSONata",
    StartAt: "Encode",
    States: {
      Encode: {
        Type: "Task",
        Resource: "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        Arguments: { QueueUrl: "q", MessageBody: "{% $states.context.Task.Token %}" },
        End: true,
        ...more,
      },
    },
  });

describe("a definition", () => {
  it("may be as plain as its language allows", () => {
    expect(diagnose(task({})).diagnostics).toEqual([]);
  });

  it.each([
    ["a heartbeat that cannot come in time", { TimeoutSeconds: 5, HeartbeatSeconds: 5 }],
    ["a callback that never sends its token", { Arguments: { QueueUrl: "q", MessageBody: "x" } }],
    ["an expression that does not parse", { Output: "{% $states. %}" }],
    ["an expression deep inside that does not parse", { Assign: { a: [{ b: "{% ( %}" }] } }],
    [
      "States.ALL before another catcher",
      {
        Catch: [
          { ErrorEquals: ["States.ALL"], Next: "Encode" },
          { ErrorEquals: ["Busy"], Next: "Encode" },
        ],
      },
    ],
    [
      "States.ALL beside another name",
      { Retry: [{ ErrorEquals: ["Busy", "States.ALL"], MaxAttempts: 1 }] },
    ],
    ["a next state that does not exist", { End: undefined, Next: "Nowhere" }],
    ["credentials without a role", { Credentials: { Other: "x" } }],
    ["fields of the other query language", { Parameters: { a: 1 } }],
    ["an unknown state type", { Type: "Job" }],
  ])("is refused for %s", (_what, more) => {
    expect(() => refuseInvalid(task(more))).toThrowError(
      expect.objectContaining({ code: "InvalidDefinition" }),
    );
  });

  it("is refused with the place where it is wrong", () => {
    expect(() => refuseInvalid(task({ TimeoutSeconds: 5, HeartbeatSeconds: 9 }))).toThrow(
      /SCHEMA_VALIDATION_FAILED: .* at \/States\/Encode\/HeartbeatSeconds/,
    );
  });

  it.each([
    ["label too long", "x".repeat(41)],
    ["label with a mark", "a?b"],
  ])("is refused for a %s", (_what, Label) => {
    const Each = { Type: "Map", Label, End: true, ItemProcessor: inner };
    const text = JSON.stringify({ StartAt: "Each", States: { Each } });
    expect(() => refuseInvalid(text)).toThrow(/Label/);
  });
});

const inner = { StartAt: "Pass", States: { Pass: { Type: "Pass", End: true } } };

// Recordings lie beside the repository; without them there is nothing to compare with.
describe.skipIf(!recorded)("validation agrees with AWS", () => {
  it.each(rows<Validation>("validation").map((row) => [row.id, row] as const))(
    "%s",
    (_id, { definition, expected }) => {
      const text = typeof definition === "string" ? definition : JSON.stringify(definition);
      const found = diagnose(text).diagnostics;
      const result = found.length > 0 ? "FAIL" : "OK";
      expect(result).toBe(expected.result);
      if (text === "not a definition") return; // its sentence ends with the parser's own bookmark
      expect(found).toSatisfy((it) => same(expected.diagnostics, it));
    },
  );

  // A sixth of them: the schema takes a tenth of a second each time.
  it("takes the definitions that AWS took", () => {
    const files = ["executions-jsonata", "executions-jsonpath", "executions-tasks"];
    const distinct = new Map(
      files
        .flatMap((file) => rows<Row>(file))
        .map(({ definition }) => [JSON.stringify(definition), definition]),
    );
    const refused = [...distinct.keys()]
      .filter((_text, index) => index % 6 === 0)
      .map((text) => ({ text, found: diagnose(text).diagnostics }))
      .filter(({ text, found }) => found.length > 0 && !text.includes("<"));
    expect(refused.map(({ text, found }) => ({ text: text.slice(0, 300), found }))).toEqual([]);
  });
});
