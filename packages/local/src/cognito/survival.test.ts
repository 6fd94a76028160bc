import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  GetUserCommand,
  InitiateAuthCommand,
  RespondToAuthChallengeCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { afterAll, expect, it } from "vitest";
import * as accounts from "../deploy/families/accounts.ts";
import type { Graph, Resource } from "../deploy/graph.ts";
import { deploy, type Families } from "../deploy/index.ts";
import type { Input } from "../kernel/service.ts";
import { openRig, PASSWORD, type Rig, srpClient } from "./testing.ts";

const dataDir = mkdtempSync(join(tmpdir(), "rushes-cognito-kept-"));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const UserPoolId = "us-east-1_FilmsPool";
const ClientId = "films0web0client";

const graphOf = (resources: Resource[]): Graph => ({
  app: "films",
  stage: "test",
  region: "us-east-1",
  accountId: "000000000000",
  resources,
  functions: {},
  outputs: {},
});

const pool = (inputs = {}): Resource => ({
  type: "aws:cognito/userPool:UserPool",
  name: "AccountsUserPool",
  id: UserPoolId,
  inputs: {
    name: "accounts",
    usernameAttributes: ["email"],
    autoVerifiedAttributes: ["email"],
    usernameConfiguration: { caseSensitive: false },
    passwordPolicy: { minimumLength: 10, requireNumbers: true },
    schemas: [{ name: "plan", attributeDataType: "String", mutable: true }],
    mfaConfiguration: "OFF",
    tags: { "sst:app": "films" },
    ...inputs,
  },
});

const client: Resource = {
  type: "aws:cognito/userPoolClient:UserPoolClient",
  name: "WebClient",
  id: ClientId,
  inputs: {
    name: "web",
    userPoolId: UserPoolId,
    explicitAuthFlows: [
      "ALLOW_USER_SRP_AUTH",
      "ALLOW_USER_PASSWORD_AUTH",
      "ALLOW_REFRESH_TOKEN_AUTH",
    ],
    accessTokenValidity: 15,
    tokenValidityUnits: { accessToken: "minutes" },
    allowedOauthScopes: ["openid", "films/write"],
    allowedOauthFlows: ["code"],
    allowedOauthFlowsUserPoolClient: true,
    callbackUrls: ["https://example.com"],
    supportedIdentityProviders: ["COGNITO"],
    preventUserExistenceErrors: "ENABLED",
  },
};

const others: Resource[] = [
  {
    type: "aws:cognito/resourceServer:ResourceServer",
    name: "Films",
    inputs: {
      userPoolId: UserPoolId,
      identifier: "films",
      name: "films",
      scopes: [{ scopeName: "write", scopeDescription: "change films" }],
    },
  },
  ...["admin", "viewer"].map(
    (name, precedence): Resource => ({
      type: "aws:cognito/userGroup:UserGroup",
      name,
      inputs: { name, userPoolId: UserPoolId, precedence },
    }),
  ),
];

const deployTo = ({ cloud, cognito }: Rig, resources: Resource[]) => {
  const families: Families = [
    ["aws:cognito/userPool:UserPool", accounts.userPool(cognito)],
    ["aws:cognito/resourceServer:ResourceServer", accounts.resourceServer],
    ["aws:cognito/userPoolClient:UserPoolClient", accounts.userPoolClient(cognito)],
    ["aws:cognito/userGroup:UserGroup", accounts.userGroup],
  ];
  return deploy(cloud, graphOf(resources), families, () => undefined);
};

const call = (rig: Rig, operation: string, input: object) =>
  rig.cloud.call<Input>("cognito-idp", operation, input, rig.iam.operator);

it("a graph's pool keeps its ids, its users and its keys through restarts", async () => {
  let rig = await openRig({ dataDir });
  await deployTo(rig, [pool(), ...others, client]);
  await rig.user(UserPoolId, "ada@example.com");
  const { AuthenticationResult } = await rig.signIn(ClientId, "ada@example.com");
  const keys = rig.cognito.jwksOf(UserPoolId);
  const proving = srpClient();
  const begun = await rig.sdk.send(
    new InitiateAuthCommand({
      ClientId,
      AuthFlow: "USER_SRP_AUTH",
      AuthParameters: { USERNAME: "ada@example.com", SRP_A: proving.A },
    }),
  );
  await rig.close();

  rig = await openRig({ dataDir });
  try {
    await deployTo(rig, [
      pool({ passwordPolicy: { minimumLength: 12 } }),
      ...others.slice(0, 2),
      client,
    ]);
    expect(rig.cognito.jwksOf(UserPoolId)).toEqual(keys);
    const finished = await rig.sdk.send(
      new RespondToAuthChallengeCommand({
        ClientId,
        ChallengeName: "PASSWORD_VERIFIER",
        ChallengeResponses: proving.prove(begun.ChallengeParameters ?? {}, {
          poolName: "FilmsPool",
          password: PASSWORD,
          now: Date.now(),
        }),
      }),
    );
    const AccessToken = finished.AuthenticationResult?.AccessToken;
    expect((await rig.sdk.send(new GetUserCommand({ AccessToken }))).UserAttributes).toContainEqual(
      {
        Name: "email",
        Value: "ada@example.com",
      },
    );
    const { AuthenticationResult: next } = await rig.sdk.send(
      new InitiateAuthCommand({
        ClientId,
        AuthFlow: "REFRESH_TOKEN_AUTH",
        AuthParameters: { REFRESH_TOKEN: AuthenticationResult?.RefreshToken ?? "" },
      }),
    );
    expect(next?.ExpiresIn).toBe(900);
    const { UserPool } = await call(rig, "DescribeUserPool", { UserPoolId });
    expect(UserPool.Policies.PasswordPolicy).toMatchObject({
      MinimumLength: 12,
      RequireSymbols: false,
    });
    const { UserPoolClient } = await call(rig, "DescribeUserPoolClient", { UserPoolId, ClientId });
    expect(UserPoolClient).toMatchObject({
      AccessTokenValidity: 15,
      CallbackURLs: ["https://example.com"],
      AllowedOAuthScopes: ["openid", "films/write"],
    });
    const { Groups } = await call(rig, "ListGroups", { UserPoolId });
    expect(Groups.map(({ GroupName }: { GroupName: string }) => GroupName)).toEqual(["admin"]);
  } finally {
    await rig.close();
  }
});

it("a graph that calls users by other names than before is not deployed over them", async () => {
  const rig = await openRig({ dataDir });
  try {
    await expect(
      deployTo(rig, [pool({ usernameAttributes: [], aliasAttributes: ["email"] })]),
    ).rejects.toThrow("has other UsernameAttributes than before; start with --fresh");
    const schemas = [{ name: "team", attributeDataType: "String" }];
    await deployTo(rig, [pool({ schemas }), ...others, client]);
    const { UserPool } = await call(rig, "DescribeUserPool", { UserPoolId });
    expect(JSON.stringify(UserPool.SchemaAttributes)).toContain("custom:team");
  } finally {
    await rig.close();
  }
});

it("a client that left the graph lets nobody in any more", async () => {
  const rig = await openRig({ dataDir });
  try {
    await deployTo(rig, [pool(), ...others]);
    await expect(rig.signIn(ClientId, "ada@example.com")).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: `User pool client ${ClientId} does not exist.`,
    });
  } finally {
    await rig.close();
  }
});

it.each([
  ["MFA", { mfaConfiguration: "ON" }],
  [
    "Lambda triggers",
    { lambdaConfig: { preSignUp: "arn:aws:lambda:us-east-1:000000000000:function:f" } },
  ],
])("a graph that wants %s is not deployed", async (name, inputs) => {
  const rig = await openRig();
  try {
    await expect(deployTo(rig, [pool(inputs)])).rejects.toThrow(
      `AccountsUserPool (aws:cognito/userPool:UserPool) could not be deployed: The laptop does not implement cognito-idp ${name}`,
    );
  } finally {
    await rig.close();
  }
});

it("nothing in the data folder reads like a password, a code or a token", async () => {
  const folder = mkdtempSync(join(tmpdir(), "rushes-cognito-read-"));
  try {
    const rig = await openRig({ dataDir: folder });
    await deployTo(rig, [pool(), ...others, client]);
    await rig.user(UserPoolId, "ada@example.com");
    const { AuthenticationResult } = await rig.signIn(ClientId, "ada@example.com");
    await call(rig, "ForgotPassword", { ClientId, Username: "ada@example.com" });
    const code = rig.codeFor("ada@example.com");
    await rig.close();
    const kept = readdirSync(folder)
      .filter((name) => statSync(join(folder, name)).isFile())
      .map((name) => readFileSync(join(folder, name), "latin1"))
      .join();
    for (const secret of [
      PASSWORD,
      AuthenticationResult?.RefreshToken ?? "?",
      `"${code}"`,
      "PRIVATE KEY",
    ]) {
      expect(kept).not.toContain(secret);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
