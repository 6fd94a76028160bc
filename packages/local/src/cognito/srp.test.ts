import {
  InitiateAuthCommand,
  RespondToAuthChallengeCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import {
  AuthenticationDetails,
  CognitoUser,
  CognitoUserPool,
  type CognitoUserSession,
} from "amazon-cognito-identity-js";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { G, N, padded, readA, serverHalf, sharedKey, verifierOf } from "./srp.ts";
import { openRig, PASSWORD, type Rig, srpClient } from "./testing.ts";

let rig: Rig;
let UserPoolId: string;
let ClientId: string;
beforeAll(async () => {
  rig = await openRig();
  UserPoolId = await rig.pool();
  ({ ClientId } = await rig.clientOf(UserPoolId));
  await rig.user(UserPoolId, "ada@example.com");
});
afterAll(() => rig.close());

const poolName = () => UserPoolId.split("_")[1] ?? "";

async function begin(USERNAME: string, SRP_A: string) {
  const { ChallengeParameters: params = {}, ChallengeName } = await rig.sdk.send(
    new InitiateAuthCommand({
      ClientId,
      AuthFlow: "USER_SRP_AUTH",
      AuthParameters: { USERNAME, SRP_A },
    }),
  );
  expect(ChallengeName).toBe("PASSWORD_VERIFIER");
  return params;
}

const answer = (ChallengeResponses: Record<string, string>, client = ClientId) =>
  rig.sdk.send(
    new RespondToAuthChallengeCommand({
      ClientId: client,
      ChallengeName: "PASSWORD_VERIFIER",
      ChallengeResponses,
    }),
  );

async function signIn(name: string, password: string) {
  const client = srpClient();
  const params = await begin(name, client.A);
  return answer(client.prove(params, { poolName: poolName(), password, now: Date.now() }));
}

const wrong = { name: "NotAuthorizedException", message: "Incorrect username or password." };

describe("signing in without sending the password", () => {
  it("a client written from the description gets in, twenty times of twenty", async () => {
    for (let time = 0; time < 20; time += 1) {
      const { AuthenticationResult: tokens } = await signIn("Ada@Example.com", PASSWORD);
      expect(tokens?.AccessToken).toBeTypeOf("string");
    }
  });

  it("the client library of AWS gets in, reads the user, refreshes and signs out", async () => {
    const user = libraryUser();
    const session = await new Promise<CognitoUserSession>((onSuccess, onFailure) =>
      user.authenticateUser(
        new AuthenticationDetails({ Username: "ada@example.com", Password: PASSWORD }),
        { onSuccess, onFailure },
      ),
    );
    expect(session.getIdToken().payload.email).toBe("ada@example.com");
    const attributes = await new Promise((resolve, reject) =>
      user.getUserAttributes((error, found) => (error ? reject(error) : resolve(found))),
    );
    expect(attributes).toContainEqual({ Name: "email", Value: "ada@example.com" });
    const next = await new Promise<CognitoUserSession>((resolve, reject) =>
      user.refreshSession(session.getRefreshToken(), (error, found) =>
        error ? reject(error) : resolve(found),
      ),
    );
    expect(next.getAccessToken().payload.origin_jti).toBe(
      session.getAccessToken().payload.origin_jti,
    );
    await new Promise<unknown>((onSuccess, onFailure) =>
      user.globalSignOut({ onSuccess, onFailure }),
    );
    await expect(
      rig.sdk.send(
        new InitiateAuthCommand({
          ClientId,
          AuthFlow: "REFRESH_TOKEN_AUTH",
          AuthParameters: { REFRESH_TOKEN: session.getRefreshToken().getToken() },
        }),
      ),
    ).rejects.toMatchObject({ message: "Refresh Token has been revoked" });
  });

  it("the library with a wrong password hears what any client hears", async () => {
    await expect(
      new Promise((onSuccess, onFailure) =>
        libraryUser().authenticateUser(
          new AuthenticationDetails({ Username: "ada@example.com", Password: "Wrong-Horse-1" }),
          { onSuccess, onFailure },
        ),
      ),
    ).rejects.toMatchObject(wrong);
  });

  it("a wrong password and an unknown user are answered alike", async () => {
    await expect(signIn("ada@example.com", "Wrong-Horse-1")).rejects.toMatchObject(wrong);
    await expect(signIn("nobody@example.com", PASSWORD)).rejects.toMatchObject(wrong);
    const there = await begin("ada@example.com", srpClient().A);
    const nobody = await begin("nobody@example.com", srpClient().A);
    const again = await begin("Nobody@example.com", srpClient().A);
    const shape = (params: Record<string, string>) =>
      Object.entries(params).map(([name, value]) => [
        name,
        value.replace(/[0-9a-f]+/gi, "x").length,
      ]);
    expect(Object.keys(nobody).sort()).toEqual(Object.keys(there).sort());
    expect(shape({ id: nobody.USER_ID_FOR_SRP ?? "" })).toEqual(
      shape({ id: there.USER_ID_FOR_SRP ?? "" }),
    );
    expect(nobody.SALT?.length).toBe(there.SALT?.length);
    expect({ salt: again.SALT, id: again.USER_ID_FOR_SRP }).toEqual({
      salt: nobody.SALT,
      id: nobody.USER_ID_FOR_SRP,
    });
    expect(again.SRP_B).not.toBe(nobody.SRP_B);
  });

  it("a proof works once, for the client and the user that asked for it", async () => {
    const { ClientId: other } = await rig.clientOf(UserPoolId, { ClientName: "other" });
    await rig.user(UserPoolId, "bob@example.com");
    const client = srpClient();
    const params = await begin("ada@example.com", client.A);
    const proof = client.prove(params, {
      poolName: poolName(),
      password: PASSWORD,
      now: Date.now(),
    });
    await expect(answer(proof, other)).rejects.toMatchObject(wrong);
    await answer(proof);
    await expect(answer(proof)).rejects.toMatchObject(wrong);
    const second = srpClient();
    const secondProof = second.prove(await begin("ada@example.com", second.A), {
      poolName: poolName(),
      password: PASSWORD,
      now: Date.now(),
    });
    await expect(answer({ ...secondProof, USERNAME: "bob@example.com" })).rejects.toMatchObject(
      wrong,
    );
  });

  it.each([
    { what: "a timestamp of another hour", by: -3_600_000, with: {}, error: wrong },
    {
      what: "a timestamp in another form",
      by: 0,
      with: { TIMESTAMP: "2026-11-22T11:48:57Z" },
      error: { name: "InvalidParameterException" },
    },
    { what: "an empty signature", by: 0, with: { PASSWORD_CLAIM_SIGNATURE: "AA==" }, error: wrong },
    {
      what: "another secret block",
      by: 0,
      with: { PASSWORD_CLAIM_SECRET_BLOCK: "AAAA" },
      error: wrong,
    },
  ])("$what is refused", async ({ by, with: changed, error }) => {
    const client = srpClient();
    const params = await begin("ada@example.com", client.A);
    const proof = client.prove(params, {
      poolName: poolName(),
      password: PASSWORD,
      now: Date.now() + by,
    });
    await expect(answer({ ...proof, ...changed })).rejects.toMatchObject(error);
    await signIn("ada@example.com", PASSWORD); // and the count begins anew
  });

  it("a question waits three minutes, no longer", async () => {
    const client = srpClient();
    const params = await begin("ada@example.com", client.A);
    rig.pass(181_000);
    const proof = client.prove(params, {
      poolName: poolName(),
      password: PASSWORD,
      now: Date.now(),
    });
    await expect(answer(proof)).rejects.toMatchObject(wrong);
  });

  it.each([
    ["zero", "0"],
    ["the prime itself", N.toString(16)],
    ["twice the prime", (2n * N).toString(16)],
    ["no number", "xyz"],
  ])("a public half that is %s is refused", async (_, SRP_A) => {
    await expect(begin("ada@example.com", SRP_A)).rejects.toMatchObject({
      name: "InvalidParameterException",
    });
  });
});

describe("the numbers of SRP", () => {
  it("are hashed as bytes that never look negative", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: N }), (value) => {
        const bytes = padded(value);
        expect(BigInt(`0x${bytes.toString("hex")}`)).toBe(value);
        expect((bytes[0] ?? 0) < 0x80).toBe(true);
      }),
    );
  });

  it("a client that sends a multiple of the prime would know the key, and is turned away", () => {
    const { v } = verifierOf("pool", "user", "password");
    const { b, B } = serverHalf(v);
    const key = sharedKey({ A: N, b, B, v });
    expect(sharedKey({ A: 2n * N, b, B, v })).not.toEqual(undefined);
    expect(key).toBeDefined();
    expect(readA(N.toString(16))).toBeUndefined();
    expect(readA(G.toString(16))).toBe(G);
  });
});

function libraryUser(): CognitoUser {
  const kept = new Map<string, string>();
  const Storage = {
    setItem: (key: string, value: string) => void kept.set(key, value),
    getItem: (key: string) => kept.get(key) ?? null,
    removeItem: (key: string) => void kept.delete(key),
    clear: () => kept.clear(),
  };
  const Pool = new CognitoUserPool({ UserPoolId, ClientId, endpoint: rig.front.origin, Storage });
  return new CognitoUser({ Username: "ada@example.com", Pool, Storage });
}
