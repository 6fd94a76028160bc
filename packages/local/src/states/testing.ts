import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Caller, Iam } from "../kernel/caller.ts";
import { type Cloud, type CloudEvent, openCloud } from "../kernel/cloud.ts";
import { openIam } from "../kernel/testing.ts";
import type { HistoryEvent } from "./history.ts";
import { assemble } from "./index.ts";

export const ROLE = "arn:aws:iam::111111111111:role/snf_role_arn";

/** What a neighbour answers to a call, in place of the real service. */
export type Neighbour = (operation: string, input: Record<string, unknown>) => unknown;

export interface Described {
  executionArn: string;
  status: string;
  output?: string;
  error?: string;
  cause?: string;
  [member: string]: unknown;
}

export interface Bench {
  cloud: Cloud;
  states: ReturnType<typeof assemble>;
  emitted: Pick<CloudEvent, "source" | "detail" | "detail-type" | "resources">[];
  call<Output = Record<string, unknown>>(operation: string, input: object): Promise<Output>;
  /** Creates a machine and starts it. @returns the execution's ARN */
  launch(definition: object, input?: unknown, name?: string): Promise<string>;
  /** The same without CreateStateMachine and its validation, which is slow in numbers. */
  walk(definition: object, input?: unknown): string;
  ended(executionArn: string): Promise<Described>;
  /** Waits until an event of a type is in the history. */
  saw(executionArn: string, type: string, count?: number): Promise<HistoryEvent[]>;
  history(executionArn: string): Promise<HistoryEvent[]>;
  close(): Promise<void>;
  /** Ends the service and the store without a word to the executions, as a kill does, and opens both again. */
  restart(later?: { afterMs?: number; startLater?: boolean }): Promise<Bench>;
}

/** Step Functions on a store in a folder, with neighbours that a test provides. */
export async function bench(
  neighbours: Record<string, Neighbour> = {},
  options: { dataDir?: string; skewMs?: number; iam?: Partial<Iam>; startLater?: boolean } = {},
): Promise<Bench> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), "rushes-states-"));
  const skewMs = options.skewMs ?? 0;
  const cloud = openCloud({
    dataDir,
    region: "us-east-1",
    accountId: "111111111111",
    iam: { ...openIam, ...options.iam },
    now: () => Date.now() + skewMs,
  });
  for (const [name, answer] of Object.entries(neighbours)) cloud.add(neighbour(name, answer));
  const emitted: Bench["emitted"] = [];
  cloud.onEmit((event) => void emitted.push(event));
  const states = assemble(cloud);
  if (!options.startLater) await states.service.start?.();
  const caller: Caller = cloud.iam.operator;
  let machines = 0;

  const opened: Bench = {
    cloud,
    states,
    emitted,
    call: (operation, input) => cloud.call("states", operation, input, caller),
    async launch(definition, input, name) {
      machines += 1;
      const machine = await opened.call<{ stateMachineArn: string }>("CreateStateMachine", {
        name: `machine-${machines}-${Date.now()}`,
        roleArn: ROLE,
        definition: JSON.stringify(definition),
      });
      const started = await opened.call<{ executionArn: string }>("StartExecution", {
        stateMachineArn: machine.stateMachineArn,
        ...(input === undefined ? {} : { input: JSON.stringify(input) }),
        ...(name === undefined ? {} : { name }),
      });
      return started.executionArn;
    },
    walk(definition, input = {}) {
      machines += 1;
      const name = `machine-${machines}`;
      const machineArn = `arn:aws:states:us-east-1:111111111111:stateMachine:${name}`;
      const arn = `arn:aws:states:us-east-1:111111111111:execution:${name}:execution`;
      const startedAtMs = cloud.now();
      const { TimeoutSeconds } = definition as { TimeoutSeconds?: number };
      const revision = states.journal.addRevision({
        machineArn,
        name,
        revisionId: null,
        definition: JSON.stringify(definition),
        roleArn: ROLE,
        settings: "{}",
        updatedAtMs: startedAtMs,
      });
      states.interpreter.launch({
        arn,
        machineArn,
        name: "execution",
        revision,
        input: JSON.stringify(input),
        startedAtMs,
        deadlineMs: TimeoutSeconds === undefined ? null : startedAtMs + TimeoutSeconds * 1000,
        traceHeader: null,
      });
      return arn;
    },
    ended: (executionArn) =>
      eventually(async () => {
        const described = await opened.call<Described>("DescribeExecution", { executionArn });
        return described.status === "RUNNING" ? undefined : described;
      }),
    saw: (executionArn, type, count = 1) =>
      eventually(async () => {
        const events = (await opened.history(executionArn)).filter((event) => event.type === type);
        return events.length >= count ? events : undefined;
      }),
    async history(executionArn) {
      const { events } = await opened.call<{ events: HistoryEvent[] }>("GetExecutionHistory", {
        executionArn,
        maxResults: 1000,
      });
      return events;
    },
    async close() {
      await states.service.stop?.();
      cloud.store.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
    async restart(later = {}) {
      await states.service.stop?.();
      cloud.store.close();
      return bench(neighbours, {
        ...options,
        dataDir,
        skewMs: skewMs + (later.afterMs ?? 0),
        ...(later.startLater ? { startLater: true } : {}),
      });
    },
  };
  return opened;
}

function neighbour(name: string, answer: Neighbour) {
  const operations = new Proxy(
    {},
    {
      get: (_target, operation) => ({
        run: async (input: Record<string, unknown>) => answer(String(operation), input),
      }),
    },
  );
  return { name, wire: { protocol: "json", version: "1.0", target: name } as const, operations };
}

/** Asks until there is an answer; a fact that never comes fails the test by name. */
export async function eventually<T>(ask: () => Promise<T | undefined>, withinMs = 10_000) {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error("what the test waits for did not happen");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
