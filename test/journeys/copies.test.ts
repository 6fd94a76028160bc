import { randomUUID } from "node:crypto";
import { ListJobsCommand, MediaConvertClient } from "@aws-sdk/client-mediaconvert";
import { ListExecutionsCommand, SFNClient } from "@aws-sdk/client-sfn";
import { GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { describe, expect, it } from "vitest";
import { ended, testLaptop } from "../support/laptop.ts";
import { clip } from "../support/media.ts";
import { until } from "../support/until.ts";

type Emit = Awaited<ReturnType<typeof testLaptop>>["laptop"]["cloud"]["emit"];

/** Delivers every event ten times, late and out of order, as an unlucky day on AWS would. */
function noisy(emit: Emit, random: () => number): { emit: Emit; owed(): number } {
  let owed = 0;
  return {
    emit(event) {
      if (event.source !== "aws.s3" && event.source !== "aws.mediaconvert") return emit(event);
      const id = randomUUID();
      emit({ ...event, id }); // one is in the transaction, so that nothing can be lost
      for (let copy = 2; copy <= 10; copy += 1) {
        owed += 1;
        setTimeout(() => {
          owed -= 1;
          // a delivery that is repeated keeps its id, an event that is sent again has a new one
          emit(copy % 2 ? { ...structuredClone(event), id } : structuredClone(event));
        }, random() * 1500);
      }
    },
    owed: () => owed,
  };
}

/** Repeatable: a failure can be run again with the same order. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

describe("ten copies of every event, shuffled", () => {
  it("make one working execution, one job, one READY film and one announcement", async () => {
    await using here = await testLaptop();
    const { laptop, operator, config } = here;
    const noise = noisy(laptop.cloud.emit, seeded(7));
    laptop.cloud.emit = noise.emit;
    const announced: string[] = [];
    const { StateMachineArn: stateMachineArn, JobEventsQueueUrl } = laptop.endpoints.resources;
    const sns = laptop.cloud.services.get("sns")?.operations.Publish;
    if (!sns) throw new Error("there is no SNS");
    const publish = sns.run;
    sns.run = (input, caller) => {
      announced.push(JSON.parse(input.Message).dedupeId);
      return publish.call(sns, input, caller);
    };

    await operator.drop(await clip(), "copied.mp4");
    const states = new SFNClient(config);
    const list = async () =>
      (await states.send(new ListExecutionsCommand({ stateMachineArn }))).executions ?? [];
    await until("ten executions to end", async () => {
      const all = await list();
      return all.length === 10 && all.every((one) => one.status !== "RUNNING");
    });
    const sqs = new SQSClient(config);
    await until("every copy to be heard", async () => {
      const { Attributes = {} } = await sqs.send(
        new GetQueueAttributesCommand({
          QueueUrl: JobEventsQueueUrl,
          AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
        }),
      );
      return noise.owed() === 0 && Object.values(Attributes).every((count) => count === "0");
    });

    const outputs = await Promise.all(
      (await list()).map(async ({ executionArn = "" }) => {
        const history = await operator.history(executionArn);
        return history.at(-1)?.executionSucceededEventDetails?.output ?? "";
      }),
    );
    const working = outputs.filter((output) => output.includes('"READY"'));
    expect(working).toHaveLength(1);
    const { Jobs } = await new MediaConvertClient(config).send(new ListJobsCommand({}));
    expect(Jobs).toHaveLength(1);
    const videoId = JSON.parse(working[0] ?? "{}").videoId as string;
    const film = await ended(here, () => videoId);
    expect(film).toMatchObject({ status: "READY", attempt: 1 });
    expect(announced).toEqual([`${videoId}:1:READY`]);
  });
});
