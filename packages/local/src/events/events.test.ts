import { describe, expect, it, vi } from "vitest";
import { Refusal } from "../kernel/refusal.ts";
import { LAMBDA, MACHINE, queueArn, roleFor, STARTER, useBus } from "./testing.ts";

const { rig, call, queue, rule, arrived, received, reopen, settled } = useBus();

describe("an event that an AWS service sends", () => {
  it("comes to a queue that lets the rule in, whole", async () => {
    await queue("films");
    await rule({ Arn: queueArn("films"), SqsParameters: { MessageGroupId: "g" } });
    rig.events.start?.();
    arrived("a.mov");
    const [message] = await received("films");
    expect(JSON.parse(message?.Body ?? "")).toMatchObject({
      version: "0",
      source: "aws.s3",
      account: "000000000000",
      region: "us-east-1",
      time: "2026-11-22T09:41:07Z",
      detail: { key: "a.mov" },
    });
  });

  it("is part of the caller's transaction, and nothing of it stays when that fails", async () => {
    await queue("films");
    await rule({ Arn: queueArn("films") });
    const broken = () =>
      rig.cloud.store.transaction(() => {
        arrived("a.mov");
        throw new Error("no");
      });
    expect(broken).toThrow("no");
    expect(rig.events.owed()).toBe(0);
    rig.cloud.store.transaction(() => arrived("b.mov"));
    expect(rig.events.owed()).toBe(1);
  });

  it("that no rule matches leaves nothing behind", async () => {
    await rule({ Arn: LAMBDA }, { EventPattern: '{"source":["aws.mediaconvert"]}' });
    arrived("a.mov");
    await call("events", "DisableRule", { Name: "arrived" });
    expect(rig.events.owed()).toBe(0);
  });

  it("can be sent again under its own id", async () => {
    await rule({ Arn: LAMBDA });
    rig.events.start?.();
    arrived("a.mov", "the-id");
    arrived("a.mov", "the-id");
    await settled();
    expect(rig.asked.map(({ input }) => JSON.parse(String(input.Payload)).id)).toEqual([
      "the-id",
      "the-id",
    ]);
  });

  it("is delivered after a restart when the machine was killed before", async () => {
    await queue("films");
    await rule({ Arn: queueArn("films") });
    arrived("a.mov");
    reopen(); // never started: as if killed between the commit and the delivery
    rig.events.start?.();
    expect(await received("films")).toHaveLength(1);
  });
});

describe("a target", () => {
  it("function is invoked and not waited for, by EventBridge for this rule", async () => {
    await rule({ Arn: LAMBDA, InputPath: "$.detail" });
    rig.events.start?.();
    arrived("a.mov");
    await settled();
    expect(rig.asked).toMatchObject([
      { operation: "Invoke", input: { FunctionName: LAMBDA, InvocationType: "Event" } },
    ]);
    expect(String(rig.asked[0]?.input.Payload)).toBe('{"key":"a.mov"}');
  });

  it("topic is published to", async () => {
    const Arn = "arn:aws:sns:us-east-1:000000000000:news";
    await rule({ Arn, Input: '"fixed"' });
    rig.events.start?.();
    arrived("a.mov");
    await settled();
    expect(rig.asked[0]?.input).toEqual({ TopicArn: Arn, Message: '"fixed"' });
  });

  it("state machine is started under the role, under one name however often it is tried", async () => {
    rig.failing = new Refusal("ServiceUnavailable", "busy", { httpStatus: 503 });
    await rule({ Arn: MACHINE, RoleArn: STARTER });
    rig.events.start?.();
    arrived("a.mov", "5f0c1c1e-8f0b-4f43-9a4e-2d6f6a1f7c90");
    await vi.waitFor(() => expect(rig.asked.length).toBeGreaterThan(0));
    rig.failing = new Refusal("ExecutionAlreadyExists", "started by a try that nobody saw end");
    rig.now += 10;
    await settled();
    const names = new Set(rig.asked.map(({ input }) => input.name));
    expect(names.size).toBe(1);
    expect([...names][0]).toMatch(/^5f0c1c1e-8f0b-4f43-9a4e-2d6f6a1f7c90_[0-9a-f-]{36}$/);
  });

  it("bus hands the event on to its own rules", async () => {
    await call("events", "CreateEventBus", { Name: "second" });
    const second = "arn:aws:events:us-east-1:000000000000:event-bus/second";
    rig.cloud.iam.defineRole(roleFor("forwarder", "events:PutEvents", second));
    await rule({ Arn: second, RoleArn: "arn:aws:iam::000000000000:role/forwarder" });
    await call("events", "PutRule", {
      Name: "there",
      EventBusName: "second",
      EventPattern: '{"source":["aws.s3"]}',
    });
    await call("events", "PutTargets", {
      Rule: "there",
      EventBusName: "second",
      Targets: [{ Id: "one", Arn: LAMBDA }],
    });
    rig.events.start?.();
    arrived("a.mov");
    await settled();
    expect(rig.asked).toMatchObject([{ operation: "Invoke" }]);
  });
});
