import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  CognitoIdentityProviderClient,
  InitiateAuthCommand,
  ListUsersInGroupCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { type Laptop, openLaptop } from "@rushes/local";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seedUsers } from "./users.ts";

const userPoolId = "us-east-1_People";
const clientId = "people";
const dataDir = mkdtempSync(join(tmpdir(), "rushes-users-"));
let laptop: Laptop;
let cognito: CognitoIdentityProviderClient;

beforeAll(async () => {
  laptop = await openLaptop({
    graph: {
      app: "films",
      stage: "dev",
      region: "us-east-1",
      accountId: "000000000000",
      resources: [
        {
          type: "aws:cognito/userPool:UserPool",
          name: "People",
          id: userPoolId,
          inputs: { usernameAttributes: ["email"], passwordPolicy: { minimumLength: 12 } },
        },
        {
          type: "aws:cognito/userPoolClient:UserPoolClient",
          name: "Client",
          id: clientId,
          inputs: { userPoolId, explicitAuthFlows: ["ALLOW_USER_PASSWORD_AUTH"] },
        },
        ...["admin", "editor", "viewer"].map((name) => ({
          type: "aws:cognito/userGroup:UserGroup",
          name,
          inputs: { name, userPoolId },
        })),
      ],
      functions: {},
      outputs: {},
    },
    root: dataDir,
    dataDir,
    port: 0,
  });
  const { aws: endpoint, region, credentials } = laptop.endpoints;
  cognito = new CognitoIdentityProviderClient({ endpoint, region, credentials });
});
afterAll(async () => {
  cognito.destroy();
  await laptop.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const signIn = (email: string, password: string) =>
  cognito.send(
    new InitiateAuthCommand({
      AuthFlow: "USER_PASSWORD_AUTH",
      ClientId: clientId,
      AuthParameters: { USERNAME: email, PASSWORD: password },
    }),
  );

describe("the users of a data folder", () => {
  it("are one of each group, who can sign in", async () => {
    const users = await seedUsers(laptop.endpoints, dataDir);
    expect(users.map(({ group }) => group)).toEqual(["admin", "editor", "viewer"]);
    for (const { email, password, group: GroupName } of users) {
      expect((await signIn(email, password)).AuthenticationResult?.AccessToken).toBeTruthy();
      const { Users } = await cognito.send(
        new ListUsersInGroupCommand({ UserPoolId: userPoolId, GroupName }),
      );
      expect(Users).toHaveLength(1);
    }
  });

  it("are the same at the next start, in a file that is their owner's alone", async () => {
    const file = join(dataDir, "users.json");
    expect(await seedUsers(laptop.endpoints, dataDir)).toEqual(
      JSON.parse(readFileSync(file, "utf8")),
    );
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it("are finished when a kill left one half made", async () => {
    const [first] = await seedUsers(laptop.endpoints, dataDir);
    const who = { UserPoolId: userPoolId, Username: first?.email ?? "" };
    await cognito.send(new AdminDeleteUserCommand(who));
    await cognito.send(new AdminCreateUserCommand({ ...who, MessageAction: "SUPPRESS" }));
    await seedUsers(laptop.endpoints, dataDir);
    await signIn(first?.email ?? "", first?.password ?? "");
  });

  it("get new passwords when the file is gone", async () => {
    const before = await seedUsers(laptop.endpoints, dataDir);
    rmSync(join(dataDir, "users.json"));
    const [admin] = await seedUsers(laptop.endpoints, dataDir);
    expect(admin?.password).not.toBe(before[0]?.password);
    await signIn(admin?.email ?? "", admin?.password ?? "");
  });

  it("are nobody where the accounts are another issuer's", async () => {
    const { userPoolId: _, ...place } = laptop.endpoints;
    expect(await seedUsers(place, join(dataDir, "nowhere"))).toEqual([]);
  });
});
