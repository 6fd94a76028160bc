import { randomUUID } from "node:crypto";
import type { Target } from "@aws-sdk/client-eventbridge";
import type { CloudEvent } from "../kernel/cloud.ts";
import { Refusal } from "../kernel/refusal.ts";
import { follow, readPath } from "./path.ts";

/** What a transformer knows beside the event. */
export interface About {
  ruleArn: string;
  ruleName: string;
  /** when the bus took the event, ISO 8601 */
  ingestedAt: string;
}

type Input = Pick<Target, "Input" | "InputPath" | "InputTransformer">;

/**
 * The text a target is given for an event.
 *
 * @throws Refusal `INVALID_JSON` when what comes out is not JSON: values are put in as they are,
 *   without escapes, so a quote in one can break it. AWS has the same trap.
 */
export function payloadOf(target: Input, event: CloudEvent, about: About): string {
  if (target.Input !== undefined) return target.Input;
  if (target.InputPath !== undefined) {
    const found = follow(event, readPath(target.InputPath) ?? []);
    if (found === undefined) {
      throw invalidJson(`InputPath ${target.InputPath} leads nowhere in the event.`);
    }
    return JSON.stringify(found);
  }
  if (!target.InputTransformer) return JSON.stringify(event);
  const { InputPathsMap = {}, InputTemplate = "" } = target.InputTransformer;
  const values = reserved(event, about);
  for (const [name, path] of Object.entries(InputPathsMap)) {
    values.set(name, follow(event, readPath(path) ?? []));
  }
  return render(InputTemplate, (name) => values.get(name));
}

/**
 * @throws Refusal `ValidationException` when the target names more than one input, a path that
 *   cannot be read, or a template that could never become JSON
 */
export function checkInput(target: Input & { Id?: string | undefined }): void {
  const { Input, InputPath, InputTransformer } = target;
  const refuse = (what: string) =>
    new Refusal("ValidationException", `Target ${target.Id ?? ""}: ${what}`);
  if ([Input, InputPath, InputTransformer].filter((one) => one !== undefined).length > 1) {
    throw refuse("Only one of Input, InputPath, or InputTransformer must be provided.");
  }
  if (Input !== undefined && !isJson(Input)) throw refuse("JSON syntax error in Input.");
  if (InputPath !== undefined && !readPath(InputPath)) throw refuse("Invalid InputPath.");
  if (!InputTransformer) return;
  const { InputPathsMap = {}, InputTemplate = "" } = InputTransformer;
  const names = Object.keys(InputPathsMap);
  if (names.length > MOST_VARIABLES) throw refuse(`More than ${MOST_VARIABLES} variables.`);
  for (const [name, path] of Object.entries(InputPathsMap)) {
    if (!VARIABLE.test(name) || /^aws/i.test(name)) throw refuse(`Invalid variable name ${name}.`);
    if (!readPath(path)) throw refuse(`Invalid path ${path} of variable ${name}.`);
  }
  const known = new Set([...names, ...RESERVED]);
  for (const [, name = ""] of InputTemplate.matchAll(PLACEHOLDER)) {
    if (!known.has(name)) throw refuse(`InputTemplate contains the unknown variable <${name}>.`);
  }
  const sample = InputTemplate.trim().startsWith('"') ? linesOf(InputTemplate) : [InputTemplate];
  try {
    for (const part of sample) render(part, () => 0);
  } catch {
    throw refuse("InputTemplate is not valid JSON.");
  }
}

/** Texts may be several, one a line. */
const linesOf = (template: string) => template.split("\n").filter((line) => line.trim());

/**
 * Puts values into a template. Outside of quotes a value is JSON of its own, and one that is
 * missing takes its member away; inside of quotes it is its bare text, and one that is missing is
 * nothing.
 */
function render(template: string, value: (name: string) => unknown): string {
  const isText = template.trim().startsWith('"');
  const gone = `gone-${randomUUID()}`;
  let isQuoted = false;
  let isMissing = false;
  const rendered = template.replaceAll(PIECE, (piece, name: string | undefined) => {
    if (name === undefined) {
      if (piece === '"') isQuoted = !isQuoted;
      return piece;
    }
    const found = value(name);
    if (isQuoted) return bare(found, isText);
    if (found === undefined) {
      isMissing = true;
      return `"${gone}"`;
    }
    return typeof found === "string" ? `"${found}"` : JSON.stringify(found);
  });
  if (isText) return rendered;
  try {
    const json: unknown = JSON.parse(rendered);
    return isMissing ? (JSON.stringify(without(json, gone)) ?? "null") : rendered;
  } catch (error) {
    throw invalidJson(`The input transformer did not produce JSON: ${(error as Error).name}.`);
  }
}

function bare(value: unknown, isText: boolean): string {
  if (value === undefined) return "";
  if (typeof value === "string") return value;
  const json = JSON.stringify(value);
  return isText ? json.replaceAll('"', "") : json;
}

function without(value: unknown, gone: string): unknown {
  if (value === gone) return undefined;
  if (Array.isArray(value)) {
    return value.map((part) => without(part, gone)).filter((part) => part !== undefined);
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, part]) => [name, without(part, gone)] as const)
      .filter(([, part]) => part !== undefined),
  );
}

function reserved(event: CloudEvent, about: About): Map<string, unknown> {
  const { detail: _, ...envelope } = event;
  return new Map<string, unknown>([
    ["aws.events.rule-arn", about.ruleArn],
    ["aws.events.rule-name", about.ruleName],
    ["aws.events.event.ingestion-time", about.ingestedAt],
    ["aws.events.event", envelope],
    ["aws.events.event.json", event],
  ]);
}

const RESERVED = [
  "aws.events.rule-arn",
  "aws.events.rule-name",
  "aws.events.event.ingestion-time",
  "aws.events.event",
  "aws.events.event.json",
];
const PLACEHOLDER = /<([A-Za-z0-9_.-]+)>/g;
/** A quote, an escaped character, or a variable. */
const PIECE = /\\.|"|<([A-Za-z0-9_.-]+)>/gs;
const VARIABLE = /^[A-Za-z0-9_-]+$/;
/** Source: EventBridge user guide, input transformation. */
const MOST_VARIABLES = 100;

const invalidJson = (message: string) => new Refusal("INVALID_JSON", message);

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
