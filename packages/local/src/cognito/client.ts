import { createHmac, timingSafeEqual } from "node:crypto";
import type { UserPoolClientType } from "@aws-sdk/client-cognito-identity-provider";
import { NotPretended } from "../kernel/refusal.ts";
import type { Input } from "../kernel/service.ts";
import { bad, count, notAuthorized, oneOf, optional, required, texts } from "./read.ts";
import type { ClientRow } from "./tables.ts";

/** What a client was asked to be, defaults filled in; times in milliseconds. */
export interface ClientSettings {
  name: string;
  flows: string[];
  accessMs: number;
  idMs: number;
  refreshMs: number;
  /** how long a challenge may be answered */
  challengeMs: number;
  /** undefined: the standard attributes, and none of the pool's own */
  reads?: string[];
  writes?: string[];
  /** whether an unknown user is answered like a wrong password */
  hidesUsers: boolean;
  revokes: boolean;
  /** undefined: a refresh token lasts; a number: it is replaced at each use, and the old one works so much longer */
  rotationGraceMs?: number;
  /** scopes of the standard and of resource servers */
  scopes: string[];
  /** members that only a hosted page would use, and the units, shown as they were given */
  given: Partial<UserPoolClientType>;
}

export interface Client {
  id: string;
  poolId: string;
  settings: ClientSettings;
  secret: string | undefined;
  row: ClientRow;
}

/** Reads CreateUserPoolClient's and UpdateUserPoolClient's input. */
export function readClient(input: Input, before?: ClientSettings): ClientSettings {
  const providers = texts(input, "SupportedIdentityProviders");
  if (providers.some((name) => name !== "COGNITO")) {
    throw new NotPretended({ service: "cognito-idp", action: "federation" });
  }
  const flows = texts(input, "ExplicitAuthFlows").map((flow) =>
    oneOf(flow, "ExplicitAuthFlows", FLOWS),
  );
  if (
    flows.some((flow) => flow.startsWith("ALLOW_")) &&
    flows.some((flow) => !flow.startsWith("ALLOW_"))
  ) {
    throw bad("Cannot mix ExplicitAuthFlows with and without the prefix ALLOW_.");
  }
  const units = input.TokenValidityUnits ?? {};
  const [access, id] = ["AccessToken", "IdToken"].map((token) =>
    validity(input, `${token}Validity`, units[token] ?? "hours", HOUR_MS, [5 * MINUTE_MS, DAY_MS]),
  );
  const refresh = validity(
    input,
    "RefreshTokenValidity",
    units.RefreshToken ?? "days",
    30 * DAY_MS,
    [HOUR_MS, 3650 * DAY_MS],
  );
  const rotation = input.RefreshTokenRotation;
  const grace = count(rotation, "RetryGracePeriodSeconds", { least: 0, most: 60, otherwise: 0 });
  return {
    name: before
      ? (optional(input, "ClientName", 128) ?? before.name)
      : required(input, "ClientName", 128),
    flows:
      flows.length > 0
        ? flows
        : ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH"],
    accessMs: access ?? HOUR_MS,
    idMs: id ?? HOUR_MS,
    refreshMs: refresh,
    challengeMs:
      count(input, "AuthSessionValidity", { least: 3, most: 15, otherwise: 3 }) * MINUTE_MS,
    ...(input.ReadAttributes?.length ? { reads: texts(input, "ReadAttributes") } : {}),
    ...(input.WriteAttributes?.length ? { writes: texts(input, "WriteAttributes") } : {}),
    hidesUsers:
      oneOf(
        optional(input, "PreventUserExistenceErrors") ?? "LEGACY",
        "PreventUserExistenceErrors",
        ["LEGACY", "ENABLED"],
      ) === "ENABLED",
    revokes: input.EnableTokenRevocation !== false,
    ...(rotation?.Feature === "ENABLED" ? { rotationGraceMs: grace * 1000 } : {}),
    scopes: texts(input, "AllowedOAuthScopes"),
    given: Object.fromEntries(
      GIVEN.filter((member) => input[member] != null).map((member) => [member, input[member]]),
    ),
  };
}

/** A client as DescribeUserPoolClient shows it. */
export function shownClient(client: Client): UserPoolClientType {
  const { settings, row } = client;
  const { given } = settings;
  const unit = (token: "AccessToken" | "IdToken" | "RefreshToken") =>
    MS[
      (given.TokenValidityUnits?.[token] ?? (token === "RefreshToken" ? "days" : "hours")) as Unit
    ];
  return {
    ...given,
    UserPoolId: client.poolId,
    ClientId: client.id,
    ClientName: settings.name,
    ...(client.secret === undefined ? {} : { ClientSecret: client.secret }),
    CreationDate: new Date(row.created_ms),
    LastModifiedDate: new Date(row.changed_ms),
    ExplicitAuthFlows: settings.flows as NonNullable<UserPoolClientType["ExplicitAuthFlows"]>,
    AccessTokenValidity: settings.accessMs / unit("AccessToken"),
    IdTokenValidity: settings.idMs / unit("IdToken"),
    RefreshTokenValidity: settings.refreshMs / unit("RefreshToken"),
    AuthSessionValidity: settings.challengeMs / MINUTE_MS,
    ...(settings.reads ? { ReadAttributes: settings.reads } : {}),
    ...(settings.writes ? { WriteAttributes: settings.writes } : {}),
    PreventUserExistenceErrors: settings.hidesUsers ? "ENABLED" : "LEGACY",
    EnableTokenRevocation: settings.revokes,
    ...(settings.scopes.length > 0 ? { AllowedOAuthScopes: settings.scopes } : {}),
  };
}

/** Whether what a client gave is its secret, or nothing where it has none. */
export function knowsSecret({ secret }: Client, given: string | undefined): boolean {
  if (secret === undefined || given === undefined) return secret === given;
  const [right, stated] = [Buffer.from(secret), Buffer.from(given)];
  return right.length === stated.length && timingSafeEqual(right, stated);
}

/** Whether a client may sign in in a way; older clients name the ways without `ALLOW_`. */
export function allows({ settings }: Client, way: Way): boolean {
  return settings.flows.some((flow) => WAYS[way].includes(flow));
}

/**
 * Checks the proof that a client with a secret sends along.
 *
 * @param names the names by which the user may have been called in it
 */
export function checkSecretHash(
  client: Client,
  given: string | undefined,
  ...names: string[]
): void {
  if (client.secret === undefined) {
    if (given === undefined) return;
    throw notAuthorized(`Unable to verify secret hash for client ${client.id}`);
  }
  if (given === undefined) {
    throw notAuthorized(
      `Client ${client.id} is configured with secret but SECRET_HASH was not received`,
    );
  }
  const { secret, id } = client;
  const stated = Buffer.from(given, "base64");
  const good = names.some((name) => {
    const right = createHmac("sha256", secret)
      .update(name + id)
      .digest();
    return stated.length === right.length && timingSafeEqual(stated, right);
  });
  if (!good) throw notAuthorized(`Unable to verify secret hash for client ${client.id}`);
}

function validity(
  input: Input,
  member: string,
  unit: string,
  otherwiseMs: number,
  [leastMs, mostMs]: readonly [number, number],
): number {
  const value: unknown = input[member];
  if (value === undefined || value === null || value === 0) return otherwiseMs;
  const ms = Number(value) * MS[oneOf(unit, "tokenValidityUnits", UNITS)];
  if (Number.isInteger(value) && ms >= leastMs && ms <= mostMs) return ms;
  throw bad(`Invalid range for token validity: ${member} is out of its range.`);
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const UNITS = ["seconds", "minutes", "hours", "days"] as const;
type Unit = (typeof UNITS)[number];
const MS: Record<Unit, number> = {
  seconds: 1000,
  minutes: MINUTE_MS,
  hours: HOUR_MS,
  days: DAY_MS,
};

const WAYS: Record<Way, readonly string[]> = {
  srp: ["ALLOW_USER_SRP_AUTH"],
  password: ["ALLOW_USER_PASSWORD_AUTH", "USER_PASSWORD_AUTH"],
  admin: ["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"],
  refresh: ["ALLOW_REFRESH_TOKEN_AUTH"],
};

export type Way = "srp" | "password" | "admin" | "refresh";

const FLOWS = [
  "ADMIN_NO_SRP_AUTH",
  "CUSTOM_AUTH_FLOW_ONLY",
  "USER_PASSWORD_AUTH",
  "ALLOW_ADMIN_USER_PASSWORD_AUTH",
  "ALLOW_CUSTOM_AUTH",
  "ALLOW_USER_AUTH",
  "ALLOW_USER_PASSWORD_AUTH",
  "ALLOW_USER_SRP_AUTH",
  "ALLOW_REFRESH_TOKEN_AUTH",
] as const;

const GIVEN = [
  "TokenValidityUnits",
  "RefreshTokenRotation",
  "SupportedIdentityProviders",
  "AllowedOAuthFlows",
  "AllowedOAuthFlowsUserPoolClient",
  "CallbackURLs",
  "LogoutURLs",
  "DefaultRedirectURI",
] as const satisfies ReadonlyArray<keyof UserPoolClientType>;
