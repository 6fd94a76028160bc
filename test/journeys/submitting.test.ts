import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clip } from "../support/media.ts";
import { failedOnce, openStage, readyOnce, refusal, type Stage } from "../support/stage.ts";
import { until } from "../support/until.ts";

/** Between the task that waits and the job: whatever is lost or comes twice, one job is made. */

let stage: Stage;
let source: string;

beforeAll(async () => {
  stage = await openStage();
  source = await clip({ seconds: 1 });
  await stage.rehearse(source);
});
afterAll(async () => {
  await stage?.[Symbol.asyncDispose]();
});

describe.concurrent("one task, one job", () => {
  it("when the answer of CreateJob is lost, and the events come before the message again", async () => {
    const film = stage.film("overtaken.mp4");
    const { meddler } = stage;
    meddler.around("mediaconvert", "CreateJob", film, async ({ pass }) => {
      await pass();
      throw refusal("InternalServerErrorException", 500);
    });
    await stage.drop(film, source);
    expect(await stage.story(film)).toEqual(readyOnce);
  });

  it("when submit dies after CreateJob, and the message comes again within the minute", async () => {
    const film = stage.film("repeated.mp4");
    const { meddler } = stage;
    const tokens: string[] = [];
    const events = meddler.hold(film, "PROGRESSING", "INPUT_INFORMATION", "COMPLETE");
    meddler.hurry(film);
    meddler.around("mediaconvert", "CreateJob", film, async ({ pass, nth, input }) => {
      tokens.push(input.ClientRequestToken);
      const answer = await pass();
      if (nth === 1) throw refusal("InternalServerErrorException", 500);
      return answer;
    });
    await stage.drop(film, source);
    await until("the job's id", async () => (await stage.attempt(film))?.jobId);
    events.release();
    expect(await stage.story(film)).toEqual(readyOnce);
    expect(tokens).toHaveLength(2);
    expect(new Set(tokens).size).toBe(1);
  });

  it("when submit dies after CreateJob, and the message comes again much later", async () => {
    const film = stage.film("adopted.mp4");
    const { meddler } = stage;
    let created = 0;
    const events = meddler.hold(film, "PROGRESSING", "INPUT_INFORMATION", "COMPLETE");
    meddler.hurry(film);
    meddler.around("mediaconvert", "CreateJob", film, async ({ pass }) => {
      created += 1;
      await pass();
      await stage.age(film, "ATTEMPT#1", ["createTriedAtMs", "leaseUntilMs"], 60_000);
      throw refusal("InternalServerErrorException", 500);
    });
    await stage.drop(film, source);
    await until("the job's id", async () => (await stage.attempt(film))?.jobId);
    events.release();
    expect(await stage.story(film)).toEqual(readyOnce);
    expect(created).toBe(1);
  });

  it("when the message comes twice at once", async () => {
    const film = stage.film("twins.mp4");
    stage.meddler.hurry(film);
    stage.meddler.around("sqs", "SendMessage", film, async ({ pass, input }) => {
      if (!String(input.MessageBody).includes("taskToken")) return pass();
      const [answer] = await Promise.all([pass(), pass()]);
      return answer;
    });
    await stage.drop(film, source);
    expect(await stage.story(film)).toEqual(readyOnce);
  });

  it("when CreateJob is throttled for a while", async () => {
    const film = stage.film("throttled.mp4");
    let tries = 0;
    stage.meddler.hurry(film);
    stage.meddler.around("mediaconvert", "CreateJob", film, async ({ pass, nth }) => {
      tries = nth;
      if (nth <= 3) throw refusal("TooManyRequestsException", 429);
      return pass();
    });
    await stage.drop(film, source);
    expect(await stage.story(film)).toEqual(readyOnce);
    expect(tries).toBe(4);
  });

  it("when the task is tried again while its job runs: the new token is answered", async () => {
    const film = stage.film("second-token.mp4");
    const { meddler } = stage;
    const events = meddler.hold(film, "COMPLETE");
    meddler.hurry(film);
    meddler.around("sqs", "SendMessage", film, async ({ pass, nth, input }) => {
      const answer = await pass();
      if (!String(input.MessageBody).includes("taskToken")) return answer;
      if (nth === 1) throw new Error("the answer of SQS is lost");
      return answer;
    });
    await stage.drop(film, source);
    await until("the second delivery", async () => (await stage.attempt(film))?.delivery === 1);
    await until("the job's end", () => events.kinds.includes("COMPLETE"));
    events.release();
    expect(await stage.story(film)).toEqual(readyOnce);
  });

  it("when the job ended while nobody waited: the next delivery is answered at once", async () => {
    const film = stage.film("late-token.mp4");
    stage.meddler.around("sqs", "SendMessage", film, async ({ pass, nth, input }) => {
      if (!String(input.MessageBody).includes("taskToken")) return pass();
      if (nth === 1) {
        await pass();
        throw new Error("the answer of SQS is lost");
      }
      await until("the job's end", async () => (await stage.attempt(film))?.terminal);
      return pass();
    });
    await stage.drop(film, source);
    expect(await stage.story(film)).toEqual(readyOnce);
    expect(await stage.attempt(film)).toMatchObject({ delivery: 1 });
  });

  it("or none, when CreateJob never takes it: the film fails at once, and can be tried again", async () => {
    const film = stage.film("unsent.mp4");
    let isBusy = true;
    stage.meddler.hurry(film, 0);
    stage.meddler.around("mediaconvert", "CreateJob", film, ({ pass }) => {
      if (isBusy) throw refusal("TooManyRequestsException", 429);
      return pass();
    });
    await stage.drop(film, source);
    expect(await stage.story(film)).toEqual(failedOnce("EncodeUnsent"));
    isBusy = false;
    await stage.again(film, 1);
    expect(await stage.story(film)).toEqual({
      ...readyOnce,
      attempt: 2,
      published: 2,
      executions: ["SUCCEEDED", "EncodeUnsent"],
      announced: ["1:FAILED", "2:READY"],
    });
  });
});
