import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Asking, asking } from "../support/asking.ts";
import { left as leftOf } from "../support/left.ts";
import type { Film } from "../support/meddle.ts";
import { clip, long } from "../support/media.ts";
import { openStage, refusal, type Stage } from "../support/stage.ts";
import { until } from "../support/until.ts";

/** A deleted film is nobody's at once, and in the end nothing tells that there was one. */

let stage: Stage;
let admin: Asking;
let editor: Asking;
let source: string;

beforeAll(async () => {
  stage = await openStage();
  source = await clip({ seconds: 1 });
  admin = await asking(stage, "admin");
  editor = await asking(stage, "editor");
}, 60_000);
afterAll(async () => {
  await stage?.[Symbol.asyncDispose]();
});

const left = (film: Film) => leftOf(stage.laptop.endpoints, film);

const gone = (film: Film) =>
  until("nothing to be left", async () => (await left(film)).length === 0, 60_000);

const remove = (by: Asking, { videoId }: Film) =>
  by.ask<{ id: string }>("DELETE", `/videos/${videoId}`);

describe.concurrent("a film is deleted", () => {
  it("once it can be watched: every object, version and record goes, and nobody may watch", async () => {
    const key = { "idempotency-key": "removing-1" };
    const opened = await editor.open(source, { title: "Holiday" }, key);
    const { film } = opened;
    const { videoId } = film;
    await editor.send(opened, source);
    expect(await stage.story(film)).toMatchObject({ status: "READY" });
    await editor.ask("PATCH", `/videos/${videoId}`, { sharedWith: [admin.person.sub] });
    const grant = await stage.operator.grant(videoId);
    const cookie = Object.entries(grant.cookies)
      .map(([name, value]) => `${name}=${value}`)
      .join("; ");
    const playlist = async () => (await fetch(grant.hls ?? "", { headers: { cookie } })).status;
    expect(await playlist()).toBe(200);

    expect(await remove(editor, film)).toEqual({ status: 202, body: { id: videoId } });
    expect((await editor.show(videoId)).status).toBe(404);
    expect((await admin.show(videoId)).status).toBe(404);
    const { body } = await editor.ask<{ items: { id: string }[] }>("GET", "/videos");
    expect(body.items.map(({ id }) => id)).not.toContain(videoId);
    await gone(film);
    expect(await playlist()).not.toBe(200);
    expect((await remove(editor, film)).status).toBe(404);
    // the same key opens another film now
    const again = await editor.open(source, { title: "Holiday" }, key);
    expect(again.video.id).not.toBe(videoId);
  });

  it("while it encodes: its job is stopped, and its late events find nothing", async () => {
    const film = stage.film("removed.mp4");
    await stage.drop(film, await long());
    await stage.encoding(film);
    const events = stage.meddler.hold(film, "CANCELED");
    expect((await remove(admin, film)).status).toBe(202);
    await gone(film);
    const made = await stage.jobs(film);
    expect(made.map(({ Status }) => Status)).toEqual(["CANCELED"]);
    events.release();
    await until(
      "its message to be dealt with",
      async () => (await stage.waiting("JobEventsQueueUrl")) === 0,
    );
    expect(await left(film)).toEqual([]);
    expect(stage.meddler.announced(film)).toEqual([]);
  });

  it("with an upload under way: its address is good for nothing any more", async () => {
    const opened = await editor.open(source);
    const { film } = opened;
    expect((await remove(editor, film)).status).toBe(202);
    await gone(film);
    await editor.send(opened, source);
    await until(
      "the event of what was sent",
      async () => (await stage.executions(film)).length > 0,
    );
    await gone(film);
    expect((await editor.show(film.videoId)).status).toBe(404);
  });

  it("and its source's event comes once more: no film is made of it", async () => {
    const film = stage.film("removed-twice.mp4");
    const events = stage.meddler.hold(film, "Object Created");
    await stage.drop(film, source);
    const [event] = events.take();
    events.release();
    if (!event) throw new Error("there was no event");
    stage.laptop.cloud.emit(event);
    await stage.story(film);
    await remove(admin, film);
    await gone(film);
    stage.laptop.cloud.emit({ ...event, id: "once-more" });
    await until("its execution to end", async () => {
      const all = await stage.executions(film);
      return all.length === 2 && all.every(({ status }) => status === "SUCCEEDED");
    });
    expect(await left(film)).toEqual([]);
  });

  it("and whoever removes it dies before and after a call: its message comes again", async () => {
    const film = stage.film("removed-slowly.mp4");
    await stage.drop(film, source);
    await stage.story(film);
    stage.meddler.hurry(film);
    let broken = 0;
    for (const [service, operation] of [
      ["dynamodb", "Query"],
      ["cloudfront", "CreateInvalidation"],
      ["dynamodb", "DeleteItem"],
    ] as const) {
      stage.meddler.around(service, operation, film, async ({ pass, nth }) => {
        if (nth > 2) return pass();
        broken += 1;
        if (nth === 2) await pass();
        throw refusal("InternalError", 400);
      });
    }
    await remove(admin, film);
    await gone(film);
    expect(broken).toBeGreaterThanOrEqual(6);
  });

  it("though its message is lost: the sweeper sends another", async () => {
    const film = stage.film("removed-unheard.mp4");
    await stage.drop(film, source);
    await stage.story(film);
    stage.meddler.around("sqs", "SendMessage", film, ({ pass, nth }) => {
      if (nth === 1) throw refusal("InternalError", 400);
      return pass();
    });
    expect((await remove(admin, film)).status).toBe(202);
    expect(await stage.sweep(film)).toBe("removing");
    await gone(film);
  });
});
