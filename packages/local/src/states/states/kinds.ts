import type { StateType } from "../definition.ts";
import { map, parallel } from "./fork.ts";
import type { Kind } from "./kind.ts";
import { choice, fail, pass, succeed } from "./simple.ts";
import { task } from "./task.ts";
import { wait } from "./wait.ts";

export const kinds: Record<StateType, Kind> = {
  Task: task,
  Wait: wait,
  Pass: pass,
  Succeed: succeed,
  Fail: fail,
  Choice: choice,
  Parallel: parallel,
  Map: map,
};
