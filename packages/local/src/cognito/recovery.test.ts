import {
  ConfirmForgotPasswordCommand,
  ForgotPasswordCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openRig, type Rig } from "./testing.ts";

let rig: Rig;
let UserPoolId: string;
let ClientId: string;
beforeAll(async () => {
  rig = await openRig();
  UserPoolId = await rig.pool();
  ({ ClientId } = await rig.clientOf(UserPoolId));
});
afterAll(() => rig.close());

describe("a forgotten password", () => {
  const forgot = (Username: string) =>
    rig.sdk.send(new ForgotPasswordCommand({ ClientId, Username }));
  const reset = (Username: string, ConfirmationCode: string, Password = "Another-Horse-2") =>
    rig.sdk.send(
      new ConfirmForgotPasswordCommand({ ClientId, Username, ConfirmationCode, Password }),
    );

  it("is replaced with a code, once", async () => {
    await rig.user(UserPoolId, "forgot@example.com");
    await forgot("forgot@example.com");
    const code = rig.codeFor("forgot@example.com");
    await expect(reset("forgot@example.com", code, "weak")).rejects.toMatchObject({
      name: "InvalidPasswordException",
    });
    const both = await Promise.allSettled([
      reset("forgot@example.com", code),
      reset("forgot@example.com", code, "Third-Horse-3"),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    await expect(rig.signIn(ClientId, "forgot@example.com")).rejects.toMatchObject({
      message: "Incorrect username or password.",
    });
    const chosen = both[0]?.status === "fulfilled" ? "Another-Horse-2" : "Third-Horse-3";
    await rig.signIn(ClientId, "forgot@example.com", chosen);
  });

  it("asked for by nobody, looks the same as asked for by somebody", async () => {
    await rig.user(UserPoolId, "someone@example.com");
    const { $metadata: _, ...there } = await forgot("someone@example.com");
    const { $metadata: __, ...nobody } = await forgot("stranger@example.com");
    expect(nobody).toEqual(there);
    for (const name of ["someone@example.com", "stranger@example.com"]) {
      await expect(reset(name, "wrong")).rejects.toMatchObject({ name: "CodeMismatchException" });
    }
    for (let time = 1; time < 5; time += 1) {
      await forgot("someone@example.com");
      await forgot("stranger@example.com");
    }
    for (const name of ["someone@example.com", "stranger@example.com"]) {
      await expect(forgot(name)).rejects.toMatchObject({ name: "LimitExceededException" });
    }
  });

  it("of nobody is said to be so by a client that does not hide users", async () => {
    const { ClientId: open } = await rig.clientOf(UserPoolId, {
      PreventUserExistenceErrors: "LEGACY",
    });
    await expect(
      rig.sdk.send(new ForgotPasswordCommand({ ClientId: open, Username: "no@example.com" })),
    ).rejects.toMatchObject({ name: "UserNotFoundException" });
    await expect(rig.signIn(open, "no@example.com")).rejects.toMatchObject({
      name: "UserNotFoundException",
    });
  });
});
