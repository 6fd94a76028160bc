import { join } from "node:path";
import type { Statement } from "../../kernel/caller.ts";
import type { FunctionDefinition, NodejsSettings } from "../../lambda/function.ts";
import { type Family, given, list, optionalNumber, optionalText, part, text } from "../family.ts";
import { type Inputs, type Resource, resolve } from "../graph.ts";

/** What the laptop needs to define functions; Lambda's own API wants a zip, which nobody has here. */
export interface FunctionMaker {
  define(definition: FunctionDefinition): Promise<void>;
}

/** @param root where handler paths begin */
export function lambdaFunction(
  lambda: FunctionMaker,
  root: string,
  lookup: (reference: string) => string | undefined,
): Family {
  return {
    async deploy(resource, site) {
      const { name, inputs } = resource;
      const source = Object.values(site.graph.functions).find((one) => one.resource === name);
      if (!source) throw new Error(`the graph has no source for the function ${name}`);
      const physical = text(inputs, "name");
      const dot = source.handler.lastIndexOf(".");
      await lambda.define({
        name: physical,
        arn: `arn:aws:lambda:${site.cloud.region}:${site.cloud.accountId}:function:${physical}`,
        roleArn: text(inputs, "role"),
        entry: join(root, source.handler.slice(0, dot)),
        exportName: source.handler.slice(dot + 1),
        environment: (part(inputs, "environment")?.variables ?? {}) as Record<string, string>,
        links: resolve(source.links, lookup),
        timeoutSeconds: optionalNumber(inputs, "timeout") ?? 3,
        memoryMb: optionalNumber(inputs, "memorySize") ?? 128,
        ...reserved(inputs),
        nodejs: source.nodejs as NodejsSettings,
        ...policyOf(physical, site.every("aws:lambda/permission:Permission")),
        ...asynchronousOf(
          physical,
          site.every("aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig"),
        ),
      });
    },
  };
}

/** Read together with their function. */
export const permission: Family = { deploy: () => undefined };
export const eventInvokeConfig: Family = { deploy: () => undefined };

export const eventSourceMapping: Family = {
  async deploy({ inputs }, { call }) {
    const scaling = part(inputs, "scalingConfig");
    const filters = part(inputs, "filterCriteria");
    await call(
      "lambda",
      "CreateEventSourceMapping",
      given({
        EventSourceArn: text(inputs, "eventSourceArn"),
        FunctionName: text(inputs, "functionName"),
        BatchSize: optionalNumber(inputs, "batchSize"),
        MaximumBatchingWindowInSeconds: optionalNumber(inputs, "maximumBatchingWindowInSeconds"),
        FunctionResponseTypes: inputs.functionResponseTypes,
        Enabled: inputs.enabled,
        ScalingConfig: scaling && { MaximumConcurrency: scaling.maximumConcurrency },
        FilterCriteria: filters && {
          Filters: list(filters, "filters").map((filter) => ({ Pattern: filter.pattern })),
        },
      }),
    );
  },
};

function reserved(inputs: Inputs): { reservedConcurrency?: number } {
  const count = optionalNumber(inputs, "reservedConcurrentExecutions");
  return count === undefined || count < 0 ? {} : { reservedConcurrency: count };
}

const names = (functionName: unknown, physical: string): boolean =>
  typeof functionName === "string" &&
  (functionName === physical || functionName.endsWith(`:function:${physical}`));

function policyOf(physical: string, permissions: Resource[]): { policy?: Statement[] } {
  const own = permissions.filter((one) => names(one.inputs.function, physical));
  if (!own.length) return {};
  return {
    policy: own.map(({ name, inputs }) => {
      const sourceArn = optionalText(inputs, "sourceArn");
      const principal = text(inputs, "principal");
      return {
        Sid: name,
        Effect: "Allow",
        Principal: principal.includes(".amazonaws.com")
          ? { Service: principal }
          : { AWS: principal },
        Action: optionalText(inputs, "action") ?? "lambda:InvokeFunction",
        Resource: "*",
        ...(sourceArn ? { Condition: { ArnLike: { "AWS:SourceArn": sourceArn } } } : {}),
      } satisfies Statement;
    }),
  };
}

function asynchronousOf(
  physical: string,
  configs: Resource[],
): Pick<FunctionDefinition, "asynchronous"> | object {
  const own = configs.find((one) => names(one.inputs.functionName, physical))?.inputs;
  if (!own) return {};
  const destinations = part(own, "destinationConfig");
  const onFailure = destinations && part(destinations, "onFailure");
  return {
    asynchronous: given({
      maximumRetryAttempts: optionalNumber(own, "maximumRetryAttempts"),
      maximumEventAgeSeconds: optionalNumber(own, "maximumEventAgeInSeconds"),
      onFailure: onFailure && optionalText(onFailure, "destination"),
    }),
  };
}
