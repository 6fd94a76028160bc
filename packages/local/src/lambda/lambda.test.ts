import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Caller, Need } from "../kernel/caller.ts";
import { anyone, testCloud } from "../kernel/testing.ts";
import { type Lambda, openLambda } from "./index.ts";
import { ask, fixture } from "./testing.ts";

const { cloud, close } = testCloud();
cloud.origin = "http://127.0.0.1:4566";
let lambda: Lambda;

beforeAll(async () => {
  lambda = openLambda(cloud);
  await Promise.all([
    ...["context", "count", "nothing", "chatty", "throws", "throwsText", "exits"].map((name) =>
      lambda.define(fixture(name)),
    ),
    ...["rejects", "hoards", "buffers", "circular", "huge", "callback", "missing"].map((name) =>
      lambda.define(fixture(name)),
    ),
    lambda.define(fixture("echo", { nodejs: { minify: false, sourcemap: true } })),
    lambda.define(fixture("loops", { timeoutSeconds: 1 })),
    lambda.define(fixture("slow", { reservedConcurrency: 2 })),
    lambda.define(fixture("environment", { environment: { COLOUR: "red", AWS_REGION: "moon" } })),
    lambda.define(fixture("linked", { links: { Films: { table: "films" } } })),
    lambda.define(fixture("closed", { exportName: "echo", reservedConcurrency: 0 })),
    lambda.define(
      fixture("handler", {
        name: "traced",
        entry: fileURLToPath(new URL("./fixtures/traced.ts", import.meta.url)),
      }),
    ),
    lambda.define(
      fixture("handler", {
        name: "unloadable",
        entry: fileURLToPath(new URL("./fixtures/broken-import.ts", import.meta.url)),
      }),
    ),
  ]);
});
afterAll(close);

describe("an invocation", () => {
  it.each([{ a: 1 }, "text", null, [1, 2], 3])("gives %j back to who sent it", async (event) => {
    expect(await ask(cloud, "echo", event)).toMatchObject({
      status: 200,
      result: event,
      error: undefined,
    });
  });

  it.each([
    "arn:aws:lambda:us-east-1:000000000000:function:echo",
    "arn:aws:lambda:us-east-1:000000000000:function:echo:$LATEST",
    "000000000000:function:echo",
    "function:echo",
    "echo:$LATEST",
  ])("finds its function as %s", async (name) => {
    expect((await ask(cloud, name, "found")).result).toBe("found");
  });

  it.each([
    "nobody",
    "echo:live",
    "arn:aws:lambda:eu-west-1:000000000000:function:echo",
    "arn:aws:lambda:us-east-1:999999999999:function:echo",
  ])("does not find %s", async (name) => {
    await expect(ask(cloud, name)).rejects.toMatchObject({
      code: "ResourceNotFoundException",
      httpStatus: 404,
    });
  });

  it("takes a call without payload for an empty object", async () => {
    const answer = await cloud.call<{ Payload: Uint8Array }>(
      "lambda",
      "Invoke",
      { FunctionName: "echo" },
      anyone,
    );
    expect(String(Buffer.from(answer.Payload))).toBe("{}");
  });

  it("answers null for nothing", async () => {
    expect((await ask(cloud, "nothing")).result).toBeNull();
  });

  it.each([
    [{ Payload: "{" }, "InvalidRequestContentException"],
    [{ Payload: JSON.stringify("x".repeat(7 << 20)) }, "RequestTooLargeException"],
    [
      { InvocationType: "Event", Payload: JSON.stringify("x".repeat(2 << 20)) },
      "RequestTooLargeException",
    ],
    [{ InvocationType: "Sometime" }, "ValidationException"],
    [{ ClientContext: "bm90IGpzb24=" }, "InvalidRequestContentException"],
  ])("weighs the request first", async (more, code) => {
    await expect(ask(cloud, "echo", {}, more)).rejects.toMatchObject({ code });
  });

  it("can be only tried", async () => {
    expect(await ask(cloud, "echo", {}, { InvocationType: "DryRun" })).toMatchObject({
      status: 204,
      result: undefined,
    });
  });

  it("checks that the caller may, with the function's own policy beside", async () => {
    const policy = [{ Effect: "Allow" as const, Principal: "*" as const, Action: "lambda:*" }];
    await lambda.define(fixture("echo", { name: "guarded", policy }));
    const needs: Need[] = [];
    const caller: Caller = { ...anyone, check: (need) => void needs.push(need) };
    await cloud.call("lambda", "Invoke", { FunctionName: "guarded" }, caller);
    expect(needs).toEqual([
      {
        action: "lambda:InvokeFunction",
        resource: "arn:aws:lambda:us-east-1:000000000000:function:guarded",
        policy: { Version: "2012-10-17", Statement: policy },
      },
    ]);
  });
});

describe("a sandbox", () => {
  it("stays warm", async () => {
    expect([(await ask(cloud, "count")).result, (await ask(cloud, "count")).result]).toEqual([
      1, 2,
    ]);
  });

  it("has exactly its own environment", async () => {
    vi.stubEnv("SECRET_OF_THE_PERSON", "hush");
    const seen = (await ask(cloud, "environment")).result as Record<string, string>;
    vi.unstubAllEnvs();
    expect(seen).toMatchObject({
      AWS_ENDPOINT_URL: "http://127.0.0.1:4566",
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "128",
      AWS_LAMBDA_FUNCTION_NAME: "environment",
      AWS_REGION: "us-east-1",
      COLOUR: "red",
      _HANDLER: "handlers.environment",
    });
    expect(seen).not.toHaveProperty("SECRET_OF_THE_PERSON");
    expect(seen).not.toHaveProperty("HOME");
  });

  it("shows what is linked through SST's Resource", async () => {
    expect((await ask(cloud, "linked")).result).toEqual({ table: "films" });
  });

  it("tells the handler its context", async () => {
    const { result } = await ask(cloud, "context");
    expect(result).toMatchObject({
      functionName: "context",
      functionVersion: "$LATEST",
      invokedFunctionArn: "arn:aws:lambda:us-east-1:000000000000:function:context",
      memoryLimitInMB: "128",
      logGroupName: "/aws/lambda/context",
      awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      traceId: expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=.*;Sampled=0$/),
    });
    const { leftMs } = result as { leftMs: number };
    expect(leftMs).toBeGreaterThan(5000);
    expect(leftMs).toBeLessThanOrEqual(10_000);
  });

  it("carries Powertools and the SDK, which do not know where they are", async () => {
    const { result, error, log } = await ask(cloud, "traced", { film: 1 }, { LogType: "Tail" });
    expect(error).toBeUndefined();
    expect(result).toMatchObject({
      traceId: expect.stringMatching(/^1-[0-9a-f]{8}-[0-9a-f]{24}$/),
      sampled: false,
      region: "us-east-1",
      keyId: "ASIATEST",
    });
    const line = log.split("\n").find((one) => one.startsWith("{")) ?? "{}";
    expect(JSON.parse(line)).toMatchObject({ level: "INFO", message: "heard", cold_start: true });
  });

  it("is left alone after a plain error, and told apart by name", async () => {
    expect(await ask(cloud, "throws")).toMatchObject({
      status: 200,
      error: "Unhandled",
      result: {
        errorType: "SourceUnreadable",
        errorMessage: "no video in it",
        trace: expect.arrayContaining([expect.stringContaining("no video in it")]),
      },
    });
  });

  it.each([
    ["throwsText", { errorType: "string", errorMessage: "just text" }],
    ["circular", { errorType: "Runtime.MarshalError" }],
    ["huge", { errorType: "Function.ResponseSizeTooLarge" }],
    ["exits", { errorMessage: expect.stringContaining("exit status 3") }],
    ["exits", { errorType: "Runtime.ExitError" }],
    [
      "rejects",
      {
        errorType: "Runtime.UnhandledPromiseRejection",
        errorMessage: "Error: nobody waits for this",
      },
    ],
    ["missing", { errorType: "Runtime.HandlerNotFound" }],
    ["callback", { errorType: "Runtime.CallbackHandlerDeprecated" }],
    ["unloadable", { errorType: "TypeError", errorMessage: "it breaks while it loads" }],
    ["hoards", { errorType: "Runtime.OutOfMemory" }],
    ["buffers", { errorType: "Runtime.OutOfMemory" }],
  ])("%s fails as on AWS", async (name, failure) => {
    const { error, result } = await ask(cloud, name);
    expect(error).toBe("Unhandled");
    expect(result).toMatchObject(failure);
  });

  it("ends in an endless loop when its time is over, and says what it printed", async () => {
    const { error, result, log } = await ask(cloud, "loops", {}, { LogType: "Tail" });
    expect(error).toBe("Unhandled");
    expect(result).toMatchObject({
      errorType: "Sandbox.Timedout",
      errorMessage: expect.stringMatching(/^RequestId: \S+ Error: Task timed out after 1.00 sec/),
    });
    expect(log).toContain("for ever");
  });

  it("is one of as many as are needed, up to the reserved concurrency", async () => {
    const both = [ask(cloud, "slow", { ms: 300 }), ask(cloud, "slow", { ms: 300 })];
    await expect(ask(cloud, "slow", { ms: 1 })).rejects.toMatchObject({
      code: "TooManyRequestsException",
      httpStatus: 429,
      about: { Reason: "ReservedFunctionConcurrentInvocationLimitExceeded" },
    });
    expect((await Promise.all(both)).map((answer) => answer.result)).toEqual([1, 1]);
    expect((await ask(cloud, "slow", { ms: 1 })).result).toBe(2);
    await expect(ask(cloud, "closed")).rejects.toMatchObject({ httpStatus: 429 });
  });
});

describe("what functions print", () => {
  it("comes back as the tail, between START and REPORT", async () => {
    const { log } = await ask(cloud, "chatty", {}, { LogType: "Tail" });
    const lines = log.trim().split("\n");
    expect(lines[0]).toMatch(/^START RequestId: \S+ Version: \$LATEST$/);
    expect(lines[1]).toMatch(/^\S+Z\t\S+\tINFO\tone { two: 2 }$/);
    expect(lines[2]).toBe('{"three":3}');
    expect(lines[3]).toMatch(/^END RequestId/);
    expect(lines[4]).toMatch(/^REPORT RequestId: \S+\tDuration: .*Init Duration: /);
  });

  it("is JSON where the function says so", async () => {
    await lambda.define(fixture("chatty", { name: "chatty-json", logFormat: "JSON" }));
    const { log } = await ask(cloud, "chatty-json", {}, { LogType: "Tail" });
    const lines = log
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as object);
    const requestId = expect.any(String);
    expect(lines).toMatchObject([
      { type: "platform.start", record: { requestId } },
      { level: "INFO", requestId, message: "one { two: 2 }" },
      { three: 3 },
      { type: "platform.report", record: { requestId, status: "success" } },
    ]);
  });

  it("is in a file of the function's own", async () => {
    await ask(cloud, "chatty");
    const file = join(cloud.folder("lambda"), "logs", "chatty.log");
    await vi.waitFor(() => expect(readFileSync(file, "utf8")).toContain("one { two: 2 }"));
  });
});

describe("the invocation log", () => {
  it("tells who asked, what it was about and how it ended, and keeps no payload", async () => {
    const id = "vid_01J9ZZZZZZZZZZZZZZZZZZZZZZ";
    const since = cloud.now();
    await ask(cloud, "echo", { Records: [{ body: JSON.stringify(event(id, "COMPLETE")) }] });
    await ask(cloud, "throws", { key: `uploads/${id}/upl_01J9YYYYYYYYYYYYYYYYYYYYYY/source` });
    await ask(cloud, "throws", event("none", "STATUS_UPDATE"));
    const entries = lambda.invocations(since).filter((one) => one.startedAtMs >= since);
    expect(entries.slice(-3)).toMatchObject([
      {
        function: "echo",
        kind: "RequestResponse",
        source: anyone.arn,
        outcome: "succeeded",
        about: { ids: [id], events: ["aws.mediaconvert/COMPLETE"] },
      },
      { outcome: "failed", about: { ids: [id, "upl_01J9YYYYYYYYYYYYYYYYYYYYYY"], events: [] } },
      { outcome: "failed", about: { ids: [], events: ["aws.mediaconvert/STATUS_UPDATE"] } },
    ]);
    expect(entries.every((one) => (one.durationMs ?? -1) >= 0)).toBe(true);
  });
});

function event(videoId: string, status: string) {
  return { source: "aws.mediaconvert", detail: { status, userMetadata: { videoId } } };
}
