import { readFileSync, statSync } from "node:fs";
import type { Grant, Opened, Video, Webhook } from "@rushes/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestLaptop, testLaptop } from "../support/laptop.ts";
import { mp3 } from "../support/media.ts";
import { newcomer, type Person, signIn } from "../support/people.ts";
import { openRows } from "../support/rows.ts";
import { type Wrong, wrong, wrongTokens } from "../support/tokens.ts";
import { until } from "../support/until.ts";
import { type Prepared, prepare, routes, type Stock } from "./who-may/requests.ts";
import { type Role, relations, relationsOf, roles, rules, withoutToken } from "./who-may/rules.ts";
import { key, page, type Seen } from "./who-may/told.ts";

let here: TestLaptop;
let api: string;
let stock: Stock;
const people = new Map<Role, Person>();
const spoilt = new Map<Role, Record<Wrong, string>>();
const seen: Seen[] = routes.map((route) => ({ route, came: new Map(), refused: new Map() }));

beforeAll(async () => {
  here = await testLaptop();
  api = here.laptop.endpoints.api ?? "";
  for (const { group, ...user } of here.users) {
    const known = await signIn(here, user);
    people.set(group as Role, known);
    spoilt.set(group as Role, await wrongTokens(here, known));
  }
  const maker = await signIn(
    here,
    await newcomer(here, { email: "maker@rushes.example", group: "editor" }),
  );
  stock = await filled(maker);
});
afterAll(async () => {
  stock?.rows.close();
  await here?.[Symbol.asyncDispose]();
});

const person = (role: Role) => people.get(role) as Person;

async function send({ method, path, body }: Prepared, token?: string, headers = {}) {
  return fetch(api + path, {
    method: method.toUpperCase(),
    headers: {
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(body ? { "content-type": "application/json" } : {}),
      ...headers,
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
}

/** Sends it and answers JSON, which must be what all goes well with. */
async function done<Said>(token: string, method: string, path: string, body?: object) {
  const answer = await send({ method, path, body }, token);
  const said = answer.status === 204 ? undefined : await answer.json();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(said)}`);
  return said as Said;
}

/** One film that was really made, one that waits for its upload, and a webhook with a delivery. */
async function filled(stranger: Person): Promise<Stock> {
  const rows = openRows(here);
  const make = <Said>(method: string, path: string, body?: object) =>
    done<Said>(stranger.access, method, path, body);
  const song = await mp3();
  const about = { filename: "song.mp3", sizeBytes: statSync(song).size, type: "audio/mpeg" };
  const { video, upload } = await make<Opened>("POST", "/videos", about);
  const { url = "", headers = {} } = upload?.put ?? {};
  await fetch(url, { method: "PUT", headers, body: readFileSync(song) });
  await until("the song to be READY", async () => {
    const { status, problem } = await make<Video>("GET", `/videos/${video.id}`);
    if (status === "FAILED") throw new Error(problem?.code);
    return status === "READY";
  });
  const grant = await make<Grant>("POST", `/videos/${video.id}/grants`, {});
  const other = await make<Opened>("POST", "/videos", about);
  const hook = await make<Webhook>("POST", "/webhooks", { url: "https://example.org/hook" });
  await make("POST", `/webhooks/${hook.id}/test`, {});
  return {
    rows,
    stranger,
    ready: await rows.of(`VIDEO#${video.id}`),
    waiting: await rows.of(`VIDEO#${other.video.id}`),
    hook: [
      ...(await rows.of(`OWNER#${stranger.sub}`)).filter(({ webhookId }) => webhookId === hook.id),
      ...(await rows.of(`WEBHOOK#${hook.id}`)),
    ],
    playlist: grant.signedHls.slice(api.length),
  };
}

/** What an answer comes to: its status, and the name of its problem where it has one. */
async function came(answer: Response): Promise<string> {
  const text = await answer.text();
  const isProblem = answer.headers.get("content-type") === "application/problem+json";
  return isProblem ? `${answer.status} ${JSON.parse(text).code}` : String(answer.status);
}

describe.sequential("every route, asked by everybody about everything", () => {
  it.each(seen)("$route.id is open to whom it should be", async ({ route, came: told }) => {
    const { id, answer } = route;
    const good = id === "completeUpload" ? "409 UploadIncomplete" : String(answer.status);
    const cells = (["anonymous", ...roles] as const).flatMap((role) =>
      relationsOf(id).map((relation) => ({ role, relation })),
    );
    const expected = new Map<string, string>();
    await Promise.all(
      cells.map(async ({ role, relation }) => {
        const [who, token] =
          role === "anonymous" ? [person("viewer")] : [person(role), person(role).access];
        const said = await came(await send(await prepare(route, stock, who, relation), token));
        told.set(key(role, relation), said);
        const verdict =
          role === "anonymous" ? withoutToken(id, relation) : rules[id]?.(role, relation);
        expected.set(key(role, relation), verdict === "may" ? good : String(verdict));
      }),
    );
    expect(told).toEqual(expected);
  });

  it.each(seen)("$route.id is shut to tokens that are not good", async ({ route, refused }) => {
    const cells = roles.flatMap((role) =>
      relationsOf(route.id).map((relation) => ({ role, relation })),
    );
    await Promise.all(
      cells.map(async ({ role, relation }) => {
        const request = await prepare(route, stock, person(role), relation);
        for (const [which, token] of Object.entries(spoilt.get(role) ?? {})) {
          const said = await came(await send(request, token));
          refused.set(which as Wrong, (refused.get(which as Wrong) ?? new Set()).add(said));
        }
      }),
    );
    const expected = wrong.map((which) => [which, new Set([denied(route.access, which)])] as const);
    expect(refused).toEqual(new Map(expected));
  });

  it("is told on a page that people read", async () => {
    await expect(page(seen, wrong)).toMatchFileSnapshot("../../docs/who-may.gen.md");
  });
});

/** The gateway finds tokens wrong before we see them; where it does not look, we do. */
function denied(access: "token" | "either" | "none", which: Wrong): string {
  if (access === "none") return "200";
  if (access === "either") return "401 TokenInvalid";
  return which === "ID" ? "403" : "401"; // an ID token is good, and has no scope
}

describe("nobody learns of what is not theirs", () => {
  const about = routes.filter(({ path }) => path.includes("{id}") && !path.includes("playlists"));
  const missing = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

  it.each(about)("$id answers a foreign id as a missing one", async (route) => {
    for (const role of ["viewer", "editor"] as const) {
      const foreign = await prepare(route, stock, person(role), "foreign");
      const nowhere = {
        ...foreign,
        path: foreign.path.replace(/(vid|whk)_\w{26}/, `$1_${missing}`),
      };
      const [one, other] = await Promise.all(
        [foreign, nowhere].map(async (request) => whole(await send(request, person(role).access))),
      );
      expect(one).toEqual(other);
    }
  });

  it("an estimate of a foreign film is one of no film", async () => {
    const [foreign, nowhere] = await Promise.all(
      [await stock.rows.copy(stock.ready, { ownerId: stock.stranger.sub }), `vid_${missing}`].map(
        async (videoId) => {
          const request = { method: "post", path: "/estimates", body: { videoId } };
          return whole(await send(request, person("editor").access));
        },
      ),
    );
    expect(foreign).toEqual(nowhere);
  });

  it("a cursor of somebody else's list is as good as none at all", async () => {
    for (let films = 0; films < 3; films += 1) {
      await stock.rows.copy(stock.ready, { ownerId: stock.stranger.sub });
    }
    const list = await done<{ nextCursor: string }>(
      stock.stranger.access,
      "GET",
      "/videos?limit=1",
    );
    expect(list.nextCursor).toBeTruthy();
    const ask = (cursor: string, query = "") =>
      send(
        { method: "get", path: `/videos?limit=1&cursor=${cursor}${query}` },
        person("editor").access,
      );
    const theirs = await whole(await ask(list.nextCursor));
    expect(theirs.status).toBe(400);
    expect(theirs).toEqual(await whole(await ask("bm90aGluZw")));
    expect(theirs).toEqual(await whole(await ask(list.nextCursor, "&shared=true")));
  });

  it("an Idempotency-Key of somebody else's is nobody's", async () => {
    const headers = { "idempotency-key": "the-same-key" };
    const open = async (role: Person, title: string) => {
      const body = { filename: "a.mp4", sizeBytes: 1000, type: "video/mp4", title };
      const answer = await send({ method: "post", path: "/videos", body }, role.access, headers);
      return { status: answer.status, said: (await answer.json()) as Opened & { code?: string } };
    };
    const first = await open(stock.stranger, "Mine");
    const other = await open(person("editor"), "Theirs");
    expect([first.status, other.status]).toEqual([201, 201]);
    expect(other.said.video.id).not.toBe(first.said.video.id);
    expect(other.said.video.title).toBe("Theirs");
    expect((await open(stock.stranger, "Mine")).said.video.id).toBe(first.said.video.id);
    expect((await open(stock.stranger, "Another")).said.code).toBe("IdempotencyKeyReused");
  });

  it("whoever only watches a film sees nothing of its owner, source or cost", async () => {
    const closer = ["ownerId", "sharedWith", "profile", "options", "source", "problem", "warnings"];
    for (const relation of relations) {
      const { path } = await prepare(named("showVideo"), stock, person("viewer"), relation);
      if (relation === "foreign") continue;
      const video = await done<Video>(person("viewer").access, "GET", path);
      const told = [...closer, "cost", "upload"].filter((name) => name in video);
      expect(told.length > 0, relation).toBe(relation === "own");
    }
  });
});

const named = (id: string) => routes.find((route) => route.id === id) as (typeof routes)[number];

/** All of an answer but when it was given and under which number. */
async function whole(answer: Response) {
  const headers = Object.fromEntries(answer.headers);
  for (const own of ["date", "apigw-requestid", "x-amz-cf-id"]) delete headers[own];
  return { status: answer.status, headers, body: await answer.text() };
}
