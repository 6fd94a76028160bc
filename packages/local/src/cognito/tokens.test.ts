import {
  AdminAddUserToGroupCommand,
  AdminInitiateAuthCommand,
  type AuthenticationResultType,
  CreateGroupCommand,
  CreateResourceServerCommand,
  GetUserCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { JwtRsaVerifier } from "aws-jwt-verify";
import { SimpleJwksCache } from "aws-jwt-verify/jwk";
import { decodeJwt, decodeProtectedHeader, generateKeyPair, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openRig, type Rig } from "./testing.ts";

let rig: Rig;
let UserPoolId: string;
let ClientId: string;
let tokens: Tokens;
beforeAll(async () => {
  rig = await openRig();
  UserPoolId = await rig.pool();
  ({ ClientId } = await rig.clientOf(UserPoolId, {
    AccessTokenValidity: 15,
    TokenValidityUnits: { AccessToken: "minutes" },
  }));
  await rig.user(UserPoolId, "ada@example.com");
  const groups = [
    { GroupName: "viewer", Precedence: 9 },
    { GroupName: "admin", Precedence: 1 },
  ];
  for (const group of groups) {
    await rig.sdk.send(new CreateGroupCommand({ UserPoolId, ...group }));
    await rig.sdk.send(
      new AdminAddUserToGroupCommand({
        UserPoolId,
        Username: "ada@example.com",
        GroupName: group.GroupName,
      }),
    );
  }
  tokens = await signIn();
});
afterAll(() => rig.close());

type Tokens = { access: string; id: string; refresh: string };

const read = (result: AuthenticationResultType | undefined): Tokens => ({
  access: result?.AccessToken ?? "",
  id: result?.IdToken ?? "",
  refresh: result?.RefreshToken ?? "",
});

const signIn = async (client = ClientId) =>
  read((await rig.signIn(client, "ada@example.com")).AuthenticationResult);

const whoAmI = (AccessToken: string) => rig.sdk.send(new GetUserCommand({ AccessToken }));

// Left to itself the verifier fetches keys by https alone, and here they are next door.
const jwksCache = new SimpleJwksCache({
  fetcher: { fetch: async (uri) => (await fetch(uri)).arrayBuffer() },
});

const verifier = (audience: string | null) =>
  JwtRsaVerifier.create(
    {
      issuer: `${rig.front.origin}/${UserPoolId}`,
      audience,
      jwksUri: `${rig.front.origin}/${UserPoolId}/.well-known/jwks.json`,
    },
    { jwksCache },
  );

describe("tokens", () => {
  it("say what Cognito's say", () => {
    const access = decodeJwt(tokens.access);
    expect(access).toEqual({
      sub: expect.stringMatching(/^[0-9a-f-]{36}$/),
      "cognito:groups": ["admin", "viewer"],
      iss: `${rig.front.origin}/${UserPoolId}`,
      client_id: ClientId,
      origin_jti: expect.any(String),
      event_id: expect.any(String),
      token_use: "access",
      scope: "aws.cognito.signin.user.admin",
      auth_time: expect.any(Number),
      exp: (access.iat ?? 0) + 900,
      iat: expect.any(Number),
      jti: expect.any(String),
      username: access.sub,
    });
    const id = decodeJwt(tokens.id);
    expect(id).toMatchObject({
      aud: ClientId,
      token_use: "id",
      email: "ada@example.com",
      email_verified: true,
      "cognito:username": access.sub,
      "cognito:groups": ["admin", "viewer"],
      origin_jti: access.origin_jti,
      exp: (id.iat ?? 0) + 3600,
    });
    expect(id.client_id).toBeUndefined();
    expect(decodeProtectedHeader(tokens.access)).toEqual({
      alg: "RS256",
      kid: expect.any(String),
    });
  });

  it("are verified by what the discovery page points to", async () => {
    const issuer = rig.cognito.issuerOf(UserPoolId);
    const page = await fetch(`${issuer}/.well-known/openid-configuration`);
    const { issuer: stated, jwks_uri } = (await page.json()) as Record<string, string>;
    expect(stated).toBe(issuer);
    const { keys } = (await (await fetch(jwks_uri ?? "")).json()) as { keys: object[] };
    expect(keys).toEqual(rig.cognito.jwksOf(UserPoolId).keys);
    expect(JSON.stringify(keys)).not.toMatch(/"(?:d|p|q|dp|dq|qi)":/);
    await expect(verifier(null).verify(tokens.access)).resolves.toMatchObject({
      token_use: "access",
    });
    await expect(verifier(ClientId).verify(tokens.id)).resolves.toMatchObject({ token_use: "id" });
  });

  it("of another pool have another key", async () => {
    const other = await rig.pool();
    expect(rig.cognito.jwksOf(other).keys[0]?.n).not.toBe(
      rig.cognito.jwksOf(UserPoolId).keys[0]?.n,
    );
  });

  it("of a pool that is not there are said to be of none", async () => {
    const page = await fetch(`${rig.front.origin}/us-east-1_nobody/.well-known/jwks.json`);
    expect(page.status).toBe(400);
    expect(await page.json()).toEqual({ message: "User pool us-east-1_nobody does not exist." });
  });
});

describe("what a verifier and Cognito itself refuse", () => {
  const edited = (token: string, change: object): string => {
    const [head, , signature] = token.split(".");
    const body = JSON.stringify({ ...decodeJwt(token), ...change });
    return [head, Buffer.from(body).toString("base64url"), signature].join(".");
  };

  it("a token whose payload was edited", async () => {
    const forged = edited(tokens.access, { "cognito:groups": ["root"] });
    await expect(verifier(null).verify(forged)).rejects.toThrow(/signature/i);
    await expect(whoAmI(forged)).rejects.toMatchObject({
      name: "NotAuthorizedException",
      message: "Invalid Access Token",
    });
  });

  it("a token for another audience, and an ID token for an access token", async () => {
    await expect(verifier("somebody-else").verify(tokens.id)).rejects.toThrow(/audience/i);
    await expect(verifier(ClientId).verify(tokens.access)).rejects.toThrow(/audience|aud/i);
    await expect(whoAmI(tokens.id)).rejects.toMatchObject({ message: "Invalid Access Token" });
  });

  it("a token of another key, of no key, or signed with the public key as a secret", async () => {
    const claims = decodeJwt(tokens.access);
    const header = { ...decodeProtectedHeader(tokens.access), alg: "RS256" };
    const { privateKey } = await generateKeyPair("RS256");
    const foreign = await new SignJWT(claims).setProtectedHeader(header).sign(privateKey);
    const jwk = rig.cognito.jwksOf(UserPoolId).keys[0];
    const symmetric = await new SignJWT(claims)
      .setProtectedHeader({ ...header, alg: "HS256" })
      .sign(Buffer.from(JSON.stringify(jwk)));
    const none = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${tokens.access.split(".")[1]}.`;
    for (const token of [foreign, symmetric, none, "x", "a.b.c"]) {
      await expect(whoAmI(token)).rejects.toMatchObject({ message: "Invalid Access Token" });
      await expect(verifier(null).verify(token)).rejects.toThrow();
    }
  });

  it("a token whose time is over", async () => {
    const { access } = await signIn();
    expect((await whoAmI(access)).Username).toBe(decodeJwt(access).sub);
    rig.pass(15 * 60_000 + 1000);
    await expect(whoAmI(access)).rejects.toMatchObject({ message: "Access Token has expired" });
  });

  it("a token that a session of long ago was given, by its own clock", async () => {
    const { ClientId: brief } = await rig.clientOf(UserPoolId, {
      AccessTokenValidity: 300,
      TokenValidityUnits: { AccessToken: "seconds" },
    });
    rig.pass(-3_600_000);
    const { access } = await signIn(brief);
    rig.pass(3_600_000);
    await expect(verifier(null).verify(access)).rejects.toThrow(/expired/i);
  });
});

describe("scopes", () => {
  it("of resource servers are known by name, and in tokens only where a trigger would put them", async () => {
    const scope = { ScopeName: "write", ScopeDescription: "change films" };
    await rig.sdk.send(
      new CreateResourceServerCommand({
        UserPoolId,
        Identifier: "films",
        Name: "films",
        Scopes: [scope],
      }),
    );
    await expect(
      rig.clientOf(UserPoolId, { AllowedOAuthScopes: ["films/burn"] }),
    ).rejects.toMatchObject({ name: "ScopeDoesNotExistException" });
    const { ClientId: scoped } = await rig.clientOf(UserPoolId, {
      AllowedOAuthScopes: ["films/write", "openid"],
    });
    expect(decodeJwt((await signIn(scoped)).access).scope).toBe("aws.cognito.signin.user.admin");
    const generous = await openRig({ addClientScopes: true });
    try {
      const pool = await generous.pool();
      await generous.cognito.adoptClient(pool, "plain", { ClientName: "plain" });
      await generous.sdk.send(
        new CreateResourceServerCommand({
          UserPoolId: pool,
          Identifier: "films",
          Name: "films",
          Scopes: [scope],
        }),
      );
      const { ClientId: client } = await generous.clientOf(pool, {
        AllowedOAuthScopes: ["films/write", "openid"],
        ExplicitAuthFlows: ["ALLOW_ADMIN_USER_PASSWORD_AUTH"],
      });
      await generous.user(pool, "ada@example.com", "Correct-Horse-1");
      const { AuthenticationResult } = await generous.sdk.send(
        new AdminInitiateAuthCommand({
          UserPoolId: pool,
          ClientId: client,
          AuthFlow: "ADMIN_USER_PASSWORD_AUTH",
          AuthParameters: { USERNAME: "ada@example.com", PASSWORD: "Correct-Horse-1" },
        }),
      );
      expect(decodeJwt(AuthenticationResult?.AccessToken ?? "").scope).toBe(
        "aws.cognito.signin.user.admin films/write",
      );
    } finally {
      await generous.close();
    }
  });
});
