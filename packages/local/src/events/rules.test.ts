import { describe, expect, it, vi } from "vitest";
import { LAMBDA, MACHINE, queueArn, RULE, useBus } from "./testing.ts";

const { rig, call, rule, settled } = useBus();

describe("PutEvents", () => {
  it("judges each entry by itself", async () => {
    const answer = await call("events", "PutEvents", {
      Entries: [
        { Source: "rushes", DetailType: "Test", Detail: "{}" },
        { Source: "aws.s3", DetailType: "Test", Detail: "{}" },
        { Source: "rushes", DetailType: "Test", Detail: "[]" },
        { Source: "rushes", Detail: "{}" },
      ],
    });
    expect(answer).toMatchObject({
      FailedEntryCount: 3,
      Entries: [
        { EventId: expect.any(String) },
        { ErrorCode: "NotAuthorizedForSourceException" },
        { ErrorCode: "MalformedDetail" },
        { ErrorCode: "InvalidArgument" },
      ],
    });
    await expect(call("events", "PutEvents", { Entries: [] })).rejects.toMatchObject({
      code: "ValidationException",
    });
  });
});

describe("a request of the wrong kinds", () => {
  it.each([
    ["PutEvents", { Entries: {} }],
    ["PutEvents", { Entries: [null] }],
    ["PutEvents", { Entries: [{ Source: 1, DetailType: "Test", Detail: {} }] }],
    ["PutTargets", { Rule: "arrived", Targets: [{ Id: "1", Arn: LAMBDA, InputTransformer: "x" }] }],
    ["PutRule", { Name: "arrived", EventPattern: {} }],
    ["ListRules", { NamePrefix: 1 }],
    ["RemoveTargets", { Rule: "arrived", Ids: "1" }],
  ])("is refused before %s looks at it", async (operation, input) => {
    await expect(call("events", operation, input)).rejects.toMatchObject({
      code: "SerializationException",
    });
  });
});

describe("a rule", () => {
  it("is described, listed, turned off and on, and deleted after its targets", async () => {
    await rule({ Arn: LAMBDA });
    expect(await call("events", "DescribeRule", { Name: "arrived" })).toMatchObject({
      Arn: RULE,
      State: "ENABLED",
    });
    await call("events", "DisableRule", { Name: "arrived" });
    expect(await call("events", "ListRules", {})).toMatchObject({
      Rules: [{ Name: "arrived", State: "DISABLED" }],
    });
    expect(await call("events", "ListRuleNamesByTarget", { TargetArn: LAMBDA })).toEqual({
      RuleNames: ["arrived"],
    });
    await expect(call("events", "DeleteRule", { Name: "arrived" })).rejects.toMatchObject({
      message: "Rule can't be deleted since it has targets.",
    });
    expect(
      await call("events", "RemoveTargets", { Rule: "arrived", Ids: ["one", "two"] }),
    ).toMatchObject({ FailedEntryCount: 1 });
    await call("events", "DeleteRule", { Name: "arrived" });
    await expect(call("events", "DescribeRule", { Name: "arrived" })).rejects.toMatchObject({
      code: "ResourceNotFoundException",
    });
  });

  it.each([
    [{ Arn: "arn:aws:kinesis:us-east-1:000000000000:stream/s" }, "NotImplemented"],
    [{ Arn: LAMBDA, HttpParameters: {} }, "NotImplemented"],
    [{ Arn: MACHINE }, "ValidationException"],
    [{ Arn: queueArn("q.fifo") }, "ValidationException"],
    [{ Arn: LAMBDA, RetryPolicy: { MaximumRetryAttempts: 186 } }, "ValidationException"],
    [{ Arn: LAMBDA, DeadLetterConfig: { Arn: queueArn("q.fifo") } }, "ValidationException"],
  ])("refuses the target %j", async (target, code) => {
    await expect(rule(target)).rejects.toMatchObject({ code });
  });

  it("with a schedule fires its targets, once after a long pause", async () => {
    await call("events", "PutRule", { Name: "often", ScheduleExpression: "rate(5 minutes)" });
    await call("events", "PutTargets", { Rule: "often", Targets: [{ Id: "one", Arn: LAMBDA }] });
    rig.events.start?.();
    rig.now += 3_600_000;
    // Every start of the machine puts the rule again; that does not disturb its pace.
    await call("events", "PutRule", { Name: "often", ScheduleExpression: "rate(5 minutes)" });
    await vi.waitFor(() => expect(rig.asked.length).toBe(1), { timeout: 5000 });
    expect(JSON.parse(String(rig.asked[0]?.input.Payload))).toMatchObject({
      source: "aws.events",
      "detail-type": "Scheduled Event",
      detail: {},
    });
    await settled();
    expect(rig.asked.length).toBe(1);
  });
});
