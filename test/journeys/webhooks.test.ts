import { readFileSync } from "node:fs";
import { GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { Webhook as Standard } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Asking, asking } from "../support/asking.ts";
import type { TestLaptop } from "../support/laptop.ts";
import { meddle } from "../support/meddle.ts";
import { clip } from "../support/media.ts";
import { gives, laptopNear, type Neighbour, openNeighbour, says } from "../support/neighbour.ts";
import { until } from "../support/until.ts";

/** Owners hear of their films at servers of their own, by the book: Standard Webhooks. */

interface Hook {
  id: string;
  url: string;
  enabled: boolean;
  secret: string;
}

interface Delivery {
  id: string;
  event: string;
  state: string;
  tries: { status?: number; problem?: string }[];
  nextTryAt?: string;
}

let neighbour: Neighbour;
let here: TestLaptop;
let ask: Asking["ask"];
beforeAll(async () => {
  neighbour = await openNeighbour();
  here = await laptopNear(neighbour);
  ({ ask } = await asking(here, "editor"));
  neighbour.does("/film.mp4", gives(readFileSync(await clip({ seconds: 1 }))));
});
afterAll(async () => {
  await here?.[Symbol.asyncDispose]();
  neighbour?.close();
});

async function hook(path: string, more: object = {}): Promise<Hook> {
  const wish = { url: `${neighbour.url}${path}`, ...more };
  const { status, body } = await ask<Hook>("POST", "/webhooks", wish);
  expect(status).toBe(201);
  return body;
}

async function makes(path = "/film.mp4", title = "Ünsere Ferien"): Promise<string> {
  const wish = { url: `${neighbour.url}${path}`, title };
  const { body } = await ask<{ video: { id: string } }>("POST", "/videos", wish);
  return body.video.id;
}

const heardAt = (path: string) => neighbour.heard.filter((one) => one.path === path);

function hears(path: string, count = 1) {
  return until(`${path} to hear ${count}`, () => {
    const heard = heardAt(path);
    return heard.length >= count && heard;
  });
}

const log = async ({ id }: Hook) =>
  (await ask<{ items: Delivery[] }>("GET", `/webhooks/${id}/deliveries`)).body.items;

function settled(one: Hook, count = 1): Promise<Delivery[]> {
  return until("the deliveries to be over", async () => {
    const all = await log(one);
    return all.length >= count && all.every(({ state }) => state !== "waiting") && all;
  });
}

function verified({ secret }: Pick<Hook, "secret">, heard: { headers: object; body: string }) {
  return new Standard(secret).verify(heard.body, heard.headers as Record<string, string>);
}

describe("a webhook", () => {
  it("tells its owner of a film that is ready, and can be believed", async () => {
    neighbour.does("/ready", says(204));
    const one = await hook("/ready", { events: ["video.ready"] });
    const videoId = await makes();
    const [heard] = await hears("/ready");
    const data = {
      videoId,
      attempt: 1,
      title: "Ünsere Ferien",
      durationSeconds: expect.closeTo(1, 1),
    };
    const told = verified(one, heard ?? { headers: {}, body: "" });
    expect(told).toEqual({ type: "video.ready", timestamp: expect.any(String), data });
    const [delivery] = await settled(one);
    expect(delivery).toMatchObject({
      id: heard?.headers["webhook-id"],
      event: "video.ready",
      state: "delivered",
      tries: [{ status: 204 }],
    });

    // who looks at the log may have it sent again
    const again = `/webhooks/${one.id}/deliveries/${delivery?.id}/replay`;
    expect((await ask("POST", again, {})).status).toBe(202);
    const [, second] = await hears("/ready", 2);
    expect(verified(one, second ?? { headers: {}, body: "" })).toEqual(told);
    expect(second?.headers["webhook-id"]).toBe(delivery?.id);
  });

  it("tells of a film that failed, once, though it is announced ten times", async () => {
    neighbour.does("/failed", says(200));
    const one = await hook("/failed", { events: ["video.failed"] });
    const announcing = Promise.withResolvers<void>();
    neighbour.does("/text.mp4", (response, heard) => {
      const film = says(200, { "content-type": "video/mp4" }, "not a film");
      void announcing.promise.then(() => film(response, heard));
    });
    const videoId = await makes("/text.mp4");
    meddle(here.laptop).around("sns", "Publish", { videoId, key: videoId }, async ({ pass }) => {
      for (let copies = 1; copies < 10; copies += 1) await pass();
      return pass();
    });
    announcing.resolve();
    const [heard] = await hears("/failed");
    expect(verified(one, heard ?? { headers: {}, body: "" })).toMatchObject({
      type: "video.failed",
      data: { videoId, attempt: 1, problem: { code: "SourceNotMedia" } },
    });
    const sqs = new SQSClient(here.config);
    const { AnnouncedQueueUrl: QueueUrl } = here.laptop.endpoints.resources;
    await until("every copy to be dealt with", async () => {
      const { Attributes = {} } = await sqs.send(
        new GetQueueAttributesCommand({
          QueueUrl,
          AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
        }),
      );
      return Object.values(Attributes).every((count) => count === "0");
    });
    expect(await settled(one)).toHaveLength(1);
    expect(heardAt("/failed")).toHaveLength(1);
  });

  it("that does not listen at first is told again, and the log says so", async () => {
    neighbour.does("/deaf", says(500), says(302, { location: "/ready" }), says(204));
    const one = await hook("/deaf", { enabled: false });
    const { status, body } = await ask<Delivery>("POST", `/webhooks/${one.id}/test`, {});
    expect({ status, body }).toMatchObject({ status: 202, body: { state: "waiting", tries: [] } });
    await hears("/deaf");
    const waiting = await until("its first try to be in the log", async () => {
      const [delivery] = await log(one);
      return delivery?.tries.length === 1 && delivery;
    });
    expect(waiting).toMatchObject({ state: "waiting", tries: [{ status: 500 }] });
    expect(Date.parse(waiting.nextTryAt ?? "")).toBeGreaterThan(Date.now() - 1000);
    const [first, second] = await hears("/deaf", 2);
    expect(second?.headers["webhook-id"]).toBe(first?.headers["webhook-id"]);
    expect(Number(second?.headers["webhook-timestamp"])).toBeGreaterThan(
      Number(first?.headers["webhook-timestamp"]),
    );
    const again = `/webhooks/${one.id}/deliveries/${body.id}/replay`;
    expect((await ask("POST", again, {})).status).toBe(202);
    expect(await settled(one)).toMatchObject([
      {
        id: body.id,
        state: "delivered",
        tries: [{ status: 500 }, { status: 302 }, { status: 204 }],
      },
    ]);
  });

  it("has a secret that is changed without a gap", async () => {
    neighbour.does("/rotated", says(204));
    const before = await hook("/rotated");
    const { body: after } = await ask<Hook>("POST", `/webhooks/${before.id}/secret`, {});
    expect(after.secret).not.toBe(before.secret);
    await ask("POST", `/webhooks/${before.id}/test`, {});
    const [heard = { headers: {}, body: "" }] = await hears("/rotated");
    for (const secret of [before.secret, after.secret]) {
      expect(verified({ secret }, heard)).toMatchObject({ type: "webhook.test" });
    }
    const strange = `whsec_${Buffer.alloc(32).toString("base64")}`;
    expect(() => verified({ secret: strange }, heard)).toThrow();
  });

  it("that is gone is told nothing any more", async () => {
    neighbour.does("/gone", says(410));
    const one = await hook("/gone");
    await ask("POST", `/webhooks/${one.id}/test`, {});
    expect(await settled(one)).toMatchObject([{ state: "failed", tries: [{ status: 410 }] }]);
    expect((await ask<Hook>("GET", `/webhooks/${one.id}`)).body.enabled).toBe(false);
    expect((await ask("DELETE", `/webhooks/${one.id}`)).status).toBe(204);
    expect((await ask("GET", `/webhooks/${one.id}`)).status).toBe(404);
  });

  it.each([
    "http://169.254.169.254/",
    "https://localhost/",
    "http://127.0.0.1:1/",
    "https://[::ffff:10.0.0.1]/",
    "https://example.org:25/",
    "ftp://example.org/",
  ])("is not told at %s", async (url) => {
    const { status, body } = await ask<{ code: string }>("POST", "/webhooks", { url });
    expect({ status, code: body.code }).toEqual({ status: 422, code: "AddressNotAllowed" });
  });
});
