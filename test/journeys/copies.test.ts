import { ListJobsCommand, MediaConvertClient } from "@aws-sdk/client-mediaconvert";
import { ListExecutionsCommand, SFNClient } from "@aws-sdk/client-sfn";
import { describe, expect, it } from "vitest";
import { ended, testLaptop } from "../support/laptop.ts";
import { clip } from "../support/media.ts";
import { until } from "../support/until.ts";

type Emit = Awaited<ReturnType<typeof testLaptop>>["laptop"]["cloud"]["emit"];

/** Delivers every event ten times, late and out of order, as an unlucky day on AWS would. */
function noisy(emit: Emit, random: () => number): Emit {
  return (event) => {
    if (event.source !== "aws.s3" && event.source !== "aws.mediaconvert") return emit(event);
    const copies = Array.from({ length: 10 }, () => structuredClone(event));
    emit(copies[0] ?? event); // one is in the transaction, so that nothing can be lost
    for (const copy of copies.slice(1)) setTimeout(() => emit(copy), random() * 1500);
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
    laptop.cloud.emit = noisy(laptop.cloud.emit, seeded(7));
    const announced: string[] = [];
    const { StateMachineArn: stateMachineArn } = laptop.endpoints.resources;
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
