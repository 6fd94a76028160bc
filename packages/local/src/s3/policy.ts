import { checkPolicy } from "../iam/policy.ts";
import type { PolicyDocument } from "../kernel/caller.ts";
import { Refusal } from "../kernel/refusal.ts";

/**
 * Reads a bucket's policy as it is put, so that every later request finds one that can be judged.
 *
 * @throws Refusal `MalformedPolicy`; NotPretended for a condition operator that is not known
 */
export function parse(text: unknown, bucket: string): PolicyDocument {
  const policy = readJson(text);
  const { Statement } = policy;
  if (Statement === undefined) throw malformed("Missing required field Statement");
  const statements = [Statement].flat();
  if (statements.length === 0) throw malformed("Could not parse the policy: Statement is empty!");
  for (const statement of statements) checkStatement(statement, bucket);
  const document = policy as unknown as PolicyDocument;
  checkPolicy(document);
  return document;
}

function readJson(text: unknown): Record<string, unknown> {
  let policy: unknown;
  try {
    policy = JSON.parse(String(text));
  } catch {
    policy = undefined;
  }
  if (isObject(policy)) return policy;
  throw malformed("Policies must be valid JSON and the first byte must be '{'");
}

function checkStatement(statement: unknown, bucket: string): void {
  if (!isObject(statement)) throw malformed("Could not parse the policy");
  const { Effect, Condition } = statement;
  if (Effect === undefined) throw malformed("Missing required field Effect");
  if (Effect !== "Allow" && Effect !== "Deny") throw malformed(`Invalid effect: ${Effect}`);
  const principal = one(statement, "Principal");
  const whole =
    principal === "*" || (isObject(principal) && Object.values(principal).every(isTexts));
  if (!whole) throw malformed("Invalid principal in policy");
  if (!isTexts(one(statement, "Action"))) throw malformed("Policy has invalid action");
  const resources = one(statement, "Resource");
  if (!isTexts(resources)) throw malformed("Policy has invalid resource");
  for (const resource of [resources].flat()) {
    if (!reaches(String(resource), bucket)) {
      throw malformed("Policy has invalid resource", { Detail: resource });
    }
  }
  if (Condition === undefined) return;
  const tests = isObject(Condition) ? Object.values(Condition) : [undefined];
  const good = tests.every((keys) => isObject(keys) && Object.values(keys).every(isValues));
  if (!good)
    throw malformed("Conditions do not apply to combination of actions and resources in statement");
}

/** A member or its opposite, one of which must be there. */
function one(statement: Record<string, unknown>, field: string): unknown {
  const found = statement[field] ?? statement[`Not${field}`];
  if (found === undefined) throw malformed(`Missing required field ${field}`);
  return found;
}

/** A resource is the bucket, what is in it, or a pattern that may reach it. */
function reaches(resource: string, bucket: string): boolean {
  const arn = `arn:aws:s3:::${bucket}`;
  const [fixed = ""] = resource.split(/[*?]/);
  if (resource === arn || resource.startsWith(`${arn}/`) || fixed.startsWith(`${arn}/`))
    return true;
  return fixed !== resource && (arn.startsWith(fixed) || fixed === arn);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): boolean {
  const all = [value].flat();
  return all.length > 0 && all.every((text) => typeof text === "string");
}

function isValues(value: unknown): boolean {
  return [value].flat().every((each) => ["string", "number", "boolean"].includes(typeof each));
}

function malformed(message: string, about: Record<string, unknown> = {}): Refusal {
  return new Refusal("MalformedPolicy", message, { about });
}
