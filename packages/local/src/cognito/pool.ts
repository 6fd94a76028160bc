import type { UserPoolType } from "@aws-sdk/client-cognito-identity-provider";
import { NotPretended } from "../kernel/refusal.ts";
import type { Input } from "../kernel/service.ts";
import { attributeSchema, readSchema } from "./attributes.ts";
import { type PasswordPolicy, readPasswordPolicy } from "./policy.ts";
import { bad, oneOf, optional, required, texts } from "./read.ts";
import type { PoolRow } from "./tables.ts";

/** What a pool was asked to be, in the members of the SDK, defaults filled in. */
export type PoolSettings = Pick<
  UserPoolType,
  | "AliasAttributes"
  | "UsernameAttributes"
  | "AutoVerifiedAttributes"
  | "SchemaAttributes"
  | "AccountRecoverySetting"
  | "UserPoolTags"
  | "DeletionProtection"
> & {
  PoolName: string;
  PasswordPolicy: PasswordPolicy;
  AdminCreateUserOnly: boolean;
  CaseSensitive: boolean;
  /** attributes that keep their old value until the new one is verified */
  VerifyBeforeUpdate: string[];
  Message: { subject: string; text: string };
  Invitation: { subject: string; text: string };
};

export interface Pool {
  id: string;
  /** what SRP hashes: the id after its region */
  shortId: string;
  settings: PoolSettings;
  row: PoolRow;
}

export function poolOf(row: PoolRow): Pool {
  return {
    id: row.id,
    shortId: row.id.slice(row.id.indexOf("_") + 1),
    settings: JSON.parse(row.settings) as PoolSettings,
    row,
  };
}

/**
 * Reads CreateUserPool's and UpdateUserPool's input.
 *
 * @param before the pool as it is: what may not change is taken from it
 * @throws NotPretended by name for what no laptop does: MFA, triggers, SMS, threat protection
 */
export function readSettings(input: Input, before?: PoolSettings): PoolSettings {
  refuseUnpretended(input);
  const template = input.VerificationMessageTemplate ?? {};
  const invitation = input.AdminCreateUserConfig?.InviteMessageTemplate ?? {};
  const aliases = names(input, "AliasAttributes", ["email", "phone_number", "preferred_username"]);
  const usernames = names(input, "UsernameAttributes", ["email", "phone_number"]);
  if (aliases.length && usernames.length) {
    throw bad("Only one of the aliasAttributes or usernameAttributes can be set in a user pool.");
  }
  return {
    PoolName: before
      ? (optional(input, "PoolName", 128) ?? before.PoolName)
      : required(input, "PoolName", 128),
    PasswordPolicy: readPasswordPolicy(input.Policies?.PasswordPolicy, input.AdminCreateUserConfig),
    AdminCreateUserOnly: input.AdminCreateUserConfig?.AllowAdminCreateUserOnly === true,
    AliasAttributes: before?.AliasAttributes ?? aliases,
    UsernameAttributes: before?.UsernameAttributes ?? usernames,
    CaseSensitive: before?.CaseSensitive ?? input.UsernameConfiguration?.CaseSensitive === true,
    SchemaAttributes: before?.SchemaAttributes ?? readSchema(input.Schema),
    AutoVerifiedAttributes: names(input, "AutoVerifiedAttributes", ["email"]),
    VerifyBeforeUpdate: texts(
      input.UserAttributeUpdateSettings,
      "AttributesRequireVerificationBeforeUpdate",
    ),
    AccountRecoverySetting: input.AccountRecoverySetting ?? {
      RecoveryMechanisms: [{ Name: "verified_email", Priority: 1 }],
    },
    UserPoolTags: input.UserPoolTags ?? {},
    DeletionProtection: input.DeletionProtection ?? "INACTIVE",
    Message: {
      subject: template.EmailSubject ?? input.EmailVerificationSubject ?? "Your verification code",
      text: withPlace(
        template.EmailMessage ??
          input.EmailVerificationMessage ??
          "Your verification code is {####}.",
        "{####}",
      ),
    },
    Invitation: {
      subject: invitation.EmailSubject ?? "Your temporary password",
      text: withPlace(
        invitation.EmailMessage ?? "Your username is {username} and temporary password is {####}.",
        "{####}",
      ),
    },
  };
}

/** A pool as DescribeUserPool shows it. */
export function shown(pool: Pool, arn: string, users: number): UserPoolType {
  const { settings, row } = pool;
  const { TemporaryPasswordValidityDays } = settings.PasswordPolicy;
  return {
    Id: pool.id,
    Name: settings.PoolName,
    Arn: arn,
    Policies: { PasswordPolicy: settings.PasswordPolicy },
    DeletionProtection: settings.DeletionProtection,
    LambdaConfig: {},
    LastModifiedDate: new Date(row.changed_ms),
    CreationDate: new Date(row.created_ms),
    SchemaAttributes: attributeSchema(settings.SchemaAttributes),
    AutoVerifiedAttributes: settings.AutoVerifiedAttributes,
    AliasAttributes: settings.AliasAttributes,
    UsernameAttributes: settings.UsernameAttributes,
    EmailVerificationMessage: settings.Message.text,
    EmailVerificationSubject: settings.Message.subject,
    VerificationMessageTemplate: {
      DefaultEmailOption: "CONFIRM_WITH_CODE",
      EmailMessage: settings.Message.text,
      EmailSubject: settings.Message.subject,
    },
    UserAttributeUpdateSettings: {
      AttributesRequireVerificationBeforeUpdate: settings.VerifyBeforeUpdate as "email"[],
    },
    MfaConfiguration: "OFF",
    EstimatedNumberOfUsers: users,
    EmailConfiguration: { EmailSendingAccount: "COGNITO_DEFAULT" },
    UserPoolTags: settings.UserPoolTags,
    AdminCreateUserConfig: {
      AllowAdminCreateUserOnly: settings.AdminCreateUserOnly,
      UnusedAccountValidityDays: TemporaryPasswordValidityDays,
    },
    UsernameConfiguration: { CaseSensitive: settings.CaseSensitive },
    AccountRecoverySetting: settings.AccountRecoverySetting,
    UserPoolTier: "ESSENTIALS",
  };
}

function names<const T extends string>(input: Input, member: string, set: readonly T[]): T[] {
  const wanted = texts(input, member);
  if (member === "AutoVerifiedAttributes" && wanted.includes("phone_number")) {
    throw new NotPretended({ service: "cognito-idp", action: "messages by SMS" });
  }
  return wanted.map((name) => oneOf(name, member, set));
}

function withPlace(text: string, place: string): string {
  if (typeof text === "string" && text.includes(place)) return text;
  throw bad(`The message must contain ${place}.`);
}

function refuseUnpretended(input: Input): void {
  const refusals: Array<[boolean, string]> = [
    [(input.MfaConfiguration ?? "OFF") !== "OFF", "MFA"],
    [Object.keys(input.LambdaConfig ?? {}).length > 0, "Lambda triggers"],
    [(input.UserPoolAddOns?.AdvancedSecurityMode ?? "OFF") !== "OFF", "threat protection"],
    [input.DeviceConfiguration != null, "remembered devices"],
    [
      texts(input.Policies?.SignInPolicy, "AllowedFirstAuthFactors").some(
        (factor) => factor !== "PASSWORD",
      ),
      "passkeys and one-time passwords",
    ],
    [
      input.VerificationMessageTemplate?.DefaultEmailOption === "CONFIRM_WITH_LINK",
      "confirmation by link",
    ],
    [(input.Policies?.PasswordPolicy?.PasswordHistorySize ?? 0) > 0, "password history"],
  ];
  const refused = refusals.find(([asked]) => asked);
  if (refused) throw new NotPretended({ service: "cognito-idp", action: refused[1] });
}
