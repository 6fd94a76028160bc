import { checkPolicy } from "../iam/index.ts";
import type { PolicyDocument } from "../kernel/caller.ts";

/**
 * Reads a resource's policy, so that what cannot be judged is refused when it is set and not when
 * somebody comes.
 *
 * @returns undefined when the text is not a policy
 * @throws NotPretended for a condition operator that does not exist
 */
export function readPolicy(text: string): PolicyDocument | undefined {
  let document: PolicyDocument;
  try {
    document = JSON.parse(text) as PolicyDocument;
  } catch {
    return undefined;
  }
  if (typeof document !== "object" || document?.Statement === undefined) return undefined;
  const isPolicy = [document.Statement]
    .flat()
    .every(
      (statement) =>
        (statement?.Effect === "Allow" || statement?.Effect === "Deny") &&
        (statement.Principal !== undefined || statement.NotPrincipal !== undefined) &&
        (statement.Action !== undefined || statement.NotAction !== undefined),
    );
  if (!isPolicy) return undefined;
  checkPolicy(document);
  return document;
}
