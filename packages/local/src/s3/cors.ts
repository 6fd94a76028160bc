import type { CORSRule } from "@aws-sdk/client-s3";
import { Refusal } from "../kernel/refusal.ts";
import { invalidRequest, malformedXml } from "./refusals.ts";

/** What a browser says of a request from another origin. */
export interface Crossing {
  origin: string;
  method: string;
  /** Lower case. */
  headers: string[];
}

/** The headers of the answer, of the first rule that lets the crossing pass. */
export function allow(
  rules: readonly CORSRule[],
  crossing: Crossing,
): Record<string, string> | undefined {
  for (const rule of rules) {
    const origin = rule.AllowedOrigins?.find((pattern) => like(pattern, crossing.origin));
    if (origin === undefined || !rule.AllowedMethods?.includes(crossing.method)) continue;
    const allowed = rule.AllowedHeaders ?? [];
    const passes = (header: string) =>
      allowed.some((pattern) => like(pattern.toLowerCase(), header));
    if (!crossing.headers.every(passes)) continue;
    return {
      "Access-Control-Allow-Origin": origin === "*" ? "*" : crossing.origin,
      "Access-Control-Allow-Methods": rule.AllowedMethods.join(", "),
      ...(crossing.headers.length
        ? { "Access-Control-Allow-Headers": crossing.headers.join(", ") }
        : {}),
      ...(rule.ExposeHeaders?.length
        ? { "Access-Control-Expose-Headers": rule.ExposeHeaders.join(", ") }
        : {}),
      ...(rule.MaxAgeSeconds === undefined
        ? {}
        : { "Access-Control-Max-Age": String(rule.MaxAgeSeconds) }),
      ...(origin === "*" ? {} : { "Access-Control-Allow-Credentials": "true" }),
      Vary: "Origin, Access-Control-Request-Headers, Access-Control-Request-Method",
    };
  }
  return undefined;
}

export function forbidden(method: string, kind: "BUCKET" | "OBJECT", enabled: boolean): Refusal {
  return new Refusal(
    "AccessForbidden",
    enabled
      ? "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec."
      : "CORSResponse: CORS is not enabled for this bucket.",
    { httpStatus: 403, about: { Method: method, ResourceType: kind } },
  );
}

/** @throws Refusal as S3 judges a configuration */
export function check(rules: CORSRule[] | undefined): CORSRule[] {
  if (!rules || rules.length === 0 || rules.length > 100) throw malformedXml();
  for (const rule of rules) {
    if (!rule.AllowedMethods?.length || !rule.AllowedOrigins?.length) throw malformedXml();
    const odd = rule.AllowedMethods.find((method) => !METHODS.includes(method));
    if (odd !== undefined) {
      throw invalidRequest(
        `Found unsupported HTTP method in CORS config. Unsupported method is ${odd}`,
      );
    }
    for (const [name, patterns] of [
      ["AllowedOrigin", rule.AllowedOrigins],
      ["AllowedHeader", rule.AllowedHeaders ?? []],
    ] as const) {
      const twice = patterns.find((pattern) => pattern.split("*").length > 2);
      if (twice !== undefined) {
        throw invalidRequest(`${name} "${twice}" can not have more than one wildcard.`);
      }
    }
  }
  return rules;
}

/** A pattern with at most one `*`. */
function like(pattern: string, text: string): boolean {
  const [before = "", behind] = pattern.split("*");
  if (behind === undefined) return pattern === text;
  return (
    text.length >= before.length + behind.length && text.startsWith(before) && text.endsWith(behind)
  );
}

const METHODS = ["GET", "PUT", "POST", "DELETE", "HEAD"];
