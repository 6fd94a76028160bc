import type { Caller } from "../kernel/caller.ts";
import type { Cloud } from "../kernel/cloud.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Input, Operation } from "../kernel/service.ts";
import type { Functions } from "./function.ts";
import type { Run } from "./invoke.ts";
import { changed, describeMapping, type Mapping, readMapping } from "./mapping.ts";
import { giveBackAll, IN_FLIGHT, type Poller, startPoller } from "./poller.ts";

/** The event source mappings of this machine. Each start they are created anew from the graph. */
export interface Mappings {
  operations: Record<string, Operation>;
  create(input: Input): Promise<Mapping>;
  start(): Promise<void>;
  stop(): void;
}

export function openMappings(cloud: Cloud, functions: Functions, run: Run): Mappings {
  cloud.store.schema(IN_FLIGHT);
  const mappings = new Map<string, Mapping>();
  const pollers = new Map<string, Poller>();
  let isOn = false;

  const require = (uuid: unknown): Mapping => {
    const found = mappings.get(String(uuid));
    if (found) return found;
    throw new Refusal("ResourceNotFoundException", "The resource you requested does not exist.", {
      httpStatus: 404,
      about: { Type: "User" },
    });
  };

  const begin = (mapping: Mapping) => {
    if (!isOn || !mapping.enabled) return;
    const found = () => functions.require(mapping.functionArn);
    pollers.set(mapping.uuid, startPoller(cloud, mapping, found, run));
  };

  const halt = (uuid: string) => {
    pollers.get(uuid)?.stop();
    pollers.delete(uuid);
  };

  const describe = (mapping: Mapping, state = mapping.enabled ? "Enabled" : "Disabled") =>
    describeMapping(mapping, state);

  const create = async (input: Input): Promise<Mapping> => {
    const mapping = await readMapping(cloud, functions, input);
    if (mappings.has(mapping.uuid)) {
      throw new Refusal(
        "ResourceConflictException",
        `An event source mapping with SQS arn (" ${mapping.eventSourceArn} ") and function (" ${mapping.functionArn} ") already exists. Please update or delete the existing mapping with UUID ${mapping.uuid}`,
        { httpStatus: 409, about: { Type: "User" } },
      );
    }
    mappings.set(mapping.uuid, mapping);
    begin(mapping);
    return mapping;
  };

  const needs = (action: string) => (input: Input) => ({
    action: `lambda:${action}`,
    resource: input?.UUID
      ? `arn:aws:lambda:${cloud.region}:${cloud.accountId}:event-source-mapping:${input.UUID}`
      : "*",
  });
  const operation = (action: string, act: (input: Input, caller: Caller) => object) => ({
    [action]: { needs: needs(action), run: act },
  });

  return {
    create,
    operations: {
      ...operation("CreateEventSourceMapping", async (input) =>
        describe(await create(input), "Creating"),
      ),
      ...operation("GetEventSourceMapping", (input) => describe(require(input.UUID))),
      ...operation("ListEventSourceMappings", (input) => {
        const arn = input.FunctionName ? functions.arnOf(input.FunctionName) : undefined;
        const found = [...mappings.values()].filter(
          (one) =>
            (arn === undefined || one.functionArn === arn) &&
            (input.EventSourceArn ?? one.eventSourceArn) === one.eventSourceArn,
        );
        return { EventSourceMappings: found.map((one) => describe(one)) };
      }),
      ...operation("UpdateEventSourceMapping", (input) => {
        const next = changed(require(input.UUID), input, cloud.now());
        halt(next.uuid);
        mappings.set(next.uuid, next);
        begin(next);
        return describe(next, "Updating");
      }),
      ...operation("DeleteEventSourceMapping", (input) => {
        const mapping = require(input.UUID);
        mappings.delete(mapping.uuid);
        halt(mapping.uuid);
        return describe(mapping, "Deleting");
      }),
    },
    async start() {
      await giveBackAll(cloud);
      isOn = true;
      for (const mapping of mappings.values()) begin(mapping);
    },
    stop() {
      isOn = false;
      for (const uuid of [...pollers.keys()]) halt(uuid);
    },
  };
}
