import { Refusal } from "../kernel/refusal.ts";
import type { Input } from "../kernel/service.ts";
import { constraint, count } from "./read.ts";

/** What a password must have. */
export interface PasswordPolicy {
  MinimumLength: number;
  RequireUppercase: boolean;
  RequireLowercase: boolean;
  RequireNumbers: boolean;
  RequireSymbols: boolean;
  TemporaryPasswordValidityDays: number;
}

/** Reads a pool's policy; a pool without one has AWS's: eight characters of all four kinds. */
export function readPasswordPolicy(given: Input, admin: Input): PasswordPolicy {
  const needs = (member: string) => (given == null ? true : given[member] === true);
  const days = given?.TemporaryPasswordValidityDays ?? admin?.UnusedAccountValidityDays;
  return {
    MinimumLength: count(given, "MinimumLength", { least: 6, most: 99, otherwise: 8 }),
    RequireUppercase: needs("RequireUppercase"),
    RequireLowercase: needs("RequireLowercase"),
    RequireNumbers: needs("RequireNumbers"),
    RequireSymbols: needs("RequireSymbols"),
    TemporaryPasswordValidityDays:
      count({ days: days ?? 7 }, "days", { least: 0, most: 365, otherwise: 7 }) || 7,
  };
}

/** @throws Refusal in AWS's sentence for the first thing that a password lacks */
export function checkPassword(password: string, policy: PasswordPolicy): void {
  if (password.length > 256) {
    throw constraint(undefined, "password", "Member must have length less than or equal to 256");
  }
  if (!/^\S+.*\S+$/s.test(password)) {
    throw constraint(
      undefined,
      "password",
      "Member must satisfy regular expression pattern: ^[\\S]+.*[\\S]+$",
    );
  }
  const lacks = (what: string) =>
    new Refusal("InvalidPasswordException", `Password did not conform with policy: ${what}`);
  if (password.length < policy.MinimumLength) throw lacks("Password not long enough");
  for (const [member, pattern, kind] of KINDS) {
    if (policy[member] && !pattern.test(password))
      throw lacks(`Password must have ${kind} characters`);
  }
}

// Source: Amazon Cognito developer guide, password requirements; a blank within counts as a symbol.
const KINDS = [
  ["RequireNumbers", /[0-9]/, "numeric"],
  ["RequireLowercase", /[a-z]/, "lowercase"],
  ["RequireUppercase", /[A-Z]/, "uppercase"],
  ["RequireSymbols", /[\^$*.[\]{}()?"!@#%&/\\,><':;|_~`=+\- ]/, "symbol"],
] as const;
