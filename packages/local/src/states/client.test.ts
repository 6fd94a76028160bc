import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  ExecutionDoesNotExist,
  GetExecutionHistoryCommand,
  InvalidToken,
  ListExecutionsCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  StateMachineDoesNotExist,
  TaskTimedOut,
} from "@aws-sdk/client-sfn";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openFront } from "../front/index.ts";
import { openIam } from "../iam/index.ts";
import { openCloud } from "../kernel/cloud.ts";
import { openStates } from "./index.ts";
import { eventually } from "./testing.ts";

const accountId = "000000000000";
const machineArn = `arn:aws:states:us-east-1:${accountId}:stateMachine:m`;
const roleArn = `arn:aws:iam::${accountId}:role/machine`;
const queue = `arn:aws:sqs:us-east-1:${accountId}:queue`;
const resumeArn = `arn:aws:iam::${accountId}:role/resume`;

let operator: SFNClient;
let resume: SFNClient;
let close: () => Promise<void>;
let sent = "";

const trusts = (Service: string) => ({
  Statement: { Effect: "Allow", Principal: { Service }, Action: "sts:AssumeRole" } as const,
});

beforeAll(async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "rushes-states-"));
  const region = "us-east-1";
  const iam = openIam({ dataDir, accountId, region });
  iam.defineRole({
    name: "machine",
    arn: roleArn,
    trust: trusts("states.amazonaws.com"),
    policies: [{ Statement: { Effect: "Allow", Action: "sqs:SendMessage", Resource: queue } }],
  });
  iam.defineRole({
    name: "resume",
    arn: resumeArn,
    trust: trusts("lambda.amazonaws.com"),
    policies: [
      { Statement: { Effect: "Allow", Action: "states:SendTaskSuccess", Resource: machineArn } },
    ],
  });
  const cloud = openCloud({ dataDir, region, accountId, iam });
  cloud.add({
    name: "sqs",
    wire: { protocol: "json", version: "1.0", target: "AmazonSQS" },
    operations: {
      SendMessage: {
        needs: (input) => ({ action: "sqs:SendMessage", resource: input.QueueUrl }),
        run: (input) => {
          sent = input.MessageBody;
          return { MessageId: "1" };
        },
      },
    },
  });
  const states = openStates(cloud);
  const front = await openFront(cloud, { port: 0 });
  await states.start?.();
  const client = (keys: typeof iam.operatorKeys) =>
    new SFNClient({ endpoint: front.origin, region, credentials: keys, maxAttempts: 1 });
  operator = client(iam.operatorKeys);
  resume = client(iam.keysFor(resumeArn, "resume"));
  close = async () => {
    operator.destroy();
    resume.destroy();
    await states.stop?.();
    await front.close();
    cloud.store.close();
    rmSync(dataDir, { recursive: true, force: true });
  };
  await operator.send(
    new CreateStateMachineCommand({ name: "m", roleArn, definition: JSON.stringify(definition) }),
  );
});
afterAll(() => close());

const definition = {
  QueryLanguage: "JSONata",
  StartAt: "Encode",
  States: {
    Encode: {
      Type: "Task",
      Resource: "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
      Arguments: {
        QueueUrl: "{% $states.input.queue %}",
        MessageBody: "{% $states.context.Task.Token %}",
      },
      TimeoutSeconds: 600,
      End: true,
    },
  },
};

it("a plain client follows an execution, and a function's role may answer its token", async () => {
  const { executionArn, startDate } = await operator.send(
    new StartExecutionCommand({ stateMachineArn: machineArn, input: JSON.stringify({ queue }) }),
  );
  expect(Math.abs(Number(startDate) - Date.now())).toBeLessThan(60_000);
  await eventually(async () => sent || undefined);
  const answer = new SendTaskSuccessCommand({ taskToken: sent, output: '{"ok":true}' });
  await resume.send(answer);
  const ended = await eventually(async () => {
    const found = await operator.send(new DescribeExecutionCommand({ executionArn }));
    return found.status === "RUNNING" ? undefined : found;
  });
  expect(ended).toMatchObject({ status: "SUCCEEDED", output: '{"ok":true}' });
  expect(ended.stopDate).toBeInstanceOf(Date);
  await expect(resume.send(answer)).rejects.toThrow(TaskTimedOut);

  const { events = [] } = await operator.send(new GetExecutionHistoryCommand({ executionArn }));
  expect(events.map(({ type }) => type)).toContain("TaskSubmitted");
  expect(events[0]?.timestamp).toBeInstanceOf(Date);
  expect(events[1]?.stateEnteredEventDetails?.name).toBe("Encode");
  const { executions } = await operator.send(
    new ListExecutionsCommand({ stateMachineArn: machineArn, statusFilter: "SUCCEEDED" }),
  );
  expect(executions?.map((execution) => execution.executionArn)).toEqual([executionArn]);
});

it("a missing permission of the machine's role fails the task, with the sentence that says so", async () => {
  const { executionArn } = await operator.send(
    new StartExecutionCommand({
      stateMachineArn: machineArn,
      input: JSON.stringify({ queue: `${queue}-other` }),
    }),
  );
  const ended = await eventually(async () => {
    const found = await operator.send(new DescribeExecutionCommand({ executionArn }));
    return found.status === "RUNNING" ? undefined : found;
  });
  expect(ended).toMatchObject({ status: "FAILED", error: "SQS.AmazonSQSException" });
  expect(ended.cause).toContain("sqs:SendMessage");
});

it("errors arrive as the SDK's own classes", async () => {
  const nowhere = `${machineArn}x`;
  await expect(
    operator.send(new StartExecutionCommand({ stateMachineArn: nowhere })),
  ).rejects.toThrow(StateMachineDoesNotExist);
  const executionArn = `arn:aws:states:us-east-1:${accountId}:execution:m:none`;
  await expect(operator.send(new DescribeExecutionCommand({ executionArn }))).rejects.toThrow(
    ExecutionDoesNotExist,
  );
  await expect(
    resume.send(new SendTaskSuccessCommand({ taskToken: "x", output: "{}" })),
  ).rejects.toThrow(InvalidToken);
  await expect(
    resume.send(new StartExecutionCommand({ stateMachineArn: machineArn })),
  ).rejects.toMatchObject({ name: "AccessDeniedException" });
});
