import { type AttributeValue, DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  SFNClient,
  StartSyncExecutionCommand,
  StopExecutionCommand,
} from "@aws-sdk/client-sfn";
import { ListTopicsCommand, SNSClient } from "@aws-sdk/client-sns";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openRig, type Rig, roleArn } from "./testing.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());

describe("what a signed call gets", () => {
  it("speaks JSON 1.0, with moments in seconds and a request id", async () => {
    const answer = await new SFNClient(rig.at()).send(
      new DescribeExecutionCommand({ executionArn: "arn:x" }),
    );
    expect(answer.startDate).toEqual(new Date(1_700_000_000_500));
    expect(answer.$metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("sends DynamoDB's checksum and bytes in base64", async () => {
    const answer = await new DynamoDBClient(rig.at()).send(
      new GetItemCommand({ TableName: "t", Key: { a: { S: "b" } } }),
    );
    expect(answer.Item?.a?.B).toEqual(new Uint8Array([1, 2]));
  });

  it("gives errors by their names in JSON 1.1", async () => {
    await expect(
      new SecretsManagerClient(rig.at()).send(new GetSecretValueCommand({ SecretId: "x" })),
    ).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      $metadata: { httpStatusCode: 400 },
    });
  });

  it("speaks REST with a payload, its headers becoming members", async () => {
    const answer = await new LambdaClient(rig.at()).send(
      new InvokeCommand({
        FunctionName: "arn:aws:lambda:us-east-1:000000000000:function:f",
        InvocationType: "Event",
        Payload: Buffer.from('{"a":1}'),
      }),
    );
    expect(answer).toMatchObject({ StatusCode: 202, FunctionError: "Unhandled" });
    expect(JSON.parse(Buffer.from(answer.Payload ?? []).toString())).toEqual({
      rest: {
        InvocationType: "Event",
        FunctionName: "arn:aws:lambda:us-east-1:000000000000:function:f",
      },
      payload: '{"a":1}',
    });
    await expect(
      new LambdaClient(rig.at()).send(new InvokeCommand({ FunctionName: "gone" })),
    ).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      $metadata: { httpStatusCode: 404 },
    });
  });

  it("refuses a body nested deeper than anything walks, brackets in texts aside", async () => {
    const client = new DynamoDBClient(rig.at());
    const get = (a: AttributeValue) => new GetItemCommand({ TableName: "t", Key: { a } });
    let deep: AttributeValue = { S: "b" };
    for (let level = 0; level < 600; level += 1) deep = { L: [deep] };
    await expect(client.send(get(deep))).rejects.toMatchObject({ name: "SerializationException" });
    await client.send(get({ S: `${"[".repeat(2000)}\\"${"{".repeat(2000)}` }));
  });

  it("hands the query protocol over with its body read", async () => {
    const answer = await new SNSClient(rig.at()).send(new ListTopicsCommand({}));
    expect(answer.Topics).toEqual([{ TopicArn: "t" }]);
    expect(String(rig.bodies.at(-1))).toContain("Action=ListTopics");
  });

  it("lets a role's keys do what the role may, and names what it may not", async () => {
    const client = new SFNClient(rig.at(rig.iam.keysFor(roleArn, "fn")));
    await client.send(new DescribeExecutionCommand({ executionArn: "arn:x" }));
    await expect(
      client.send(new StopExecutionCommand({ executionArn: "arn:x" })),
    ).rejects.toMatchObject({
      name: "AccessDeniedException",
      message:
        "User: arn:aws:sts::000000000000:assumed-role/reader/fn is not authorized to perform: states:StopExecution on resource: x because no identity-based policy allows the states:StopExecution action",
    });
  });

  it("says what it does not do", async () => {
    await expect(
      new SFNClient({ ...rig.at(), disableHostPrefix: true }).send(
        new StartSyncExecutionCommand({ stateMachineArn: "arn:x" }),
      ),
    ).rejects.toMatchObject({
      name: "NotImplemented",
      message: expect.stringContaining("states StartSyncExecution"),
    });
  });

  it("does not take an inherited name for an operation", async () => {
    const client = new SFNClient(rig.at());
    client.middlewareStack.add(
      (next) => (args) => {
        (args.request as { headers: Record<string, string> }).headers["x-amz-target"] =
          "AWSStepFunctions.constructor";
        return next(args);
      },
      { step: "build" },
    );
    await expect(
      client.send(new DescribeExecutionCommand({ executionArn: "x" })),
    ).rejects.toMatchObject({ name: "NotImplemented" });
  });

  it("keeps what went wrong inside, inside", async () => {
    await expect(
      new SFNClient(rig.at()).send(new ListExecutionsCommand({ stateMachineArn: "x" })),
    ).rejects.toMatchObject({
      name: "InternalFailure",
      $metadata: { httpStatusCode: 500 },
    });
    expect(rig.told.at(-1)).toMatch(/^states: InternalFailure \(TypeError at .*, request /);
    expect(rig.told.join()).not.toContain("a secret value");
  });
});
