import type { Opened, Video } from "@rushes/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestLaptop, testLaptop } from "../support/laptop.ts";
import { type Person, signIn } from "../support/people.ts";

let here: TestLaptop;
let api: string;
let admin: Person;
let editor: Person;
let film: Video;

beforeAll(async () => {
  here = await testLaptop();
  api = here.laptop.endpoints.api ?? "";
  const known = await Promise.all(
    here.users.map(async (user) => [user.group, await signIn(here, user)] as const),
  );
  const people = new Map<string, Person>(known);
  [admin, editor] = [people.get("admin") as Person, people.get("editor") as Person];
  const wish = { filename: "a.mp4", sizeBytes: 1000, type: "video/mp4" };
  film = ((await (await ask("POST", "/videos", { body: wish })).json()) as Opened).video;
});
afterAll(() => here?.[Symbol.asyncDispose]());

interface Said {
  body?: unknown;
  headers?: Record<string, string>;
  as?: Person | undefined;
}

/** Asks through the distribution, as the editor unless somebody else is named. */
function ask(method: string, path: string, { body, headers = {}, as = editor }: Said = {}) {
  const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
  return fetch(`${api}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${as.access}`,
      ...(text === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(text === undefined ? {} : { body: text as string }),
  });
}

interface Told {
  code: string;
  fields?: { path: string; message: string }[];
}
const problem = async (answer: Response) => {
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  return (await answer.json()) as Told;
};

it("tells everybody where to sign in, for a while", async () => {
  const answer = await fetch(`${api}/sign-in`);
  expect(answer.headers.get("cache-control")).toBe("public, max-age=300");
  const { aws, userPoolId, clientId } = here.laptop.endpoints;
  const issuer = `${aws}/${userPoolId}`;
  expect(await answer.json()).toMatchObject({ issuer, clientId, userPool: true });
});

describe("a film that somebody polls", () => {
  const address = () => `/videos/${film.id}`;

  it("costs nobody a body until it changes", async () => {
    const first = await ask("GET", address());
    const etag = first.headers.get("etag") ?? "";
    expect(first.headers.get("cache-control")).toBe("private, no-cache");
    for (const known of [etag, `W/${etag}`]) {
      const again = await ask("GET", address(), { headers: { "if-none-match": known } });
      expect([again.status, await again.text()]).toEqual([304, ""]);
    }
    await ask("PATCH", address(), { body: { tags: ["new"] } });
    const changed = await ask("GET", address(), { headers: { "if-none-match": etag } });
    expect(changed.status).toBe(200);
    expect(changed.headers.get("etag")).not.toBe(etag);
  });

  it("has a head", async () => {
    const whole = await ask("GET", address());
    const head = await ask("HEAD", address());
    expect([head.status, await head.text()]).toEqual([200, ""]);
    expect(head.headers.get("etag")).toBe(whole.headers.get("etag"));
  });

  it("is changed by whoever has seen it as it is, and by nobody else", async () => {
    const etag = (await ask("GET", address())).headers.get("etag") ?? "";
    const change = (title: string, match: string) =>
      ask("PATCH", address(), { body: { title }, headers: { "if-match": match } });
    expect((await change("First", etag)).status).toBe(200);
    const late = await change("Second", etag);
    expect(late.status).toBe(412);
    expect((await problem(late)).code).toBe("RevisionOld");
    expect((await change("Third", "*")).status).toBe(200);
    expect((await change("Fourth", "nonsense")).status).toBe(412);
  });
});

describe("what is not right is refused by name", () => {
  const file = { filename: "a.mp4", sizeBytes: 1000, type: "video/mp4" };
  it.each<{
    what: string;
    body: unknown;
    type?: string;
    status: number;
    code: string;
    at?: string;
  }>([
    { what: "broken JSON", body: '{"title":', status: 400, code: "RequestInvalid", at: "body" },
    { what: "no object", body: "null", status: 400, code: "RequestInvalid", at: "body" },
    {
      what: "a missing field",
      body: { ...file, type: undefined },
      status: 400,
      code: "RequestInvalid",
      at: "body.type",
    },
    {
      what: "an unknown field",
      body: { ...file, ownerId: "me" },
      status: 400,
      code: "RequestInvalid",
      at: "body.ownerId",
    },
    {
      what: "a size that is text",
      body: { ...file, sizeBytes: "5" },
      status: 400,
      code: "RequestInvalid",
      at: "body.sizeBytes",
    },
    {
      what: "an unknown profile",
      body: { ...file, profile: "best" },
      status: 400,
      code: "RequestInvalid",
      at: "body.profile",
    },
    {
      what: "a form",
      body: "filename=a.mp4",
      type: "application/x-www-form-urlencoded",
      status: 415,
      code: "BodyTypeUnknown",
    },
    {
      what: "a picture",
      body: { ...file, type: "image/png" },
      status: 415,
      code: "TypeNotAllowed",
    },
    {
      what: "more than the stage takes",
      body: { ...file, sizeBytes: 2 ** 52 },
      status: 413,
      code: "SourceTooLarge",
    },
    {
      what: "an address of our own network",
      body: { url: "http://169.254.169.254/latest" },
      status: 422,
      code: "AddressNotAllowed",
      at: "body.url",
    },
    {
      what: "a very long text",
      body: { ...file, description: "x".repeat(200_000) },
      status: 413,
      code: "BodyTooLarge",
    },
  ])("$what: $code", async ({ body, type, status, code, at }) => {
    const answer = await ask("POST", "/videos", {
      body,
      headers: type ? { "content-type": type } : {},
    });
    expect(answer.status).toBe(status);
    const told = await problem(answer);
    expect(told.code).toBe(code);
    expect(told.fields?.map(({ path }) => path)).toEqual(at === undefined ? undefined : [at]);
  });

  it("an address that the API does not have, and a method that it does not take", async () => {
    const unknown = await ask("GET", "/films");
    expect([unknown.status, (await problem(unknown)).code]).toEqual([404, "RouteUnknown"]);
    const other = await ask("PUT", "/me", { body: {} });
    expect([other.status, other.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
    expect((await problem(other)).code).toBe("MethodNotAllowed");
  });
});

describe("between the API and people", () => {
  it("the distribution keeps nothing of one for another", async () => {
    for (const person of [admin, editor, admin, editor]) {
      const answer = await ask("GET", "/me", { as: person });
      expect(((await answer.json()) as { id: string }).id).toBe(person.sub);
      expect(answer.headers.get("x-cache")).toMatch(/^Miss/);
      expect(answer.headers.get("cache-control")).toBe("no-store");
    }
  });

  it("a page of another origin is told nothing", async () => {
    const answer = await ask("GET", "/me", { headers: { origin: "https://evil.example" } });
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
  });
});
