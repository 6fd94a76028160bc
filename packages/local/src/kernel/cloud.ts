import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Caller, Iam } from "./caller.ts";
import { NotPretended } from "./refusal.ts";
import type { Input, Service } from "./service.ts";
import { openStore, type Store } from "./store.ts";

/** An event as EventBridge carries it. */
export interface CloudEvent {
  version: "0";
  id: string;
  "detail-type": string;
  source: string;
  account: string;
  time: string;
  region: string;
  resources: string[];
  detail: Record<string, unknown>;
}

/** What every service is given: the machine it runs on and the way to its neighbours. */
export interface Cloud {
  readonly region: string;
  readonly accountId: string;
  /** The front's address, `http://127.0.0.1:4566`. Known once it listens. */
  origin: string;
  readonly store: Store;
  readonly iam: Iam;
  /** Milliseconds since 1970. */
  now(): number;
  /** A folder of the service's own below the data folder; made when missing. */
  folder(name: string): string;
  /**
   * Calls a neighbour in this process, with permissions checked as for a request from outside.
   *
   * @throws Refusal as AWS would answer
   */
  call<Output = Input>(
    service: string,
    operation: string,
    input: object,
    caller: Caller,
  ): Promise<Output>;
  /**
   * Puts an event of an AWS service on the default bus. Synchronous and durable: called inside a
   * store transaction it is part of it. Delivery begins after the commit. An `id` or `time` of the
   * caller's own makes it a second delivery of an event that was sent before.
   */
  emit(
    event: Omit<CloudEvent, "version" | "id" | "account" | "region" | "time"> & {
      id?: string;
      time?: string;
    },
  ): void;
  /** One line for the person at the terminal; never secrets. */
  tell(line: string): void;
  add(service: Service): void;
  readonly services: ReadonlyMap<string, Service>;
  /** EventBridge says how events are put; set by its maker. */
  onEmit(put: Cloud["emit"]): void;
}

export interface Machine {
  dataDir: string;
  region: string;
  accountId: string;
  iam: Iam;
  now?: () => number;
  tell?: (line: string) => void;
  /** The one database of the data folder, opened; default: `cloud.sqlite` in it. */
  store?: Store;
}

export function openCloud(machine: Machine): Cloud {
  const services = new Map<string, Service>();
  let put: Cloud["emit"] = () => undefined;
  return {
    region: machine.region,
    accountId: machine.accountId,
    origin: "",
    store: machine.store ?? openStore(join(machine.dataDir, "cloud.sqlite")),
    iam: machine.iam,
    now: machine.now ?? Date.now,
    folder(name) {
      const folder = join(machine.dataDir, name);
      mkdirSync(folder, { recursive: true });
      return folder;
    },
    async call<Output>(service: string, operation: string, input: object, caller: Caller) {
      const found = services.get(service)?.operations[operation];
      if (!found) throw new NotPretended({ service, action: operation });
      for (const need of [found.needs?.(input) ?? []].flat()) caller.check(need);
      return (await found.run(input, caller)) as Output;
    },
    emit: (event) => put(event),
    tell: machine.tell ?? (() => undefined),
    add: (service) => void services.set(service.name, service),
    services,
    onEmit: (next) => {
      put = next;
    },
  };
}
