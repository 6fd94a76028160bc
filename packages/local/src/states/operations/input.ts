import type { Cloud } from "../../kernel/cloud.ts";
import { Refusal } from "../../kernel/refusal.ts";
import { DATA_LIMIT_BYTES } from "../json.ts";

/** A text that must be there. */
export function required(input: Record<string, unknown>, member: string): string {
  const value = input[member];
  if (typeof value === "string" && value !== "") return value;
  throw invalid(`Value at '${member}' failed to satisfy constraint: Member must not be null`);
}

export function invalid(what: string): Refusal {
  return new Refusal("ValidationException", `1 validation error detected: ${what}`);
}

/** Names of machines and executions. Source: CreateStateMachine, API reference. */
export function checkedName(name: string): string {
  const good = name.length <= 80 && !/[\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}]/u.test(name);
  if (name === "" || !good) throw new Refusal("InvalidName", `Invalid Name: '${name}'`);
  return name;
}

/** @param kind such as `stateMachine` or `execution` */
export function checkedArn(arn: string, kind: string): string {
  if (new RegExp(`^arn:[a-z0-9-]+:states:[a-z0-9-]+:\\d{12}:${kind}:[^\\s]+$`).test(arn))
    return arn;
  throw new Refusal("InvalidArn", `Invalid Arn: 'Invalid ARN prefix: ${arn}'`);
}

export function arnOf(cloud: Cloud, kind: string, name: string): string {
  return `arn:aws:states:${cloud.region}:${cloud.accountId}:${kind}:${name}`;
}

/** JSON text of an execution's input. */
export function checkedInput(text: unknown): string {
  if (text === undefined) return "{}";
  if (typeof text !== "string")
    throw invalid("Value at 'input' failed to satisfy constraint: Member must be a text");
  const problem = jsonProblem(text);
  if (problem !== undefined) {
    throw new Refusal(
      "InvalidExecutionInput",
      `Invalid State Machine Execution Input: '${problem}'`,
    );
  }
  if (Buffer.byteLength(text) > DATA_LIMIT_BYTES) {
    throw invalid(
      `Value at 'input' failed to satisfy constraint: Member must have length less than or equal to ${DATA_LIMIT_BYTES}`,
    );
  }
  return text;
}

/** What is wrong with JSON text, in the words of AWS's parser; undefined when it is sound. */
export function jsonProblem(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    if (text.trim() === "") return "Invalid execution input.";
    const word = /^\s*([A-Za-z_$][\w$]*)/.exec(text)?.[1];
    if (word !== undefined) {
      return `Unrecognized token '${word}': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')`;
    }
    const key = /^\s*\{\s*([^"\s}])/.exec(text)?.[1];
    if (key !== undefined) {
      return `Unexpected character ('${key}' (code ${key.charCodeAt(0)})): was expecting double-quote to start field name`;
    }
    return error instanceof Error ? error.message : "Invalid execution input.";
  }
}

/** A page of a listing: how many, and after which row. */
export function pageOf(input: { maxResults?: unknown; nextToken?: unknown }, usual = 100) {
  const limit = Number(input.maxResults ?? 0) || usual;
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) {
    throw invalid(
      "Value at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 1000",
    );
  }
  return { limit, after: afterOf(input.nextToken) };
}

function afterOf(token: unknown): number | undefined {
  if (token === undefined || token === null) return undefined;
  const text = Buffer.from(String(token), "base64url").toString();
  const found = /^after:(\d+)$/.exec(text);
  if (!found) throw new Refusal("InvalidToken", "Invalid Token: 'Invalid token'");
  return Number(found[1]);
}

/** @param last the last row shown, when there are more */
export function nextToken(last: number | undefined): { nextToken?: string } {
  if (last === undefined) return {};
  return { nextToken: Buffer.from(`after:${last}`).toString("base64url") };
}
