import type { Graph, Resource } from "../../scripts/synth/graph.ts";

// Ways to break a copy of a graph, one thing at a time.

interface Statement {
  Action?: string | string[];
  NotAction?: string[];
  Resource?: string | string[];
  Principal?: unknown;
  Condition?: unknown;
}

export function the(graph: Graph, name: string): Resource {
  const found = graph.resources.filter((resource) => resource.name === name);
  if (found.length !== 1 || !found[0]) throw new Error(`${found.length} resources named ${name}`);
  return found[0];
}

export function remove(graph: Graph, name: string): void {
  graph.resources.splice(graph.resources.indexOf(the(graph, name)), 1);
}

export function set(resource: Resource, path: string, value: unknown): void {
  const steps = path.split(".");
  const last = steps.pop();
  let at = resource.inputs;
  for (const step of steps) at = at[step] as Record<string, unknown>;
  if (last) at[last] = value;
}

function get(resource: Resource, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], resource.inputs);
}

export function policy(
  graph: Graph,
  name: string,
  path: string,
  change: (statements: Statement[]) => void,
): void {
  const resource = the(graph, name);
  const document = JSON.parse(String(get(resource, path)));
  document.Statement = [document.Statement].flat();
  change(document.Statement);
  set(resource, path, JSON.stringify(document));
}

export function first(statements: Statement[]): Statement {
  if (!statements[0]) throw new Error("A policy without statements");
  return statements[0];
}

export function about(statements: Statement[], action: string): Statement {
  return first(statements.filter(({ Action }) => [Action].flat().includes(action)));
}

export function story(
  graph: Graph,
  change: (states: Record<string, Record<string, unknown>>) => void,
) {
  const machine = the(graph, "Workflow");
  const definition = JSON.parse(String(machine.inputs.definition));
  change(definition.States);
  machine.inputs.definition = JSON.stringify(definition);
}
