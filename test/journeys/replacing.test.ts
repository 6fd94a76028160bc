import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { watch } from "../../packages/cli/src/once/judge.ts";
import { type Asking, asking } from "../support/asking.ts";
import type { Film } from "../support/meddle.ts";
import { clip, written } from "../support/media.ts";
import { openStage, type Stage } from "../support/stage.ts";
import { until } from "../support/until.ts";

/** Another source of a film that is watched: nobody is cut off, whatever becomes of it. */

let stage: Stage;
let editor: Asking;
let source: string;

beforeAll(async () => {
  stage = await openStage();
  source = await clip({ seconds: 1 });
  editor = await asking(stage, "editor");
}, 60_000);
afterAll(async () => {
  await stage?.[Symbol.asyncDispose]();
});

/** A film that can be watched. */
async function ready(): Promise<Film> {
  const opened = await editor.open(source);
  await editor.send(opened, source);
  expect(await stage.story(opened.film)).toMatchObject({ status: "READY", published: 1 });
  return opened.film;
}

async function replace({ videoId }: Film, file: string, attempt = 2): Promise<void> {
  await editor.send(await editor.replace(videoId, file), file);
  await until("the next attempt", async () => {
    return (await editor.show(videoId)).body.attempt === attempt;
  });
}

const objections = async (grant: Awaited<ReturnType<Stage["operator"]["grant"]>>) =>
  (await watch(grant)).objections;

const cookiesOf = ({ cookies }: { cookies: Record<string, string> }) =>
  Object.entries(cookies)
    .map(([name, value]) => `${name}=${value}`)
    .join("; ");

describe.concurrent("a film that is watched", () => {
  it("gets another source that is no film: what there is plays on", async () => {
    const film = await ready();
    const before = await stage.operator.grant(film.videoId);
    await replace(film, written("text.mp4", "this is not a video"));
    expect(await stage.story(film)).toMatchObject({
      status: "FAILED",
      problem: "SourceNotMedia",
      attempt: 2,
      published: 1,
      announced: ["1:READY", "2:FAILED"],
    });
    expect(await objections(before)).toEqual([]);
    const after = await stage.operator.grant(film.videoId);
    expect(after.attempt).toBe(1);
    expect(await objections(after)).toEqual([]);
  });

  it("gets another source: new grants are for that at once, and old ones end in peace", async () => {
    const film = await ready();
    const before = await stage.operator.grant(film.videoId);
    await replace(film, await clip({ seconds: 2, name: "longer.mp4" }));
    expect(await stage.story(film)).toMatchObject({
      status: "READY",
      attempt: 2,
      published: 2,
      announced: ["1:READY", "2:READY"],
    });
    const after = await stage.operator.grant(film.videoId);
    expect(after.attempt).toBe(2);
    expect(await objections(after)).toEqual([]);
    expect(await objections(before)).toEqual([]);

    // a day and a bit later nobody can watch it any more, and its files go
    await stage.age(film, "META", ["published.atMs"], 27 * 3_600_000);
    await stage.age(film, "RETIRED#1", ["updatedAtMs"], 27 * 3_600_000);
    expect(await stage.sweep(film)).toBe("retiring");
    const headers = { cookie: cookiesOf(before) };
    await until("its files to go", async () => {
      return (await fetch(before.hls ?? "", { headers })).status !== 200;
    });
    expect(await objections(after)).toEqual([]);
  });

  it("is made anew with another profile, and that is cancelled: what there is plays on", async () => {
    const film = await ready();
    const before = await stage.operator.grant(film.videoId);
    const ends = stage.meddler.hold(film, "COMPLETE");
    const { status, body } = await editor.ask<{ profile: string }>(
      "POST",
      `/videos/${film.videoId}/reprocess`,
      { profile: "economy" },
    );
    expect({ status, profile: body.profile }).toEqual({ status: 202, profile: "economy" });
    await until("the job's end", () => ends.kinds.length === 1);
    await editor.ask("POST", `/videos/${film.videoId}/cancel`, {});
    ends.release();
    expect(await stage.story(film)).toMatchObject({
      status: "CANCELED",
      attempt: 2,
      published: 1,
      announced: ["1:READY", "2:CANCELED"],
    });
    expect((await stage.operator.grant(film.videoId)).attempt).toBe(1);
    expect(await objections(before)).toEqual([]);
  });
});
