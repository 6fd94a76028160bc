import type { PolicyDocument, Statement } from "../kernel/caller.ts";
import { matches } from "../kernel/glob.ts";
import { checkConditions, holds } from "./condition.ts";
import type { Context } from "./context.ts";
import { fitsArn } from "./pattern.ts";

/** Who asks, as policies of resources see it. */
export interface Principal {
  kind: "root" | "role" | "service" | "anonymous";
  /** every ARN it goes by: a role's session has the role's, too */
  arns: readonly string[];
  accountId: string;
  /** such as `cloudfront.amazonaws.com` */
  service?: string;
}

export interface Question {
  action: string;
  resource: string;
  principal: Principal;
  context: Context;
}

/**
 * What a document says. `account` is a resource's policy that names only the caller's account: that
 * leaves it to the account's own policies.
 */
export type Verdict = "deny" | "allow" | "account" | "silent";

/** What an identity's own policy says: it names no principals. */
export function weighIdentity(document: PolicyDocument, question: Question): Verdict {
  return weigh(document, (statement) =>
    covers(statement, question) && acts(statement, question) ? "direct" : "no",
  );
}

/** What the policy of a bucket, queue, topic, key or function says. */
export function weighResource(document: PolicyDocument, question: Question): Verdict {
  return weigh(document, (statement) =>
    covers(statement, question) && acts(statement, question)
      ? names(statement, question.principal)
      : "no",
  );
}

/** What a role's trust policy says: it has no resources, the role is the resource. */
export function weighTrust(document: PolicyDocument, question: Question): Verdict {
  return weigh(document, (statement) =>
    acts(statement, question) ? names(statement, question.principal) : "no",
  );
}

/**
 * Refuses a document that could not be judged, before it is relied on.
 *
 * @throws NotPretended for a condition operator that does not exist
 */
export function checkPolicy(document: PolicyDocument): void {
  for (const statement of [document.Statement].flat()) checkConditions(statement.Condition);
}

type Reach = "no" | "account" | "direct";

function weigh(document: PolicyDocument, reach: (statement: Statement) => Reach): Verdict {
  let verdict: Verdict = "silent";
  for (const statement of [document.Statement].flat()) {
    const found = reach(statement);
    if (found === "no") continue;
    if (statement.Effect === "Deny") return "deny";
    if (statement.Effect !== "Allow") continue;
    if (found === "direct") verdict = "allow";
    else if (verdict === "silent") verdict = "account";
  }
  return verdict;
}

function acts(statement: Statement, { action, context }: Question): boolean {
  const fits = (pattern: string) => matches(pattern.toLowerCase(), action.toLowerCase());
  const named = statement.Action
    ? [statement.Action].flat().some(fits)
    : statement.NotAction !== undefined && ![statement.NotAction].flat().some(fits);
  return named && holds(statement.Condition, context);
}

function covers(statement: Statement, { resource, context }: Question): boolean {
  const fits = (pattern: string) => fitsArn(pattern, resource, context);
  if (statement.Resource) return [statement.Resource].flat().some(fits);
  return statement.NotResource !== undefined && ![statement.NotResource].flat().some(fits);
}

function names(statement: Statement, who: Principal): Reach {
  if (statement.Principal !== undefined) return reaches(statement.Principal, who);
  if (statement.NotPrincipal === undefined) return "no";
  return reaches(statement.NotPrincipal, who) === "no" ? "direct" : "no";
}

function reaches(principal: NonNullable<Statement["Principal"]>, who: Principal): Reach {
  if (principal === "*") return "direct";
  const aws = [principal.AWS ?? []].flat();
  const services = [principal.Service ?? []].flat();
  if (aws.includes("*")) return "direct";
  if (who.service !== undefined && services.includes(who.service)) return "direct";
  if (who.arns.some((arn) => aws.includes(arn))) return "direct";
  const account = [who.accountId, `arn:aws:iam::${who.accountId}:root`];
  const inAccount = who.kind === "root" || who.kind === "role";
  if (!inAccount || !aws.some((named) => account.includes(named))) return "no";
  return who.kind === "root" ? "direct" : "account";
}
