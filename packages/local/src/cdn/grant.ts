import { type KeyObject, verify } from "node:crypto";
import { within } from "../iam/condition.ts";
import { matches } from "../kernel/glob.ts";
import { Refusal } from "../kernel/refusal.ts";
import { type Policy, readPolicy } from "./policy.ts";
import { type SigningName, signingNames, type Viewer } from "./viewer.ts";

/**
 * Judges the signature of a request as CloudFront does.
 *
 * @param signers whose keys are trusted here, by key id
 * @throws Refusal 403 `MissingKey`, `InvalidKey`, `MalformedPolicy` or `AccessDenied`
 */
export function judge(
  viewer: Viewer,
  signers: ReadonlyMap<string, KeyObject>,
  nowMs: number,
): void {
  const given = viewer.signing.size > 0 ? viewer.signing : fromCookies(viewer);
  const keyId = single(given, "Key-Pair-Id");
  if (!keyId) throw denied("MissingKey", "Missing Key-Pair-Id query parameter or cookie value");
  const key = signers.get(keyId);
  if (!key) throw denied("InvalidKey", "Unknown Key");
  const policy = read(given, viewer.address);
  const digest = digests.get(single(given, "Hash-Algorithm") ?? "SHA1");
  const signature = unwrapped(single(given, "Signature"));
  if (!digest || !signature || !verify(digest, policy.signed, key, signature)) {
    throw denied("AccessDenied", "Access denied");
  }
  if (!opens(policy, viewer, nowMs / 1000)) throw denied("AccessDenied", "Access denied");
}

/** What was signed, and what it says. */
interface Signed extends Policy {
  signed: Buffer;
}

function read(given: Given, address: string): Signed {
  const custom = single(given, "Policy");
  if (custom !== undefined) {
    const signed = unwrapped(custom);
    if (!signed) throw malformed();
    return { signed, ...readPolicy(signed.toString()) };
  }
  const expires = single(given, "Expires");
  if (expires === undefined || !/^\d{1,12}$/.test(expires)) throw malformed();
  // The canned policy is not sent: it is made again, to the letter, from the address asked for.
  const text = `{"Statement":[{"Resource":"${address}","Condition":{"DateLessThan":{"AWS:EpochTime":${expires}}}}]}`;
  return { signed: Buffer.from(text), beforeS: Number(expires) };
}

function opens(policy: Policy, viewer: Viewer, nowS: number): boolean {
  const { resource, beforeS, afterS, ip } = policy;
  if (resource !== undefined && !matches(resource, viewer.address)) return false;
  if (!(nowS < beforeS) || (afterS !== undefined && !(nowS > afterS))) return false;
  return ip === undefined || within(viewer.ip, ip);
}

type Given = ReadonlyMap<SigningName, readonly string[]>;

function fromCookies(viewer: Viewer): Given {
  return new Map(
    signingNames.flatMap((name): Array<[SigningName, string[]]> => {
      const [first] = viewer.cookies.get(`CloudFront-${name}`) ?? [];
      return first === undefined ? [] : [[name, [first]]];
    }),
  );
}

/** @throws Refusal when a parameter is there twice: which one was meant is not ours to guess */
function single(given: Given, name: SigningName): string | undefined {
  const values = given.get(name) ?? [];
  if (values.length > 1) throw malformed();
  return values[0];
}

/** Base64 in the letters that addresses and cookies can carry. */
function unwrapped(text: string | undefined): Buffer | undefined {
  if (!text || !/^[A-Za-z0-9~_-]+$/.test(text)) return undefined;
  return Buffer.from(text.replaceAll("-", "+").replaceAll("_", "=").replaceAll("~", "/"), "base64");
}

const digests: ReadonlyMap<string, string> = new Map([
  ["SHA1", "sha1"],
  ["SHA256", "sha256"],
]);

const malformed = () => denied("MalformedPolicy", "Malformed Policy");

function denied(code: string, message: string): Refusal {
  return new Refusal(code, message, { httpStatus: 403 });
}
