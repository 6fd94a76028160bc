import { join } from "node:path";
import type { Cloud } from "../kernel/cloud.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Input, Service } from "../kernel/service.ts";
import { openBundler } from "./bundle.ts";
import { describe, type FunctionDefinition, openFunctions } from "./function.ts";
import { invoke, openRun } from "./invoke.ts";
import { type Invocation, openJournal } from "./journal.ts";
import { openLater } from "./later.ts";
import { openLogs } from "./log.ts";
import type { Mapping } from "./mapping.ts";
import { openMappings } from "./mappings.ts";
import { openPool } from "./pool.ts";
import { route } from "./route.ts";

export type { AsyncConfig, FunctionDefinition, NodejsSettings } from "./function.ts";
export type { About, Invocation, Kind } from "./journal.ts";

export interface Lambda extends Service {
  /**
   * Bundles a function and takes it, or takes its new form.
   *
   * @throws Refusal `InvalidParameterValueException` when it does not build, its limits are not
   *   Lambda's, or Lambda may not assume its role
   */
  define(definition: FunctionDefinition): Promise<void>;
  /** The input is CreateEventSourceMapping's. */
  defineMapping(input: object): Promise<Mapping>;
  /** What ran, the oldest first. */
  invocations(sinceMs?: number): Invocation[];
}

export interface LambdaOptions {
  /** Waits before the second and third try of an asynchronous invocation. */
  retryMs?: number[];
  /** How long a sandbox waits for work before it ends. */
  idleMs?: number;
  /** A folder of bundles for several laptops; each has its own otherwise. */
  bundles?: string;
}

/** Lambda: each function in threads of its own, with its own environment, role and limits. */
export function openLambda(cloud: Cloud, options: LambdaOptions = {}): Lambda {
  const folder = cloud.folder("lambda");
  const logs = openLogs(join(folder, "logs"));
  const functions = openFunctions(cloud);
  const bundler = openBundler(options.bundles ?? join(folder, "bundles"), {
    shared: options.bundles !== undefined,
  });
  const pool = openPool(cloud, (name, text) => logs.write(name, text), options);
  const journal = openJournal(cloud);
  const run = openRun(pool, journal, cloud.tell);
  const later = openLater(cloud, functions, run, options);
  const mappings = openMappings(cloud, functions, run);

  const needs = (action: string) => (input: Input) => {
    const document = functions.find(input?.FunctionName)?.document;
    return {
      action: `lambda:${action}`,
      resource: functions.arnOf(input?.FunctionName),
      ...(document ? { policy: document } : {}),
    };
  };

  const service: Lambda = {
    name: "lambda",
    wire: { protocol: "rest-json", route },
    operations: {
      Invoke: { needs: needs("InvokeFunction"), run: invoke(functions, run, later) },
      GetFunction: {
        needs: needs("GetFunction"),
        run(input) {
          const found = functions.require(input.FunctionName);
          return {
            Configuration: describe(found),
            Code: { RepositoryType: "S3", Location: `file://${found.bundle.file}` },
            ...(found.reservedConcurrency === undefined
              ? {}
              : { Concurrency: { ReservedConcurrentExecutions: found.reservedConcurrency } }),
          };
        },
      },
      GetFunctionConfiguration: {
        needs: needs("GetFunctionConfiguration"),
        run: (input) => describe(functions.require(input.FunctionName)),
      },
      GetPolicy: {
        needs: needs("GetPolicy"),
        run: (input) => {
          const { document, arn } = functions.require(input.FunctionName);
          if (document) return { Policy: JSON.stringify(document) };
          throw new Refusal(
            "ResourceNotFoundException",
            `No policy is associated with the given resource: ${arn}`,
            { httpStatus: 404, about: { Type: "User" } },
          );
        },
      },
      ListFunctions: {
        needs: () => ({ action: "lambda:ListFunctions", resource: "*" }),
        run: () => ({ Functions: functions.all().map(describe) }),
      },
      ...mappings.operations,
    },
    async define(definition) {
      checkLimits(definition);
      checkRole(cloud, definition);
      const bundle = await bundler.bundle(definition);
      const known = functions.find(definition.name);
      functions.define(definition, bundle);
      if (known) pool.forget(known);
    },
    defineMapping: mappings.create,
    invocations: journal.invocations,
    async start() {
      await bundler.rest();
      await mappings.start();
      later.start();
    },
    async stop() {
      later.stop();
      mappings.stop();
      await pool.end();
      await logs.end();
    },
  };
  cloud.add(service);
  return service;
}

function checkLimits({ name, timeoutSeconds, memoryMb }: FunctionDefinition): void {
  const isWithin = (value: number, least: number, most: number) =>
    Number.isInteger(value) && value >= least && value <= most;
  if (isWithin(timeoutSeconds, 1, 900) && isWithin(memoryMb, 128, 10_240)) return;
  throw new Refusal(
    "InvalidParameterValueException",
    `${name}: a timeout is 1 to 900 seconds, not ${timeoutSeconds}; memory 128 to 10240 MB, not ${memoryMb}`,
    { about: { Type: "User" } },
  );
}

function checkRole(cloud: Cloud, { name, roleArn }: FunctionDefinition): void {
  try {
    cloud.iam.assume(roleArn, "lambda.amazonaws.com");
  } catch (error) {
    throw new Refusal(
      "InvalidParameterValueException",
      `The role defined for the function cannot be assumed by Lambda. (${name}, ${roleArn})`,
      { cause: error, about: { Type: "User" } },
    );
  }
}
