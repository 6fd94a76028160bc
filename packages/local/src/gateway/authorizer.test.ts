import { generateKeyPair, SignJWT } from "jose";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { asTexts } from "./authorizer.ts";
import type { Event } from "./event.ts";
import { openRig, openTestIssuer, partsOf, type Rig, type TestIssuer } from "./testing.ts";

let rig: Rig;
let issuer: TestIssuer;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());
beforeEach(async () => {
  issuer = await openTestIssuer();
  rig.clock.aheadMs = 0;
  rig.gateway.define(
    partsOf({
      issuer: issuer.url,
      routes: {
        "GET /scoped": route(["films/read", "films/all"]),
        "GET /any": route(),
      },
    }),
  );
});
afterEach(() => issuer.close());

const route = (authorizationScopes?: string[]) => ({
  function: "echo",
  authorizationType: "JWT",
  authorizerId: "people",
  ...(authorizationScopes ? { authorizationScopes } : {}),
});

const asked = async (path: string, token?: string) => {
  const headers = token === undefined ? {} : { Authorization: token };
  const { status, text, headers: told } = await rig.ask(path, { headers });
  return { status, text, challenge: told["www-authenticate"] };
};

const seconds = () => Math.floor(Date.now() / 1000);

describe("a good token opens a route", () => {
  it.each(["Bearer ", "bearer ", ""])("after %j", async (prefix) => {
    const { status, text } = await asked("/scoped", prefix + (await issuer.token()));
    expect(status).toBe(200);
    const { jwt } = (JSON.parse(text) as Event).requestContext.authorizer ?? {};
    const nowS = Number(jwt?.claims.iat);
    expect(jwt).toEqual({
      claims: {
        iss: issuer.url,
        sub: "user-1",
        client_id: "app",
        token_use: "access",
        scope: "films/read films/write",
        "cognito:groups": "[admin editor]",
        iat: String(nowS),
        exp: String(nowS + 600),
      },
      scopes: ["films/read"],
    });
  });

  it("also one that is signed with another RSA algorithm, or names its scopes in scp", async () => {
    const scp = await issuer.token({ scope: undefined, scp: ["films/all"] });
    expect((await asked("/scoped", scp)).status).toBe(200);
    const longer = await issuer.token({}, { alg: "RS512" });
    expect((await asked("/scoped", longer)).status).toBe(200);
  });

  it("and a route without scopes is told null", async () => {
    const { text } = await asked("/any", await issuer.token({ scope: "" }));
    expect((JSON.parse(text) as Event).requestContext.authorizer?.jwt.scopes).toBeNull();
  });
});

describe("a token does not count", () => {
  const cases: Array<[string, () => Promise<string>, string]> = [
    ["that has expired", () => issuer.token({ exp: seconds() }), "the token has expired"],
    ["without an end", () => issuer.token({ exp: undefined }), "the token has expired"],
    ["before its time", () => issuer.token({ nbf: seconds() + 60 }), "the token is not valid yet"],
    [
      "from the future",
      () => issuer.token({ iat: seconds() + 60 }),
      "the token was issued in the future",
    ],
    [
      "of another issuer",
      () => issuer.token({ iss: "https://elsewhere.example" }),
      "the token does not have a valid issuer",
    ],
    [
      "for another client",
      () => issuer.token({ client_id: "other" }),
      "the token does not have a valid audience",
    ],
    [
      "for another audience, whatever its client",
      () => issuer.token({ aud: "other" }),
      "the token does not have a valid audience",
    ],
    [
      "under another key id",
      () => issuer.token({}, { kid: "unknown" }),
      "unable to find key with the token's kid",
    ],
    ["that is none", async () => "hello", "invalid number of segments"],
    ["of three empty parts", async () => "..", "the token is not valid"],
    ["that was edited", () => edited(), "the token is not valid"],
    ["under a key of somebody else", () => foreign(), "the token is not valid"],
    ["without a signature", () => unsigned(), "signing method is invalid"],
    ["signed with a shared secret", () => shared(), "signing method is invalid"],
  ];
  it.each(cases)("%s", async (_what, make, why) => {
    expect(await asked("/scoped", `Bearer ${await make()}`)).toEqual({
      status: 401,
      text: '{"message":"Unauthorized"}',
      challenge: `Bearer scope="films/read films/all" error="invalid_token" error_description="${why}"`,
    });
  });

  it("when there is none", async () => {
    expect(await asked("/any")).toEqual({
      status: 401,
      text: '{"message":"Unauthorized"}',
      challenge: "Bearer",
    });
  });

  it("for a route whose scopes it has not", async () => {
    const told = await asked("/scoped", await issuer.token({ scope: "films/write" }));
    expect(told).toMatchObject({ status: 403, text: '{"message":"Forbidden"}' });
    expect(told.challenge).toContain('error="insufficient_scope"');
  });

  async function edited() {
    const [head, body = "", signature] = (await issuer.token()).split(".");
    const claims = JSON.parse(Buffer.from(body, "base64url").toString()) as object;
    const more = Buffer.from(JSON.stringify({ ...claims, sub: "admin" })).toString("base64url");
    return `${head}.${more}.${signature}`;
  }
  async function foreign() {
    const { privateKey } = await generateKeyPair("RS256");
    const claims = { iss: issuer.url, client_id: "app", exp: seconds() + 60, scope: "films/read" };
    const token = new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: "first" });
    return token.sign(privateKey);
  }
  async function unsigned() {
    const [, body] = (await issuer.token()).split(".");
    return `${Buffer.from('{"alg":"none","kid":"first"}').toString("base64url")}.${body}.`;
  }
  async function shared() {
    const token = new SignJWT({ iss: issuer.url }).setProtectedHeader({
      alg: "HS256",
      kid: "first",
    });
    return token.sign(Buffer.alloc(32, "k"));
  }
});

describe("the keys of an issuer", () => {
  it("are asked for once, and again after two hours", async () => {
    for (let times = 0; times < 3; times += 1) await asked("/any", await issuer.token());
    expect(issuer.asked).toEqual(["/pool/.well-known/openid-configuration", "/pool/keys"]);
    rig.clock.aheadMs = 2 * 60 * 60 * 1000 + 1;
    const later = await issuer.token({}, {}, Date.now() + rig.clock.aheadMs);
    expect((await asked("/any", later)).status).toBe(200);
    expect(issuer.asked).toHaveLength(4);
  });

  it("are looked for again when a token names a new one, though not at every guess", async () => {
    await asked("/any", await issuer.token());
    await issuer.rotate("second");
    expect((await asked("/any", await issuer.token())).status).toBe(401);
    rig.clock.aheadMs = 6_000;
    expect((await asked("/any", await issuer.token())).status).toBe(200);
    expect(issuer.asked).toHaveLength(4);
  });

  it.each([
    ["another issuer's", () => ({ document: { issuer: "https://x.example", jwks_uri: "x" } })],
    [
      "at an unsafe address",
      () => ({ document: { issuer: issuer.url, jwks_uri: "http://keys.example/" } }),
    ],
    ["of another shape", () => ({ jwks: { keys: "none" } })],
    ["larger than 150,000 bytes", () => ({ jwks: { keys: [], more: "x".repeat(150_000) } })],
  ])("do not count: %s", async (_what, answers) => {
    Object.assign(issuer.answers, answers());
    expect((await asked("/any", await issuer.token())).status).toBe(401);
  });

  it("nobody answers", async () => {
    const token = await issuer.token();
    await issuer.close();
    expect((await asked("/any", token)).challenge).toContain(
      "OIDC discovery endpoint communication error",
    );
  });
});

it("a token may come in the query", async () => {
  rig.gateway.define(
    partsOf({
      issuer: issuer.url,
      identity: "$request.querystring.token",
      routes: { "GET /any": route() },
    }),
  );
  expect((await asked(`/any?token=${await issuer.token({ aud: ["x", "app"] })}`)).status).toBe(200);
});

it("claims become texts as API Gateway writes them", () => {
  expect(
    asTexts({ n: 1.5, yes: true, list: ["a", 1], none: null, map: { b: [1], a: "x" } }),
  ).toEqual({ n: "1.5", yes: "true", list: "[a 1]", none: "<nil>", map: "map[a:x b:[1]]" });
});
