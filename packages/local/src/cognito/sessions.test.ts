import {
  AdminDisableUserCommand,
  type AuthenticationResultType,
  GetTokensFromRefreshTokenCommand,
  GetUserCommand,
  GlobalSignOutCommand,
  InitiateAuthCommand,
  RevokeTokenCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { decodeJwt } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openRig, type Rig } from "./testing.ts";

let rig: Rig;
let UserPoolId: string;
let ClientId: string;
beforeAll(async () => {
  rig = await openRig();
  UserPoolId = await rig.pool();
  ({ ClientId } = await rig.clientOf(UserPoolId, {
    AccessTokenValidity: 15,
    TokenValidityUnits: { AccessToken: "minutes" },
  }));
  await rig.user(UserPoolId, "ada@example.com");
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

const refresh = async (REFRESH_TOKEN: string, client = ClientId) =>
  read(
    (
      await rig.sdk.send(
        new InitiateAuthCommand({
          ClientId: client,
          AuthFlow: "REFRESH_TOKEN_AUTH",
          AuthParameters: { REFRESH_TOKEN },
        }),
      )
    ).AuthenticationResult,
  );

const whoAmI = (AccessToken: string) => rig.sdk.send(new GetUserCommand({ AccessToken }));

describe("refreshing and signing out", () => {
  it("gives new tokens of the same sign-in, and no new refresh token", async () => {
    const first = await signIn();
    rig.pass(60_000);
    const next = await refresh(first.refresh);
    const [before, after] = [decodeJwt(first.access), decodeJwt(next.access)];
    expect(after).toMatchObject({ auth_time: before.auth_time, origin_jti: before.origin_jti });
    expect(after.jti).not.toBe(before.jti);
    expect(next.refresh).toBe("");
    await whoAmI(next.access);
  });

  it("is refused to another client, with an invented token, and after thirty days", async () => {
    const { ClientId: other } = await rig.clientOf(UserPoolId);
    const { refresh: token } = await signIn();
    await expect(refresh(token, other)).rejects.toMatchObject({ message: "Invalid Refresh Token" });
    await expect(refresh("invented")).rejects.toMatchObject({ message: "Invalid Refresh Token" });
    rig.pass(30 * 86_400_000);
    await expect(refresh(token)).rejects.toMatchObject({ message: "Refresh Token has expired" });
  });

  it("a global sign-out ends every session of the user", async () => {
    const [one, two] = [await signIn(), await signIn()];
    await rig.sdk.send(new GlobalSignOutCommand({ AccessToken: one.access }));
    for (const { access, refresh: token } of [one, two]) {
      await expect(whoAmI(access)).rejects.toMatchObject({
        message: "Access Token has been revoked",
      });
      await expect(refresh(token)).rejects.toMatchObject({
        message: "Refresh Token has been revoked",
      });
    }
    await whoAmI((await signIn()).access);
  });

  it("revoking a token ends its session alone", async () => {
    const [one, two] = [await signIn(), await signIn()];
    await rig.sdk.send(new RevokeTokenCommand({ ClientId, Token: one.refresh }));
    await rig.sdk.send(new RevokeTokenCommand({ ClientId, Token: one.refresh }));
    await expect(refresh(one.refresh)).rejects.toMatchObject({ name: "NotAuthorizedException" });
    await expect(whoAmI(one.access)).rejects.toMatchObject({ name: "NotAuthorizedException" });
    await refresh(two.refresh);
    await expect(
      rig.sdk.send(new RevokeTokenCommand({ ClientId, Token: two.access })),
    ).rejects.toMatchObject({ name: "UnsupportedTokenTypeException" });
  });

  it("where tokens rotate, the old one works a while and its successors go on", async () => {
    const { ClientId: rotating } = await rig.clientOf(UserPoolId, {
      ExplicitAuthFlows: ["ALLOW_USER_PASSWORD_AUTH"],
      RefreshTokenRotation: { Feature: "ENABLED", RetryGracePeriodSeconds: 10 },
    });
    const first = await signIn(rotating);
    const rotate = async (RefreshToken: string) =>
      read(
        (
          await rig.sdk.send(
            new GetTokensFromRefreshTokenCommand({ ClientId: rotating, RefreshToken }),
          )
        ).AuthenticationResult,
      );
    await rotate(first.refresh); // the answer is lost
    const second = await rotate(first.refresh);
    expect(second.refresh).not.toBe("");
    rig.pass(11_000);
    await expect(rotate(first.refresh)).rejects.toMatchObject({ name: "NotAuthorizedException" });
    expect((await rotate(second.refresh)).refresh).not.toBe(second.refresh);
  });

  it("a disabled user's tokens are worth nothing", async () => {
    await rig.user(UserPoolId, "bob@example.com");
    const bob = read((await rig.signIn(ClientId, "bob@example.com")).AuthenticationResult);
    await rig.sdk.send(new AdminDisableUserCommand({ UserPoolId, Username: "bob@example.com" }));
    await expect(whoAmI(bob.access)).rejects.toMatchObject({ name: "NotAuthorizedException" });
    await expect(refresh(bob.refresh)).rejects.toMatchObject({ name: "NotAuthorizedException" });
    await expect(rig.signIn(ClientId, "bob@example.com")).rejects.toMatchObject({
      message: "User is disabled.",
    });
  });
});
