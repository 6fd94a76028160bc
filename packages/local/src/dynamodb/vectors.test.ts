import { existsSync, readFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { recordingAt } from "../kernel/recordings.testing.ts";
import { Refusal } from "../kernel/refusal.ts";
import { testCloud } from "../kernel/testing.ts";
import { openDynamodb } from "./index.ts";
import { call } from "./testing.ts";

const file = recordingAt("dynamodb/scenarios.jsonl");
const { cloud, close } = testCloud();
openDynamodb(cloud);
afterAll(close);

interface Row {
  id: string;
  calls: string[];
  steps: Step[];
}

interface Step {
  call: string;
  params: Record<string, unknown>;
  answer?: unknown;
  parts?: Record<string, unknown>;
  error?: { Code: string; Message: string };
}

const rows: Row[] = existsSync(file)
  ? readFileSync(file, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Row)
  : [];
const refused = new Set(["ExecuteStatement", "BatchExecuteStatement", "ExecuteTransaction"]);

// The recordings of AWS are kept beside the repository, not in it: without them there is nothing to compare.
describe.skipIf(rows.length === 0)("what AWS answered", () => {
  it.each(rows.filter((row) => !row.calls.some((one) => refused.has(one))))(
    "is answered here: $id",
    async (row) => {
      await makeMissingTables(row);
      for (const step of row.steps) {
        const answer = await call(cloud, step.call, bytes(step.params) as object).catch(
          (error: unknown) => error,
        );
        if (step.error) {
          expect(answer).toMatchObject({ code: step.error.Code, message: step.error.Message });
          continue;
        }
        if (answer instanceof Refusal) throw answer;
        if (step.answer) expect(answer).toMatchObject(expected(step.answer) as object);
        for (const [path, value] of Object.entries(step.parts ?? {})) {
          expect(answer).toHaveProperty(path, expected(value));
        }
      }
      for (const name of tablesOf(row)) {
        await call(cloud, "DeleteTable", { TableName: name }).catch(() => undefined);
      }
    },
  );

  it.each(rows.filter((row) => row.calls.some((one) => refused.has(one))))(
    "is refused by name here: $id",
    async (row) => {
      const asked = row.steps.filter((step) => refused.has(step.call));
      for (const step of asked) {
        await expect(call(cloud, step.call, step.params)).rejects.toThrow(`dynamodb ${step.call}`);
      }
    },
  );
});

// Rows are parts of longer recordings, whose tables were sometimes there before.
async function makeMissingTables(row: Row): Promise<void> {
  const made = row.steps
    .filter((step) => step.call === "CreateTable")
    .map((step) => step.params.TableName);
  if (row.steps.some((step) => step.error?.Code === "ResourceNotFoundException")) return;
  for (const TableName of tablesOf(row)) {
    if (made.includes(TableName)) continue;
    await call(cloud, "CreateTable", {
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    });
  }
}

function tablesOf(row: Row): string[] {
  const names = row.steps.flatMap(
    (step) => JSON.stringify(step.params).match(/(?<="TableName":")[^"]+/g) ?? [],
  );
  return [...new Set(names)];
}

function bytes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bytes);
  if (typeof value !== "object" || value === null) return value;
  const marked = value as { $bytes?: string; $base64?: string };
  if (marked.$bytes !== undefined) return new Uint8Array(Buffer.from(marked.$bytes));
  if (marked.$base64 !== undefined) return new Uint8Array(Buffer.from(marked.$base64, "base64"));
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, bytes(inner)]));
}

/** A recording with its placeholders as matchers. Python shows bytes as `b'...'`. */
function expected(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(expected);
  if (typeof value === "string") return text(value);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  // A name that only the recorded run knew stands for any name.
  if (entries.some(([name]) => /^<.*>$/.test(name))) return expect.anything();
  return Object.fromEntries(entries.map(([name, inner]) => [name, expected(inner)]));
}

function text(recorded: string): unknown {
  const python = /^b'(.*)'$/.exec(recorded);
  if (python) return Buffer.from(python[1] ?? "").toString("base64");
  if (/^<[^<>]*>$/.test(recorded)) return expect.anything();
  if (!/<[^<>]*>/.test(recorded)) return account(recorded);
  const pattern = account(recorded)
    .replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
    .replace(/<[^<>]*>/g, ".+");
  return expect.stringMatching(new RegExp(`^${pattern}$`));
}

function account(recorded: string): string {
  return recorded.replaceAll("111111111111", "000000000000");
}
