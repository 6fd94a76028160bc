import {
  AdminCreateUserCommand,
  AdminGetUserCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Refusal } from "../kernel/refusal.ts";
import { openRig, type Rig } from "./testing.ts";

let rig: Rig;
let UserPoolId: string;
let ClientId: string;
beforeAll(async () => {
  rig = await openRig();
  UserPoolId = await rig.pool({ Schema: [{ Name: "plan", AttributeDataType: "String" }] });
  ({ ClientId } = await rig.clientOf(UserPoolId));
  for (const name of ["ada", "bob", "cyd"]) await rig.user(UserPoolId, `${name}@example.com`);
});
afterAll(() => rig.close());

const of = (Username: string) => ({ UserPoolId, Username });

describe("who may", () => {
  it("a role does what its policy says, and nothing else", async () => {
    const roleArn = "arn:aws:iam::000000000000:role/reader";
    rig.iam.defineRole({
      name: "reader",
      arn: roleArn,
      trust: {
        Statement: {
          Effect: "Allow",
          Principal: { Service: "lambda.amazonaws.com" },
          Action: "sts:AssumeRole",
        },
      },
      policies: [
        {
          Statement: {
            Effect: "Allow",
            Action: "cognito-idp:AdminGetUser",
            Resource: `arn:aws:cognito-idp:us-east-1:000000000000:userpool/${UserPoolId}`,
          },
        },
      ],
    });
    const reader = rig.client(rig.iam.keysFor(roleArn, "fn"));
    await reader.send(new AdminGetUserCommand(of("ada@example.com")));
    await expect(
      reader.send(new AdminCreateUserCommand(of("eve@example.com"))),
    ).rejects.toMatchObject({ name: "AccessDeniedException" });
  });

  it("nobody does what needs a signature without one", async () => {
    const answer = await post("AdminGetUser", of("ada@example.com"));
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ __type: "MissingAuthenticationTokenException" });
  });

  it("pages of this machine may sign in, on whatever port; others may not", async () => {
    const asked = { ClientId, AuthFlow: "USER_PASSWORD_AUTH", AuthParameters: {} };
    const near = await post("InitiateAuth", asked, { origin: "http://localhost:5173" });
    expect(near.headers.get("access-control-allow-origin")).toBe("http://localhost:5173");
    expect(await near.json()).toMatchObject({ __type: "InvalidParameterException" });
    for (const origin of ["https://evil.example", "http://localhost.evil.example", "null"]) {
      const far = await post("InitiateAuth", asked, { origin });
      expect(far.status).toBe(400);
      expect(await far.json()).toMatchObject({ __type: "AccessDeniedException" });
      expect(far.headers.get("access-control-allow-origin")).toBeNull();
    }
    const flight = (origin: string) =>
      fetch(rig.front.origin, {
        method: "OPTIONS",
        headers: {
          origin,
          "access-control-request-method": "POST",
          "access-control-request-headers": "content-type,x-amz-target,x-amz-user-agent",
        },
      });
    const allowed = await flight("http://127.0.0.1:4569");
    expect(allowed.status).toBe(200);
    expect(allowed.headers.get("access-control-allow-headers")).toContain("x-amz-target");
    expect((await flight("https://evil.example")).status).not.toBe(200);
  });
});

describe("whatever is sent", () => {
  it("is answered or refused, never an accident", async () => {
    const junk = fc.oneof(
      fc.string(),
      fc.integer(),
      fc.constant(null),
      fc.boolean(),
      fc.array(fc.string(), { maxLength: 2 }),
      fc.dictionary(fc.string(), fc.string(), { maxKeys: 2 }),
    );
    const members = [
      "Username",
      "Password",
      "AuthFlow",
      "AuthParameters",
      "ChallengeName",
      "ChallengeResponses",
      "Session",
      "AccessToken",
      "UserAttributes",
      "GroupName",
      "Filter",
      "Limit",
      "MaxResults",
      "Schema",
      "Policies",
      "Scopes",
      "Identifier",
      "Name",
      "ClientName",
      "PoolName",
      "Token",
      "ConfirmationCode",
      "NextToken",
      "ReadAttributes",
      "AccessTokenValidity",
      "LambdaConfig",
    ];
    const input = fc.dictionary(fc.constantFrom(...members), junk, { maxKeys: 6 });
    const names = Object.keys(rig.cognito.operations).filter((name) => name !== "DeleteUserPool");
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), input, async (name, given) => {
        const call = async () =>
          rig.cloud.call("cognito-idp", name, { UserPoolId, ClientId, ...given }, rig.iam.operator);
        await call().catch((error: unknown) => expect(error).toBeInstanceOf(Refusal));
      }),
      { numRuns: 400 },
    );
  });
});

const post = (operation: string, body: object, headers: Record<string, string> = {}) =>
  fetch(rig.front.origin, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `AWSCognitoIdentityProviderService.${operation}`,
      ...headers,
    },
    body: JSON.stringify(body),
  });
