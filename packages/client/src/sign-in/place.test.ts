import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openAccounts, signInPlace } from "../index.ts";
import { openPool, type Pool } from "./testing.ts";

/** What is answered by address. */
const answers: Record<string, { status?: number; type?: string; body: string }> = {};
const asked: string[] = [];
const server = createServer((request, response) => {
  asked.push(String(request.url));
  const { status, type, body } = answers[String(request.url)] ?? { status: 404, body: "{}" };
  response.writeHead(status ?? 200, { "content-type": type ?? "application/json" });
  response.end(body);
});
const at = (path: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;

let pool: Pool;
beforeAll(async () => {
  pool = await openPool();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const said = { issuer: pool.issuer, userPool: true, clientId: "web", scopes: ["s"] };
  const own = { issuer: "https://id.example.com", userPool: false, scopes: ["films"] };
  answers["/api/sign-in"] = { body: JSON.stringify(said) };
  answers["/own/sign-in"] = { body: JSON.stringify(own) };
  answers["/page/sign-in"] = { type: "text/html", body: "<!doctype html>" };
  answers["/odd/sign-in"] = { body: JSON.stringify({ hello: "there" }) };
});
afterAll(async () => {
  server.close();
  await pool.close();
});

it("an API's address is all that signing in takes, and it is asked once", async () => {
  const accounts = openAccounts({ api: at("/api/") });
  expect(asked).toEqual([]);
  await accounts.signIn(pool);
  expect(await accounts.token()).toMatch(/access1$/);
  await accounts.signOut();
  expect(asked).toEqual(["/api/sign-in"]);
});

it.each([
  { path: "/own", code: "OwnIssuer", detail: "https://id.example.com" },
  { path: "/page", code: "ApiUnknown" },
  { path: "/odd", code: "ApiUnknown" },
  { path: "/nowhere", code: "ApiUnknown" },
])("$path is refused as $code", async ({ path, ...problem }) => {
  await expect(signInPlace(at(path))).rejects.toMatchObject({ name: "SignInProblem", ...problem });
});

it("a token is asked for again once the API is there", async () => {
  const accounts = openAccounts({ api: at("/late") });
  await expect(accounts.signIn(pool)).rejects.toMatchObject({ code: "ApiUnknown" });
  answers["/late/sign-in"] = answers["/api/sign-in"] as (typeof answers)[string];
  await accounts.signIn(pool);
  expect(await accounts.who()).toBe(pool.email);
});
