import {
  AuthenticationDetails,
  CognitoUser,
  CognitoUserPool,
  type CognitoUserSession,
} from "amazon-cognito-identity-js";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type Accounts,
  memoryStore,
  NetworkProblem,
  openAccounts,
  SignInProblem,
  webStore,
} from "../index.ts";
import { Srp } from "./srp.ts";
import { No, openPool, type Pool } from "./testing.ts";

let pool: Pool;
let accounts: Accounts;
let who: { email: string; password: string };
beforeEach(async () => {
  pool = await openPool();
  accounts = openAccounts({ issuer: pool.issuer, clientId: "web" });
  who = { email: pool.email, password: pool.password };
});
afterEach(() => pool.close());

const refreshes = () => pool.asked.filter(({ body }) => body.AuthFlow === "REFRESH_TOKEN_AUTH");

describe("signing in", () => {
  it("gets in where AWS's own library gets in", async () => {
    const Pool = new CognitoUserPool({
      UserPoolId: "us-east-1_films",
      ClientId: "web",
      endpoint: pool.origin,
    });
    const user = new CognitoUser({ Username: who.email, Pool });
    const details = new AuthenticationDetails({ Username: who.email, Password: who.password });
    const session = await new Promise<CognitoUserSession>((onSuccess, onFailure) =>
      user.authenticateUser(details, { onSuccess, onFailure }),
    );
    expect(session.getAccessToken().getJwtToken()).toMatch(/access1$/);
    for (let time = 2; time <= 5; time += 1) {
      await accounts.signIn(who);
      expect(await accounts.token()).toMatch(new RegExp(`access${time}$`));
    }
    expect(JSON.stringify(pool.asked)).not.toContain(who.password);
    expect(await accounts.who()).toBe(who.email);
  });

  it("with a wrong password is refused by a name", async () => {
    const refused = accounts.signIn({ ...who, password: "Wrong-Horse-1" });
    await expect(refused).rejects.toMatchObject({ name: "SignInProblem", code: "PasswordWrong" });
    await expect(accounts.token()).rejects.toMatchObject({ code: "SignInNeeded" });
  });

  it("for the first time asks for a password of one's own", async () => {
    pool.state.mustChange = true;
    await expect(accounts.signIn(who)).rejects.toMatchObject({ code: "NewPasswordNeeded" });
    await accounts.signIn({ ...who, newPassword: "Another-Horse-2" });
    expect(pool.asked.at(-1)?.body.ChallengeResponses).toMatchObject({
      NEW_PASSWORD: "Another-Horse-2",
    });
    expect(await accounts.token()).toBeTruthy();
  });

  it.each([
    ["UserNotConfirmedException", "NotConfirmed"],
    ["PasswordResetRequiredException", "PasswordResetNeeded"],
    ["UserNotFoundException", "PasswordWrong"],
    ["ResourceNotFoundException", "Refused"],
  ])("is told %s as %s", async (type, code) => {
    pool.state.meddle = () => new No(type, "Something.");
    const problem = await accounts.signIn(who).catch((error) => error);
    expect(problem).toBeInstanceOf(SignInProblem);
    expect(problem).toMatchObject({ code, detail: `${type}: Something.` });
  });

  it("says when nobody is there", async () => {
    const nobody = openAccounts({ issuer: "http://127.0.0.1:1/us-east-1_films", clientId: "web" });
    await expect(nobody.signUp(who)).rejects.toBeInstanceOf(NetworkProblem);
    expect(() => openAccounts({ issuer: "https://id.example.org", clientId: "web" })).toThrow(
      /not the issuer of a user pool/,
    );
  });
});

describe("a session", () => {
  it("is renewed before it ends, once for all who ask", async () => {
    pool.state.expiresIn = 30; // within a minute of its end
    await accounts.signIn(who);
    pool.state.expiresIn = 3600;
    const tokens = await Promise.all([accounts.token(), accounts.token(), accounts.token()]);
    expect(new Set(tokens).size).toBe(1);
    expect(tokens[0]).toMatch(/access2$/);
    expect(refreshes()).toHaveLength(1);
    expect(await accounts.token()).toBe(tokens[0]);
    expect(refreshes()).toHaveLength(1);
  });

  it("is renewed when the API refuses its token, unless that was done already", async () => {
    await accounts.signIn(who);
    const old = await accounts.token();
    const next = await accounts.token({ refused: old });
    expect(next).not.toBe(old);
    expect(await accounts.token({ refused: old })).toBe(next);
    expect(refreshes()).toHaveLength(1);
  });

  it("that was ended elsewhere is forgotten", async () => {
    pool.state.expiresIn = 0;
    await accounts.signIn(who);
    pool.state.revoked.add("refresh1");
    await expect(accounts.token()).rejects.toMatchObject({ code: "SignedOut" });
    await expect(accounts.token()).rejects.toMatchObject({ code: "SignInNeeded" });
    expect(refreshes()).toHaveLength(1);
  });

  it("goes on with a token that is still good while the pool is away", async () => {
    pool.state.expiresIn = 30;
    await accounts.signIn(who);
    pool.state.meddle = () => "drop";
    expect(await accounts.token()).toMatch(/access1$/);
    pool.state.meddle = () => undefined;
    expect(await accounts.token()).toMatch(/access2$/);
  });

  it("is found again in its store, and not after signing out", async () => {
    const kept = new Map<string, string>();
    const store = webStore({
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
      removeItem: (key) => void kept.delete(key),
    });
    const open = () => openAccounts({ issuer: pool.issuer, clientId: "web", store });
    await open().signIn(who);
    expect([...kept.values()].join()).not.toContain(who.password);
    const again = open();
    expect(await again.token()).toMatch(/access1$/);
    await again.signOut();
    expect(kept.size).toBe(0);
    expect(pool.asked.at(-1)).toMatchObject({ action: "RevokeToken", body: { Token: "refresh1" } });
    await expect(open().token()).rejects.toMatchObject({ code: "SignInNeeded" });
  });

  it("does not come back when somebody signs out while it is renewed", async () => {
    pool.state.expiresIn = 0;
    const store = memoryStore();
    const mine = openAccounts({ issuer: pool.issuer, clientId: "web", store });
    await mine.signIn(who);
    const renewing = expect(mine.token()).rejects.toMatchObject({ code: "SignedOut" });
    await mine.signOut();
    await renewing;
    expect(await store.read()).toBeUndefined();
  });

  it("ends everywhere when asked to", async () => {
    await accounts.signIn(who);
    await accounts.signOut({ everywhere: true });
    expect(pool.asked.at(-1)).toMatchObject({ action: "GlobalSignOut" });
    expect(await accounts.who()).toBeUndefined();
  });
});

describe("an account", () => {
  it("is made, confirmed, and its password set anew", async () => {
    expect(await accounts.signUp(who)).toEqual({ confirmed: false });
    await accounts.confirm({ email: who.email, code: " 123456 " });
    await accounts.sendAgain(who);
    await accounts.forgot(who);
    await accounts.reset({ email: who.email, code: "123456", password: "Another-Horse-2" });
    expect(pool.asked.map(({ action }) => action)).toEqual([
      "SignUp",
      "ConfirmSignUp",
      "ResendConfirmationCode",
      "ForgotPassword",
      "ConfirmForgotPassword",
    ]);
    expect(pool.asked[1]?.body).toMatchObject({ Username: who.email, ConfirmationCode: "123456" });
  });

  it.each([
    ["UsernameExistsException", "EmailTaken"],
    ["InvalidPasswordException", "PasswordRefused"],
    ["LimitExceededException", "TooManyTries"],
  ])("is refused with %s as %s", async (type, code) => {
    pool.state.meddle = () => new No(type, "No.");
    await expect(accounts.signUp(who)).rejects.toMatchObject({ code });
    expect(pool.asked).toHaveLength(1);
  });
});

describe("the proof", () => {
  it("has the moment as the pool reads it", () => {
    expect(Srp.spoken(Date.UTC(2026, 10, 2, 1, 8, 7))).toBe("Mon Nov 2 01:08:07 UTC 2026");
    expect(Srp.spoken(Date.UTC(2026, 10, 22, 11, 48, 57))).toBe("Sun Nov 22 11:48:57 UTC 2026");
  });

  it("is not given to a server whose half is no number of the group", async () => {
    const half = Srp.begin();
    for (const serverHalf of ["0", Srp.N.toString(16), (2n * Srp.N).toString(16)]) {
      const challenge = { salt: "ab", serverHalf, secretBlock: "AAAA", userId: "ada" };
      const proving = Srp.prove({ half, challenge, poolName: "p", password: "p", atMs: 0 });
      await expect(proving).rejects.toThrow("is no number");
    }
  });
});
