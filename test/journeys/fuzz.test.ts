import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Opened, Video } from "@rushes/client";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { follow, type Listed, objection, operations } from "../support/description.ts";
import { bad, good, junk } from "../support/from-schema.ts";
import { type TestLaptop, testLaptop } from "../support/laptop.ts";
import { mp3 } from "../support/media.ts";
import { type Person, signIn } from "../support/people.ts";
import { openRows, type Rows } from "../support/rows.ts";
import { until } from "../support/until.ts";

let here: TestLaptop;
let api: string;
let rows: Rows;
let people: Person[];
/** Rows of a film that was made, and of one that waits for its upload. */
let made: Record<string, unknown>[];
let waiting: Record<string, unknown>[];

beforeAll(async () => {
  here = await testLaptop();
  api = here.laptop.endpoints.api ?? "";
  rows = openRows(here);
  people = await Promise.all(here.users.map((user) => signIn(here, user)));
  const song = await mp3();
  const wish = { filename: "a.mp3", sizeBytes: statSync(song).size, type: "audio/mpeg" };
  const { video, upload } = await said<Opened>("POST", "/videos", wish);
  const { url = "", headers = {} } = upload?.put ?? {};
  await fetch(url, { method: "PUT", headers, body: readFileSync(song) });
  await until("the song to be READY", async () => {
    return (await said<Video>("GET", `/videos/${video.id}`)).status === "READY";
  });
  made = await rows.of(`VIDEO#${video.id}`);
  waiting = await rows.of(`VIDEO#${(await said<Opened>("POST", "/videos", wish)).video.id}`);
});
afterAll(async () => {
  rows?.close();
  await here?.[Symbol.asyncDispose]();
});

async function said<Said>(method: string, path: string, body?: object): Promise<Said> {
  const answer = await fetch(api + path, {
    method,
    headers: { authorization: `Bearer ${people[0]?.access}`, "content-type": "application/json" },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return (await answer.json()) as Said;
}

/** A request in the making: everything but who sends it. */
interface Shot {
  path: Record<string, unknown>;
  query: Record<string, unknown>;
  headers: Record<string, unknown>;
  body: unknown;
  /** how the body is written down */
  as: "JSON" | "cut off" | "text" | "nothing";
  person: number;
}

function shots(listed: Listed, ids: readonly string[], isGood: boolean): fc.Arbitrary<Shot> {
  const { parameters = [], requestBody } = listed.operation;
  const part = (place: string) =>
    fc.record(
      Object.fromEntries(
        parameters
          .filter((one) => one.in === place)
          .map(({ name, schema }) => {
            const fair = good(schema, follow);
            const known = name === "id" || name === "uploadId" ? fc.constantFrom(...ids, "") : fair;
            return [
              name,
              isGood
                ? fc.oneof({ weight: 4, arbitrary: known }, fair)
                : fc.oneof(known, fair, junk),
            ];
          }),
      ),
      {
        requiredKeys: parameters.flatMap(({ name, required, in: where }) =>
          where === place && required && (isGood || place === "path") ? [name] : [],
        ),
        noNullPrototype: true,
      },
    );
  const schema = requestBody?.content["application/json"]?.schema;
  return fc.record({
    path: part("path"),
    query: isGood
      ? part("query")
      : fc.oneof(part("query"), fc.dictionary(fc.string(), junk, { maxKeys: 3 })),
    headers: part("header"),
    body: schema ? (isGood ? good : bad)(schema, follow) : fc.constant(undefined),
    as: isGood
      ? fc.constant("JSON" as const)
      : fc.constantFrom("JSON", "JSON", "JSON", "JSON", "cut off", "text", "nothing"),
    person: fc.nat(),
  });
}

const text = (value: unknown): string =>
  typeof value === "object" ? (JSON.stringify(value) ?? "") : String(value);

/** What HTTP lets a header say. */
const line = (value: unknown): string =>
  text(value)
    .replace(/[^\x21-\x7e ]/g, "?")
    .trim();

async function fire({ method, path }: Listed, shot: Shot) {
  const place = path.replace(/\{(\w+)\}/g, (_, name) =>
    encodeURIComponent(text(shot.path[name]).toWellFormed()),
  );
  const query = new URLSearchParams(
    Object.entries(shot.query).map(([name, value]): [string, string] => [
      name.toWellFormed(),
      text(value).toWellFormed().slice(0, 3000),
    ]),
  );
  const json = JSON.stringify(shot.body) ?? "";
  const body = { JSON: json, "cut off": json.slice(0, -1), text: json, nothing: "" }[shot.as];
  const who = people[shot.person % people.length];
  const answer = await fetch(`${api}${place}?${query}`, {
    method: method.toUpperCase(),
    headers: {
      ...Object.fromEntries(
        Object.entries(shot.headers).map(([name, value]) => [name, line(value).slice(0, 3000)]),
      ),
      authorization: `Bearer ${who?.access}`,
      ...(body && method !== "get"
        ? { "content-type": shot.as === "text" ? "text/plain" : "application/json" }
        : {}),
    },
    ...(body && method !== "get" ? { body } : {}),
  });
  const type = answer.headers.get("content-type") ?? "";
  return { status: answer.status, type, body: await answer.text() };
}

/** What the function wrote down of a request that broke. */
function logged(body: string): string {
  const { instance } = body.includes('"instance"') ? JSON.parse(body) : {};
  if (!instance) return body;
  const folder = join(here.dataDir, "lambda/logs");
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  const lines = files
    .filter((file) => file.isFile())
    .flatMap((file) => readFileSync(join(file.parentPath, file.name), "utf8").split("\n"));
  return lines.filter((each) => each.includes(instance)).join("\n") || body;
}

/** Told by the gateway, or by us where a path leads astray: whatever route was meant. */
function isAstray({ status, type, body }: { status: number; type: string; body: string }): boolean {
  if (status === 404 || status === 405)
    return /"code":"(RouteUnknown|MethodNotAllowed)"/.test(body);
  // the gateway does not take a head of more than 10 KB, or a path that is not encoded as it must be
  return status === 431 || (type === "application/json" && status === 400);
}

describe.each(operations)("$operation.operationId", (listed) => {
  it.each([
    { what: "as described", isGood: true, runs: 12 },
    { what: "as nobody should ask", isGood: false, runs: 30 },
  ])("asked $what, answers as described", async ({ isGood, runs }) => {
    const to = { ownerId: String(people[1]?.sub) };
    const upload = String(waiting.find(({ uploadId }) => uploadId)?.uploadId);
    const ids = [
      await rows.copy(made, to),
      await rows.copy(waiting, to),
      await rows.copy(made, { ownerId: "somebody", visibility: "public" }),
      upload,
    ];
    await fc.assert(
      fc.asyncProperty(shots(listed, ids, isGood), async (shot) => {
        const answer = await fire(listed, shot);
        expect(answer.status, logged(answer.body)).toBeLessThan(500);
        if (!isAstray(answer)) expect(objection(listed, answer), answer.body).toBeUndefined();
      }),
      { numRuns: runs, endOnFailure: true },
    );
  });
});
