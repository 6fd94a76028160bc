import type { SchemaAttributeType } from "@aws-sdk/client-cognito-identity-provider";
import type { Input } from "../kernel/service.ts";
import { bad, notAuthorized, oneOf, required } from "./read.ts";

/** A pool's own attributes and what it changes of the standard ones, from CreateUserPool's `Schema`. */
export function readSchema(given: unknown): SchemaAttributeType[] {
  if (given === undefined || given === null) return [];
  if (!Array.isArray(given)) throw bad("Schema must be a list.");
  return (given as Input[]).map((one) => {
    const name = required(one, "Name", 20);
    const standard = STANDARD.has(name);
    if (!/^[\p{L}\p{M}\p{S}\p{N}\p{P}]+$/u.test(name)) throw bad(`Invalid attribute name ${name}.`);
    const kind = oneOf(one.AttributeDataType ?? "String", "AttributeDataType", KINDS);
    if (!standard && one.Required === true) {
      throw bad("Required custom attributes are not supported currently.");
    }
    const prefix = one.DeveloperOnlyAttribute === true ? "dev:custom:" : "custom:";
    return {
      Name: standard ? name : `${prefix}${name}`,
      AttributeDataType: kind,
      DeveloperOnlyAttribute: one.DeveloperOnlyAttribute === true,
      Mutable: one.Mutable !== false,
      Required: one.Required === true,
      ...(one.StringAttributeConstraints
        ? { StringAttributeConstraints: one.StringAttributeConstraints }
        : {}),
      ...(one.NumberAttributeConstraints
        ? { NumberAttributeConstraints: one.NumberAttributeConstraints }
        : {}),
    };
  });
}

/** All attributes of a pool, the standard ones included. */
export function attributeSchema(own: SchemaAttributeType[] = []): SchemaAttributeType[] {
  const changed = new Map(own.map((one) => [one.Name, one]));
  const standard = [...STANDARD].map(
    ([Name, AttributeDataType]): SchemaAttributeType => ({
      Name,
      AttributeDataType,
      DeveloperOnlyAttribute: false,
      Mutable: Name !== "sub",
      Required: Name === "sub",
      ...(changed.get(Name) ?? {}),
    }),
  );
  return [...standard, ...own.filter((one) => !STANDARD.has(one.Name ?? ""))];
}

/** Who sets attributes: an administrator may what no client may. */
export interface Writer {
  admin: boolean;
  /** what the client may write; undefined: what is standard */
  may?: readonly string[] | undefined;
  /** whether the user must have everything required now; a new one must */
  complete?: boolean;
}

/**
 * Checks attributes that are about to be set.
 *
 * @param before what the user has already; undefined for a new user, who must have what is required
 */
export function checkAttributes(
  schema: SchemaAttributeType[],
  wanted: ReadonlyMap<string, string>,
  before: Readonly<Record<string, string>> | undefined,
  writer: Writer,
): void {
  const known = new Map(attributeSchema(schema).map((one) => [one.Name ?? "", one]));
  for (const [name, value] of wanted) {
    const attribute = known.get(name);
    if (!attribute) {
      throw bad(
        `Attributes did not conform to the schema: Type for attribute {${name}} could not be determined`,
      );
    }
    if (
      !writer.admin &&
      (VERIFIED.has(name) || attribute.DeveloperOnlyAttribute || !isOpenTo(name, writer.may))
    ) {
      throw notAuthorized("A client attempted to write unauthorized attribute");
    }
    if (name === "sub") throw bad("Cannot modify the non-mutable attribute sub");
    if (before && !attribute.Mutable && before[name] !== value) {
      throw bad(`user.${name}: Attribute cannot be updated.\n`);
    }
    if (value !== "") checkValue(attribute, name, value);
  }
  const isWhole = writer.complete || !before;
  const lacking = [...known.values()].filter(
    ({ Name = "", Required }) =>
      Required &&
      Name !== "sub" &&
      (isWhole || wanted.has(Name)) &&
      !(wanted.get(Name) ?? before?.[Name]),
  );
  if (lacking.length > 0) {
    throw bad(
      `Attributes did not conform to the schema: ${lacking.map(({ Name }) => `${Name}: The attribute ${Name} is required\n`).join("")}`,
    );
  }
}

/** Attributes with new values; an address that changed is no longer a verified one. */
export function withChanges(
  before: Readonly<Record<string, string>>,
  wanted: ReadonlyMap<string, string>,
): Record<string, string> {
  const after: Record<string, string> = { ...before };
  for (const name of ["email", "phone_number"]) {
    const next = wanted.get(name);
    if (next !== undefined && next !== before[name]) after[`${name}_verified`] = "false";
  }
  for (const [name, value] of wanted) {
    if (value === "") delete after[name];
    else after[name] = value;
  }
  return after;
}

/** `a***@e***`: where a message went, as far as anybody is told. */
export function masked(email: string): string {
  const at = email.lastIndexOf("@");
  return `${email[0] ?? ""}***@${email[at + 1] ?? ""}***`;
}

export const isEmail = (text: string): boolean =>
  text.length <= 2048 && /^[^\s\p{C}@]+@[^\s\p{C}@.]+(?:\.[^\s\p{C}@.]+)*$/u.test(text);

export const isPhone = (text: string): boolean => /^\+\d{4,15}$/.test(text);

/** Whether a client that lists what it may touch, or lists nothing, may touch an attribute. */
export const isOpenTo = (name: string, listed: readonly string[] | undefined): boolean =>
  listed ? listed.includes(name) : STANDARD.has(name);

function checkValue(attribute: SchemaAttributeType, name: string, value: string): void {
  if (name === "email" && !isEmail(value)) throw bad("Invalid email address format.");
  if (name === "phone_number" && !isPhone(value)) throw bad("Invalid phone number format.");
  const wrong = (rule: string) =>
    bad(`Attributes did not conform to the schema: ${name}: ${rule}\n`);
  switch (attribute.AttributeDataType) {
    case "Boolean":
      if (value !== "true" && value !== "false") throw wrong("Attribute is not a boolean");
      return;
    case "Number": {
      if (!/^-?\d+$/.test(value)) throw wrong("Attribute is not a number");
      const { MinValue, MaxValue } = attribute.NumberAttributeConstraints ?? {};
      if (MinValue !== undefined && Number(value) < Number(MinValue)) {
        throw wrong(`Value should be greater than or equal to ${MinValue}`);
      }
      if (MaxValue !== undefined && Number(value) > Number(MaxValue)) {
        throw wrong(`Value should be less than or equal to ${MaxValue}`);
      }
      return;
    }
    default: {
      const { MinLength, MaxLength } = attribute.StringAttributeConstraints ?? {};
      if (MinLength !== undefined && value.length < Number(MinLength)) {
        throw wrong(`String must be longer than ${MinLength} characters`);
      }
      if (MaxLength !== undefined && value.length > Number(MaxLength)) {
        throw wrong(`String must be no longer than ${MaxLength} characters`);
      }
    }
  }
}

const KINDS = ["String", "Number", "DateTime", "Boolean"] as const;

const VERIFIED = new Set(["email_verified", "phone_number_verified"]);

// Source: Amazon Cognito developer guide, standard attributes.
const STANDARD: ReadonlyMap<string, (typeof KINDS)[number]> = new Map([
  ["sub", "String"],
  ["name", "String"],
  ["given_name", "String"],
  ["family_name", "String"],
  ["middle_name", "String"],
  ["nickname", "String"],
  ["preferred_username", "String"],
  ["profile", "String"],
  ["picture", "String"],
  ["website", "String"],
  ["email", "String"],
  ["email_verified", "Boolean"],
  ["gender", "String"],
  ["birthdate", "String"],
  ["zoneinfo", "String"],
  ["locale", "String"],
  ["phone_number", "String"],
  ["phone_number_verified", "Boolean"],
  ["address", "String"],
  ["updated_at", "Number"],
]);
