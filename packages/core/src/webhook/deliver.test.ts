import type { ServerResponse } from "node:http";
import { Webhook as Standard } from "standardwebhooks";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as Table from "../aws/table.ts";
import { Clock } from "../clock/index.ts";
import { Id } from "../id/index.ts";
import { openSmallCloud, type SmallCloud } from "../testing/small-cloud.ts";
import { type Ear, openSmallEar } from "../testing/small-ear.ts";
import { openSmallPost, type Post } from "../testing/small-post.ts";
import { Video } from "../video/index.ts";
import { Webhook } from "./index.ts";

let cloud: SmallCloud;
let post: Post;
let ear: Ear;
let made = 0;
let editor = { sub: "", groups: ["editor"] };
beforeAll(async () => {
  cloud = await openSmallCloud();
  post = await openSmallPost();
  ear = await openSmallEar();
  process.env.SST_RESOURCE_Webhooks = JSON.stringify({
    queueUrl: post.url("Deliveries"),
    schemes: ["https", "http"],
    privateHosts: [ear.host],
  });
});
afterAll(async () => {
  ear.close();
  post.close();
  await cloud.close();
});
beforeEach(() => {
  made += 1;
  editor = { ...editor, sub: `editor-${made}` };
});
afterEach(() => {
  ear.heard.length = 0;
  ear.says.length = 0;
  post.empty("Deliveries");
  post.putOff.clear();
});

const answers =
  (status: number, headers = {}) =>
  (response: ServerResponse) =>
    void response.writeHead(status, headers).end("no");

async function film(more: Table.Row = {}): Promise<Id.VideoId> {
  const videoId = Id.newVideo();
  await Table.put({
    ...Video.keyOf(videoId),
    videoId,
    ownerId: editor.sub,
    status: "READY",
    attempt: 1,
    title: "Ünsere Ferien",
    ...more,
  });
  return videoId;
}

function announced(videoId: Id.VideoId, more: object = {}): Webhook.Announced {
  return Webhook.Announced.parse({
    dedupeId: `${videoId}:1:READY`,
    videoId,
    attempt: 1,
    status: "READY",
    title: "Ünsere Ferien",
    durationMs: 12_500,
    ...more,
  });
}

/** Carries every message that was sent, once each; answers how long each was put off, if it was. */
async function carry(messages = post.empty("Deliveries").map(({ body }) => body)) {
  const outcomes: (number | "over")[] = [];
  for (const [at, message] of messages.entries()) {
    const receiptHandle = `receipt-${at}`;
    const outcome = await Webhook.deliver(Webhook.Carried.parse(message), { receiptHandle });
    outcomes.push(outcome === "again" ? (post.putOff.get(receiptHandle) ?? -1) : "over");
  }
  return outcomes;
}

const logOf = async (id: Id.WebhookId) => (await Webhook.deliveries(editor, id)).items;

describe("an announcement", () => {
  it("reaches the owner's endpoint as a Standard Webhook", async () => {
    const { id, secret } = await Webhook.create(editor, { url: ear.url });
    const videoId = await film();
    await Webhook.notify(announced(videoId));
    expect(await carry()).toEqual(["over"]);
    const [heard] = ear.heard;
    expect(heard?.method).toBe("POST");
    expect(heard?.headers["content-type"]).toBe("application/json");
    const headers = heard?.headers as Record<string, string>;
    expect(new Standard(secret).verify(heard?.body ?? "", headers)).toEqual({
      type: "video.ready",
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      data: { videoId, attempt: 1, title: "Ünsere Ferien", durationSeconds: 12.5 },
    });
    const [delivery] = await logOf(id);
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
    await Webhook.create(editor, { url: ear.url });
    const videoId = await film();
    await Webhook.notify(
      announced(videoId, { dedupeId: `${videoId}:1:${status}`, status, ...more }),
    );
    await carry();
    expect(JSON.parse(ear.heard[0]?.body ?? "")).toMatchObject(says);
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
    const { id } = await Webhook.create(editor, { url: ear.url });
    const told = announced(await film());
    await Promise.all(Array.from({ length: 10 }, () => Webhook.notify(told)));
    const messages = post.empty("Deliveries").map(({ body }) => body);
    await Promise.all(messages.map((message) => carry([message])));
    await Webhook.notify(told);
    expect(post.empty("Deliveries")).toEqual([]);
    expect(ear.heard).toHaveLength(1);
    expect(await logOf(id)).toHaveLength(1);
  });

  it("is sent again when whoever heard it died before it was sent", async () => {
    const { id } = await Webhook.create(editor, { url: ear.url });
    const told = announced(await film());
    await Webhook.notify(told);
    post.empty("Deliveries"); // lost
    await Webhook.notify(told);
    expect(await carry()).toEqual(["over"]);
    expect([ear.heard.length, (await logOf(id)).length]).toEqual([1, 1]);
  });

  it("goes to every endpoint that wants it, and to nobody else's", async () => {
    const one = await Webhook.create(editor, { url: ear.url });
    const two = await Webhook.create(editor, { url: ear.url, events: ["video.ready"] });
    const others = [
      await Webhook.create(editor, { url: ear.url, events: ["video.failed"] }),
      await Webhook.create(editor, { url: ear.url, enabled: false }),
    ];
    const foreign = { sub: "somebody else", groups: ["editor"] };
    const theirs = await Webhook.create(foreign, { url: ear.url });
    await Webhook.notify(announced(await film()));
    expect(await carry()).toEqual(["over", "over"]);
    for (const { id } of [one, two]) expect(await logOf(id)).toHaveLength(1);
    for (const { id } of others) expect(await logOf(id)).toEqual([]);
    expect((await Webhook.deliveries(foreign, theirs.id)).items).toEqual([]);
    expect(new Set(ear.heard.map(({ headers }) => headers["webhook-id"])).size).toBe(2);
  });

  it("of a film that is gone makes none; of one that goes later, keeps its ids alone", async () => {
    const { id } = await Webhook.create(editor, { url: ear.url });
    await Webhook.notify(announced(Id.newVideo()));
    await Webhook.notify(announced(await film({ deletedAtMs: 1 })));
    expect(post.empty("Deliveries")).toEqual([]);
    const videoId = await film();
    await Webhook.notify(announced(videoId));
    const rows: Table.Row[] = [];
    const pile = { where: "PK = :pile", values: { ":pile": `WEBHOOK#${id}` } };
    for await (const row of Table.every(pile)) rows.push(row);
    expect(rows.every(({ expiresAtS }) => Number(expiresAtS) > Date.now() / 1000)).toBe(true);
    expect(JSON.stringify(rows)).not.toContain("Ferien");
    await Table.remove(Video.keyOf(videoId));
    await carry();
    expect(JSON.parse(ear.heard[0]?.body ?? "").data).toEqual({
      videoId,
      attempt: 1,
      durationSeconds: 12.5,
    });
  });
});

describe("an endpoint that does not listen", () => {
  it.each([
    { does: "breaks", says: answers(500), try: { status: 500, problem: "It answered 500." } },
    { does: "refuses", says: answers(404), try: { status: 404, problem: "It answered 404." } },
    {
      does: "sends on",
      says: answers(307, { location: "http://169.254.169.254/" }),
      try: { status: 307, problem: "It answered 307." },
    },
    {
      does: "hangs up",
      says: (response: ServerResponse) => void response.destroy(),
      try: { problem: "The connection broke or was refused." },
    },
  ])("because it $does is told again, by the same id", async ({ says, try: tried }) => {
    const { id } = await Webhook.create(editor, { url: ear.url });
    await Webhook.notify(announced(await film()));
    const [message] = post.empty("Deliveries").map(({ body }) => body);
    ear.says.push(says);
    const startMs = Clock.now();
    const [waits] = await carry([message]);
    expect(waits).toBeGreaterThanOrEqual(4);
    expect(waits).toBeLessThanOrEqual(6);
    const [delivery] = await logOf(id);
    expect(delivery).toMatchObject({ state: "waiting", tries: [tried] });
    expect(delivery?.nextTryAt).toBeDefined();
    // too early: nothing is sent
    await Clock.at(startMs + 1000, () => carry([message]));
    expect(ear.heard).toHaveLength(1);
    expect(await Clock.at(startMs + 7000, () => carry([message]))).toEqual(["over"]);
    const [first, second] = ear.heard.map(({ headers }) => headers);
    expect(second?.["webhook-id"]).toBe(first?.["webhook-id"]);
    expect(second?.["webhook-timestamp"]).not.toBe(first?.["webhook-timestamp"]);
    expect(await logOf(id)).toMatchObject([
      { state: "delivered", tries: [tried, { status: 204 }] },
    ]);
  });

  it("is waited for as long as it asks", async () => {
    await Webhook.create(editor, { url: ear.url });
    await Webhook.notify(announced(await film()));
    ear.says.push(answers(429, { "retry-after": "1800" }));
    const [waits] = await carry();
    expect(waits).toBeGreaterThan(1795);
    expect(waits).toBeLessThanOrEqual(1800);
  });

  it("is given up after a day, and the log says so", async () => {
    const { id } = await Webhook.create(editor, { url: ear.url });
    await Webhook.notify(announced(await film()));
    const [message] = post.empty("Deliveries").map(({ body }) => body);
    ear.says.push(...Array.from({ length: 20 }, () => answers(503)));
    let nowMs = Clock.now();
    const startMs = nowMs;
    for (;;) {
      const [waits] = await Clock.at(nowMs, () => carry([message]));
      if (waits === "over" || waits === undefined) break;
      nowMs += waits * 1000;
    }
    expect((nowMs - startMs) / 3_600_000).toBeGreaterThan(20);
    expect((nowMs - startMs) / 3_600_000).toBeLessThan(26);
    const [delivery] = await logOf(id);
    expect(delivery).toMatchObject({ state: "failed" });
    expect(delivery?.tries).toHaveLength(9);
    expect(delivery?.nextTryAt).toBeUndefined();
    expect(await Webhook.find(editor, id)).toMatchObject({ enabled: true });
  });

  it("and says that it is gone is told nothing any more", async () => {
    const { id } = await Webhook.create(editor, { url: ear.url });
    await Webhook.notify(announced(await film()));
    ear.says.push(answers(410));
    expect(await carry()).toEqual(["over"]);
    expect(await Webhook.find(editor, id)).toMatchObject({ enabled: false });
    expect(await logOf(id)).toMatchObject([{ state: "failed", tries: [{ status: 410 }] }]);
    await Webhook.notify(announced(await film()));
    expect(post.empty("Deliveries")).toEqual([]);
  });

  it.each([
    { what: "is deleted", act: (id: Id.WebhookId) => Webhook.remove(editor, id) },
    {
      what: "is disabled",
      act: (id: Id.WebhookId) => Webhook.change(editor, id, { enabled: false }),
    },
    {
      what: "wants other news",
      act: (id: Id.WebhookId) => Webhook.change(editor, id, { events: ["video.failed"] }),
    },
  ])("and $what meanwhile is told nothing any more", async ({ act }) => {
    const { id } = await Webhook.create(editor, { url: ear.url });
    await Webhook.notify(announced(await film()));
    await act(id);
    expect(await carry()).toEqual(["over"]);
    expect(ear.heard).toEqual([]);
  });

  it("because it moved to an address that is not public is not asked there", async () => {
    const { id } = await Webhook.create(editor, { url: "http://localhost.example.org/" });
    await Table.change(
      { PK: `OWNER#${editor.sub}`, SK: `WEBHOOK#${id}` },
      {
        update: "SET #url = :url",
        condition: "attribute_exists(PK)",
        names: { "#url": "url" },
        values: { ":url": "http://127.0.0.1:1/" },
      },
    );
    await Webhook.notify(announced(await film()));
    const [waits] = await carry();
    expect(waits).toBeGreaterThan(0);
    expect((await logOf(id))[0]?.tries[0]?.problem).toMatch(/does not fetch from that address/);
  });
});

describe("a delivery", () => {
  it("can be tried out, also while its endpoint is not enabled", async () => {
    const { id, secret } = await Webhook.create(editor, { url: ear.url, enabled: false });
    const sent = await Webhook.test(editor, id);
    expect(sent).toMatchObject({ event: "webhook.test", state: "waiting" });
    await carry();
    const headers = ear.heard[0]?.headers as Record<string, string>;
    expect(new Standard(secret).verify(ear.heard[0]?.body ?? "", headers)).toMatchObject({
      type: "webhook.test",
      data: { webhookId: id },
    });
    expect(headers["webhook-id"]).toBe(sent.id);
  });

  it("can be sent again under the same id, whatever became of it", async () => {
    const { id } = await Webhook.create(editor, { url: ear.url });
    await Webhook.notify(announced(await film()));
    const [old] = post.empty("Deliveries").map(({ body }) => body);
    ear.says.push(answers(500));
    await carry([old]);
    const [waiting] = await logOf(id);
    const again = await Webhook.replay(editor, id, waiting?.id ?? "dlv_");
    expect(again).toMatchObject({ id: waiting?.id, state: "waiting" });
    expect(await carry()).toEqual(["over"]);
    // the message of the first round is void
    expect(await Clock.at(Clock.now() + 60_000, () => carry([old]))).toEqual(["over"]);
    expect(new Set(ear.heard.map(({ headers }) => headers["webhook-id"]))).toEqual(
      new Set([waiting?.id]),
    );
    await Webhook.replay(editor, id, waiting?.id ?? "dlv_");
    await carry();
    expect(ear.heard).toHaveLength(3);
    expect(await logOf(id)).toMatchObject([
      { state: "delivered", tries: [{ status: 500 }, { status: 204 }, { status: 204 }] },
    ]);
  });

  it("is tried again when whoever tried it died on the way", async () => {
    const { id } = await Webhook.create(editor, { url: ear.url });
    await Webhook.notify(announced(await film()));
    const [message] = post.empty("Deliveries").map(({ body }) => body);
    const [waiting] = await logOf(id);
    await Table.change(
      { PK: `WEBHOOK#${id}`, SK: `DELIVERY#${waiting?.id}` },
      {
        update: "SET nextTryAtMs = :taken",
        condition: "attribute_exists(PK)",
        values: { ":taken": Clock.now() + 30_000 },
      },
    );
    const [waits] = await carry([message]);
    expect(waits).toBeGreaterThan(25);
    expect(ear.heard).toHaveLength(0);
    await Clock.at(Clock.now() + 31_000, () => carry([message]));
    expect(ear.heard).toHaveLength(1);
  });
});
