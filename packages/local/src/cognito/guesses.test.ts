import { createHmac } from "node:crypto";
import {
  AdminCreateUserCommand,
  ChangePasswordCommand,
  InitiateAuthCommand,
  RespondToAuthChallengeCommand,
  RevokeTokenCommand,
  SignUpCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openRates } from "./rate.ts";
import { openRig, PASSWORD, type Rig } from "./testing.ts";

let rig: Rig;
let UserPoolId: string;
let ClientId: string;
beforeAll(async () => {
  rig = await openRig();
  UserPoolId = await rig.pool();
  ({ ClientId } = await rig.clientOf(UserPoolId));
});
afterAll(() => rig.close());

const wrong = { message: "Incorrect username or password." };
const locked = { name: "NotAuthorizedException", message: "Password attempts exceeded" };

describe("guessing passwords", () => {
  it.each(["there@example.com", "nobody@example.com"])(
    "of %s is locked after five, for twice as long each time",
    async (name) => {
      if (name.startsWith("there")) await rig.user(UserPoolId, name);
      const guess = () => rig.signIn(ClientId, name, "Wrong-Horse-1");
      for (let time = 0; time < 5; time += 1) await expect(guess()).rejects.toMatchObject(wrong);
      await expect(guess()).rejects.toMatchObject(locked);
      rig.pass(1000);
      await expect(guess()).rejects.toMatchObject(wrong);
      rig.pass(1000);
      await expect(guess()).rejects.toMatchObject(locked);
      rig.pass(1000);
      await expect(guess()).rejects.toMatchObject(wrong);
      rig.pass(15 * 60_000);
    },
  );

  it("the right password does not open a locked door either, and clears the count after it", async () => {
    await rig.user(UserPoolId, "ada@example.com");
    const guess = () => rig.signIn(ClientId, "ada@example.com", "Wrong-Horse-1");
    for (let time = 0; time < 5; time += 1) await expect(guess()).rejects.toMatchObject(wrong);
    await expect(rig.signIn(ClientId, "ada@example.com")).rejects.toMatchObject(locked);
    rig.pass(1000);
    await rig.signIn(ClientId, "ada@example.com");
    for (let time = 0; time < 5; time += 1) await expect(guess()).rejects.toMatchObject(wrong);
    rig.pass(1000);
  });

  it("all at once is no way around it, and many right ones at once are let in", async () => {
    await rig.user(UserPoolId, "crowd@example.com");
    const guesses = await Promise.allSettled(
      Array.from({ length: 8 }, () => rig.signIn(ClientId, "crowd@example.com", "Wrong-Horse-1")),
    );
    const said = guesses.map((one) => (one.status === "rejected" ? one.reason.message : "in"));
    expect(said.filter((text) => text === wrong.message)).toHaveLength(5);
    expect(said.filter((text) => text === locked.message)).toHaveLength(3);
    rig.pass(15 * 60_000);
    const right = Array.from({ length: 8 }, () => rig.signIn(ClientId, "crowd@example.com"));
    expect(await Promise.all(right)).toHaveLength(8);
  });

  it("changing a password needs the old one, five times at most", async () => {
    await rig.user(UserPoolId, "change@example.com");
    const { AuthenticationResult } = await rig.signIn(ClientId, "change@example.com");
    const change = (PreviousPassword: string, ProposedPassword = "Another-Horse-2") =>
      rig.sdk.send(
        new ChangePasswordCommand({
          AccessToken: AuthenticationResult?.AccessToken,
          PreviousPassword,
          ProposedPassword,
        }),
      );
    await expect(change(PASSWORD, "weak")).rejects.toMatchObject({
      name: "InvalidPasswordException",
    });
    await change(PASSWORD);
    await rig.signIn(ClientId, "change@example.com", "Another-Horse-2");
    for (let time = 0; time < 5; time += 1) {
      await expect(change(PASSWORD)).rejects.toMatchObject({ name: "NotAuthorizedException" });
    }
    await expect(change("Another-Horse-2")).rejects.toMatchObject({
      name: "LimitExceededException",
    });
  });

  it("takes as long for nobody as for somebody", async () => {
    await rig.user(UserPoolId, "timed@example.com");
    const timeOf = async (name: string) => {
      const times: number[] = [];
      for (let time = 0; time < 5; time += 1) {
        const before = performance.now();
        await rig.signIn(ClientId, name, "Wrong-Horse-1").catch(() => undefined);
        times.push(performance.now() - before);
        rig.pass(60_000);
      }
      return Math.min(...times);
    };
    const [there, nobody] = [
      await timeOf("timed@example.com"),
      await timeOf("untimed@example.com"),
    ];
    // Hashing is nearly all of it: leaving it out would make it ten times faster.
    expect(Math.max(there, nobody) / Math.min(there, nobody)).toBeLessThan(3);
  });

  it("calls of a kind are let through so many a second", () => {
    let nowMs = 0;
    const admit = openRates(() => nowMs);
    const burst = () => {
      let let_ = 0;
      for (; let_ < 1000; let_ += 1) {
        try {
          admit("SignUp");
        } catch (error) {
          expect(error).toMatchObject({ code: "TooManyRequestsException" });
          return let_;
        }
      }
      return let_;
    };
    expect(burst()).toBe(50);
    nowMs += 500;
    expect(burst()).toBe(25);
    expect(() => admit("InitiateAuth")).not.toThrow();
  });
});

describe("a temporary password", () => {
  const invite = (Username: string, TemporaryPassword = "Temporary-1!") =>
    rig.sdk.send(new AdminCreateUserCommand({ UserPoolId, Username, TemporaryPassword }));
  const choose = (Session: string | undefined, USERNAME: string, NEW_PASSWORD: string) =>
    rig.sdk.send(
      new RespondToAuthChallengeCommand({
        ClientId,
        ChallengeName: "NEW_PASSWORD_REQUIRED",
        Session,
        ChallengeResponses: { USERNAME, NEW_PASSWORD },
      }),
    );

  it("opens nothing but the question for another", async () => {
    const { User } = await invite("new@example.com");
    expect(User).toMatchObject({ UserStatus: "FORCE_CHANGE_PASSWORD", Enabled: true });
    expect(rig.mails().at(-1)).toContain("Temporary-1!");
    expect(rig.told.join()).not.toContain("Temporary-1!");
    const asked = await rig.signIn(ClientId, "new@example.com", "Temporary-1!");
    expect(asked).toMatchObject({
      ChallengeName: "NEW_PASSWORD_REQUIRED",
      ChallengeParameters: { requiredAttributes: "[]" },
    });
    expect(asked.AuthenticationResult).toBeUndefined();
    const { Session } = asked;
    await expect(choose(Session, "new@example.com", "weak")).rejects.toMatchObject({
      name: "InvalidPasswordException",
    });
    const chosen = await choose(Session, "new@example.com", PASSWORD);
    expect(chosen.AuthenticationResult?.IdToken).toBeTypeOf("string");
    await expect(choose(Session, "new@example.com", PASSWORD)).rejects.toMatchObject({
      name: "NotAuthorizedException",
    });
    await rig.signIn(ClientId, "new@example.com");
  });

  it("is over after seven days", async () => {
    await invite("late@example.com");
    rig.pass(7 * 86_400_000);
    await expect(rig.signIn(ClientId, "late@example.com", "Temporary-1!")).rejects.toMatchObject({
      message: "Temporary password has expired and must be reset by an administrator.",
    });
  });

  it("an invented session answers nothing", async () => {
    await expect(choose("x".repeat(64), "new@example.com", PASSWORD)).rejects.toMatchObject({
      name: "NotAuthorizedException",
    });
  });
});

describe("a client with a secret", () => {
  it("proves that it knows it, wherever a name is given", async () => {
    const { ClientId: id, secret } = await rig.clientOf(UserPoolId, { GenerateSecret: true });
    await rig.user(UserPoolId, "secret@example.com");
    const hash = (name: string, key = secret) =>
      createHmac("sha256", key)
        .update(name + id)
        .digest("base64");
    await expect(rig.signIn(id, "secret@example.com")).rejects.toMatchObject({
      message: `Client ${id} is configured with secret but SECRET_HASH was not received`,
    });
    await expect(
      rig.signIn(id, "secret@example.com", PASSWORD, {
        SECRET_HASH: hash("secret@example.com", "x"),
      }),
    ).rejects.toMatchObject({ message: `Unable to verify secret hash for client ${id}` });
    const { AuthenticationResult } = await rig.signIn(id, "secret@example.com", PASSWORD, {
      SECRET_HASH: hash("secret@example.com"),
    });
    const claims = AuthenticationResult?.AccessToken?.split(".")[1] ?? "";
    const { username } = JSON.parse(Buffer.from(claims, "base64url").toString()) as {
      username: string;
    };
    const refresh = (SECRET_HASH: string) =>
      rig.sdk.send(
        new InitiateAuthCommand({
          ClientId: id,
          AuthFlow: "REFRESH_TOKEN_AUTH",
          AuthParameters: { REFRESH_TOKEN: AuthenticationResult?.RefreshToken ?? "", SECRET_HASH },
        }),
      );
    await refresh(hash(username));
    const end = (ClientSecret?: string) =>
      rig.sdk.send(
        new RevokeTokenCommand({
          ClientId: id,
          Token: AuthenticationResult?.RefreshToken,
          ...(ClientSecret ? { ClientSecret } : {}),
        }),
      );
    await expect(end()).rejects.toMatchObject({ name: "UnauthorizedException" });
    await expect(end(`${secret}x`)).rejects.toMatchObject({ name: "UnauthorizedException" });
    await expect(refresh(hash("somebody else"))).rejects.toMatchObject({
      name: "NotAuthorizedException",
    });
    await expect(
      rig.sdk.send(
        new SignUpCommand({ ClientId: id, Username: "s@example.com", Password: PASSWORD }),
      ),
    ).rejects.toMatchObject({ name: "NotAuthorizedException" });
  });
});
