import { SendTaskFailureCommand, StopExecutionCommand } from "@aws-sdk/client-sfn";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Asking, asking } from "../support/asking.ts";
import { clip, long } from "../support/media.ts";
import { failedOnce, openStage, readyOnce, refusal, type Stage } from "../support/stage.ts";
import { until } from "../support/until.ts";

/** Steps that never begin, break or are stopped: the film ends all the same, and is announced once. */

let stage: Stage;
let source: string;
let editor: Asking;

beforeAll(async () => {
  stage = await openStage();
  source = await clip({ seconds: 1 });
  editor = await asking(stage, "editor");
});
afterAll(async () => {
  await stage?.[Symbol.asyncDispose]();
});

describe.concurrent("whatever breaks", () => {
  it("an upload whose event is lost is found and made, and its event may still come", async () => {
    const opened = await editor.open(source);
    const { film } = opened;
    const events = stage.meddler.hold(film, "Object Created");
    await editor.send(opened, source);
    expect(await stage.sweep(film)).toBe("started");
    expect(await stage.story(film)).toEqual(readyOnce);
    events.release();
    await until("its late execution", async () => (await stage.executions(film)).length === 2);
    expect(await stage.story(film)).toEqual({
      ...readyOnce,
      executions: ["SUCCEEDED", "SUCCEEDED"],
    });
  });

  it("an execution that is stopped while it encodes ends its film and its job", async () => {
    const film = stage.film("stopped.mp4");
    await stage.drop(film, await long());
    await stage.encoding(film);
    const [running] = await stage.executions(film);
    await stage.states.send(new StopExecutionCommand({ executionArn: running?.executionArn }));
    expect(await stage.story(film)).toEqual(
      failedOnce("ExecutionDied", { executions: ["ExecutionDied", "ABORTED"], jobs: ["CANCELED"] }),
    );
  });

  it("an execution that is stopped before it could claim its object is begun again", async () => {
    const film = stage.film("stopped-unclaimed.mp4");
    stage.meddler.around("lambda", "Invoke", film, async ({ pass, nth }) => {
      if (nth > 1) return pass();
      const [running] = await stage.executions(film);
      await stage.states.send(new StopExecutionCommand({ executionArn: running?.executionArn }));
      throw refusal("ServiceException", 500);
    });
    await stage.drop(film, source);
    expect(await stage.story(film)).toEqual({ ...readyOnce, executions: ["SUCCEEDED", "ABORTED"] });
  });

  it("a topic that takes nothing for a while leaves the film READY, and hears of it later", async () => {
    const film = stage.film("announced-late.mp4");
    const meanwhile: unknown[] = [];
    stage.meddler.around("sns", "Publish", film, async ({ pass, nth }) => {
      if (nth > 2) return pass();
      meanwhile.push((await stage.operator.film(film.videoId))?.status);
      throw refusal("InternalError", 500);
    });
    await stage.drop(film, source);
    expect(await stage.story(film)).toEqual(readyOnce);
    expect(meanwhile).toEqual(["READY", "READY"]);
  });

  it.each([
    {
      what: "crashes",
      answer: { errorType: "Runtime.ExitError", errorMessage: "signal: killed" },
      error: { FunctionError: "Unhandled" },
    },
    { what: "answers as a stopped sst dev does", answer: { statusCode: "500" }, error: {} },
  ])("a Validate that $what still fails the film it never claimed", async (row) => {
    const film = stage.film(`${row.what} & + %.mp4`);
    stage.meddler.around("lambda", "Invoke", film, () => ({
      StatusCode: 200,
      Payload: JSON.stringify(row.answer),
      ...row.error,
    }));
    await stage.drop(film, source);
    expect(await stage.story(film)).toEqual(
      failedOnce("StepFailed", { attempt: 0, announced: ["0:FAILED"] }),
    );
  });

  it("a task that somebody fails without a word fails its film, and its job may still end", async () => {
    const film = stage.film("wordless.mp4");
    const events = stage.meddler.hold(film, "COMPLETE");
    await stage.drop(film, source);
    await until("the job's end", () => events.kinds.length === 1);
    const { token: taskToken } = (await stage.attempt(film)) ?? {};
    await stage.states.send(new SendTaskFailureCommand({ taskToken }));
    const failed = failedOnce("StepFailed", { jobs: ["COMPLETE"] });
    expect(await stage.story(film)).toEqual(failed);
    events.release();
    await until("the end to be heard", async () => (await stage.attempt(film))?.terminal);
    expect(await stage.story(film)).toEqual(failed);
  });

  it("a Validate that breaks after it claimed the film is tried again as the same attempt", async () => {
    const film = stage.film("tried-again.mp4");
    let probes = 0;
    stage.meddler.around("mediaconvert", "Probe", film, ({ pass, nth }) => {
      probes = nth;
      if (nth > 1) return pass();
      throw refusal("Surprise", 418);
    });
    await stage.drop(film, source);
    expect(await stage.story(film)).toEqual(readyOnce);
    expect(probes).toBe(2);
  });

  it("a Validate that breaks for good fails the film it claimed", async () => {
    const film = stage.film("broken.mp4");
    stage.meddler.around("mediaconvert", "Probe", film, () => {
      throw refusal("Surprise", 418);
    });
    await stage.drop(film, source);
    expect(await stage.story(film)).toEqual(failedOnce("Unexpected"));
  });
});
