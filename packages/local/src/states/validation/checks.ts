import {
  type Definition,
  everyState,
  innerFlows,
  languageOf,
  type State,
  stateTypes,
} from "../definition.ts";
import { isObject, type Json } from "../json.ts";
import { expressionIn, syntaxProblem } from "../query/evaluate.ts";
import { parseTerm } from "../query/jsonpath/intrinsic.ts";
import { parseResource } from "../tasks/resource.ts";
import type { Diagnostic } from "./diagnose.ts";

/** What AWS finds in a definition beyond its schema, in AWS's words where they are known. */
export function check(definition: Definition): Diagnostic[] {
  const shape = flowProblems(definition, "");
  if (shape.length > 0) return shape;
  const found: Diagnostic[] = [];
  for (const { name, state, path } of everyState(definition)) {
    const at = `/${[...path, "States", name].join("/")}`;
    for (const rule of rules) found.push(...rule(state, at, definition));
  }
  return found;
}

/** Shapes that must be right before anything else can be looked at. */
function flowProblems(flow: unknown, at: string): Diagnostic[] {
  if (!isObject(flow)) return [problem("The field should be an object", at || "/")];
  const missing = ["States", "StartAt"].filter((field) => !(field in flow));
  if (missing.length > 0)
    return [problem(`These fields are required: [${missing.join(", ")}]`, at || "/")];
  if (!isObject(flow.States))
    return [problem("The field 'States' should be an object", `${at}/States`)];
  const found: Diagnostic[] = [];
  for (const [name, state] of Object.entries(flow.States)) {
    const here = `${at}/States/${name}`;
    if (!isObject(state)) {
      found.push(problem("A state should be an object", here));
    } else if (!stateTypes.some((type) => type === state.Type)) {
      const types = ["Task", "Wait", "Pass", "Succeed", "Fail", "Choice", "Parallel", "Map"];
      found.push(
        problem(
          `The field 'Type' should have one of these values: [${types.join(", ")}]`,
          `${here}/Type`,
        ),
      );
    } else {
      for (const inner of innerFlows(state as unknown as State)) {
        found.push(...flowProblems(inner.flow, `${here}/${inner.path.join("/")}`));
      }
    }
  }
  return found;
}

type Rule = (state: State, at: string, definition: Definition) => Diagnostic[];

const rules: Rule[] = [
  function oneLanguage(state, at, definition) {
    const mixed = definition.QueryLanguage === "JSONata" && state.QueryLanguage === "JSONPath";
    return mixed
      ? [
          problem(
            "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine",
            at,
          ),
        ]
      : [];
  },

  function heartbeatWithinTimeout(state, at) {
    const { HeartbeatSeconds: beat, TimeoutSeconds: timeout } = state;
    const wrong = typeof beat === "number" && typeof timeout === "number" && beat >= timeout;
    return wrong
      ? [
          problem(
            "The field 'HeartbeatSeconds' must be smaller than 'TimeoutSeconds'",
            `${at}/HeartbeatSeconds`,
          ),
        ]
      : [];
  },

  function allErrorsLast(state, at) {
    return (["Retry", "Catch"] as const).flatMap((field) => {
      const entries = state[field] ?? [];
      return entries.flatMap(({ ErrorEquals }, index) => {
        if (!Array.isArray(ErrorEquals) || !ErrorEquals.includes("States.ALL")) return [];
        const alone = ErrorEquals.length === 1 && index === entries.length - 1;
        const sentence = "'States.ALL' must appear alone, and in the last entry";
        return alone ? [] : [problem(sentence, `${at}/${field}[${index}]/ErrorEquals`)];
      });
    });
  },

  function tokenIsSent(state, at) {
    if (state.Type !== "Task") return [];
    const resource = parseResource(state.Resource ?? "");
    if (resource.kind !== "service" || !resource.callback) return [];
    const given = JSON.stringify(state.Arguments ?? state.Parameters ?? null);
    const carries =
      /Task\.Token|\$\$"|\$\$\.Task"|\$states\.context(?![.\w])|\$states(?![.\w])/.test(given);
    return carries
      ? []
      : [problem("A task with '.waitForTaskToken' must pass the task token to its service", at)];
  },

  function credentialsHaveRole(state, at) {
    const { Credentials } = state;
    if (Credentials === undefined || "RoleArn" in Credentials || "RoleArn.$" in Credentials)
      return [];
    return [problem("The field 'RoleArn' is required but was missing", `${at}/Credentials`)];
  },

  function labelIsPlain(state, at) {
    const { Label } = state;
    if (typeof Label !== "string") return [];
    if (Label.length > 40) return [problem("'Label' cannot exceed 40 characters", `${at}/Label`)];
    const wrong = /[\s?*<>{}[\]:;,\\|^~$#%&`"\p{Cc}]/u.exec(Label)?.[0];
    return wrong === undefined
      ? []
      : [problem(`'Label' contains invalid character: '${wrong}'`, `${at}/Label`)];
  },

  function expressionsParse(state, at, definition) {
    const problems = languageOf(definition, state) === "JSONata" ? syntaxProblems : pathProblems;
    const own = Object.entries(state).filter(([field]) => !NESTED.has(field));
    return own.flatMap(([field, value]) => problems(value as Json, `${at}/${field}`));
  },
];

/** Fields of a payload template, `name.$`, whose value is no path and no intrinsic function. */
function pathProblems(value: Json, at: string): Diagnostic[] {
  if (at.endsWith(".$") && typeof value === "string") {
    try {
      parseTerm(value);
      return [];
    } catch {
      const sentence = `The value for the field '${at.slice(at.lastIndexOf("/") + 1)}' must be a valid JSONPath or a valid intrinsic function call`;
      return [problem(sentence, at)];
    }
  }
  if (Array.isArray(value)) {
    return value.flatMap((entry, index) => pathProblems(entry, `${at}[${index}]`));
  }
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, entry]) => pathProblems(entry, `${at}/${key}`));
}

function syntaxProblems(value: Json, at: string): Diagnostic[] {
  const expression = expressionIn(value);
  if (expression !== undefined) {
    const wrong = syntaxProblem(expression);
    return wrong === undefined
      ? []
      : [problem(`The JSONata expression '${expression}' is invalid. ${wrong}`, at)];
  }
  if (Array.isArray(value)) {
    return value.flatMap((entry, index) => syntaxProblems(entry, `${at}[${index}]`));
  }
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, entry]) => syntaxProblems(entry, `${at}/${key}`));
}

function problem(message: string, location: string): Diagnostic {
  return { severity: "ERROR", code: "SCHEMA_VALIDATION_FAILED", message, location };
}

/** Fields that hold flows of their own, or that are never expressions. */
const NESTED = new Set([
  "Branches",
  "ItemProcessor",
  "Iterator",
  "Comment",
  "Type",
  "Resource",
  "Result",
]);
