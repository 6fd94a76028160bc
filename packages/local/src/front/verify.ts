import { type KeyObject, timingSafeEqual } from "node:crypto";
import type { Caller, Iam } from "../kernel/caller.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { PayloadClaim } from "../kernel/service.ts";
import {
  canonicalRequest,
  hmac,
  onceEncoded,
  type Request,
  readQuery,
  sha256,
  signingKey,
  stringToSign,
  twiceEncoded,
} from "./canonical.ts";
import { type Family, refuse } from "./family.ts";
import { momentOf, type Signature } from "./signature.ts";

/** A signature found good. */
export interface Verified {
  caller: Caller;
  payload: PayloadClaim;
}

export interface Verifier {
  iam: Iam;
  region: string;
  now(): number;
}

/**
 * Verifies who signed a request, and what they say of its body.
 *
 * @param bodyHash the hash of the body, for services that may leave it out of the headers
 * @throws Refusal in the words of `family`
 */
export function verify(
  { iam, region, now }: Verifier,
  request: Request,
  signature: Signature,
  family: Family,
  bodyHash: string | undefined,
): Verified {
  const isGlobal = GLOBAL.has(signature.service) && signature.region === "us-east-1";
  if (signature.region !== region && !isGlobal) {
    throw refuse(
      family,
      "wrongRegion",
      `The authorization header is malformed; the region '${signature.region}' is wrong; expecting '${region}'`,
      family === "s3" ? { Region: region } : {},
    );
  }
  checkTime(signature, now(), family);
  checkHeaders(request, signature, family);
  const signer = find(iam, signature, family);
  const payloadHash = statedHash(request, signature, family) ?? bodyHash ?? sha256("");
  const key = signingKey(
    signer.secretAccessKey,
    signature.day,
    signature.region,
    signature.service,
  );
  const query = readQuery(request.rawQuery) ?? [];
  const paths =
    family === "s3"
      ? [request.rawPath, onceEncoded(request.rawPath)]
      : [twiceEncoded(request.rawPath)];
  const good = paths.some((path) => {
    if (path === undefined) return false;
    const canonical = canonicalRequest(request, path, query, signature.signedHeaders, payloadHash);
    const right = hmac(key, stringToSign(signature.amzDate, signature.scope, canonical));
    return timingSafeEqual(right, Buffer.from(signature.hex, "hex"));
  });
  if (!good) {
    throw refuse(
      family,
      "mismatch",
      "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
    );
  }
  return { caller: signer.caller, payload: claim(payloadHash, signature, key, family) };
}

/** Services of no region, whose clients sign for the first one. */
const GLOBAL = new Set(["cloudfront"]);

function find(iam: Iam, signature: Signature, family: Family) {
  const signer = seek(iam, signature, family);
  if (!signer) {
    throw refuse(
      family,
      "unknownKey",
      family === "s3"
        ? "The AWS Access Key Id you provided does not exist in our records."
        : "The security token included in the request is invalid.",
    );
  }
  const given = Buffer.from(sha256(signature.token ?? ""));
  if (!timingSafeEqual(given, Buffer.from(sha256(signer.sessionToken ?? "")))) {
    throw refuse(family, "badToken", "The security token included in the request is invalid.");
  }
  return signer;
}

function seek(iam: Iam, { accessKeyId, token }: Signature, family: Family) {
  try {
    return iam.signer(accessKeyId, token);
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== "ExpiredToken") throw error;
    throw refuse(family, "expiredToken", "The security token included in the request is expired");
  }
}

function checkTime(signature: Signature, now: number, family: Family): void {
  const signedAt = momentOf(signature.amzDate);
  if (signature.expiresS !== undefined) {
    if (!(now <= signedAt + signature.expiresS * 1000)) {
      throw refuse(family, "expired", "Request has expired");
    }
    if (signedAt > now + SKEW_MS) throw refuse(family, "expired", "Request is not valid yet");
  } else if (!(Math.abs(now - signedAt) <= SKEW_MS)) {
    throw refuse(
      family,
      "skewed",
      family === "s3"
        ? "The difference between the request time and the current time is too large."
        : `Signature ${signedAt < now ? "expired" : "not yet current"}: ${signature.amzDate} is more than 15 min from the server's time.`,
    );
  }
}

/** `host` is always signed, and so is every `x-amz-` header that is there. */
function checkHeaders(request: Request, signature: Signature, family: Family): void {
  const signed = new Set(signature.signedHeaders);
  const left = [...request.headers.keys()].filter(
    (name) => !signed.has(name) && (name === "host" || name.startsWith("x-amz-")),
  );
  if (left.length === 0 && signed.has("host")) return;
  throw refuse(
    family,
    "unsignedHeaders",
    "There were headers present in the request which were not signed",
    family === "s3" ? { HeadersNotSigned: left.join(", ") } : {},
  );
}

/** What the sender states about the body: a hash, or one of the words that stand for none. */
function statedHash(request: Request, signature: Signature, family: Family): string | undefined {
  const header = request.headers.get("x-amz-content-sha256")?.[0];
  if (family !== "s3") return header;
  if (signature.how === "header") {
    if (header === undefined) {
      throw new Refusal(
        "InvalidRequest",
        "Missing required header for this request: x-amz-content-sha256",
      );
    }
    return header;
  }
  const inQuery = readQuery(request.rawQuery)?.find(
    ([name]) => name.toLowerCase() === "x-amz-content-sha256",
  );
  return header ?? inQuery?.[1] ?? "UNSIGNED-PAYLOAD";
}

function claim(hash: string, signature: Signature, key: KeyObject, family: Family): PayloadClaim {
  if (/^[0-9a-f]{64}$/.test(hash)) return { kind: "sha256", hex: hash };
  if (family === "s3") {
    if (hash === "UNSIGNED-PAYLOAD") return { kind: "unsigned" };
    if (hash === "STREAMING-UNSIGNED-PAYLOAD-TRAILER") return { kind: "unsigned-trailer" };
    if (hash === CHUNKS || hash === `${CHUNKS}-TRAILER`) {
      return {
        kind: "signed-chunks",
        trailer: hash !== CHUNKS,
        seed: signature.hex,
        signingKey: key.export(),
        scope: signature.scope,
        amzDate: signature.amzDate,
      };
    }
  }
  throw new Refusal(
    family === "s3" ? "InvalidArgument" : "InvalidSignatureException",
    "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, one of the STREAMING values, or a valid sha256 value.",
  );
}

const CHUNKS = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";

/** How far a client's clock may be off. */
const SKEW_MS = 15 * 60_000;
