import {
  AdminAddUserToGroupCommand,
  AdminConfirmSignUpCommand,
  AdminDeleteUserCommand,
  AdminEnableUserCommand,
  AdminGetUserCommand,
  AdminInitiateAuthCommand,
  AdminListGroupsForUserCommand,
  AdminRemoveUserFromGroupCommand,
  AdminResetUserPasswordCommand,
  AdminUserGlobalSignOutCommand,
  AssociateSoftwareTokenCommand,
  CreateGroupCommand,
  CreateIdentityProviderCommand,
  CreateUserPoolDomainCommand,
  DescribeUserPoolClientCommand,
  DescribeUserPoolCommand,
  GetUserCommand,
  InitiateAuthCommand,
  ListGroupsCommand,
  ListUserPoolClientsCommand,
  ListUserPoolsCommand,
  ListUsersCommand,
  ListUsersInGroupCommand,
  RespondToAuthChallengeCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openRig, PASSWORD, type Rig } from "./testing.ts";

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

describe("pools and clients", () => {
  it("are shown as they were asked for, with AWS's defaults", async () => {
    const { UserPool } = await rig.sdk.send(new DescribeUserPoolCommand({ UserPoolId }));
    expect(UserPool).toMatchObject({
      Id: UserPoolId,
      Name: "films",
      Arn: `arn:aws:cognito-idp:us-east-1:000000000000:userpool/${UserPoolId}`,
      Policies: { PasswordPolicy: { MinimumLength: 8, RequireSymbols: true } },
      UsernameAttributes: ["email"],
      MfaConfiguration: "OFF",
      EstimatedNumberOfUsers: 3,
      CreationDate: expect.any(Date),
    });
    expect(UserPool?.SchemaAttributes?.map(({ Name }) => Name)).toContain("custom:plan");
    const { UserPoolClient } = await rig.sdk.send(
      new DescribeUserPoolClientCommand({ UserPoolId, ClientId }),
    );
    expect(UserPoolClient).toMatchObject({
      ClientId,
      AccessTokenValidity: 1,
      RefreshTokenValidity: 30,
      PreventUserExistenceErrors: "ENABLED",
      EnableTokenRevocation: true,
    });
    const { UserPools } = await rig.sdk.send(new ListUserPoolsCommand({ MaxResults: 10 }));
    expect(UserPools?.map(({ Id }) => Id)).toContain(UserPoolId);
    const { UserPoolClients } = await rig.sdk.send(new ListUserPoolClientsCommand({ UserPoolId }));
    expect(UserPoolClients).toEqual([{ ClientId, UserPoolId, ClientName: "web" }]);
  });

  it.each([
    { what: "a lifetime out of range", input: { AccessTokenValidity: 48 } },
    { what: "a flow that nobody knows", input: { ExplicitAuthFlows: ["ALLOW_ALL" as never] } },
  ])("$what is refused", async ({ input }) => {
    await expect(rig.clientOf(UserPoolId, input)).rejects.toMatchObject({
      name: "InvalidParameterException",
    });
  });

  it.each([
    ["MFA", () => rig.pool({ MfaConfiguration: "OPTIONAL" })],
    ["Lambda triggers", () => rig.pool({ LambdaConfig: { PreSignUp: "arn:x" } })],
    ["messages by SMS", () => rig.pool({ AutoVerifiedAttributes: ["phone_number"] })],
    [
      "passkeys",
      () =>
        rig.pool({
          Policies: { SignInPolicy: { AllowedFirstAuthFactors: ["PASSWORD", "WEB_AUTHN"] } },
        }),
    ],
    ["federation", () => rig.clientOf(UserPoolId, { SupportedIdentityProviders: ["Google"] })],
    [
      "CreateUserPoolDomain",
      () => rig.sdk.send(new CreateUserPoolDomainCommand({ UserPoolId, Domain: "films" })),
    ],
    [
      "CreateIdentityProvider",
      () =>
        rig.sdk.send(
          new CreateIdentityProviderCommand({
            UserPoolId,
            ProviderName: "g",
            ProviderType: "Google",
            ProviderDetails: {},
          }),
        ),
    ],
    ["AssociateSoftwareToken", () => rig.sdk.send(new AssociateSoftwareTokenCommand({}))],
    [
      "InitiateAuth CUSTOM_AUTH",
      () => rig.sdk.send(new InitiateAuthCommand({ ClientId, AuthFlow: "CUSTOM_AUTH" })),
    ],
    [
      "the challenge SOFTWARE_TOKEN_MFA",
      () =>
        rig.sdk.send(
          new RespondToAuthChallengeCommand({ ClientId, ChallengeName: "SOFTWARE_TOKEN_MFA" }),
        ),
    ],
  ])("%s is refused by name", async (name, ask) => {
    await expect(ask()).rejects.toMatchObject({
      name: "NotImplemented",
      message: expect.stringContaining(name),
    });
  });
});

describe("what administrators do with users", () => {
  it("they are found by email, by sub and by a filter", async () => {
    const found = await rig.sdk.send(new AdminGetUserCommand(of("ADA@example.com")));
    expect(found).toMatchObject({ Enabled: true, UserStatus: "CONFIRMED" });
    const again = await rig.sdk.send(new AdminGetUserCommand(of(found.Username ?? "")));
    expect(again.UserAttributes).toEqual(found.UserAttributes);
    const list = async (Filter: string) =>
      (await rig.sdk.send(new ListUsersCommand({ UserPoolId, Filter }))).Users?.map(
        ({ Attributes }) => Attributes?.find(({ Name }) => Name === "email")?.Value,
      );
    expect(await list('email = "bob@example.com"')).toEqual(["bob@example.com"]);
    expect(await list('email ^= "c"')).toEqual(["cyd@example.com"]);
    expect(await list('cognito:user_status = "UNCONFIRMED"')).toEqual([]);
    await expect(list("email like x")).rejects.toMatchObject({
      message: "Error while parsing filter.",
    });
  });

  it("lists come in pages", async () => {
    const seen: unknown[] = [];
    let PaginationToken: string | undefined;
    do {
      const page = await rig.sdk.send(
        new ListUsersCommand({
          UserPoolId,
          Limit: 2,
          ...(PaginationToken ? { PaginationToken } : {}),
        }),
      );
      seen.push(...(page.Users ?? []));
      PaginationToken = page.PaginationToken;
    } while (PaginationToken);
    expect(seen).toHaveLength(3);
  });

  it("groups have members, listed from both sides", async () => {
    await rig.sdk.send(new CreateGroupCommand({ UserPoolId, GroupName: "editor" }));
    await expect(
      rig.sdk.send(new CreateGroupCommand({ UserPoolId, GroupName: "editor" })),
    ).rejects.toMatchObject({ name: "GroupExistsException" });
    const membership = { ...of("bob@example.com"), GroupName: "editor" };
    await rig.sdk.send(new AdminAddUserToGroupCommand(membership));
    await rig.sdk.send(new AdminAddUserToGroupCommand(membership));
    const { Groups } = await rig.sdk.send(new AdminListGroupsForUserCommand(of("bob@example.com")));
    expect(Groups?.map(({ GroupName }) => GroupName)).toEqual(["editor"]);
    const members = async () =>
      (await rig.sdk.send(new ListUsersInGroupCommand({ UserPoolId, GroupName: "editor" }))).Users;
    expect(await members()).toHaveLength(1);
    await rig.sdk.send(new AdminRemoveUserFromGroupCommand(membership));
    expect(await members()).toEqual([]);
    expect((await rig.sdk.send(new ListGroupsCommand({ UserPoolId }))).Groups).toHaveLength(1);
    await expect(
      rig.sdk.send(new AdminAddUserToGroupCommand({ ...membership, GroupName: "none" })),
    ).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });

  it("signing a user out everywhere, making them choose again, deleting them", async () => {
    await rig.user(UserPoolId, "dan@example.com");
    const { AuthenticationResult } = await rig.signIn(ClientId, "dan@example.com");
    const AccessToken = AuthenticationResult?.AccessToken ?? "";
    await rig.sdk.send(new AdminUserGlobalSignOutCommand(of("dan@example.com")));
    await expect(rig.sdk.send(new GetUserCommand({ AccessToken }))).rejects.toMatchObject({
      message: "Access Token has been revoked",
    });
    await rig.sdk.send(new AdminResetUserPasswordCommand(of("dan@example.com")));
    await expect(rig.signIn(ClientId, "dan@example.com")).rejects.toMatchObject({
      name: "PasswordResetRequiredException",
    });
    await rig.sdk.send(new AdminEnableUserCommand(of("dan@example.com")));
    await rig.sdk.send(new AdminDeleteUserCommand(of("dan@example.com")));
    await expect(
      rig.sdk.send(new AdminGetUserCommand(of("dan@example.com"))),
    ).rejects.toMatchObject({ name: "UserNotFoundException", message: "User does not exist." });
    await expect(
      rig.sdk.send(new AdminConfirmSignUpCommand(of("ada@example.com"))),
    ).rejects.toMatchObject({ name: "NotAuthorizedException" });
  });

  it("a flow works only where the client allows it", async () => {
    const ask = {
      ClientId,
      UserPoolId,
      AuthFlow: "ADMIN_USER_PASSWORD_AUTH",
      AuthParameters: { USERNAME: "ada@example.com", PASSWORD },
    } as const;
    await expect(rig.sdk.send(new AdminInitiateAuthCommand(ask))).rejects.toMatchObject({
      name: "InvalidParameterException",
      message: "Auth flow not enabled for this client",
    });
    await expect(
      rig.sdk.send(new InitiateAuthCommand({ ...ask, AuthFlow: "ADMIN_USER_PASSWORD_AUTH" })),
    ).rejects.toMatchObject({ name: "InvalidParameterException" });
  });
});
