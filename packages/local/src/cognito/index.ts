import type { JWK } from "jose";
import type { Cloud } from "../kernel/cloud.ts";
import { modelled } from "../kernel/kinds.ts";
import type { Input, Operation, Service } from "../kernel/service.ts";
import * as admin from "./admin.ts";
import * as clients from "./clients.ts";
import { documentAt, jwksOf } from "./discovery.ts";
import * as groups from "./groups.ts";
import { kinds } from "./kinds.ts";
import { listUsers } from "./list-users.ts";
import * as own from "./own.ts";
import * as pools from "./pools.ts";
import { openRates } from "./rate.ts";
import * as recovery from "./recovery.ts";
import * as servers from "./resource-servers.ts";
import * as respond from "./respond.ts";
import { type CognitoOptions, openRoom, type Room } from "./room.ts";
import * as signIn from "./sign-in.ts";
import * as signUp from "./sign-up.ts";
import { issuerOf } from "./tokens.ts";

export type { CognitoOptions } from "./room.ts";

export interface Cognito extends Service {
  /** Makes or changes the pool that a graph calls `id`; input as of CreateUserPool. */
  adoptPool(id: string, input: object): Promise<void>;
  /** Makes or changes the client that a graph calls `id`; input as of CreateUserPoolClient. */
  adoptClient(poolId: string, id: string, input: object): void;
  /** `iss` of a pool's tokens; known once the front listens. */
  issuerOf(poolId: string): string;
  /** The public keys of a pool, as its JWKS page has them. */
  jwksOf(poolId: string): { keys: Array<JWK & { kid: string }> };
}

/** Opens Cognito's user pools. Keys, SRP verifiers and client secrets lie sealed in the store. */
export function openCognito(cloud: Cloud, options: CognitoOptions = {}): Cognito {
  const room = openRoom(cloud, options);
  const admitOne = openRates();
  const signed = Object.entries(managed).map(([name, run]): [string, Operation] => [
    name,
    {
      needs: (input) => ({
        action: `cognito-idp:${name}`,
        resource: typeof input.UserPoolId === "string" ? room.arnOf(input.UserPoolId) : "*",
      }),
      run: (input) => run(room, input),
    },
  ]);
  const anyones = Object.entries(open).map(([name, run]): [string, Operation] => [
    name,
    {
      run(input) {
        admitOne(name);
        return run(room, input);
      },
    },
  ]);
  const service: Cognito = {
    name: "cognito-idp",
    wire: { protocol: "json", version: "1.1", target: "AWSCognitoIdentityProviderService" },
    operations: modelled(kinds, Object.fromEntries([...signed, ...anyones])),
    unsigned: new Set([...Object.keys(open), ...REFUSED]),
    document: (path) => documentAt(room, path),
    adoptPool: (id, input) => pools.adoptPool(room, id, input),
    adoptClient: (poolId, id, input) => clients.adoptClient(room, poolId, id, input),
    issuerOf: (poolId) => issuerOf(room, poolId),
    jwksOf: (poolId) => jwksOf(room, poolId),
  };
  cloud.add(service);
  return service;
}

type Action = (room: Room, input: Input) => object | Promise<object>;

/** What needs permission. */
const managed: Record<string, Action> = {
  CreateUserPool: pools.createUserPool,
  UpdateUserPool: pools.updateUserPool,
  DescribeUserPool: pools.describeUserPool,
  ListUserPools: pools.listUserPools,
  DeleteUserPool: pools.deleteUserPool,
  CreateUserPoolClient: clients.createUserPoolClient,
  UpdateUserPoolClient: clients.updateUserPoolClient,
  DescribeUserPoolClient: clients.describeUserPoolClient,
  ListUserPoolClients: clients.listUserPoolClients,
  DeleteUserPoolClient: clients.deleteUserPoolClient,
  CreateResourceServer: servers.createResourceServer,
  UpdateResourceServer: servers.updateResourceServer,
  DescribeResourceServer: servers.describeResourceServer,
  ListResourceServers: servers.listResourceServers,
  DeleteResourceServer: servers.deleteResourceServer,
  CreateGroup: groups.createGroup,
  UpdateGroup: groups.updateGroup,
  GetGroup: groups.getGroup,
  DeleteGroup: groups.deleteGroup,
  ListGroups: groups.listGroups,
  ListUsersInGroup: groups.listUsersInGroup,
  ListUsers: listUsers,
  AdminAddUserToGroup: groups.adminAddUserToGroup,
  AdminRemoveUserFromGroup: groups.adminRemoveUserFromGroup,
  AdminListGroupsForUser: groups.adminListGroupsForUser,
  AdminCreateUser: admin.adminCreateUser,
  AdminConfirmSignUp: signUp.adminConfirmSignUp,
  AdminSetUserPassword: admin.adminSetUserPassword,
  AdminResetUserPassword: admin.adminResetUserPassword,
  AdminGetUser: admin.adminGetUser,
  AdminUpdateUserAttributes: admin.adminUpdateUserAttributes,
  AdminDeleteUser: admin.adminDeleteUser,
  AdminDisableUser: admin.adminDisableUser,
  AdminEnableUser: admin.adminEnableUser,
  AdminUserGlobalSignOut: admin.adminUserGlobalSignOut,
  AdminInitiateAuth: signIn.adminInitiateAuth,
  AdminRespondToAuthChallenge: respond.adminRespondToAuthChallenge,
};

/** What anyone may call: a client id, a code or an access token says who it is. */
const open: Record<string, Action> = {
  SignUp: signUp.signUp,
  ConfirmSignUp: signUp.confirmSignUp,
  ResendConfirmationCode: signUp.resendConfirmationCode,
  ForgotPassword: recovery.forgotPassword,
  ConfirmForgotPassword: recovery.confirmForgotPassword,
  InitiateAuth: signIn.initiateAuth,
  RespondToAuthChallenge: respond.respondToAuthChallenge,
  GetTokensFromRefreshToken: signIn.getTokensFromRefreshToken,
  RevokeToken: own.revokeToken,
  GetUser: own.getUser,
  UpdateUserAttributes: own.updateUserAttributes,
  GetUserAttributeVerificationCode: own.getUserAttributeVerificationCode,
  VerifyUserAttribute: own.verifyUserAttribute,
  ChangePassword: own.changePassword,
  GlobalSignOut: own.globalSignOut,
  DeleteUser: own.deleteUser,
};

/** Public as well, and refused by name: whoever calls them hears that, not that a signature is missing. */
const REFUSED = [
  "AssociateSoftwareToken",
  "VerifySoftwareToken",
  "SetUserMFAPreference",
  "SetUserSettings",
  "GetUserAuthFactors",
  "StartWebAuthnRegistration",
  "CompleteWebAuthnRegistration",
  "ListWebAuthnCredentials",
  "DeleteWebAuthnCredential",
  "ConfirmDevice",
  "ForgetDevice",
  "GetDevice",
  "ListDevices",
  "UpdateDeviceStatus",
  "UpdateAuthEventFeedback",
  "DeleteUserAttributes",
];
