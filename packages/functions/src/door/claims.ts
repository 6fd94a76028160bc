import type * as Actor from "@rushes/core/actor";
import * as Config from "@rushes/core/config";
import { Problem } from "@rushes/core/problem";

/**
 * Who a token speaks for. Its signature, issuer, audience, age and scope were checked before.
 *
 * @param claims as an issuer says them, or as the gateway hands them on: every one a text
 * @throws Problem `TokenInvalid` for a token that is no access token, or names nobody
 */
export function actorOf(claims: Readonly<Record<string, unknown>>): Actor.Actor {
  const { sub, token_use: use } = claims;
  if (typeof sub !== "string" || sub === "") throw new Problem("TokenInvalid");
  if (use !== undefined && use !== "access") throw new Problem("TokenInvalid");
  return { sub, groups: groupsOf(claims[Config.accounts().groupsClaim]) };
}

/** A list, or a list as the gateway writes it: `[admin editor]`. A lone text is one group. */
function groupsOf(said: unknown): string[] {
  if (Array.isArray(said)) return said.filter((one) => typeof one === "string");
  if (typeof said !== "string") return [];
  const listed = /^\[(.*)\]$/s.exec(said)?.[1] ?? said;
  return (listed === said ? [said] : listed.split(" ")).filter((group) => group !== "");
}
