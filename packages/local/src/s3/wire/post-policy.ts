import { createHmac, timingSafeEqual } from "node:crypto";
import type { Caller, Iam } from "../../kernel/caller.ts";
import { Refusal } from "../../kernel/refusal.ts";
import { accessDenied, invalidArgument } from "../refusals.ts";

/** What a signed form lets pass, as far as it is not decided yet: the size of the file. */
export interface Granted {
  caller: Caller;
  minBytes: number;
  maxBytes: number;
}

/**
 * Verifies a form: expiry, signature, every condition, and that no field goes unnamed.
 *
 * @param fields lower case names, with `bucket` and `key` as they will be used
 * @throws Refusal `AccessDenied`, `SignatureDoesNotMatch`, `InvalidPolicyDocument` ...
 */
export function verify(
  iam: Iam,
  fields: ReadonlyMap<string, string>,
  nowMs: number,
  region: string,
): Granted {
  const text = fields.get("policy");
  const policy = readPolicy(text ?? "");
  const expiresMs = Date.parse(policy.expiration);
  if (!(expiresMs > nowMs)) throw accessDenied("Invalid according to Policy: Policy expired.");
  const caller = verifySignature(iam, fields, text ?? "", region);
  const bounds = { minBytes: 0, maxBytes: Number.MAX_SAFE_INTEGER };
  const named = new Set<string>();
  for (const condition of policy.conditions) {
    const range = readRange(condition);
    if (range) Object.assign(bounds, range);
    else checkCondition(condition, fields, named);
  }
  for (const name of fields.keys()) {
    if (named.has(name) || UNNAMED.has(name) || name.startsWith("x-ignore-")) continue;
    throw accessDenied(`Invalid according to Policy: Extra input fields: ${name}`);
  }
  return { caller, ...bounds };
}

interface Policy {
  expiration: string;
  conditions: unknown[];
}

function readPolicy(text: string): Policy {
  const invalid = (message: string) =>
    new Refusal("InvalidPolicyDocument", `Invalid Policy: ${message}`);
  let policy: Partial<Policy> | null;
  try {
    policy = JSON.parse(Buffer.from(text, "base64").toString()) as Partial<Policy> | null;
  } catch {
    throw invalid("Invalid JSON.");
  }
  if (typeof policy?.expiration !== "string" || Number.isNaN(Date.parse(policy.expiration))) {
    throw invalid("Policy missing expiration.");
  }
  if (!Array.isArray(policy.conditions)) throw invalid("Policy missing conditions.");
  return { expiration: policy.expiration, conditions: policy.conditions };
}

/** The base64 text of the policy is the string to sign. */
function verifySignature(
  iam: Iam,
  fields: ReadonlyMap<string, string>,
  policy: string,
  region: string,
): Caller {
  const credential = fields.get("x-amz-credential") ?? "";
  if (fields.get("x-amz-algorithm") !== "AWS4-HMAC-SHA256") {
    throw invalidArgument(
      "Only AWS4-HMAC-SHA256 is supported",
      "x-amz-algorithm",
      fields.get("x-amz-algorithm") ?? "",
    );
  }
  const [, keyId = "", day = "", place = "", service = ""] =
    /^(.+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request$/.exec(credential) ?? [];
  if (service !== "s3" || place !== region || !fields.get("x-amz-date")?.startsWith(day) || !day) {
    throw invalidArgument("The Credential is mal-formed.", "x-amz-credential", credential);
  }
  const token = fields.get("x-amz-security-token");
  const signer = iam.signer(keyId, token);
  if (!signer) {
    throw new Refusal(
      "InvalidAccessKeyId",
      "The AWS Access Key Id you provided does not exist in our records.",
      { httpStatus: 403 },
    );
  }
  if (!same(token ?? "", signer.sessionToken ?? "")) {
    throw new Refusal("InvalidToken", "The provided token is malformed or otherwise invalid.");
  }
  const key = [day, place, service, "aws4_request"].reduce<Buffer>(
    (secret, part) => createHmac("sha256", secret).update(part).digest(),
    Buffer.from(`AWS4${signer.secretAccessKey}`),
  );
  const right = createHmac("sha256", key).update(policy).digest("hex");
  if (!same(right, fields.get("x-amz-signature") ?? "")) {
    throw new Refusal(
      "SignatureDoesNotMatch",
      "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
      { httpStatus: 403 },
    );
  }
  return signer.caller;
}

function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function readRange(condition: unknown): { minBytes: number; maxBytes: number } | undefined {
  if (!Array.isArray(condition) || String(condition[0]).toLowerCase() !== "content-length-range") {
    return undefined;
  }
  const [minBytes, maxBytes] = [Number(condition[1]), Number(condition[2])];
  if (!(Number.isInteger(minBytes) && Number.isInteger(maxBytes) && minBytes <= maxBytes)) {
    throw new Refusal("InvalidPolicyDocument", "Invalid Policy: Invalid content-length-range.");
  }
  return { minBytes, maxBytes };
}

/** `{"name": "value"}`, `["eq", "$name", "value"]` or `["starts-with", "$name", "prefix"]`. */
function checkCondition(
  condition: unknown,
  fields: ReadonlyMap<string, string>,
  named: Set<string>,
): void {
  const tests: Array<[kind: string, name: string, wanted: string]> = Array.isArray(condition)
    ? [
        [
          String(condition[0]).toLowerCase(),
          String(condition[1]).replace(/^\$/, ""),
          String(condition[2]),
        ],
      ]
    : Object.entries((condition ?? {}) as object).map(([name, wanted]) => [
        "eq",
        name,
        String(wanted),
      ]);
  for (const [kind, rawName, wanted] of tests) {
    const name = rawName.toLowerCase();
    named.add(name);
    const value = fields.get(name) ?? "";
    const holds =
      kind === "eq"
        ? value === wanted
        : kind === "starts-with" &&
          // Of a content type, every one of a list must fit.
          (name === "content-type" ? value.split(",") : [value]).every((one) =>
            one.startsWith(wanted),
          );
    if (!holds) {
      throw accessDenied(
        `Invalid according to Policy: Policy Condition failed: ${JSON.stringify(condition)}`,
      );
    }
  }
}

const UNNAMED = new Set(["x-amz-signature", "policy", "file", "bucket"]);
