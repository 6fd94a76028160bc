import { runtime, tooLarge } from "../../failure.ts";
import { bytesOf, DATA_LIMIT_BYTES, type Json, type JsonObject } from "../../json.ts";
import { errorOutput, instantOf, type Outcome, type Query, type Scene } from "../query.ts";
import { holds } from "./choice.ts";
import { absence, insert, parsePath, type Roots, read } from "./path.ts";
import { fill, term } from "./template.ts";

/** Step Functions' older query language: paths into the data, and templates made of them. */
export const jsonpath: Query = {
  wrong: (cause) => runtime(cause),

  async arguments(scene) {
    const input = taken(scene, scene.state.InputPath, scene.input);
    const { Parameters } = scene.state;
    return Parameters === undefined ? input : fill(Parameters, roots(scene, input));
  },

  async made(scene) {
    const { Result } = scene.state;
    return { value: Result === undefined ? await jsonpath.arguments(scene) : Result };
  },

  async credentials(scene) {
    const { Credentials } = scene.state;
    if (!Credentials) return undefined;
    return String((fill(Credentials, roots(scene, scene.input)) as JsonObject).RoleArn);
  },

  async finish(scene, result) {
    const input = taken(scene, scene.state.InputPath, scene.input);
    if (!result) return left(scene, input, input, scene.state.Assign);
    const { ResultSelector, ResultPath } = scene.state;
    const selected = ResultSelector
      ? fill(ResultSelector, roots(scene, result.value))
      : result.value;
    const combined = placed(scene, ResultPath, selected);
    return left(scene, combined, selected, scene.state.Assign);
  },

  async caught(scene, catcher, _index, failure) {
    const output = errorOutput(failure);
    const assigned = assign(scene, catcher.Assign, output);
    return { output: placed(scene, catcher.ResultPath, output), assigned };
  },

  async number(scene, field) {
    const given = scene.state[field];
    if (typeof given === "number") return given;
    const path = scene.state[`${field}Path`];
    if (typeof path !== "string") return undefined;
    const input = taken(scene, scene.state.InputPath, scene.input);
    const found = read(parsePath(path), roots(scene, input));
    if (field === "Seconds") return seconds(path, found);
    const whole = field !== "ToleratedFailurePercentage";
    if (typeof found === "number" && (!whole || Number.isInteger(found))) return found;
    const shown = typeof found === "string" ? found : JSON.stringify(found ?? null);
    throw runtime(
      `The ${field}Path field refers to value "${shown}" which is not a valid ${whole ? "integer" : "float"}: ${path}`,
    );
  },

  async text(scene, field) {
    const given = scene.state[field];
    if (typeof given === "string") return given;
    const path = scene.state[`${field}Path`];
    if (typeof path !== "string") return undefined;
    const found = term(path, roots(scene, scene.input), `${field}Path`);
    if (typeof found === "string") return found;
    throw runtime(`The ${field}Path parameter does not reference a string: ${path}`);
  },

  async instant(scene) {
    const { Timestamp, TimestampPath: path } = scene.state;
    if (typeof path !== "string") {
      const instant = instantOf(String(Timestamp));
      if (instant !== undefined) return instant;
      throw runtime(
        `The Timestamp parameter does not reference a valid ISO-8601 extended offset date-time format string: ${String(Timestamp)}`,
      );
    }
    const input = taken(scene, scene.state.InputPath, scene.input);
    const found = read(parsePath(path), roots(scene, input));
    if (found === undefined) {
      throw runtime(`The TimestampPath parameter does not reference an input value: ${path}`);
    }
    const instant = typeof found === "string" ? instantOf(found) : undefined;
    if (instant !== undefined) return instant;
    throw runtime(
      `The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: ${path} == ${String(found)}`,
    );
  },

  async choose(scene) {
    const input = taken(scene, scene.state.InputPath, scene.input);
    const rule = scene.state.Choices?.find((each) => holds(each, roots(scene, input)));
    return {
      ...left(scene, input, input, rule ? rule.Assign : scene.state.Assign),
      next: rule ? rule.Next : scene.state.Default,
    };
  },

  async items(scene) {
    const input = taken(scene, scene.state.InputPath, scene.input);
    const path = scene.state.ItemsPath ?? "$";
    const found = taken(scene, path, input);
    if (Array.isArray(found)) return found;
    throw runtime(`Reference path "${path}" must point to array.`);
  },

  async item(scene, value) {
    const input = taken(scene, scene.state.InputPath, scene.input);
    const template = scene.state.ItemSelector ?? scene.state.Parameters;
    return template === undefined ? value : fill(template, roots(scene, input));
  },
};

function roots(scene: Scene, data: Json): Roots {
  return { data, context: scene.context, variables: scene.variables };
}

/** What a path such as InputPath leaves of the data; null leaves an empty object. */
function taken(scene: Scene, path: string | null | undefined, data: Json): Json {
  if (path === undefined) return data;
  if (path === null) return {};
  const parsed = parsePath(path);
  const found = read(parsed, roots(scene, data));
  if (found !== undefined) return found;
  throw runtime(`Invalid path '${path}' : ${absence(parsed, roots(scene, data))}`);
}

/** The state's input with a result put into it. */
function placed(scene: Scene, path: string | null | undefined, result: Json): Json {
  if (path === undefined) return result;
  if (path === null) return scene.input;
  try {
    return insert(scene.input, parsePath(path), result);
  } catch {
    throw runtime(`Unable to apply step "${path}" to input ${JSON.stringify(scene.input)}`);
  }
}

/** @param result what paths in Assign look into */
function left(scene: Scene, data: Json, result: Json, template: JsonObject | undefined): Outcome {
  const output = taken(scene, scene.state.OutputPath, data);
  if (bytesOf(output) > DATA_LIMIT_BYTES) throw tooLarge(scene.name);
  return { output, assigned: assign(scene, template, result) };
}

function assign(scene: Scene, template: JsonObject | undefined, data: Json): Record<string, Json> {
  return template ? (fill(template, roots(scene, data)) as Record<string, Json>) : {};
}

function seconds(path: string, found: Json | undefined): number {
  if (found === undefined) {
    throw runtime(`The SecondsPath parameter does not reference an input value: ${path}`);
  }
  const value = typeof found === "string" && /^\d+$/.test(found) ? Number(found) : found;
  if (typeof value === "number" && Number.isInteger(value)) return value;
  const shown = typeof found === "string" ? found : JSON.stringify(found);
  throw runtime(`The SecondsPath parameter cannot be parsed as a long value: ${path} == ${shown}`);
}
