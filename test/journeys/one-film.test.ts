import { ListJobsCommand, MediaConvertClient } from "@aws-sdk/client-mediaconvert";
import { ListExecutionsCommand, SFNClient } from "@aws-sdk/client-sfn";
import { SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { transitions } from "@rushes/cli/execution";
import { countFor } from "@rushes/cli/invocations";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { trespass, watch } from "../../packages/cli/src/once/judge.ts";
import { ended, type TestLaptop, testLaptop } from "../support/laptop.ts";
import { clip } from "../support/media.ts";
import { until } from "../support/until.ts";

/** A queue that hears what the topic announces, made as any subscriber would make it. */
async function subscriber({ config, laptop }: TestLaptop) {
  const sqs = new SQSClient(config);
  const { TopicArn = "" } = laptop.endpoints.resources;
  const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName: "listener" }));
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }),
  );
  const arn = Attributes?.QueueArn ?? "";
  await sqs.send(
    new SetQueueAttributesCommand({
      QueueUrl,
      Attributes: {
        Policy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Principal: { Service: "sns.amazonaws.com" },
              Action: "sqs:SendMessage",
              Resource: arn,
              Condition: { ArnEquals: { "aws:SourceArn": TopicArn } },
            },
          ],
        }),
      },
    }),
  );
  await new SNSClient(config).send(
    new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint: arn }),
  );
  return async (): Promise<Record<string, unknown> | undefined> => {
    const { Messages } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }),
    );
    const body = Messages?.[0]?.Body;
    return body ? JSON.parse(JSON.parse(body).Message) : undefined;
  };
}

describe("one film", () => {
  let here: TestLaptop;
  let videoId: string;
  let executionArn: string;
  let heard: Record<string, unknown>;

  beforeAll(async () => {
    here = await testLaptop();
    const listen = await subscriber(here);
    await here.operator.drop(await clip({ size: "640x360", seconds: 5 }), "holiday.mp4", "Holiday");
    heard = await until("the announcement", listen, 100_000);
    videoId = String(heard.videoId);
    const { StateMachineArn: stateMachineArn } = here.laptop.endpoints.resources;
    const { executions } = await new SFNClient(here.config).send(
      new ListExecutionsCommand({ stateMachineArn }),
    );
    executionArn = executions?.[0]?.executionArn ?? "";
  });
  afterAll(() => here?.[Symbol.asyncDispose]());

  it("is announced once it is READY, under an id to compare", () => {
    expect(heard).toMatchObject({
      status: "READY",
      attempt: 1,
      dedupeId: `${videoId}:1:READY`,
      title: "Holiday",
    });
  });

  it("has a record with what was found and what was made", async () => {
    const film = await ended(here, () => videoId);
    expect(film).toMatchObject({ status: "READY", attempt: 1, title: "Holiday" });
    expect(film.published).toMatchObject({ attempt: 1 });
  });

  it("takes at most seven transitions and four Lambda calls", async () => {
    const history = await here.operator.history(executionArn);
    expect(transitions(history)).toBeLessThanOrEqual(7);
    expect(countFor(videoId, history, here.laptop.invocations()).path).toBe(4);
  });

  it("plays with a grant, every file of every rung, and not without", async () => {
    const expired = await here.operator.grant(videoId, 1);
    const grant = await here.operator.grant(videoId);
    const seen = await watch(grant);
    expect(seen.objections).toEqual([]);
    expect(seen.renditions.filter((one) => one.height).length).toBeGreaterThan(1);
    expect(seen.renditions.map((one) => one.height)).toContain(360);
    await until("the grant to end", () => Date.now() > Date.parse(expired.expiresAt) + 1000, 9_000);
    expect(await trespass(seen.addresses, grant, expired)).toEqual([]);
  });

  it("is told by the plain AWS clients", async () => {
    const { Jobs } = await new MediaConvertClient(here.config).send(new ListJobsCommand({}));
    expect(Jobs).toHaveLength(1);
    expect(Jobs?.[0]).toMatchObject({
      Status: "COMPLETE",
      UserMetadata: { app: "rushes", stage: "dev", videoId, attempt: "1" },
    });
  });
});
