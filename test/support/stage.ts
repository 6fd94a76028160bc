import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { type Job, ListJobsCommand, MediaConvertClient } from "@aws-sdk/client-mediaconvert";
import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import {
  DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import * as Id from "@rushes/core/id";
import type { LaptopOptions } from "@rushes/local";
import { Refusal } from "@rushes/local/kernel/refusal";
import { ended, testLaptop } from "./laptop.ts";
import { type Film, meddle } from "./meddle.ts";
import { until } from "./until.ts";

/** A laptop with a hand in it, and what a test asks it and does to it as the account's operator. */
export type Stage = Awaited<ReturnType<typeof openStage>>;

/** An attempt's item, as far as tests look at it. */
export interface AttemptItem {
  jobId?: string;
  token?: string;
  delivery?: number;
  createTriedAtMs?: number;
  terminal?: { status: string };
}

/** A film's end, in words that can be compared. */
export interface Story {
  status: string;
  attempt: number;
  /** the attempt that can be watched */
  published: number | undefined;
  problem: string | undefined;
  /** how each execution ended: its status, or the name of its error */
  executions: string[];
  jobs: string[];
  /** such as `1:READY` */
  announced: string[];
}

/** The film is READY, and everything about it happened once. */
export const readyOnce: Story = {
  status: "READY",
  attempt: 1,
  published: 1,
  problem: undefined,
  executions: ["SUCCEEDED"],
  jobs: ["COMPLETE"],
  announced: ["1:READY"],
};

/** The film failed by this name, and everything about it happened once. */
export function failedOnce(problem: string, more: Partial<Story> = {}): Story {
  return {
    status: "FAILED",
    attempt: 1,
    published: undefined,
    problem,
    executions: [problem],
    jobs: [],
    announced: ["1:FAILED"],
    ...more,
  };
}

const ENDED = ["COMPLETE", "ERROR", "CANCELED"];

/** A service's answer in place of the true one. */
export function refusal(code: string, httpStatus = 400): Refusal {
  return new Refusal(code, "This is how the test wants it.", { httpStatus });
}

export async function openStage(options: Partial<LaptopOptions> = {}) {
  const here = await testLaptop(options);
  const { config, laptop, operator } = here;
  const { resources } = laptop.endpoints;
  const TableName = resources.Table;
  const stateMachineArn = resources.StateMachineArn;
  const table = DynamoDBDocumentClient.from(new DynamoDBClient(config));
  const states = new SFNClient(config);
  const encoder = new MediaConvertClient(config);
  const lambda = new LambdaClient(config);
  const sqs = new SQSClient(config);
  const meddler = meddle(laptop);
  const over = new Map<string, DescribeExecutionCommandOutput>();

  /** Every execution that was started for a film, the newest first. */
  const executions = async (film: Film) => {
    const { executions: all = [] } = await states.send(
      new ListExecutionsCommand({ stateMachineArn }),
    );
    const described = await Promise.all(
      all.map(async ({ executionArn = "" }) => {
        const known = over.get(executionArn);
        if (known) return known;
        const now = await states.send(new DescribeExecutionCommand({ executionArn }));
        if (now.status !== "RUNNING") over.set(executionArn, now);
        return now;
      }),
    );
    return described.filter(
      ({ input = "" }) => input.includes(film.key) || input.includes(film.videoId),
    );
  };

  /** Every job that was made for a film, the oldest first. */
  const jobs = async (film: Film): Promise<Job[]> => {
    const found: Job[] = [];
    let NextToken: string | undefined;
    do {
      const page = await encoder.send(new ListJobsCommand({ MaxResults: 20, NextToken }));
      found.push(...(page.Jobs ?? []));
      NextToken = page.NextToken;
    } while (NextToken);
    return found.filter(({ UserMetadata }) => UserMetadata?.videoId === film.videoId).reverse();
  };

  const attempt = async (film: Film, number = 1): Promise<AttemptItem | undefined> => {
    const SK = `ATTEMPT#${number}`;
    const found = await table.send(
      new GetCommand({ TableName, Key: { PK: `VIDEO#${film.videoId}`, SK }, ConsistentRead: true }),
    );
    return found.Item;
  };

  /** Makes moments on an item earlier, as if that much time had gone by. */
  const age = async (film: Film, SK: string, names: string[], ms: number) => {
    await table.send(
      new UpdateCommand({
        TableName,
        Key: { PK: `VIDEO#${film.videoId}`, SK },
        UpdateExpression: `SET ${names.map((name) => `${name} = ${name} - :ms`).join(", ")}`,
        ExpressionAttributeValues: { ":ms": ms },
      }),
    );
  };

  return {
    ...here,
    meddler,
    states,
    encoder,
    executions,
    jobs,
    attempt,
    age,

    /** The film that an inbox name makes. Nothing has happened yet. */
    film(name: string): Film {
      const key = `inbox/${name}`;
      return { key, videoId: Id.ofInbox(resources.SourceBucket ?? "", key) };
    },

    drop: (film: Film, file: string) => operator.drop(file, film.key.replace("inbox/", "")),

    /** What became of a film, once nothing goes on with it any more. */
    async story(film: Film, withinMs?: number): Promise<Story> {
      const item = await ended(here, () => film.videoId, withinMs);
      const all = await until("its executions to end", async () => {
        const now = await executions(film);
        return now.length > 0 && now.every(({ status }) => status !== "RUNNING") && now;
      });
      const made = await until("its jobs to end", async () => {
        const now = await jobs(film);
        return now.every(({ Status = "" }) => ENDED.includes(Status)) && now;
      });
      const {
        status,
        attempt: newest,
        published,
        problem,
      } = (await operator.film(film.videoId)) ?? item;
      return {
        status: String(status),
        attempt: Number(newest),
        published: (published as { attempt: number } | undefined)?.attempt,
        problem: (problem as { code: string } | undefined)?.code,
        executions: all.map((one) => one.error ?? String(one.status)),
        jobs: made.map(({ Status }) => String(Status)),
        announced: meddler
          .announced(film)
          .map((dedupeId) => dedupeId.replace(`${film.videoId}:`, "")),
      };
    },

    /** What the film's timeline tells, in order. */
    async timeline(film: Film): Promise<string[]> {
      const { Items = [] } = await table.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: "PK = :film AND begins_with(SK, :event)",
          ExpressionAttributeValues: { ":film": `VIDEO#${film.videoId}`, ":event": "EVENT#" },
          ConsistentRead: true,
        }),
      );
      return Items.map(({ what }) => String(what));
    },

    /** Five quiet minutes go by for a film, again and again until the sweeper does something. */
    sweep(film: Film): Promise<string> {
      return until("the sweeper to care", async () => {
        await age(film, "META", ["updatedAtMs"], 6 * 60_000);
        const { FunctionError, Payload } = await lambda.send(
          new InvokeCommand({ FunctionName: resources.SweepFunction }),
        );
        const round = JSON.parse(new TextDecoder().decode(Payload));
        if (FunctionError) throw new Error(JSON.stringify(round));
        const cared: Array<{ videoId: string; did: string }> = round.cared;
        return cared.find(({ videoId }) => videoId === film.videoId)?.did;
      });
    },

    /** Somebody wants a film made again. */
    async again(film: Film, expectedAttempt: number, name = `again-${film.videoId}`) {
      const input = JSON.stringify({ kind: "again", videoId: film.videoId, expectedAttempt });
      const { executionArn } = await states.send(
        new StartExecutionCommand({ stateMachineArn, name, input }),
      );
      return until("it to end", async () => {
        const now = await states.send(new DescribeExecutionCommand({ executionArn }));
        return now.status !== "RUNNING" && now;
      });
    },

    /**
     * Takes one film through, so that every function is warm, and every queue is polled by calls
     * that a test can meddle with.
     */
    async rehearse(file: string): Promise<void> {
      const film = { key: "inbox/rehearsal", videoId: "" };
      await operator.drop(file, "rehearsal");
      await ended(here, async () => (await operator.newest())?.videoId);
      await until("its execution to end", async () =>
        (await executions(film)).every(({ status }) => status === "SUCCEEDED"),
      );
    },

    /** Waits until the encoder is at work on a film. */
    async encoding(film: Film): Promise<void> {
      await until("the encoder to be at work", async () => {
        const item = await operator.film(film.videoId);
        return item?.status === "TRANSCODING";
      });
    },

    /** How many messages a queue holds, those that somebody has received included. */
    async waiting(queue: string): Promise<number> {
      const { Attributes = {} } = await sqs.send(
        new GetQueueAttributesCommand({
          QueueUrl: resources[queue],
          AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
        }),
      );
      return Object.values(Attributes).reduce((sum, count) => sum + Number(count), 0);
    },
  };
}
