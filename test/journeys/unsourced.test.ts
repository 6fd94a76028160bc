import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Asking, asking, type Shown } from "../support/asking.ts";
import type { Film } from "../support/meddle.ts";
import { clip } from "../support/media.ts";
import {
  type Does,
  gives,
  type Neighbour,
  near,
  openNeighbour,
  says,
} from "../support/neighbour.ts";
import { openStage, refusal, type Stage } from "../support/stage.ts";
import { until } from "../support/until.ts";

/** A film's source never comes: its owner hears of that like of any other end. */

let neighbour: Neighbour;
let stage: Stage;
let editor: Asking;
let source: string;

beforeAll(async () => {
  neighbour = await openNeighbour();
  stage = await near(neighbour, openStage);
  source = await clip({ seconds: 1 });
  editor = await asking(stage, "editor");
});
afterAll(async () => {
  await stage?.[Symbol.asyncDispose]();
  neighbour?.close();
});

async function pull(path: string, ...does: Does[]): Promise<Film> {
  neighbour.does(path, ...does);
  const url = `${neighbour.url}${path}`;
  const { status, body } = await editor.ask<{ video: Shown }>("POST", "/videos", { url });
  expect(status).toBe(201);
  return { videoId: body.video.id, key: `uploads/${body.video.id}/` };
}

/** What was announced of it, once that is so much: within seconds, nobody need come by. */
async function told(film: Film, count: number): Promise<string[]> {
  await until("its announcement", () => stage.meddler.announced(film).length >= count, 30_000);
  return stage.meddler.announced(film).map((id) => id.replace(`${film.videoId}:`, ""));
}

async function timeline({ videoId }: Film, last: string): Promise<string[]> {
  return until(`the timeline to tell ${last}`, async () => {
    const path = `/videos/${videoId}/timeline`;
    const { body } = await editor.ask<{ items: { what: string }[] }>("GET", path);
    const whats = body.items.map(({ what }) => what);
    return whats.at(-1) === last && whats;
  });
}

const expected = async ({ videoId }: Film) =>
  String((await stage.operator.film(videoId))?.expects ?? "");

describe.concurrent("a film without a source", () => {
  it("fails each time its address gives nothing, and each time is told of once", async () => {
    let goOn = () => {};
    const held = new Promise<void>((done) => {
      goOn = done;
    });
    const second: Does = (response, heard) => void held.then(() => says(404)(response, heard));
    const film = await pull("/never.mp4", says(404), second, gives(readFileSync(source)));
    expect(await told(film, 1)).toEqual(["0:FAILED"]);
    expect(await timeline(film, "FAILED")).toEqual(["OPENED", "FAILED"]);
    const retry = () => editor.ask("POST", `/videos/${film.videoId}/retry`, {});
    expect((await retry()).status).toBe(202);
    const lost = await expected(film);
    goOn();
    expect(await told(film, 2)).toEqual(["0:FAILED", `0:FAILED:${lost}`]);
    expect(await timeline(film, "FAILED")).toEqual([
      "OPENED",
      "FAILED",
      "REPLACE_ASKED",
      "RETRY_ASKED",
      "FAILED",
    ]);
    expect((await retry()).status).toBe(202);
    expect(await told(film, 3)).toEqual(["0:FAILED", `0:FAILED:${lost}`, "1:READY"]);
    expect(await stage.story(film)).toMatchObject({ status: "READY", attempt: 1 });
  });

  it("can be cancelled while it is fetched once more, which is another end", async () => {
    const endless: Does = (response) =>
      void response.writeHead(200, { "content-type": "video/mp4" }).flushHeaders();
    const film = await pull("/cancelled-twice.mp4", endless);
    const cancel = () => editor.ask("POST", `/videos/${film.videoId}/cancel`, {});
    expect((await cancel()).status).toBe(202);
    expect(await told(film, 1)).toEqual(["0:CANCELED"]);
    await editor.ask("POST", `/videos/${film.videoId}/retry`, {});
    const lost = await expected(film);
    expect((await cancel()).status).toBe(202);
    expect(await told(film, 2)).toEqual(["0:CANCELED", `0:CANCELED:${lost}`]);
    expect((await cancel()).status).toBe(202);
    expect(stage.meddler.announced(film)).toHaveLength(2);
  });

  it("is CANCELED when its upload is given up", async () => {
    const { film, upload } = await editor.open(source);
    const path = `/videos/${film.videoId}/uploads/${upload.id}`;
    expect((await editor.ask("DELETE", path)).status).toBe(204);
    expect(await told(film, 1)).toEqual(["0:CANCELED"]);
    expect(await timeline(film, "CANCELED")).toEqual(["OPENED", "CANCELED"]);
    expect(await stage.story(film)).toMatchObject({ status: "CANCELED", attempt: 0 });
  });

  it("fails when the time of its upload is over", async () => {
    const { film } = await editor.open(source);
    await stage.age(film, "META", ["expiresAtMs"], 8 * 24 * 3_600_000);
    expect(await stage.sweep(film)).toBe("expired");
    expect(await told(film, 1)).toEqual(["0:FAILED"]);
    expect(await stage.story(film)).toMatchObject({ problem: "UploadExpired", attempt: 0 });
  });

  it("and whoever wrote its end died before it was told: the sweeper sees it through", async () => {
    let goOn = () => {};
    const held = new Promise<void>((done) => {
      goOn = done;
    });
    const film = await pull("/untold.mp4", (response, heard) => {
      void held.then(() => says(403)(response, heard));
    });
    stage.meddler.around("states", "StartExecution", film, ({ pass, nth }) => {
      if (nth === 1) throw refusal("InternalError", 400);
      return pass();
    });
    goOn();
    await until("its end", async () => (await editor.show(film.videoId)).body.status === "FAILED");
    expect(stage.meddler.announced(film)).toEqual([]);
    expect(await stage.sweep(film)).toBe("announced again");
    expect(await told(film, 1)).toEqual(["0:FAILED"]);
    expect(await stage.story(film)).toMatchObject({
      problem: "PullFailed",
      executions: ["PullFailed"],
      announced: ["0:FAILED"],
    });
  });
});

describe("a message that asks for a film", () => {
  it("is lost: the sweeper sends another", async () => {
    const every: Film = { videoId: "upl_", key: "upl_" };
    let isLost = false;
    stage.meddler.around("sqs", "SendMessage", every, ({ input, pass }) => {
      // announcements of films before name uploads, too, and come when they come
      if (isLost || !String(input.QueueUrl).includes("Pulling")) return pass();
      isLost = true;
      const MD5OfMessageBody = createHash("md5").update(String(input.MessageBody)).digest("hex");
      return { MessageId: "lost", MD5OfMessageBody };
    });
    const film = await pull("/unheard.mp4", gives(readFileSync(source)));
    await stage.age(film, `UPLOAD#${await expected(film)}`, ["openedAtMs"], 6 * 60_000);
    expect(await stage.sweep(film)).toBe("asked again");
    expect(await told(film, 1)).toEqual(["1:READY"]);
    expect(await timeline(film, "READY")).toEqual(
      expect.arrayContaining(["OPENED", "SOURCE_FETCHED", "SOURCE_ARRIVED", "READY"]),
    );
  });
});
