import type { Json, JsonObject } from "./json.ts";

/** Amazon States Language, as far as the interpreter reads it. */
export interface Flow {
  StartAt: string;
  States: Record<string, State>;
}

export interface Definition extends Flow {
  Comment?: string;
  QueryLanguage?: QueryLanguage;
  TimeoutSeconds?: number;
  Version?: string;
}

export type QueryLanguage = "JSONPath" | "JSONata";

export const stateTypes = [
  "Task",
  "Wait",
  "Pass",
  "Succeed",
  "Fail",
  "Choice",
  "Parallel",
  "Map",
] as const;

export type StateType = (typeof stateTypes)[number];

/** One state. Which fields it has depends on its type and query language; validation sees to that. */
export interface State {
  Type: StateType;
  Comment?: string;
  QueryLanguage?: QueryLanguage;
  Next?: string;
  End?: boolean;
  Retry?: Retrier[];
  Catch?: Catcher[];
  Assign?: JsonObject;
  // JSONata
  Arguments?: Json;
  Output?: Json;
  Items?: Json;
  // JSONPath
  InputPath?: string | null;
  OutputPath?: string | null;
  ResultPath?: string | null;
  Parameters?: Json;
  ResultSelector?: JsonObject;
  Result?: Json;
  ItemsPath?: string;
  // by type
  Resource?: string;
  Credentials?: JsonObject;
  Choices?: ChoiceRule[];
  Default?: string;
  Branches?: Flow[];
  ItemProcessor?: Processor;
  /** The older name of ItemProcessor. */
  Iterator?: Processor;
  ItemSelector?: Json;
  [field: string]: unknown;
}

export interface Processor extends Flow {
  ProcessorConfig?: { Mode?: string };
}

export interface ChoiceRule {
  Next: string;
  Condition?: Json;
  Assign?: JsonObject;
  Output?: Json;
  [operator: string]: Json | undefined;
}

export interface Retrier {
  ErrorEquals: string[];
  IntervalSeconds?: number;
  MaxAttempts?: number;
  BackoffRate?: number;
  MaxDelaySeconds?: number;
  JitterStrategy?: "FULL" | "NONE";
}

export interface Catcher {
  ErrorEquals: string[];
  Next: string;
  Assign?: JsonObject;
  Output?: Json;
  ResultPath?: string | null;
}

/** Where a flow stands in its definition: the keys that lead to it, none for the machine itself. */
export type FlowPath = readonly string[];

export function flowAt(definition: Definition, path: FlowPath): Flow {
  let here: unknown = definition;
  for (const key of path) here = (here as Record<string, unknown>)[key];
  return here as Flow;
}

export function stateAt(definition: Definition, path: FlowPath, name: string): State {
  const state = flowAt(definition, path).States[name];
  if (!state) throw new Error(`no state ${name} in ${path.join("/") || "the machine"}`);
  return state;
}

export function languageOf(definition: Definition, state: State): QueryLanguage {
  return state.QueryLanguage ?? definition.QueryLanguage ?? "JSONPath";
}

/** The flows inside a state, each with the keys that lead to it from the state. */
export function innerFlows(state: State): { path: string[]; flow: Flow }[] {
  if (state.Type === "Parallel") {
    return (state.Branches ?? []).map((flow, index) => ({
      path: ["Branches", String(index)],
      flow,
    }));
  }
  if (state.Type !== "Map") return [];
  if (state.ItemProcessor) return [{ path: ["ItemProcessor"], flow: state.ItemProcessor }];
  return state.Iterator ? [{ path: ["Iterator"], flow: state.Iterator }] : [];
}

/** Every state of a definition, the nested ones too, with the path of its flow. */
export function* everyState(
  flow: Flow,
  path: string[] = [],
): Generator<{ name: string; state: State; path: string[] }> {
  for (const [name, state] of Object.entries(flow.States ?? {})) {
    yield { name, state, path };
    for (const inner of innerFlows(state)) {
      yield* everyState(inner.flow, [...path, "States", name, ...inner.path]);
    }
  }
}
