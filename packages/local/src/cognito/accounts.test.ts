import { statSync } from "node:fs";
import {
  ConfirmSignUpCommand,
  DeleteUserCommand,
  GetUserCommand,
  ResendConfirmationCodeCommand,
  SignUpCommand,
  type SignUpCommandInput,
  UpdateUserAttributesCommand,
  VerifyUserAttributeCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
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

const signUp = (Username: string, more: Partial<SignUpCommandInput> = {}) =>
  rig.sdk.send(new SignUpCommand({ ClientId, Username, Password: PASSWORD, ...more }));

const confirm = (Username: string, ConfirmationCode: string, client = ClientId) =>
  rig.sdk.send(new ConfirmSignUpCommand({ ClientId: client, Username, ConfirmationCode }));

const notThe = (code: string): string => (code === "000000" ? "000001" : "000000");

describe("signing up", () => {
  it("sends a code to a file, and lets in whoever knows it", async () => {
    const made = await signUp("ada@example.com");
    expect(made).toMatchObject({
      UserConfirmed: false,
      CodeDeliveryDetails: {
        Destination: "a***@e***",
        DeliveryMedium: "EMAIL",
        AttributeName: "email",
      },
    });
    await expect(rig.signIn(ClientId, "ada@example.com")).rejects.toMatchObject({
      name: "UserNotConfirmedException",
    });
    const code = rig.codeFor("ada@example.com");
    await expect(confirm("ada@example.com", notThe(code))).rejects.toMatchObject({
      name: "CodeMismatchException",
    });
    await confirm("ADA@example.com", code);
    await expect(confirm("ada@example.com", code)).rejects.toMatchObject({
      message: "User cannot be confirmed. Current status is CONFIRMED",
    });
    const { AuthenticationResult } = await rig.signIn(ClientId, "Ada@Example.com");
    const user = await rig.sdk.send(
      new GetUserCommand({ AccessToken: AuthenticationResult?.AccessToken }),
    );
    expect(user.Username).toBe(made.UserSub);
    expect(user.UserAttributes).toEqual([
      { Name: "sub", Value: made.UserSub },
      { Name: "email", Value: "ada@example.com" },
      { Name: "email_verified", Value: "true" },
    ]);
  });

  it("tells the terminal where the message is, and never what is in it", async () => {
    await signUp("told@example.com");
    const code = rig.codeFor("told@example.com");
    expect(rig.told.at(-1)).toMatch(/^a message for told@example\.com is in \/.*\.txt$/);
    expect(rig.told.join("\n")).not.toContain(code);
    const file = rig.told.at(-1)?.split(" is in ")[1] ?? "";
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(rig.mailFolder).mode & 0o777).toBe(0o700);
  });

  it.each([
    {
      what: "a name that is taken",
      name: "ADA@example.com",
      more: {},
      error: "UsernameExistsException",
    },
    { what: "a name that is no email", name: "ada", more: {}, error: "InvalidParameterException" },
    {
      what: "a terminal's control characters in an address",
      name: "a\u001b[2J@example.com",
      more: {},
      error: "InvalidParameterException",
    },
    {
      what: "an attribute that says itself verified",
      name: "eve@example.com",
      more: { UserAttributes: [{ Name: "email_verified", Value: "true" }] },
      error: "NotAuthorizedException",
    },
    {
      what: "an attribute that nobody knows",
      name: "eve@example.com",
      more: { UserAttributes: [{ Name: "custom:role", Value: "admin" }] },
      error: "InvalidParameterException",
    },
    {
      what: "another email than the name",
      name: "eve@example.com",
      more: { UserAttributes: [{ Name: "email", Value: "ada@example.com" }] },
      error: "InvalidParameterException",
    },
  ])("refuses $what", async ({ name, more, error }) => {
    await expect(signUp(name, more)).rejects.toMatchObject({ name: error });
  });

  it.each([
    ["Aa1!", "Password not long enough"],
    ["correct-horse-1", "Password must have uppercase characters"],
    ["CORRECT-HORSE-1", "Password must have lowercase characters"],
    ["Correct-Horse-X", "Password must have numeric characters"],
    ["CorrectHorse1", "Password must have symbol characters"],
  ])("refuses the password %s: %s", async (Password, sentence) => {
    await expect(signUp("weak@example.com", { Password })).rejects.toMatchObject({
      name: "InvalidPasswordException",
      message: `Password did not conform with policy: ${sentence}`,
    });
  });

  it("is closed where only administrators make users", async () => {
    const closed = await rig.pool({ AdminCreateUserConfig: { AllowAdminCreateUserOnly: true } });
    const { ClientId: client } = await rig.clientOf(closed);
    await expect(signUp("ada@example.com", { ClientId: client })).rejects.toMatchObject({
      message: "SignUp is not permitted for this user pool",
    });
  });

  it("guesses at a code end after five, for a quarter of an hour", async () => {
    await signUp("guess@example.com");
    const code = rig.codeFor("guess@example.com");
    for (let time = 0; time < 5; time += 1) {
      await expect(confirm("guess@example.com", notThe(code))).rejects.toMatchObject({
        name: "CodeMismatchException",
      });
    }
    await expect(confirm("guess@example.com", code)).rejects.toMatchObject({
      name: "LimitExceededException",
    });
    rig.pass(15 * 60_000);
    await confirm("guess@example.com", code);
  });

  it("a code is good for a day, and a new one replaces it", async () => {
    await signUp("slow@example.com");
    const first = rig.codeFor("slow@example.com");
    rig.pass(86_400_000);
    await expect(confirm("slow@example.com", first)).rejects.toMatchObject({
      name: "ExpiredCodeException",
    });
    await rig.sdk.send(
      new ResendConfirmationCodeCommand({ ClientId, Username: "slow@example.com" }),
    );
    await confirm("slow@example.com", rig.codeFor("slow@example.com"));
  });

  it("asking for codes ends after five", async () => {
    await signUp("many@example.com");
    const ask = () =>
      rig.sdk.send(new ResendConfirmationCodeCommand({ ClientId, Username: "many@example.com" }));
    for (let time = 1; time < 5; time += 1) await ask();
    await expect(ask()).rejects.toMatchObject({ name: "LimitExceededException" });
  });
});

describe("what users change themselves", () => {
  it("a new address is unproven until its code comes back", async () => {
    await rig.user(UserPoolId, "old@example.com");
    const AccessToken =
      (await rig.signIn(ClientId, "old@example.com")).AuthenticationResult?.AccessToken ?? "";
    const UserAttributes = [{ Name: "email", Value: "new@example.com" }];
    const { CodeDeliveryDetailsList } = await rig.sdk.send(
      new UpdateUserAttributesCommand({ AccessToken, UserAttributes }),
    );
    expect(CodeDeliveryDetailsList).toMatchObject([{ Destination: "n***@e***" }]);
    const verified = async () =>
      (await rig.sdk.send(new GetUserCommand({ AccessToken }))).UserAttributes?.find(
        ({ Name }) => Name === "email_verified",
      )?.Value;
    expect(await verified()).toBe("false");
    await rig.sdk.send(
      new VerifyUserAttributeCommand({
        AccessToken,
        AttributeName: "email",
        Code: rig.codeFor("new@example.com"),
      }),
    );
    expect(await verified()).toBe("true");
    await rig.signIn(ClientId, "new@example.com");
  });

  it("an address that another has is refused, and so is what the client may not write", async () => {
    const pool = await rig.pool({ Schema: [{ Name: "plan", AttributeDataType: "String" }] });
    const { ClientId: plain } = await rig.clientOf(pool);
    const { ClientId: trusted } = await rig.clientOf(pool, {
      ReadAttributes: ["custom:plan"],
      WriteAttributes: ["custom:plan"],
    });
    await rig.user(pool, "one@example.com");
    await rig.user(pool, "two@example.com");
    const update = async (client: string, Name: string, Value: string) => {
      const { AuthenticationResult } = await rig.signIn(client, "two@example.com");
      const AccessToken = AuthenticationResult?.AccessToken ?? "";
      await rig.sdk.send(
        new UpdateUserAttributesCommand({ AccessToken, UserAttributes: [{ Name, Value }] }),
      );
      return (await rig.sdk.send(new GetUserCommand({ AccessToken }))).UserAttributes;
    };
    await expect(update(plain, "email", "ONE@example.com")).rejects.toMatchObject({
      name: "AliasExistsException",
    });
    await expect(update(plain, "custom:plan", "gold")).rejects.toMatchObject({
      name: "NotAuthorizedException",
      message: "A client attempted to write unauthorized attribute",
    });
    await expect(update(trusted, "name", "Two")).rejects.toMatchObject({
      name: "NotAuthorizedException",
    });
    expect(await update(trusted, "custom:plan", "gold")).toEqual([
      { Name: "sub", Value: expect.any(String) },
      { Name: "custom:plan", Value: "gold" },
    ]);
    expect(JSON.stringify(await update(plain, "name", "Two"))).not.toContain("gold");
  });

  it("who deletes themselves is gone with their tokens", async () => {
    await rig.user(UserPoolId, "leaving@example.com");
    const AccessToken =
      (await rig.signIn(ClientId, "leaving@example.com")).AuthenticationResult?.AccessToken ?? "";
    await rig.sdk.send(new DeleteUserCommand({ AccessToken }));
    await expect(rig.sdk.send(new GetUserCommand({ AccessToken }))).rejects.toMatchObject({
      name: "UserNotFoundException",
    });
    await expect(rig.signIn(ClientId, "leaving@example.com")).rejects.toMatchObject({
      message: "Incorrect username or password.",
    });
  });
});

describe("a pool where email is another name", () => {
  it("belongs to who proved it, and only when forced to another", async () => {
    const pool = await rig.pool({ UsernameAttributes: [], AliasAttributes: ["email"] });
    const { ClientId: client } = await rig.clientOf(pool);
    const UserAttributes = [{ Name: "email", Value: "shared@example.com" }];
    for (const name of ["first", "second"])
      await signUp(name, { ClientId: client, UserAttributes });
    const codes = rig
      .mails()
      .filter((mail) => mail.startsWith("To: shared@example.com\n"))
      .map((mail) => /\b\d{6}\b/.exec(mail.split("\n\n")[1] ?? "")?.[0] ?? "");
    const fits = async (name: string, more = {}) => {
      let last: unknown;
      for (const ConfirmationCode of codes) {
        last = await rig.sdk
          .send(
            new ConfirmSignUpCommand({
              ClientId: client,
              Username: name,
              ConfirmationCode,
              ...more,
            }),
          )
          .then(() => undefined)
          .catch((error: unknown) => error);
        if (!(last instanceof Error) || last.name !== "CodeMismatchException") return last;
      }
      return last;
    };
    expect(await fits("first")).toBeUndefined();
    expect(await fits("second")).toMatchObject({ name: "AliasExistsException" });
    await rig.signIn(client, "shared@example.com");
    expect(await fits("second", { ForceAliasCreation: true })).toBeUndefined();
    const { AuthenticationResult } = await rig.signIn(client, "SHARED@example.com");
    const user = await rig.sdk.send(
      new GetUserCommand({ AccessToken: AuthenticationResult?.AccessToken }),
    );
    expect(user.Username).toBe("second");
    await rig.signIn(client, "first");
    await expect(signUp("x@example.com", { ClientId: client })).rejects.toMatchObject({
      name: "InvalidParameterException",
    });
  });
});
