import { Problem } from "@rushes/core/problem";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { described, Reply, serve } from "./described.ts";
import { gateway } from "./gateway.ts";
import { app } from "./route.ts";
import { accounts, brought, type Said } from "./testing.ts";

process.env.SST_RESOURCE_Accounts = JSON.stringify(accounts);
process.env.POWERTOOLS_DEV = "true";
const lines: string[] = [];
beforeEach(() => {
  lines.length = 0;
  for (const level of ["info", "warn", "error", "debug"] as const) {
    vi.spyOn(console, level).mockImplementation((line) => void lines.push(String(line)));
  }
});
afterEach(() => vi.restoreAllMocks());

const secret = "whatever-nobody-may-log";
const common = { tag: "T", summary: "s", access: "token", problems: [] } as const;
const params = z.object({ id: z.string().regex(/^vid_\w+$/) });
const absent = { id: "VideoNotFound" } as const;

const make = described({
  ...common,
  id: "make",
  method: "post",
  path: "/films",
  query: z.strictObject({ limit: z.coerce.number().int().max(9).optional() }),
  headers: z.object({ "idempotency-key": z.string().max(5).optional() }),
  body: z.union([
    z.strictObject({ filename: z.string().min(1), sizeBytes: z.int() }),
    z.strictObject({ url: z.string() }),
  ]),
  answer: { status: 201, says: "made", shape: z.looseObject({}) },
});
const show = described({
  ...common,
  id: "show",
  method: "get",
  path: "/films/{id}",
  params,
  absent,
  answer: { status: 200, says: "shown", shape: z.looseObject({}), tagged: true },
});
const drop = described({
  ...common,
  id: "drop",
  method: "delete",
  path: "/films/{id}",
  params,
  absent,
  answer: { status: 204, says: "gone" },
});
const retry = described({
  ...common,
  id: "retry",
  method: "post",
  path: "/films/{id}/retry",
  params,
  absent,
  access: "either",
  body: z.strictObject({}),
  answer: { status: 202, says: "again", shape: z.looseObject({}) },
});

const thrown: { error?: unknown } = {};
const handler = gateway(
  app(
    [
      serve(make, async ({ actor, query, headers, body }) => {
        return new Reply({ actor, query, headers, body }, { location: "/films/vid_1" });
      }),
      serve(show, async ({ params: { id } }) => {
        if (thrown.error) throw thrown.error;
        return { id };
      }),
      serve(drop, async () => undefined),
      serve(retry, async ({ actor, body }) => {
        return new Reply({ actor: actor ?? null, body }, { cookies: ["a=1; Path=/", "b=2"] });
      }),
    ],
    async (token) => (token === "Bearer good" ? { sub: "kim", groups: [] } : undefined),
  ),
);
const claims = { sub: "kim", token_use: "access", "cognito:groups": "[editor viewer]" };
const ask = (line: string, said: Said = {}) => handler(brought(line, { claims, ...said }));
const body = (answer: { body?: string | undefined }) => JSON.parse(answer.body ?? "null");

describe("what comes in", () => {
  it("reaches the handler in the route's own shapes, and nothing else does", async () => {
    const answer = await ask("POST /api/films?limit=7", {
      body: { filename: "a.mp4", sizeBytes: 5 },
      headers: { "idempotency-key": "k1", "x-other": secret },
    });
    expect(answer).toMatchObject({ statusCode: 201, headers: { location: "/api/films/vid_1" } });
    expect(answer.headers).toMatchObject({
      "cache-control": "no-store",
      "content-type": "application/json",
    });
    expect(body(answer)).toEqual({
      actor: { sub: "kim", groups: ["editor", "viewer"] },
      query: { limit: 7 },
      headers: { "idempotency-key": "k1" },
      body: { filename: "a.mp4", sizeBytes: 5 },
    });
  });

  const film = { filename: "a.mp4", sizeBytes: 5 };
  it.each<{ line?: string; said: Said; fields: string[] }>([
    { said: {}, fields: ["body.filename is missing", "body.sizeBytes is missing"] },
    {
      said: { body: { ...film, sizeBytes: "5" } },
      fields: [expect.stringMatching(/^body\.sizeBytes /)],
    },
    { said: { body: { ...film, more: 1 } }, fields: ["body.more is not known here"] },
    { said: { body: { url: 5 } }, fields: [expect.stringMatching(/^body\.url /)] },
    { said: { body: '{"__proto__":{},"url":"x"}' }, fields: ["body.__proto__ is not known here"] },
    { said: { body: "{" }, fields: ["body is no JSON"] },
    { said: { body: "null" }, fields: expect.anything() },
    { said: { body: "[".repeat(60_000) }, fields: ["body is no JSON"] },
    { said: { body: "[".repeat(60_000) + "]".repeat(60_000) }, fields: expect.anything() },
    {
      line: "POST /api/films?limit=10",
      said: { body: film },
      fields: [expect.stringMatching(/^query\.limit /)],
    },
    {
      line: "POST /api/films?size=1",
      said: { body: film },
      fields: ["query.size is not known here"],
    },
    {
      line: "POST /api/films?limit=1&limit=2",
      said: { body: film },
      fields: ["query.limit is said twice"],
    },
    {
      said: { body: film, headers: { "idempotency-key": "k12345" } },
      fields: [expect.stringMatching(/^header\.idempotency-key /)],
    },
  ])(
    "names the fields that are wrong: $fields",
    async ({ line = "POST /api/films", said, fields }) => {
      const answer = await ask(line, said);
      expect(answer.statusCode).toBe(400);
      const problem = body(answer);
      expect(problem).toMatchObject({ code: "RequestInvalid", status: 400, retry: false });
      const told = problem.fields.map(
        (one: { path: string; message: string }) => `${one.path} ${one.message}`,
      );
      expect(told).toEqual(fields);
    },
  );

  it("may have headers that no `Headers` could hold", async () => {
    const headers = { "x-any": "✓", "x-other": "\u00e9\u0000" };
    expect((await ask("POST /api/films", { body: film, headers })).statusCode).toBe(201);
  });

  it.each([
    {
      what: "text",
      headers: { "content-type": "text/plain" },
      code: "BodyTypeUnknown",
      status: 415,
    },
    {
      what: "more than anybody has to say",
      body: `"${"a".repeat(200_000)}"`,
      code: "BodyTooLarge",
      status: 413,
    },
  ])("$what is refused as $code", async ({ code, status, ...said }) => {
    const answer = await ask("POST /api/films", { body: "{}", ...said });
    expect(answer.statusCode).toBe(status);
    expect(body(answer).code).toBe(code);
    expect(answer.headers?.["content-type"]).toBe("application/problem+json");
  });

  it("may come in base64, and may be nothing where nothing need be said", async () => {
    const packed = await ask("POST /api/films", { body: { url: "x" }, base64: true });
    expect(body(packed).body).toEqual({ url: "x" });
    expect(body(await ask("POST /api/films/vid_1/retry")).body).toEqual({});
  });

  it.each([
    { line: "GET /api/films/nobody", code: "VideoNotFound", status: 404 },
    { line: "GET /api/films/vid_1%2Fretry", code: "MethodNotAllowed", status: 405 }, // an escaped slash divides
    { line: "GET /api/films/..", code: "VideoNotFound", status: 404 },
    { line: "GET /api/films/%3Fx", code: "VideoNotFound", status: 404 },
    { line: "GET /api/films/", code: "VideoNotFound", status: 404 },
    { line: "GET /api//films", code: "RouteUnknown", status: 404 },
    { line: "POST /api/films/vid_1/retry/", code: "RouteUnknown", status: 404 },
    { line: "GET /api/other", code: "RouteUnknown", status: 404 },
    { line: "GET /films", code: "RouteUnknown", status: 404 },
    { line: "PUT /api/films", code: "MethodNotAllowed", status: 405 },
  ])("$line is $code", async ({ line, code, status }) => {
    const answer = await ask(line);
    expect(answer.statusCode).toBe(status);
    expect(body(answer).code).toBe(code);
  });

  it("says which methods there are", async () => {
    expect((await ask("PUT /api/films/vid_1")).headers?.allow).toBe("DELETE, GET, HEAD");
  });
});

describe("who asks", () => {
  it.each([
    {
      who: "nobody, though the gateway should have seen to it",
      claims: undefined,
      code: "SignInNeeded",
    },
    { who: "an ID token", claims: { ...claims, token_use: "id" }, code: "TokenInvalid" },
    { who: "a token of nobody", claims: { token_use: "access" }, code: "TokenInvalid" },
  ])("$who is $code", async ({ claims, code }) => {
    const answer = await handler(
      brought(
        "GET /api/films/vid_1",
        claims ? { claims: claims as typeof claims & Record<string, string> } : {},
      ),
    );
    expect(answer).toMatchObject({ statusCode: 401, headers: { "www-authenticate": "Bearer" } });
    expect(body(answer).code).toBe(code);
  });

  it.each([
    { said: "[admin]", groups: ["admin"] },
    { said: "[a b]", groups: ["a", "b"] },
    { said: "[]", groups: [] },
    { said: "editor", groups: ["editor"] },
    { said: "not admin", groups: ["not admin"] },
    { said: undefined, groups: [] },
  ])("groups said as $said are $groups", async ({ said, groups }) => {
    const { "cognito:groups": _, ...others } = claims;
    const some = said === undefined ? others : { ...others, "cognito:groups": said };
    const answer = await ask("POST /api/films", { body: { url: "x" }, claims: some });
    expect(body(answer).actor).toEqual({ sub: "kim", groups });
  });

  it("a route that needs no token looks at one that is there", async () => {
    const line = "POST /api/films/vid_1/retry";
    const known = await handler(brought(line, { headers: { authorization: "Bearer good" } }));
    expect(body(known).actor).toEqual({ sub: "kim", groups: [] });
    expect(body(await handler(brought(line))).actor).toBeNull();
  });
});

describe("what goes out", () => {
  it("has a tag, and is not sent again to who knows it", async () => {
    const first = await ask("GET /api/films/vid_1");
    const etag = String(first.headers?.etag);
    expect(etag).toMatch(/^"[\w-]{22}"$/);
    expect(first.headers?.["cache-control"]).toBe("private, no-cache");
    for (const known of [etag, `W/${etag}`, `"x", ${etag}`, "*"]) {
      const again = await ask("GET /api/films/vid_1", { headers: { "if-none-match": known } });
      expect(again).toMatchObject({ statusCode: 304, body: "", headers: { etag } });
    }
    const other = await ask("GET /api/films/vid_2", { headers: { "if-none-match": etag } });
    expect(other.statusCode).toBe(200);
  });

  it("is only its head for HEAD", async () => {
    const answer = await ask("HEAD /api/films/vid_1");
    expect(answer).toMatchObject({ statusCode: 200, body: "" });
    expect(answer.headers?.etag).toMatch(/^"/);
  });

  it("may be nothing, and may bring cookies", async () => {
    expect(await ask("DELETE /api/films/vid_1")).toMatchObject({ statusCode: 204, body: "" });
    expect((await ask("POST /api/films/vid_1/retry")).cookies).toEqual(["a=1; Path=/", "b=2"]);
  });

  it.each([
    { error: new Problem("VideoNotFound", { id: secret }), status: 404 },
    { error: new Problem("EventUnreadable", { message: secret }), status: 400, logged: true },
    { error: new TypeError(secret), status: 500, code: "Unexpected", logged: true },
    {
      error: Object.assign(new Error(secret), { name: "ThrottlingException" }),
      status: 503,
      code: "ServiceBusy",
      logged: true,
    },
  ])(
    "of $error is a problem without its inside",
    async ({ error, status, code, logged = false }) => {
      thrown.error = error;
      const answer = await ask("GET /api/films/vid_1").finally(() => delete thrown.error);
      expect(answer.statusCode).toBe(status);
      expect(answer.body).not.toContain(secret);
      const problem = body(answer);
      expect(problem.code).toBe(code ?? (error as Problem).code);
      expect(problem.type).toBe(`urn:rushes:problem:${problem.code}`);
      expect("instance" in problem).toBe(status >= 500);
      expect(answer.headers?.["retry-after"]).toBe(status === 503 ? "2" : undefined);
      // whoever looks after the stage finds the cause
      expect(lines.join().includes(secret)).toBe(logged);
    },
  );

  it("tells parts that are missing, and fields that core found wrong", async () => {
    thrown.error = new Problem("UploadIncomplete", { missing: [2, 3] });
    expect(body(await ask("GET /api/films/vid_1")).missing).toEqual([2, 3]);
    const fields = [{ path: "body.tags", message: "are too many" }];
    thrown.error = new Problem("RequestInvalid", { fields });
    expect(body(await ask("GET /api/films/vid_1")).fields).toEqual(fields);
    delete thrown.error;
  });
});

it("the log knows the request and its route, and not what was said", async () => {
  await ask("POST /api/films?limit=7", {
    body: { url: secret },
    headers: { authorization: `Bearer ${secret}` },
  });
  await ask("POST /api/films", { body: { [secret]: secret } });
  expect(lines).toHaveLength(2);
  for (const line of lines) {
    expect(JSON.parse(line)).toMatchObject({ request: "JKJaXmPLvHcESHA=", route: "POST /films" });
    expect(line).not.toContain(secret);
  }
});
