import {
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  ListFunctionsCommand,
  PublishVersionCommand,
} from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Front, openFront } from "../front/index.ts";
import { testCloud } from "../kernel/testing.ts";
import { openLambda } from "./index.ts";
import { fixture } from "./testing.ts";

const { cloud, close } = testCloud();
let front: Front;
let client: LambdaClient;

beforeAll(async () => {
  const lambda = openLambda(cloud);
  front = await openFront(cloud, { port: 0 });
  client = new LambdaClient({
    endpoint: front.origin,
    region: "us-east-1",
    credentials: { accessKeyId: "AKIATEST", secretAccessKey: "test" },
    maxAttempts: 1,
  });
  await Promise.all(["echo", "throws"].map((name) => lambda.define(fixture(name))));
});
afterAll(async () => {
  client.destroy();
  await front.close();
  await close();
});

it("a plain client invokes by name or ARN and reads the log", async () => {
  const answer = await client.send(
    new InvokeCommand({
      FunctionName: "arn:aws:lambda:us-east-1:000000000000:function:echo",
      Payload: JSON.stringify({ film: "ü" }),
      LogType: "Tail",
    }),
  );
  expect(JSON.parse(answer.Payload?.transformToString() ?? "")).toEqual({ film: "ü" });
  expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: "$LATEST" });
  expect(answer.FunctionError).toBeUndefined();
  expect(Buffer.from(answer.LogResult ?? "", "base64").toString()).toContain("REPORT RequestId");
});

it("a plain client hears how a function failed", async () => {
  const answer = await client.send(new InvokeCommand({ FunctionName: "throws" }));
  expect(answer).toMatchObject({ StatusCode: 200, FunctionError: "Unhandled" });
  expect(JSON.parse(answer.Payload?.transformToString() ?? "")).toMatchObject({
    errorType: "SourceUnreadable",
  });
});

it.each([
  ["Event", 202],
  ["DryRun", 204],
] as const)("a plain client is told that %s was taken", async (InvocationType, StatusCode) => {
  const answer = await client.send(new InvokeCommand({ FunctionName: "echo", InvocationType }));
  expect(answer.StatusCode).toBe(StatusCode);
});

it("a plain client reads what is there", async () => {
  const { Functions } = await client.send(new ListFunctionsCommand({}));
  expect(Functions?.map((one) => one.FunctionName)).toEqual(["echo", "throws"]);
  expect(
    await client.send(new GetFunctionConfigurationCommand({ FunctionName: "echo" })),
  ).toMatchObject({ Runtime: "nodejs24.x", Handler: "handlers.echo", State: "Active" });
  const { EventSourceMappings } = await client.send(
    new ListEventSourceMappingsCommand({ FunctionName: "echo" }),
  );
  expect(EventSourceMappings).toEqual([]);
});

it.each([
  ["ResourceNotFoundException", () => new InvokeCommand({ FunctionName: "nobody" })],
  [
    "InvalidRequestContentException",
    () => new InvokeCommand({ FunctionName: "echo", Payload: "{" }),
  ],
])("a plain client knows %s by its class", async (name, command) => {
  await expect(client.send(command())).rejects.toMatchObject({ name });
});

it("a plain client hears by name what is not there", async () => {
  await expect(client.send(new PublishVersionCommand({ FunctionName: "echo" }))).rejects.toThrow(
    "does not implement lambda PublishVersion",
  );
});
