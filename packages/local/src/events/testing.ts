import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Message, ReceiveMessageResult } from "@aws-sdk/client-sqs";
import { afterEach, beforeEach, expect, vi } from "vitest";
import { openIam } from "../iam/index.ts";
import type { Caller } from "../kernel/caller.ts";
import type { Refusal } from "../kernel/refusal.ts";
import type { Input, Operation } from "../kernel/service.ts";
import { testCloud } from "../kernel/testing.ts";
import { openSqs } from "../sqs/index.ts";
import { openEvents } from "./index.ts";

export const MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:workflow";
export const STARTER = "arn:aws:iam::000000000000:role/starter";
export const LAMBDA = "arn:aws:lambda:us-east-1:000000000000:function:sweep";
export const RULE = "arn:aws:events:us-east-1:000000000000:rule/arrived";
export const queueArn = (name: string) => `arn:aws:sqs:us-east-1:000000000000:${name}`;

/** What EventBridge assumes to reach a target. */
export const roleFor = (name: string, Action: string, Resource: string) => ({
  name,
  arn: `arn:aws:iam::000000000000:role/${name}`,
  trust: {
    Statement: {
      Effect: "Allow" as const,
      Principal: { Service: "events.amazonaws.com" },
      Action: "sts:AssumeRole",
    },
  },
  policies: [{ Statement: { Effect: "Allow" as const, Action, Resource } }],
});

/**
 * A bus with real permissions and real queues for each test; functions, topics and state machines
 * are stand-ins that note what they are asked, and refuse when told to.
 */
export function useBus() {
  const rig = {
    now: 0,
    asked: [] as Array<{ operation: string; input: Input; caller: Caller }>,
    failing: undefined as Refusal | undefined,
    ...({} as ReturnType<typeof open>),
  };
  let dataDir: string;

  function open() {
    const iam = openIam({ dataDir, accountId: "000000000000", region: "us-east-1" });
    iam.defineRole(roleFor("starter", "states:StartExecution", MACHINE));
    const machine = testCloud({ dataDir, iam, now: () => rig.now });
    const { cloud } = machine;
    cloud.origin = "http://127.0.0.1:4566";
    openSqs(cloud);
    const events = openEvents(cloud, { wait: () => 1 });
    standIn("lambda", "Invoke");
    standIn("sns", "Publish");
    standIn("states", "StartExecution", ({ stateMachineArn }) => ({
      action: "states:StartExecution",
      resource: stateMachineArn,
    }));
    return { machine, cloud, events };

    function standIn(name: string, operation: string, needs?: Operation["needs"]) {
      const run = (input: Input, caller: Caller) => {
        rig.asked.push({ operation, input, caller });
        if (rig.failing) throw rig.failing;
        return {};
      };
      cloud.add({
        name,
        wire: { protocol: "json", version: "1.0", target: "None" },
        operations: { [operation]: needs ? { needs, run } : { run } },
      });
    }
  }

  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), "rushes-events-"));
    Object.assign(rig, { now: Date.UTC(2026, 10, 22, 9, 41, 7), asked: [], failing: undefined });
    Object.assign(rig, open());
  });
  afterEach(async () => {
    await rig.machine.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const call = <Out = Record<string, unknown>>(service: string, operation: string, input: object) =>
    rig.cloud.call<Out>(service, operation, input, rig.cloud.iam.operator);

  return {
    rig,
    call,
    /** Opens the same data folder again, as after a kill: nothing was stopped. */
    reopen() {
      rig.cloud.store.close();
      Object.assign(rig, open());
    },
    /** A queue that lets one rule in. */
    async queue(name: string, allows: string = RULE) {
      await call("sqs", "CreateQueue", { QueueName: name });
      const Policy = JSON.stringify({
        Statement: {
          Effect: "Allow",
          Principal: { Service: "events.amazonaws.com" },
          Action: "sqs:SendMessage",
          Resource: queueArn(name),
          Condition: { ArnEquals: { "aws:SourceArn": allows } },
        },
      });
      await call("sqs", "SetQueueAttributes", { QueueUrl: `x/${name}`, Attributes: { Policy } });
    },
    /** The rule `arrived` for events of S3, with one target. */
    async rule(target: object, more: object = {}) {
      const pattern = { EventPattern: '{"source":["aws.s3"]}' };
      await call("events", "PutRule", { Name: "arrived", ...pattern, ...more });
      await call("events", "PutTargets", { Rule: "arrived", Targets: [{ Id: "one", ...target }] });
    },
    arrived(key: string, id?: string) {
      rig.cloud.emit({
        source: "aws.s3",
        "detail-type": "Object Created",
        resources: [],
        detail: { key },
        ...(id ? { id } : {}),
      });
    },
    async received(name: string): Promise<Message[]> {
      const { Messages } = await call<ReceiveMessageResult>("sqs", "ReceiveMessage", {
        QueueUrl: `x/${name}`,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: 5,
        MessageAttributeNames: ["All"],
      });
      return Messages ?? [];
    },
    settled: () =>
      vi.waitFor(() => expect(rig.events.owed()).toBe(0), { timeout: 10_000, interval: 5 }),
  };
}
