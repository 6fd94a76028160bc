import type { Cloud } from "../kernel/cloud.ts";
import { modelled } from "../kernel/kinds.ts";
import type { Service } from "../kernel/service.ts";
import { type Interpreter, openInterpreter } from "./engine/interpreter.ts";
import { type Journal, openJournal } from "./engine/journal.ts";
import type { HistoryEvent } from "./history.ts";
import { kinds } from "./kinds.ts";
import { openMachines } from "./machines.ts";
import { callbackOperations } from "./operations/callbacks.ts";
import { executionOperations } from "./operations/executions.ts";
import { machineOperations } from "./operations/machines.ts";
import type { Room } from "./operations/room.ts";
import { tagOperations } from "./operations/tags.ts";

export type { HistoryEvent } from "./history.ts";

export interface States extends Service {
  /**
   * Hears every history event of every execution once it is on disk.
   *
   * @returns how to stop listening
   */
  onHistory(listener: (executionArn: string, event: HistoryEvent) => void): () => void;
}

/** Step Functions for one machine: standard workflows that outlive the process. */
export function openStates(cloud: Cloud): States {
  return assemble(cloud).service;
}

/** The service with its parts, for tests that reach past the API. */
export function assemble(cloud: Cloud): {
  service: States;
  journal: Journal;
  interpreter: Interpreter;
} {
  const journal = openJournal(cloud.store);
  const machines = openMachines(cloud.store);
  const interpreter = openInterpreter(cloud, journal);
  const room: Room = { cloud, journal, machines, interpreter };
  const service: States = {
    name: "states",
    wire: { protocol: "json", version: "1.0", target: "AWSStepFunctions" },
    operations: modelled(kinds, {
      ...machineOperations(room),
      ...executionOperations(room),
      ...callbackOperations(room),
      ...tagOperations(room),
    }),
    start: interpreter.start,
    stop: interpreter.stop,
    onHistory: interpreter.onHistory,
  };
  cloud.add(service);
  return { service, journal, interpreter };
}
