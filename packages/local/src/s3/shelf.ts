import type { Caller } from "../kernel/caller.ts";
import type { Cloud } from "../kernel/cloud.ts";
import type { Input } from "../kernel/service.ts";
import type { Bodies } from "./body.ts";

/** What every action stands on: the machine, and the place where bytes lie. */
export interface Shelf {
  cloud: Cloud;
  bodies: Bodies;
}

/** Who asks. Events and policy conditions tell it on. */
export interface Ask {
  caller: Caller;
  requestId: string;
  /** Absent for a neighbour in this process. */
  sourceIp?: string;
  /** What else the policies may ask about: request headers as `s3:x-amz-...`. */
  context: Record<string, string>;
}

/** Each action states the SDK's own type of its input. */
export type Action = (
  shelf: Shelf,
  ask: Ask,
  input: Input,
) => object | undefined | Promise<object | undefined>;
