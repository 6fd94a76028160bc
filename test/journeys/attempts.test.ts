import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { watch } from "../../packages/cli/src/once/judge.ts";
import { clip, long, written } from "../support/media.ts";
import { openStage, readyOnce, type Stage } from "../support/stage.ts";
import { until } from "../support/until.ts";

/** One attempt after the other at one film: the newest has it, and what is published stays. */

let stage: Stage;
let source: string;

beforeAll(async () => {
  stage = await openStage();
  source = await clip({ seconds: 1 });
});
afterAll(async () => {
  await stage?.[Symbol.asyncDispose]();
});

describe("a film that is replaced", () => {
  const made = ["CANCELED", "COMPLETE", "COMPLETE"];

  it("while it encodes: the newer source is READY, and the older attempt announces nothing", async () => {
    const film = stage.film("replaced.mp4");
    await stage.drop(film, await long());
    await stage.encoding(film);
    await stage.drop(film, source);
    expect(await stage.story(film)).toEqual({
      ...readyOnce,
      attempt: 2,
      published: 2,
      executions: ["SUCCEEDED", "SUCCEEDED"],
      jobs: made.slice(0, 2),
      announced: ["2:READY"],
    });
  });

  it("by somebody who expects another attempt: nothing changes", async () => {
    const film = stage.film("replaced.mp4");
    const before = await stage.operator.film(film.videoId);
    const { status, output = "" } = await stage.again(film, 1, "too-late");
    expect(status).toBe("SUCCEEDED");
    expect(JSON.parse(output)).toEqual({ because: "Duplicate" });
    expect(await stage.operator.film(film.videoId)).toEqual(before);
  });

  it("by two at once: one of them makes the next attempt", async () => {
    const film = stage.film("replaced.mp4");
    const both = await Promise.all([stage.again(film, 2, "ann"), stage.again(film, 2, "bob")]);
    expect(both.map(({ output = "" }) => JSON.parse(output).because).sort()).toEqual([
      "Duplicate",
      undefined,
    ]);
    expect(await stage.story(film)).toMatchObject({
      status: "READY",
      attempt: 3,
      published: 3,
      jobs: made,
      announced: ["2:READY", "3:READY"],
    });
  });

  it("by something that is no film: what was published still plays", async () => {
    const film = stage.film("replaced.mp4");
    await stage.drop(film, written("text.mp4", "this is not a video"));
    await until("the next attempt", async () => {
      return (await stage.operator.film(film.videoId))?.attempt === 4;
    });
    expect(await stage.story(film)).toMatchObject({
      status: "FAILED",
      problem: "SourceNotMedia",
      attempt: 4,
      published: 3,
      jobs: made,
      announced: ["2:READY", "3:READY", "4:FAILED"],
    });
    const grant = await stage.operator.grant(film.videoId);
    expect(grant.attempt).toBe(3);
    expect((await watch(grant)).objections).toEqual([]);
  });
});

describe.concurrent("a source that changes", () => {
  it("to an older one, whose event comes late, is not made", async () => {
    const film = stage.film("late.mp4");
    const events = stage.meddler.hold(film, "Object Created");
    await stage.drop(film, written("old.mp4", "an older draft"));
    const [older] = events.take();
    events.release();
    await stage.drop(film, source);
    expect(await stage.story(film)).toEqual(readyOnce);
    if (!older) throw new Error("there was no event");
    stage.laptop.cloud.emit(older);
    await until("its execution", async () => (await stage.executions(film)).length === 2);
    expect(await stage.story(film)).toEqual({ ...readyOnce, executions: handled });
  });

  it("after the job has ended, is made, and the older outputs are not published", async () => {
    const film = stage.film("ended.mp4");
    const ends = stage.meddler.hold(film, "COMPLETE");
    await stage.drop(film, source);
    await until("the job's end", () => ends.kinds.length === 1);
    const [end] = ends.take();
    ends.release();
    await stage.drop(film, source);
    await until("the next attempt", async () => (await stage.attempt(film, 2))?.jobId);
    if (!end) throw new Error("there was no event");
    stage.laptop.cloud.emit(end);
    expect(await stage.story(film)).toEqual({ ...second, executions: handled });
  });

  it("without a word is noticed before anything is published, and the sweeper starts it", async () => {
    const film = stage.film("silent.mp4");
    const ends = stage.meddler.hold(film, "COMPLETE");
    await stage.drop(film, source);
    await until("the job's end", () => ends.kinds.length === 1);
    const arrivals = stage.meddler.hold(film, "Object Created");
    await stage.drop(film, source);
    ends.release();
    await until("its execution to step back", async () =>
      (await stage.executions(film)).every(({ status }) => status === "SUCCEEDED"),
    );
    expect((await stage.operator.film(film.videoId))?.published).toBeUndefined();
    expect(await stage.sweep(film)).toBe("started");
    expect(await stage.story(film)).toEqual({ ...second, executions: handled });
    arrivals.release();
    await until("its late execution", async () => (await stage.executions(film)).length === 3);
    expect(await stage.story(film)).toEqual({ ...second, executions: [...handled, "SUCCEEDED"] });
  });
});

/** Both executions ended well: one made the film, one stepped back. */
const handled = ["SUCCEEDED", "SUCCEEDED"];

/** The second attempt is READY, and the first one was never heard of. */
const second = {
  ...readyOnce,
  attempt: 2,
  published: 2,
  jobs: ["COMPLETE", "COMPLETE"],
  announced: ["2:READY"],
};
