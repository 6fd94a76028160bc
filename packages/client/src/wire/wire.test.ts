import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ApiProblem, connect, NetworkProblem } from "../index.ts";
import { type Fake, type Instead, openFake } from "../testing.ts";
import { Patience } from "./patience.ts";

let fake: Fake;
beforeAll(async () => {
  fake = await openFake();
});
afterAll(() => fake.close());
beforeEach(() => {
  fake.heard.length = 0;
  fake.state.meddle = () => undefined;
});

const rushes = (token?: (asked?: { refused?: string }) => Promise<string>) =>
  connect({ api: `${fake.origin}/`, token });
const busy: Instead = { status: 503, headers: { "retry-after": "0" }, body: "{}" };

/** The first so many requests are answered so, the rest as usual. */
function first(count: number, instead: Instead): void {
  let seen = 0;
  fake.state.meddle = () => (seen++ < count ? instead : undefined);
}

describe("a request that may arrive twice", () => {
  it.each([
    ["all are busy", busy],
    ["there were too many", { ...busy, status: 429 }],
    ["a proxy has no answer", { ...busy, status: 502 }],
    ["the line breaks", { status: 0, drop: true }],
  ])("is sent again when %s", async (_, instead) => {
    first(2, instead);
    expect(await rushes().me()).toEqual({ id: "ada", groups: [] });
    expect(fake.heard).toHaveLength(3);
  });

  it("that opens a film carries the same key each time", async () => {
    first(2, { status: 0, drop: true });
    await rushes().videos.open({ filename: "a.mp4", sizeBytes: 5, type: "video/mp4" });
    const keys = fake.heard.map(({ headers }) => headers["idempotency-key"]);
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(keys).toHaveLength(3);
  });

  it("waits as long as it is asked to", async () => {
    first(1, { ...busy, headers: { "retry-after": "1" } });
    const begun = performance.now();
    await rushes().me();
    expect(performance.now() - begun).toBeGreaterThan(990);
  });

  it("is given up at once when it would be for long", async () => {
    first(1, { ...busy, status: 429, headers: { "retry-after": "3600" } });
    await expect(rushes().me()).rejects.toMatchObject({ status: 429, retryAfterMs: 3_600_000 });
    expect(fake.heard).toHaveLength(1);
  });

  it("is given up in the end, and says by whom it was refused", async () => {
    first(99, { ...busy, body: JSON.stringify({ code: "ServiceBusy", status: 503, retry: true }) });
    await expect(rushes().me()).rejects.toMatchObject({
      name: "ApiProblem",
      code: "ServiceBusy",
      retry: true,
    });
    expect(fake.heard).toHaveLength(Patience.calls.tries);
  });
});

describe("a request that begins something", () => {
  it.each([
    ["all are busy", busy, ApiProblem],
    ["the line breaks", { status: 0, drop: true }, NetworkProblem],
  ])("is sent once when %s: nobody knows whether it was heard", async (_, instead, kind) => {
    first(9, instead);
    await expect(rushes().videos.retry("vid_1")).rejects.toBeInstanceOf(kind);
    expect(fake.heard).toHaveLength(1);
  });

  it("is sent again when it was turned away at the door", async () => {
    first(1, { ...busy, status: 429 });
    await rushes().videos.retry("vid_1");
    expect(fake.heard).toHaveLength(2);
  });
});

describe("a refusal", () => {
  it("tells code, fields and what to do", async () => {
    const fields = [{ path: "body.title", message: "too long" }];
    const told = { code: "RequestInvalid", status: 400, detail: "See the fields.", fields };
    first(1, { status: 400, body: JSON.stringify(told) });
    const problem = await rushes()
      .videos.get("vid_1")
      .catch((error) => error);
    expect(problem).toBeInstanceOf(ApiProblem);
    expect(problem).toMatchObject({ ...told, retry: false, message: /See the fields/ });
    expect(fake.heard).toHaveLength(1);
  });

  it.each([
    [401, "TokenInvalid"],
    [403, "Forbidden"],
    [413, "BodyTooLarge"],
    [418, "Unexpected"],
  ])("of a gateway, %i, is %s", async (status, code) => {
    first(1, { status, body: JSON.stringify({ message: "No" }) });
    await expect(rushes().videos.get("vid_1")).rejects.toMatchObject({ code, status });
  });
});

describe("a token", () => {
  it("that is refused is asked for once more", async () => {
    const asked: Array<string | undefined> = [];
    const token = async ({ refused }: { refused?: string } = {}) => {
      asked.push(refused);
      return refused ? "new" : "old";
    };
    fake.state.meddle = ({ headers }) =>
      headers.authorization === "Bearer new" ? undefined : { status: 401, body: "{}" };
    await rushes(token).me();
    expect(asked).toEqual([undefined, "old"]);
    fake.state.meddle = () => ({ status: 401, body: "{}" });
    await expect(rushes(token).me()).rejects.toMatchObject({ code: "TokenInvalid" });
    expect(fake.heard).toHaveLength(4);
  });

  it("is not sent when there is none", async () => {
    await rushes().me();
    expect(fake.heard[0]?.headers.authorization).toBeUndefined();
  });
});

describe("waiting", () => {
  it("grows, stays below its limit, and is never less than was asked", () => {
    for (let failed = 1; failed < 12; failed += 1) {
      const ms = Patience.waitMs(Patience.calls, failed);
      expect(ms).toBeLessThanOrEqual(Math.min(20_000, 250 * 2 ** (failed - 1)));
      expect(ms).toBeGreaterThanOrEqual(Math.min(10_000, 125 * 2 ** (failed - 1)));
      expect(Patience.waitMs(Patience.calls, failed, 15_000)).toBeGreaterThanOrEqual(15_000);
      expect(Patience.waitMs(Patience.calls, failed, 1e9)).toBe(20_000);
    }
  });

  it("reads Retry-After in both its forms", () => {
    const after = (text: string) => Patience.retryAfterMs(new Headers({ "retry-after": text }));
    expect(after("3")).toBe(3000);
    expect(after(new Date(Date.now() + 60_000).toUTCString())).toBeGreaterThan(58_000);
    expect(after("soon")).toBeUndefined();
    expect(Patience.retryAfterMs(new Headers())).toBeUndefined();
  });

  it("ends when the caller goes", async () => {
    const gone = new AbortController();
    const waiting = Patience.sleep(60_000, gone.signal);
    gone.abort(new Error("gone"));
    await expect(waiting).rejects.toThrow("gone");
    await expect(Patience.sleep(1, gone.signal)).rejects.toThrow("gone");
  });
});
