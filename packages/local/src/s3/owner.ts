import { Refusal } from "../kernel/refusal.ts";
import { accessDenied } from "./refusals.ts";
import type { Shelf } from "./shelf.ts";

/**
 * Every operation may be told whose bucket the caller expects to find.
 *
 * @throws Refusal when the account is no account, or another's
 */
export function checkOwner(
  shelf: Shelf,
  input: { ExpectedBucketOwner?: unknown; ExpectedSourceBucketOwner?: unknown },
): void {
  for (const expected of [input.ExpectedBucketOwner, input.ExpectedSourceBucketOwner]) {
    if (expected === undefined) continue;
    if (!/^\d{12}$/.test(String(expected))) {
      throw new Refusal(
        "InvalidBucketOwnerAWSAccountID",
        `The value of the expected bucket owner parameter must be an AWS Account ID... [${expected}]`,
      );
    }
    if (expected !== shelf.cloud.accountId) throw accessDenied();
  }
}
