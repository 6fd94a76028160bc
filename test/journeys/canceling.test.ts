import { CancelJobCommand } from "@aws-sdk/client-mediaconvert";
import { HeadObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Asking, asking, type Shown } from "../support/asking.ts";
import { clip, long } from "../support/media.ts";
import { openStage, refusal, type Stage } from "../support/stage.ts";
import { until } from "../support/until.ts";

/** Somebody changes their mind: the film says so at once, what runs stops, and it is told once. */

let stage: Stage;
let admin: Asking;
let source: string;

beforeAll(async () => {
  stage = await openStage();
  source = await clip({ seconds: 1 });
  admin = await asking(stage, "admin");
}, 60_000);
afterAll(async () => {
  await stage?.[Symbol.asyncDispose]();
});

const cancel = (id: string) => admin.ask<Shown>("POST", `/videos/${id}/cancel`, {});

const canceledOnce = {
  status: "CANCELED",
  published: undefined,
  problem: undefined,
};

describe.concurrent("a film is cancelled", () => {
  it("while it encodes, twice at once; then another source comes, and comes out", async () => {
    const film = stage.film("canceled.mp4");
    await stage.drop(film, await long());
    await stage.encoding(film);
    const answers = await Promise.all([cancel(film.videoId), cancel(film.videoId)]);
    for (const { status, body } of answers) {
      expect({ status, is: body.status, phase: body.phase }).toEqual({
        status: 202,
        is: "CANCELED",
        phase: "canceled",
      });
    }
    expect(await stage.story(film)).toEqual({
      ...canceledOnce,
      attempt: 1,
      executions: ["SUCCEEDED", "Canceled"],
      jobs: ["CANCELED"],
      announced: ["1:CANCELED"],
    });
    await stage.drop(film, source);
    expect(await stage.story(film)).toMatchObject({
      status: "READY",
      attempt: 2,
      announced: ["1:CANCELED", "2:READY"],
    });
    expect((await cancel(film.videoId)).status).toBe(409);
  });

  it("before its source came: what is sent all the same is taken away", async () => {
    const opened = await admin.open(source);
    const { film } = opened;
    expect((await cancel(film.videoId)).body).toMatchObject({ status: "CANCELED", attempt: 0 });
    expect(await stage.story(film)).toMatchObject({
      ...canceledOnce,
      attempt: 0,
      announced: ["0:CANCELED"],
    });
    expect((await admin.send(opened, source)).status).toBe(200);
    const s3 = new S3Client(stage.config);
    await until("the object to be gone", async () => {
      const Bucket = stage.laptop.endpoints.resources.SourceBucket;
      const head = new HeadObjectCommand({ Bucket, Key: film.key });
      const there = await s3.send(head).catch((error: Error) => error.name);
      const handled = (await stage.executions(film)).some(({ input }) =>
        input?.includes('"arrived"'),
      );
      return handled && there === "NotFound";
    });
    s3.destroy();
    expect((await admin.show(film.videoId)).body.status).toBe("CANCELED");
  });

  it("and the caller dies right after it was written: the sweeper sees it through", async () => {
    const film = stage.film("canceled-alone.mp4");
    await stage.drop(film, await long());
    await stage.encoding(film);
    const down = new Set(["StartExecution", "StopExecution"]);
    for (const operation of down) {
      stage.meddler.around("states", operation, film, ({ pass }) => {
        if (down.delete(operation)) throw refusal("InternalError", 400);
        return pass();
      });
    }
    stage.meddler.around("mediaconvert", "SearchJobs", film, ({ pass, nth }) => {
      if (nth === 1) throw refusal("BadRequestException", 400);
      return pass();
    });
    expect((await cancel(film.videoId)).body.status).toBe("CANCELED");
    expect(stage.meddler.announced(film)).toEqual([]);
    expect(await stage.sweep(film)).toBe("announced again");
    expect(await stage.story(film)).toMatchObject({
      ...canceledOnce,
      jobs: ["CANCELED"],
      announced: ["1:CANCELED"],
    });
  });

  it("at MediaConvert itself", async () => {
    const film = stage.film("canceled-there.mp4");
    await stage.drop(film, await long());
    await stage.encoding(film);
    const { jobId } = (await stage.attempt(film)) ?? {};
    await stage.encoder.send(new CancelJobCommand({ Id: jobId }));
    expect(await stage.story(film)).toEqual({
      ...canceledOnce,
      attempt: 1,
      executions: ["SUCCEEDED"],
      jobs: ["CANCELED"],
      announced: ["1:CANCELED"],
    });
  });

  it("and tried again by two at once: it is made once", async () => {
    const film = stage.film("retried.mp4");
    const events = stage.meddler.hold(film, "COMPLETE");
    await stage.drop(film, source);
    await until("the job's end", () => events.kinds.length === 1);
    await cancel(film.videoId);
    events.release();
    await stage.story(film);
    const retry = () => admin.ask<Shown>("POST", `/videos/${film.videoId}/retry`, {});
    const both = await Promise.all([retry(), retry()]);
    expect(both.map(({ status, body }) => [status, body.attempt])).toEqual([
      [202, 2],
      [202, 2],
    ]);
    expect(await stage.story(film)).toMatchObject({
      status: "READY",
      attempt: 2,
      jobs: ["COMPLETE", "COMPLETE"],
      announced: ["1:CANCELED", "2:READY"],
    });
  });
});
