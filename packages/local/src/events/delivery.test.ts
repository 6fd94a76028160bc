import type { Message } from "@aws-sdk/client-sqs";
import { describe, expect, it, vi } from "vitest";
import { Refusal } from "../kernel/refusal.ts";
import { LAMBDA, MACHINE, queueArn, RULE, STARTER, useBus } from "./testing.ts";

const { rig, queue, rule, arrived, received } = useBus();

describe("what cannot be delivered", () => {
  const reasons = (message: Message | undefined) =>
    Object.fromEntries(
      Object.entries(message?.MessageAttributes ?? {}).map(([name, value]) => [
        name,
        value.StringValue,
      ]),
    );

  it.each([
    ["a queue that lets the rule not in", queueArn("closed"), undefined, "NO_PERMISSIONS"],
    ["a queue that is not there", queueArn("nowhere"), undefined, "NO_RESOURCE"],
    ["a role that may not", MACHINE.replace("workflow", "other"), STARTER, "NO_PERMISSIONS"],
    ["a role that is not there", MACHINE, `${STARTER}2`, "NO_PERMISSIONS"],
  ])("because of %s goes to the dead letters at once", async (_, Arn, RoleArn, code) => {
    await queue("closed", "arn:aws:events:us-east-1:000000000000:rule/another");
    await queue("dead");
    // A queue is the resource's own to give: without a policy of its own only roles may send.
    await rule({
      Arn,
      ...(RoleArn ? { RoleArn } : {}),
      DeadLetterConfig: { Arn: queueArn("dead") },
    });
    const tell = vi.spyOn(rig.cloud, "tell");
    rig.events.start?.();
    arrived("a.mov");
    const [message] = await received("dead");
    await vi.waitFor(() => expect(rig.events.owed()).toBe(0));
    expect(tell.mock.calls.flat()).toEqual([
      `events: arrived could not reach ${Arn.split(":").at(-1)}, ${code}: the event lies in dead`,
    ]);
    expect(reasons(message)).toMatchObject({
      RULE_ARN: RULE,
      TARGET_ARN: Arn,
      ERROR_CODE: code,
      ERROR_MESSAGE: expect.any(String),
      RETRY_ATTEMPTS: "0",
    });
    expect(reasons(message)).not.toHaveProperty("EXHAUSTED_RETRY_CONDITION");
    expect(JSON.parse(message?.Body ?? "")).toMatchObject({ detail: { key: "a.mov" } });
  });

  it.each([
    [{ MaximumRetryAttempts: 2 }, 0, "MaximumRetryAttempts", "2"],
    [{ MaximumEventAgeInSeconds: 60 }, 61_000, "MaximumEventAgeInSeconds", expect.any(String)],
  ])("within %j is given up", async (RetryPolicy, laterMs, condition, attempts) => {
    rig.failing = new Refusal("TooManyRequestsException", "busy", { httpStatus: 429 });
    await queue("dead");
    await rule({ Arn: LAMBDA, RetryPolicy, DeadLetterConfig: { Arn: queueArn("dead") } });
    rig.events.start?.();
    arrived("a.mov");
    await vi.waitFor(() => expect(rig.asked.length).toBe(1));
    rig.now += laterMs;
    const ticking = setInterval(() => {
      rig.now += 1;
    }, 1);
    const [message] = await received("dead");
    clearInterval(ticking);
    expect(reasons(message)).toMatchObject({
      ERROR_CODE: "THROTTLING",
      EXHAUSTED_RETRY_CONDITION: condition,
      RETRY_ATTEMPTS: attempts,
    });
  });

  it("for want of JSON is INVALID_JSON", async () => {
    await queue("dead");
    await rule({
      Arn: LAMBDA,
      InputTransformer: { InputPathsMap: { k: "$.detail.key" }, InputTemplate: '{"k":<k>}' },
      DeadLetterConfig: { Arn: queueArn("dead") },
    });
    rig.events.start?.();
    arrived('a"b');
    expect(reasons((await received("dead"))[0])).toMatchObject({ ERROR_CODE: "INVALID_JSON" });
    expect(rig.asked).toEqual([]);
  });
});
