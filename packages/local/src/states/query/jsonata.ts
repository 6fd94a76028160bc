import type { Catcher, ChoiceRule } from "../definition.ts";
import { evaluation, type Failure, tooLarge } from "../failure.ts";
import {
  bytesOf,
  DATA_LIMIT_BYTES,
  isObject,
  type Json,
  type JsonObject,
  kindOf,
} from "../json.ts";
import { evaluate, expressionIn } from "./evaluate.ts";
import { errorOutput, instantOf, type Outcome, type Query, type Scene } from "./query.ts";

/** Step Functions' newer query language: any string that is `{% ... %}` is an expression. */
export const jsonata: Query = {
  wrong: evaluation,

  made: async () => undefined,

  async arguments(scene) {
    const given = scene.state.Arguments;
    return given === undefined ? scene.input : fill(scene, given, "Arguments");
  },

  async credentials(scene) {
    const role = scene.state.Credentials?.RoleArn;
    if (role === undefined) return undefined;
    return expect(scene, role, "Credentials/RoleArn", "string");
  },

  finish(scene, result) {
    const seen = result ? { result: result.value } : {};
    return handOn(scene, scene.state, "", result?.value ?? scene.input, seen, result !== undefined);
  },

  caught(scene, catcher: Catcher, index, failure: Failure) {
    const output = errorOutput(failure);
    return handOn(scene, catcher, `Catch[${index}]/`, output, { errorOutput: output }, true);
  },

  async number(scene, field) {
    const given = scene.state[field] as Json | undefined;
    return given === undefined ? undefined : expect(scene, given, field, "number");
  },

  async text(scene, field) {
    const given = scene.state[field] as Json | undefined;
    return given === undefined ? undefined : expect(scene, given, field, "string");
  },

  async instant(scene) {
    const text = await expect(scene, scene.state.Timestamp as Json, "Timestamp", "string");
    const instant = instantOf(text);
    if (instant === undefined) {
      throw evaluation(
        `The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: ${text}`,
        "Timestamp",
      );
    }
    return instant;
  },

  async choose(scene) {
    for (const [index, rule] of (scene.state.Choices ?? []).entries()) {
      const field = `Choices[${index}]/Condition`;
      if (await expect(scene, rule.Condition ?? null, field, "boolean")) {
        return { ...(await take(scene, rule, `Choices[${index}]/`)), next: rule.Next };
      }
    }
    return { ...(await take(scene, scene.state, "")), next: scene.state.Default };
  },

  async items(scene) {
    const { Items } = scene.state;
    if (Items === undefined) {
      if (Array.isArray(scene.input)) return scene.input;
      throw evaluation(`Map state input must be an array but was: ${JSON.stringify(scene.input)}`);
    }
    return expect(scene, Items, "Items", "array");
  },

  async item(scene, value) {
    const { ItemSelector } = scene.state;
    return ItemSelector === undefined ? value : fill(scene, ItemSelector, "ItemSelector");
  },
};

type Seen = { result?: Json; errorOutput?: Json };

function take(scene: Scene, from: { Output?: Json; Assign?: JsonObject }, at: string) {
  return handOn(scene, from, at, scene.input, {}, false);
}

/** Works out Output and Assign side by side: neither sees what the other does. */
async function handOn(
  scene: Scene,
  from: Pick<ChoiceRule, "Output" | "Assign">,
  at: string,
  otherwise: Json,
  seen: Seen,
  isResult: boolean,
): Promise<Outcome> {
  const output =
    from.Output === undefined ? otherwise : await fill(scene, from.Output, `${at}Output`, seen);
  if ((isResult || from.Output !== undefined) && bytesOf(output) > DATA_LIMIT_BYTES) {
    throw tooLarge(scene.name);
  }
  const assigned: Record<string, Json> = {};
  for (const [name, value] of Object.entries(from.Assign ?? {})) {
    assigned[name] = await fill(scene, value, `${at}Assign/${name}`, seen);
  }
  if (bytesOf(assigned) > DATA_LIMIT_BYTES) throw tooLarge(scene.name);
  return { output, assigned };
}

/** Replaces every expression inside a value by what it says. */
async function fill(scene: Scene, template: Json, field: string, seen: Seen = {}): Promise<Json> {
  const expression = expressionIn(template);
  if (expression !== undefined) return ask(scene, expression, field, seen);
  if (Array.isArray(template)) {
    const filled: Json[] = [];
    for (const [index, entry] of template.entries()) {
      filled.push(await fill(scene, entry, `${field}[${index}]`, seen));
    }
    return filled;
  }
  if (!isObject(template)) return template;
  const filled: [string, Json][] = [];
  for (const [key, entry] of Object.entries(template)) {
    filled.push([key, await fill(scene, entry, `${field}/${key}`, seen)]);
  }
  return Object.fromEntries(filled);
}

async function ask(scene: Scene, expression: string, field: string, seen: Seen): Promise<Json> {
  const states = { input: scene.input, context: scene.context, ...seen };
  let result: unknown;
  try {
    result = await evaluate(expression, { ...scene.variables, states });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw evaluation(
      `The JSONata expression '${expression}' specified for the field '${field}' threw an error during evaluation. ${why}`,
      field,
    );
  }
  if (result === undefined) {
    throw evaluation(
      `The JSONata expression '${expression}' specified for the field '${field}' returned nothing (undefined).`,
      field,
    );
  }
  return result as Json;
}

interface Kinds {
  string: string;
  number: number;
  boolean: boolean;
  array: Json[];
}

async function expect<Kind extends keyof Kinds>(
  scene: Scene,
  template: Json,
  field: string,
  kind: Kind,
): Promise<Kinds[Kind]> {
  const value = await fill(scene, template, field);
  if (kindOf(value) === kind) return value as Kinds[Kind];
  const expression = expressionIn(template);
  const subject =
    expression === undefined
      ? `The value specified for the field '${field}' has an unexpected type.`
      : `The JSONata expression '${expression}' specified for the field '${field}' returned an unexpected result type.`;
  throw evaluation(
    `${subject} Expected '${kind}', but was '${kindOf(value)}' for value: ${JSON.stringify(value)}`,
    field,
  );
}
