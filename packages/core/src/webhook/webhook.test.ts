import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type * as Actor from "../actor/index.ts";
import * as Clock from "../clock/index.ts";
import * as Id from "../id/index.ts";
import { openSmallCloud, type SmallCloud } from "../testing/small-cloud.ts";
import { openSmallPost, type Post } from "../testing/small-post.ts";
import * as Webhook from "./index.ts";

let cloud: SmallCloud;
let post: Post;
let editor: Actor.Actor;
let made = 0;
beforeAll(async () => {
  cloud = await openSmallCloud();
  post = await openSmallPost();
  process.env.SST_RESOURCE_Webhooks = JSON.stringify({
    queueUrl: post.url("Deliveries"),
    schemes: ["https"],
  });
});
afterAll(async () => {
  post.close();
  await cloud.close();
});
beforeEach(() => {
  made += 1;
  editor = { sub: `editor-${made}`, groups: ["editor"] };
});

const url = "https://example.org/hook";
const problem = (code: string) => expect.objectContaining({ code });
const notFound = problem("WebhookNotFound");

describe("an endpoint", () => {
  it("is told its secret when it is made, and never again", async () => {
    const { secret, ...rest } = await Webhook.create(editor, { url, description: "ours" });
    expect(secret).toMatch(/^whsec_/);
    expect(rest).toEqual({
      id: expect.stringMatching(/^whk_/),
      url,
      description: "ours",
      events: ["video.ready", "video.failed", "video.canceled"],
      enabled: true,
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    expect(await Webhook.find(editor, rest.id)).toEqual(rest);
    expect(await Webhook.list(editor)).toEqual({ items: [rest] });
    const again = await Webhook.rotate(editor, rest.id);
    expect(again).toEqual({ ...rest, secret: expect.stringMatching(/^whsec_/) });
    expect(again.secret).not.toBe(secret);
    expect(JSON.stringify(await Webhook.list(editor))).not.toContain("whsec_");
  });

  it("changes in what is said, and in nothing else", async () => {
    const { secret: _, ...before } = await Webhook.create(editor, { url });
    expect(await Webhook.change(editor, before.id, {})).toEqual(before);
    const wish = { events: ["video.failed", "video.failed"], enabled: false };
    const after = { ...before, events: ["video.failed"], enabled: false };
    expect(await Webhook.change(editor, before.id, wish)).toEqual(after);
    const moved = { url: "https://example.com/other" };
    expect(await Webhook.change(editor, before.id, moved)).toEqual({ ...after, ...moved });
    expect(await Webhook.find(editor, before.id)).toEqual({ ...after, ...moved });
  });

  it.each([
    { wish: { url: "http://example.org/" }, code: "AddressNotAllowed", path: "body.url" },
    { wish: { url: "https://169.254.169.254/" }, code: "AddressNotAllowed", path: "body.url" },
    { wish: { url: "https://localhost/" }, code: "AddressNotAllowed", path: "body.url" },
    { wish: { url: "https://example.org:8443/" }, code: "AddressNotAllowed", path: "body.url" },
    {
      wish: { url, events: ["video.ready", "nothing"] },
      code: "RequestInvalid",
      path: "body.events.1",
    },
  ])("is refused by name and field: $wish", async ({ wish, code, path }) => {
    const refused = expect.objectContaining({
      code,
      about: expect.objectContaining({ fields: [{ path, message: expect.any(String) }] }),
    });
    await expect(Webhook.create(editor, wish)).rejects.toThrow(refused);
    const { id } = await Webhook.create(editor, { url });
    await expect(Webhook.change(editor, id, wish)).rejects.toThrow(refused);
  });

  it("is one of ten at most, also when many are made at once", async () => {
    const making = Array.from({ length: 13 }, () => Webhook.create(editor, { url }));
    const settled = await Promise.allSettled(making);
    expect(settled.filter(({ status }) => status === "fulfilled")).toHaveLength(Webhook.MOST);
    const { items } = await Webhook.list(editor);
    expect(items).toHaveLength(Webhook.MOST);
    await expect(Webhook.create(editor, { url })).rejects.toThrow(problem("TooManyWebhooks"));
    const [first] = items;
    await Webhook.remove(editor, first?.id ?? "whk_");
    await Webhook.create(editor, { url });
    expect((await Webhook.list(editor)).items).toHaveLength(Webhook.MOST);
  });

  it("is not there once it was taken away", async () => {
    const { id } = await Webhook.create(editor, { url });
    await Webhook.remove(editor, id);
    await expect(Webhook.remove(editor, id)).rejects.toThrow(notFound);
    expect((await Webhook.list(editor)).items).toEqual([]);
  });

  it("is its owner's alone: to anybody else there is none", async () => {
    const { id } = await Webhook.create(editor, { url });
    const { id: deliveryId } = await Webhook.test(editor, id);
    for (const other of [
      { sub: "other", groups: ["editor"] },
      { sub: "boss", groups: ["admin"] },
    ]) {
      const none = Id.newWebhook();
      for (const ask of [
        (known: Id.WebhookId) => Webhook.find(other, known),
        (known: Id.WebhookId) => Webhook.change(other, known, { enabled: false }),
        (known: Id.WebhookId) => Webhook.remove(other, known),
        (known: Id.WebhookId) => Webhook.rotate(other, known),
        (known: Id.WebhookId) => Webhook.test(other, known),
        (known: Id.WebhookId) => Webhook.deliveries(other, known),
        (known: Id.WebhookId) => Webhook.replay(other, known, deliveryId),
      ]) {
        await expect(ask(id)).rejects.toThrow(notFound);
        await expect(ask(none)).rejects.toThrow(notFound);
      }
      expect((await Webhook.list(other)).items).toEqual([]);
      const { id: theirs } = await Webhook.create(other, { url });
      await expect(Webhook.replay(other, theirs, deliveryId)).rejects.toThrow(notFound);
    }
    expect(await Webhook.find(editor, id)).toMatchObject({ enabled: true });
  });

  it.each([{ groups: ["viewer"] }, { groups: [] }])(
    "is nothing for $groups, who make no films",
    async ({ groups }) => {
      const viewer = { sub: "viewer", groups };
      const forbidden = problem("Forbidden");
      await expect(Webhook.create(viewer, { url })).rejects.toThrow(forbidden);
      await expect(Webhook.list(viewer)).rejects.toThrow(forbidden);
      await expect(Webhook.find(viewer, Id.newWebhook())).rejects.toThrow(forbidden);
    },
  );
});

describe("the log of what was sent", () => {
  it("is read page by page, the newest first", async () => {
    const { id } = await Webhook.create(editor, { url });
    const sent: string[] = [];
    for (let nth = 0; nth < 5; nth += 1) {
      // ids of one millisecond have no order
      const { id: each } = await Clock.at(Date.UTC(2030, 0, 1) + nth, () =>
        Webhook.test(editor, id),
      );
      sent.unshift(each);
    }
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await Webhook.deliveries(editor, id, { limit: 2, cursor });
      seen.push(...page.items.map((delivery) => delivery.id));
      cursor = page.nextCursor;
    } while (cursor);
    expect(seen).toEqual(sent);
    const { items } = await Webhook.deliveries(editor, id);
    expect(items[0]).toEqual({
      id: sent[0],
      event: "webhook.test",
      state: "waiting",
      at: expect.any(String),
      tries: [],
      nextTryAt: expect.any(String),
    });
  });

  it.each(["", "x", "dlv_x", "WEBHOOK#1", "../../OWNER"])(
    "does not go on from %j",
    async (cursor) => {
      const { id } = await Webhook.create(editor, { url });
      await expect(Webhook.deliveries(editor, id, { cursor })).rejects.toThrow(
        problem("CursorInvalid"),
      );
    },
  );
});
