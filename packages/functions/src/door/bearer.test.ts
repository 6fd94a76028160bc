import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bearer } from "./bearer.ts";
import { accounts } from "./testing.ts";

/** An issuer on this machine: discovery and keys, as every OpenID provider has them. */
const issuer = createServer((request, response) => {
  asked.push(String(request.url));
  const pool = `${url()}/pool`;
  const documents: Record<string, unknown> = {
    "/pool/.well-known/openid-configuration": { issuer: pool, jwks_uri: `${pool}/keys` },
    "/pool/keys": { keys },
  };
  const found = down ? undefined : documents[request.url ?? ""];
  response.writeHead(found ? 200 : 503, { "content-type": "application/json" });
  response.end(JSON.stringify(found ?? {}));
});
const asked: string[] = [];
const keys: object[] = [];
let down = true;
const url = () => `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`;

const ours = await generateKeyPair("RS256");
const theirs = await generateKeyPair("RS256");
const rs384 = await generateKeyPair("RS384");

beforeAll(async () => {
  await new Promise<void>((done) => issuer.listen(0, "127.0.0.1", done));
  process.env.SST_RESOURCE_Accounts = JSON.stringify({ ...accounts, issuer: `${url()}/pool` });
  keys.push({ ...(await exportJWK(ours.publicKey)), kid: "ours", alg: "RS256", use: "sig" });
  keys.push({ ...(await exportJWK(rs384.publicKey)), kid: "rs384", use: "sig" });
});
afterAll(() => void issuer.close());

const nowS = () => Math.floor(Date.now() / 1000);
const claims = (): JWTPayload => ({
  iss: `${url()}/pool`,
  sub: "kim",
  client_id: "client",
  token_use: "access",
  scope: "aws.cognito.signin.user.admin",
  "cognito:groups": ["editor"],
  exp: nowS() + 60,
});

interface Change {
  claims?: JWTPayload;
  /** these are left out */
  without?: string[];
  kid?: string;
  alg?: string;
  key?: Parameters<SignJWT["sign"]>[0];
}

function signed({ claims: more, without = [], kid = "ours", alg = "RS256", key }: Change = {}) {
  const said = Object.entries({ ...claims(), ...more }).filter(([name]) => !without.includes(name));
  return new SignJWT(Object.fromEntries(said))
    .setProtectedHeader({ alg, kid })
    .sign(key ?? ours.privateKey);
}

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

it("an issuer that is down is no fault of the token's, and is asked again", async () => {
  await expect(signed().then((token) => bearer(`Bearer ${token}`))).rejects.toMatchObject({
    code: "ServiceBusy",
  });
  down = false;
  expect(await bearer(`Bearer ${await signed()}`)).toMatchObject({ sub: "kim" });
});

describe("a token", () => {
  it.each<{ of: string; change: Change }>([
    { of: "Cognito", change: {} },
    {
      of: "an issuer that names the audience",
      change: { claims: { aud: ["x", "client"] }, without: ["client_id", "token_use"] },
    },
    {
      of: "an issuer that lists scopes",
      change: { claims: { scp: ["x", "aws.cognito.signin.user.admin"] }, without: ["scope"] },
    },
  ])("of $of says who asks", async ({ change }) => {
    expect(await bearer(`bearer ${await signed(change)}`)).toEqual({
      sub: "kim",
      groups: ["editor"],
    });
  });

  it("that is not there is nobody", async () => {
    expect(await bearer(undefined)).toBeUndefined();
  });

  it.each<{ what: string; change: Change }>([
    { what: "is expired", change: { claims: { exp: 1 } } },
    { what: "never expires", change: { without: ["exp"] } },
    { what: "is not valid yet", change: { claims: { nbf: 32_503_680_000 } } },
    {
      what: "is an ID token",
      change: { claims: { token_use: "id", aud: "client" }, without: ["client_id", "scope"] },
    },
    { what: "is an ID token with a scope", change: { claims: { token_use: "id" } } },
    { what: "is for another client", change: { claims: { client_id: "other" } } },
    { what: "is for another audience", change: { claims: { aud: "other" } } },
    { what: "has another scope", change: { claims: { scope: "openid" } } },
    { what: "has no scope", change: { without: ["scope"] } },
    { what: "names nobody", change: { without: ["sub"] } },
    { what: "is of another issuer", change: { claims: { iss: "https://elsewhere.example/pool" } } },
    { what: "is signed by a stranger under our key's name", change: { key: theirs.privateKey } },
    {
      what: "is signed with a key nobody knows",
      change: { key: theirs.privateKey, kid: "theirs" },
    },
    { what: "is signed with RS384", change: { alg: "RS384", kid: "rs384", key: rs384.privateKey } },
    { what: "is signed with a shared secret", change: { alg: "HS256", key: Buffer.alloc(32, 1) } },
  ])("that $what is refused", async ({ change }) => {
    const refused = bearer(`Bearer ${await signed(change)}`);
    await expect(refused).rejects.toMatchObject({ code: "TokenInvalid" });
  });

  it.each<{ what: string; edit: (token: string) => string }>([
    { what: "says more than was signed", edit: (token) => edited(token, { sub: "pat" }) },
    {
      what: "names another group",
      edit: (token) => edited(token, { "cognito:groups": ["admin"] }),
    },
    {
      what: "is not signed",
      edit: (token) => `${encoded({ alg: "none" })}.${token.split(".")[1]}.`,
    },
    {
      what: "says it needs no signature",
      edit: (token) =>
        `${encoded({ alg: "none", kid: "ours" })}.${token.split(".").slice(1).join(".")}`,
    },
    {
      what: "brings its own key",
      edit: (token) =>
        `${encoded({ alg: "RS256", jwk: keys[0], kid: "x" })}.${token.split(".").slice(1).join(".")}`,
    },
    { what: "is cut off", edit: (token) => token.slice(0, -2) },
    { what: "is empty", edit: () => "" },
    { what: "is two", edit: (token) => `${token},${token}` },
    { what: "is longer than any", edit: (token) => `${token}${"A".repeat(9000)}` },
  ])("that $what is refused", async ({ edit }) => {
    const refused = bearer(`Bearer ${edit(await signed())}`);
    await expect(refused).rejects.toMatchObject({ code: "TokenInvalid" });
  });

  it("that comes as a password is refused", async () => {
    await expect(bearer("Basic a2ltOmtpbQ==")).rejects.toMatchObject({ code: "TokenInvalid" });
  });

  it("that is good costs one look at the issuer's keys, however many come", async () => {
    const before = asked.length;
    for (let times = 0; times < 5; times += 1) await bearer(`Bearer ${await signed()}`);
    expect(asked.length - before).toBe(0);
  });
});

function edited(token: string, more: object): string {
  const [head, payload = "", signature] = token.split(".");
  const said = JSON.parse(Buffer.from(payload, "base64url").toString());
  return [head, encoded({ ...said, ...more }), signature].join(".");
}
