import type { Caller } from "../kernel/caller.ts";
import type { Cloud } from "../kernel/cloud.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Input } from "../kernel/service.ts";
import type { Graph, Inputs, Resource } from "./graph.ts";

/** How one type of resource comes to be on this machine. Deploying twice is the same as once. */
export interface Family {
  deploy(resource: Resource, site: Site): Promise<void> | void;
  /** Called when the type has left the graph since the last start. Absent: what holds data stays. */
  remove?(physical: string, site: Site): Promise<void> | void;
  /** What `remove` will be given; absent when there is nothing to remove. */
  physical?(resource: Resource): string;
}

/** What a family works with. Inputs that it sees are resolved. */
export interface Site {
  cloud: Cloud;
  graph: Graph;
  operator: Caller;
  /** All resources of a type, inputs resolved. */
  every(type: string): Resource[];
  /** Calls a service as the operator. */
  call<Output = Input>(service: string, operation: string, input: object): Promise<Output>;
}

/** Runs `create`; when the thing is there already, `update`. */
export async function ensure(
  existsCodes: readonly string[],
  create: () => Promise<unknown>,
  update: () => Promise<unknown> | undefined,
): Promise<void> {
  try {
    await create();
  } catch (error) {
    if (!(error instanceof Refusal && existsCodes.includes(error.code))) throw error;
    await update();
  }
}

/** `{ readCapacity: 1 }` → `{ ReadCapacity: 1 }`, at any depth: the SDK's spelling of Pulumi's inputs. */
export function pascal(value: unknown): Input {
  if (Array.isArray(value)) return value.map(pascal);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined && item !== null)
      .map(([key, item]) => [key[0]?.toUpperCase() + key.slice(1), pascal(item)]),
  );
}

/** A text input that must be there. */
export function text(inputs: Inputs, key: string): string {
  const value = inputs[key];
  if (typeof value !== "string") throw new Error(`the graph gives no ${key}`);
  return value;
}

export const optionalText = (inputs: Inputs, key: string): string | undefined =>
  typeof inputs[key] === "string" ? (inputs[key] as string) : undefined;

export const optionalNumber = (inputs: Inputs, key: string): number | undefined =>
  typeof inputs[key] === "number" ? (inputs[key] as number) : undefined;

/** A member that is a list of objects, empty when absent. */
export const list = (inputs: Inputs, key: string): Inputs[] =>
  Array.isArray(inputs[key]) ? (inputs[key] as Inputs[]) : [];

/** A member that is an object, or undefined. */
export const part = (inputs: Inputs, key: string): Inputs | undefined =>
  inputs[key] && typeof inputs[key] === "object" ? (inputs[key] as Inputs) : undefined;

/** Drops members that are undefined, which AWS's shapes do not know. */
export const given = (members: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
