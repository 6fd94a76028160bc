import { Webhook as Standard } from "standardwebhooks";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as Table from "../aws/table.ts";
import * as Id from "../id/index.ts";
import * as Video from "../video/index.ts";
import * as Webhook from "./index.ts";
import { announced, Stage, TITLE } from "./webhook.testing.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(() => stage.close());
beforeEach(() => stage.reset());

describe("an announcement", () => {
  it("reaches the owner's endpoint as a Standard Webhook", async () => {
    const { id, secret } = await stage.endpoint();
    const videoId = await stage.film();
    await Webhook.notify(announced(videoId));
    expect(await stage.carry()).toEqual(["over"]);
    const [heard] = stage.ear.heard;
    expect(heard?.method).toBe("POST");
    expect(heard?.headers["content-type"]).toBe("application/json");
    const headers = heard?.headers as Record<string, string>;
    expect(new Standard(secret).verify(heard?.body ?? "", headers)).toEqual({
      type: "video.ready",
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      data: { videoId, attempt: 1, title: TITLE, durationSeconds: 12.5 },
    });
    const [delivery] = await stage.log(id);
    expect(delivery).toEqual({
      id: headers["webhook-id"],
      event: "video.ready",
      state: "delivered",
      at: expect.any(String),
      tries: [{ at: expect.any(String), status: 204 }],
    });
  });

  it.each([
    { status: "READY", says: { type: "video.ready" } },
    { status: "CANCELED", says: { type: "video.canceled" } },
    {
      status: "FAILED",
      more: { problem: { code: "SourceEmpty", message: "of no concern" } },
      says: {
        type: "video.failed",
        data: { problem: { code: "SourceEmpty", help: expect.any(String) } },
      },
    },
    {
      status: "FAILED",
      more: { problem: { code: "Made.Up", message: "arn:aws:secret" } },
      says: {
        type: "video.failed",
        data: expect.not.objectContaining({ problem: expect.anything() }),
      },
    },
  ])("of $status says so", async ({ status, more = {}, says }) => {
    await stage.endpoint();
    const videoId = await stage.film();
    await Webhook.notify(
      announced(videoId, { dedupeId: `${videoId}:1:${status}`, status, ...more }),
    );
    await stage.carry();
    expect(JSON.parse(stage.ear.heard[0]?.body ?? "")).toMatchObject(says);
  });

  it("is understood in the topic's envelope, and by itself", () => {
    const told = { dedupeId: "d", videoId: Id.newVideo(), attempt: 1, status: "READY" };
    const envelope = { Type: "Notification", Message: JSON.stringify(told), Signature: "s" };
    expect(Webhook.Announced.parse(envelope)).toEqual(told);
    expect(Webhook.Announced.parse(told)).toEqual(told);
    for (const bad of [undefined, null, "x", {}, { Type: "Notification", Message: "{" }]) {
      expect(Webhook.Announced.safeParse(bad).success).toBe(false);
    }
  });

  it("that comes ten times at once is heard once", async () => {
    const { id } = await stage.endpoint();
    const told = announced(await stage.film());
    await Promise.all(Array.from({ length: 10 }, () => Webhook.notify(told)));
    const messages = stage.messages();
    await Promise.all(messages.map((message) => stage.carry([message])));
    await Webhook.notify(told);
    expect(stage.messages()).toEqual([]);
    expect(stage.ear.heard).toHaveLength(1);
    expect(await stage.log(id)).toHaveLength(1);
  });

  it("is sent again when whoever heard it died before it was sent", async () => {
    const { id } = await stage.endpoint();
    const told = announced(await stage.film());
    await Webhook.notify(told);
    stage.messages(); // lost
    await Webhook.notify(told);
    expect(await stage.carry()).toEqual(["over"]);
    expect([stage.ear.heard.length, (await stage.log(id)).length]).toEqual([1, 1]);
  });

  it("goes to every endpoint that wants it, and to nobody else's", async () => {
    const one = await stage.endpoint();
    const two = await stage.endpoint({ events: ["video.ready"] });
    const others = [
      await stage.endpoint({ events: ["video.failed"] }),
      await stage.endpoint({ enabled: false }),
    ];
    const foreign = { sub: "somebody else", groups: ["editor"] };
    const theirs = await Webhook.create(foreign, { url: stage.ear.url });
    await Webhook.notify(announced(await stage.film()));
    expect(await stage.carry()).toEqual(["over", "over"]);
    for (const { id } of [one, two]) expect(await stage.log(id)).toHaveLength(1);
    for (const { id } of others) expect(await stage.log(id)).toEqual([]);
    expect((await Webhook.deliveries(foreign, theirs.id)).items).toEqual([]);
    expect(new Set(stage.ear.heard.map(({ headers }) => headers["webhook-id"])).size).toBe(2);
  });

  it("of a film that is gone makes none; of one that goes later, keeps its ids alone", async () => {
    const { id } = await stage.endpoint();
    await Webhook.notify(announced(Id.newVideo()));
    await Webhook.notify(announced(await stage.film({ deletedAtMs: 1 })));
    expect(stage.messages()).toEqual([]);
    const videoId = await stage.film();
    await Webhook.notify(announced(videoId));
    const rows: Table.Row[] = [];
    const pile = { where: "PK = :pile", values: { ":pile": `WEBHOOK#${id}` } };
    for await (const row of Table.every(pile)) rows.push(row);
    expect(rows.every(({ expiresAtS }) => Number(expiresAtS) > Date.now() / 1000)).toBe(true);
    expect(JSON.stringify(rows)).not.toContain(TITLE);
    await Table.remove(Video.keyOf(videoId));
    await stage.carry();
    expect(JSON.parse(stage.ear.heard[0]?.body ?? "").data).toEqual({
      videoId,
      attempt: 1,
      durationSeconds: 12.5,
    });
  });
});
