import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clip } from "../support/media.ts";
import { failedOnce, openStage, readyOnce, refusal, type Stage } from "../support/stage.ts";
import { until } from "../support/until.ts";

/** Between the job and the task that waits: however its events come, or do not, one answer is given. */

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

describe.concurrent("a job is heard of once", () => {
  it("when COMPLETE overtakes everything else: PENDING becomes READY, and stays it", async () => {
    const film = stage.film("overtaken.mp4");
    const events = stage.meddler.hold(film, "PROGRESSING", "INPUT_INFORMATION");
    await stage.drop(film, source);
    expect(await stage.story(film)).toEqual(readyOnce);
    events.release("backwards");
    await until("the late events", async () => {
      const told = await stage.timeline(film);
      return told.includes("ENCODER_PROGRESSING") && told.includes("ENCODER_INPUT_INFORMATION");
    });
    expect(await stage.story(film)).toEqual(readyOnce);
  });

  it("when resume dies between what it wrote and its answer: the event again sends it", async () => {
    const film = stage.film("unanswered.mp4");
    let answers = 0;
    stage.meddler.hurry(film);
    stage.meddler.around("states", "SendTaskSuccess", film, async ({ pass, nth }) => {
      answers = nth;
      if (nth === 1) throw refusal("AccessDeniedException");
      return pass();
    });
    await stage.drop(film, source);
    expect(await stage.story(film)).toEqual(readyOnce);
    expect(answers).toBe(2);
  });

  it("when the answer of SendTaskSuccess is lost: the second is told that the task is over", async () => {
    const film = stage.film("answered-twice.mp4");
    const answers: string[] = [];
    stage.meddler.hurry(film);
    stage.meddler.around("states", "SendTaskSuccess", film, async ({ pass, nth }) => {
      const answer = await pass().catch((error: Error) => {
        answers.push(error.name);
        throw error;
      });
      answers.push("taken");
      if (nth === 1) throw refusal("AccessDeniedException");
      return answer;
    });
    await stage.drop(film, source);
    expect(await stage.story(film)).toEqual(readyOnce);
    await until("the second answer", () => answers.length === 2);
    expect(answers).toEqual(["taken", "TaskTimedOut"]);
  });

  it("when resume is lost for good: the sweeper sends what it finds", async () => {
    const film = stage.film("resent.mp4");
    let refused = 0;
    stage.meddler.around("states", "SendTaskSuccess", film, ({ pass, nth }) => {
      if (nth > 1) return pass();
      refused += 1;
      throw refusal("AccessDeniedException");
    });
    await stage.drop(film, source);
    await until("resume to fail", () => refused > 0);
    expect((await stage.attempt(film))?.terminal?.status).toBe("COMPLETE");
    expect(await stage.sweep(film)).toBe("resent");
    expect(await stage.story(film)).toEqual(readyOnce);
  });

  it("when the last event is lost for good: the sweeper asks after the job", async () => {
    const film = stage.film("unheard.mp4");
    stage.meddler.lose(film, "COMPLETE");
    await stage.drop(film, source);
    await until("the job's end", async () =>
      (await stage.jobs(film)).some(({ Status }) => Status === "COMPLETE"),
    );
    expect((await stage.attempt(film))?.terminal).toBeUndefined();
    expect(await stage.sweep(film)).toBe("heard");
    expect(await stage.story(film)).toEqual(readyOnce);
  });

  it("when every event and the job's id are lost: the sweeper finds the job", async () => {
    const film = stage.film("unknown.mp4");
    stage.meddler.lose(film, "PROGRESSING", "INPUT_INFORMATION", "COMPLETE");
    stage.meddler.around("mediaconvert", "CreateJob", film, async ({ pass }) => {
      await pass();
      throw refusal("InternalServerErrorException", 500);
    });
    await stage.drop(film, source);
    await until("the job's end", async () =>
      (await stage.jobs(film)).some(({ Status }) => Status === "COMPLETE"),
    );
    expect((await stage.attempt(film))?.jobId).toBeUndefined();
    expect(await stage.sweep(film)).toBe("heard");
    expect(await stage.story(film)).toEqual(readyOnce);
  });

  it("or never, when MediaConvert has forgotten it: the film fails by a name of its own", async () => {
    const film = stage.film("forgotten.mp4");
    const { meddler } = stage;
    meddler.lose(film, "COMPLETE");
    await stage.drop(film, source);
    const id = await until(
      "the job's end",
      async () => (await stage.jobs(film)).find(({ Status }) => Status === "COMPLETE")?.Id,
    );
    meddler.around("mediaconvert", "GetJob", { videoId: id, key: id }, () => {
      throw refusal("NotFoundException", 404);
    });
    const forget = meddler.forget("mediaconvert", "ListJobs", "Jobs", film);
    expect(await stage.sweep(film)).toBe("lost");
    forget();
    expect(await stage.story(film)).toEqual(failedOnce("EncodeLost", { jobs: ["COMPLETE"] }));
  });

  it("and nothing is heard of films that nobody knows, or of a job that is not theirs", async () => {
    const film = stage.film("own-job.mp4");
    const stranger = stage.film("never-dropped.mp4");
    const events = stage.meddler.hold(film, "COMPLETE");
    await stage.drop(film, source);
    await until("the job's end", () => events.kinds.length > 0);
    const before = await stage.attempt(film);
    const lie = (videoId: string) =>
      stage.laptop.cloud.emit({
        source: "aws.mediaconvert",
        "detail-type": "MediaConvert Job State Change",
        resources: [],
        detail: {
          timestamp: Date.now(),
          queue: stage.laptop.endpoints.resources.MediaConvertQueueArn,
          jobId: "1-foreign",
          status: "ERROR",
          errorCode: 1010,
          errorMessage: "Another one's trouble.",
          userMetadata: { app: "rushes", stage: "dev", videoId, attempt: "1" },
        },
      });
    lie(stranger.videoId);
    lie(film.videoId);
    const heard = (videoId: string) =>
      stage.laptop
        .invocations()
        .some(
          ({ about, outcome }) =>
            outcome === "succeeded" &&
            about.events.includes("aws.mediaconvert/ERROR") &&
            about.ids.includes(videoId),
        );
    await until("both lies to be heard", () => heard(stranger.videoId) && heard(film.videoId));
    expect(await stage.attempt(film)).toEqual(before);
    expect(await stage.operator.film(stranger.videoId)).toBeUndefined();
    expect(await stage.attempt(stranger)).toBeUndefined();
    events.release();
    expect(await stage.story(film)).toEqual(readyOnce);
  });
});
