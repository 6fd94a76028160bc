import type { ServerResponse } from "node:http";
import { Webhook as Standard } from "standardwebhooks";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as Table from "../aws/table.ts";
import * as Clock from "../clock/index.ts";
import type * as Id from "../id/index.ts";
import * as Webhook from "./index.ts";
import { announced, answers, Stage } from "./webhook.testing.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(() => stage.close());
beforeEach(() => stage.reset());

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
    const { id } = await stage.endpoint();
    await Webhook.notify(announced(await stage.film()));
    const [message] = stage.messages();
    stage.ear.says.push(says);
    const startMs = Clock.now();
    const [waits] = await stage.carry([message]);
    expect(waits).toBeGreaterThanOrEqual(4);
    expect(waits).toBeLessThanOrEqual(6);
    const [delivery] = await stage.log(id);
    expect(delivery).toMatchObject({ state: "waiting", tries: [tried] });
    expect(delivery?.nextTryAt).toBeDefined();
    // too early: nothing is sent
    await Clock.at(startMs + 1000, () => stage.carry([message]));
    expect(stage.ear.heard).toHaveLength(1);
    expect(await Clock.at(startMs + 7000, () => stage.carry([message]))).toEqual(["over"]);
    const [first, second] = stage.ear.heard.map(({ headers }) => headers);
    expect(second?.["webhook-id"]).toBe(first?.["webhook-id"]);
    expect(second?.["webhook-timestamp"]).not.toBe(first?.["webhook-timestamp"]);
    expect(await stage.log(id)).toMatchObject([
      { state: "delivered", tries: [tried, { status: 204 }] },
    ]);
  });

  it("is waited for as long as it asks", async () => {
    await stage.endpoint();
    await Webhook.notify(announced(await stage.film()));
    stage.ear.says.push(answers(429, { "retry-after": "1800" }));
    const [waits] = await stage.carry();
    expect(waits).toBeGreaterThan(1795);
    expect(waits).toBeLessThanOrEqual(1800);
  });

  it("is given up after a day, and the log says so", async () => {
    const { id } = await stage.endpoint();
    await Webhook.notify(announced(await stage.film()));
    const [message] = stage.messages();
    stage.ear.says.push(...Array.from({ length: 20 }, () => answers(503)));
    let nowMs = Clock.now();
    const startMs = nowMs;
    for (;;) {
      const [waits] = await Clock.at(nowMs, () => stage.carry([message]));
      if (waits === "over" || waits === undefined) break;
      nowMs += waits * 1000;
    }
    expect((nowMs - startMs) / 3_600_000).toBeGreaterThan(20);
    expect((nowMs - startMs) / 3_600_000).toBeLessThan(26);
    const [delivery] = await stage.log(id);
    expect(delivery).toMatchObject({ state: "failed" });
    expect(delivery?.tries).toHaveLength(9);
    expect(delivery?.nextTryAt).toBeUndefined();
    expect(await Webhook.find(stage.editor, id)).toMatchObject({ enabled: true });
  });

  it("and says that it is gone is told nothing any more", async () => {
    const { id } = await stage.endpoint();
    await Webhook.notify(announced(await stage.film()));
    stage.ear.says.push(answers(410));
    expect(await stage.carry()).toEqual(["over"]);
    expect(await Webhook.find(stage.editor, id)).toMatchObject({ enabled: false });
    expect(await stage.log(id)).toMatchObject([{ state: "failed", tries: [{ status: 410 }] }]);
    await Webhook.notify(announced(await stage.film()));
    expect(stage.messages()).toEqual([]);
  });

  it.each([
    { what: "is deleted", act: (id: Id.WebhookId) => Webhook.remove(stage.editor, id) },
    {
      what: "is disabled",
      act: (id: Id.WebhookId) => Webhook.change(stage.editor, id, { enabled: false }),
    },
    {
      what: "wants other news",
      act: (id: Id.WebhookId) => Webhook.change(stage.editor, id, { events: ["video.failed"] }),
    },
  ])("and $what meanwhile is told nothing any more", async ({ act }) => {
    const { id } = await stage.endpoint();
    await Webhook.notify(announced(await stage.film()));
    await act(id);
    expect(await stage.carry()).toEqual(["over"]);
    expect(stage.ear.heard).toEqual([]);
  });

  it("because it moved to an address that is not public is not asked there", async () => {
    const { id } = await Webhook.create(stage.editor, { url: "http://localhost.example.org/" });
    await Table.change(
      { PK: `OWNER#${stage.editor.sub}`, SK: `WEBHOOK#${id}` },
      {
        update: "SET #url = :url",
        condition: "attribute_exists(PK)",
        names: { "#url": "url" },
        values: { ":url": "http://127.0.0.1:1/" },
      },
    );
    await Webhook.notify(announced(await stage.film()));
    const [waits] = await stage.carry();
    expect(waits).toBeGreaterThan(0);
    expect((await stage.log(id))[0]?.tries[0]?.problem).toMatch(
      /does not reach out to that address/,
    );
  });
});

describe("a delivery", () => {
  it("can be tried out, also while its endpoint is not enabled", async () => {
    const { id, secret } = await stage.endpoint({ enabled: false });
    const sent = await Webhook.test(stage.editor, id);
    expect(sent).toMatchObject({ event: "webhook.test", state: "waiting" });
    await stage.carry();
    const headers = stage.ear.heard[0]?.headers as Record<string, string>;
    expect(new Standard(secret).verify(stage.ear.heard[0]?.body ?? "", headers)).toMatchObject({
      type: "webhook.test",
      data: { webhookId: id },
    });
    expect(headers["webhook-id"]).toBe(sent.id);
  });

  it("can be sent again under the same id, whatever became of it", async () => {
    const { id } = await stage.endpoint();
    await Webhook.notify(announced(await stage.film()));
    const [old] = stage.messages();
    stage.ear.says.push(answers(500));
    await stage.carry([old]);
    const [waiting] = await stage.log(id);
    const again = await Webhook.replay(stage.editor, id, waiting?.id ?? "dlv_");
    expect(again).toMatchObject({ id: waiting?.id, state: "waiting" });
    expect(await stage.carry()).toEqual(["over"]);
    // the message of the first round is void
    expect(await Clock.at(Clock.now() + 60_000, () => stage.carry([old]))).toEqual(["over"]);
    expect(new Set(stage.ear.heard.map(({ headers }) => headers["webhook-id"]))).toEqual(
      new Set([waiting?.id]),
    );
    await Webhook.replay(stage.editor, id, waiting?.id ?? "dlv_");
    await stage.carry();
    expect(stage.ear.heard).toHaveLength(3);
    expect(await stage.log(id)).toMatchObject([
      { state: "delivered", tries: [{ status: 500 }, { status: 204 }, { status: 204 }] },
    ]);
  });

  it("is tried again when whoever tried it died on the way", async () => {
    const { id } = await stage.endpoint();
    await Webhook.notify(announced(await stage.film()));
    const [message] = stage.messages();
    const [waiting] = await stage.log(id);
    await Table.change(
      { PK: `WEBHOOK#${id}`, SK: `DELIVERY#${waiting?.id}` },
      {
        update: "SET nextTryAtMs = :taken",
        condition: "attribute_exists(PK)",
        values: { ":taken": Clock.now() + 30_000 },
      },
    );
    const [waits] = await stage.carry([message]);
    expect(waits).toBeGreaterThan(25);
    expect(stage.ear.heard).toHaveLength(0);
    await Clock.at(Clock.now() + 31_000, () => stage.carry([message]));
    expect(stage.ear.heard).toHaveLength(1);
  });
});
