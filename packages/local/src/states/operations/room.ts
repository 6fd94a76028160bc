import type { Cloud } from "../../kernel/cloud.ts";
import type { Operation } from "../../kernel/service.ts";
import type { Interpreter } from "../engine/interpreter.ts";
import type { Journal } from "../engine/journal.ts";
import type { Machines } from "../machines.ts";

/** What the operations work with. */
export interface Room {
  cloud: Cloud;
  machines: Machines;
  journal: Journal;
  interpreter: Interpreter;
}

export type Operations = Readonly<Record<string, Operation>>;
