import { Refusal } from "../kernel/refusal.ts";
import { type Request, readQuery } from "./canonical.ts";
import { type Family, refuse } from "./family.ts";

/** A signature as its sender states it; nothing of it is verified yet. */
export interface Signature {
  how: "header" | "query";
  accessKeyId: string;
  /** the four fields of the credential scope */
  day: string;
  region: string;
  service: string;
  scope: string;
  /** `20261122T120000Z` */
  amzDate: string;
  signedHeaders: string[];
  hex: string;
  token: string | undefined;
  /** how long a presigned address is good, in seconds */
  expiresS?: number;
}

/** The service a request is signed for, before anything else is known of it; undefined when unsigned. */
export function serviceOf(request: Request): string | undefined {
  const header = request.headers.get("authorization")?.[0];
  const credential = header
    ? /Credential=([^,\s]+)/.exec(header)?.[1]
    : readQuery(request.rawQuery)?.find(([name]) => name === "X-Amz-Credential")?.[1];
  return credential?.split("/").at(-2);
}

/**
 * Reads the signature of a request.
 *
 * @returns undefined when there is none
 * @throws Refusal in the words of `family` when there is one that cannot be read
 */
export function readSignature(request: Request, family: Family): Signature | undefined {
  const header = request.headers.get("authorization");
  const query = readQuery(request.rawQuery);
  if (!query) throw refuse(family, "unreadable", "The query has a broken escape.");
  const inQuery = query.some(([name]) => PRESIGNED.has(name));
  if (query.some(([name]) => name === "AWSAccessKeyId")) throw unsupported(family);
  if (header && inQuery) {
    throw refuse(
      family,
      "unsupported",
      "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter or the Authorization header should be specified",
    );
  }
  if (header) return fromHeader(request, header, family);
  if (inQuery) return fromQuery(query, family);
  return undefined;
}

function fromHeader(request: Request, header: readonly string[], family: Family): Signature {
  const [text = ""] = header;
  if (header.length > 1 || !text.startsWith(`${ALGORITHM} `)) throw unsupported(family);
  const parts = new Map<string, string>();
  for (const part of text.slice(ALGORITHM.length + 1).split(",")) {
    const equals = part.indexOf("=");
    const name = part.slice(0, equals).trim();
    if (equals < 0 || parts.has(name)) throw malformed(family);
    parts.set(name, part.slice(equals + 1).trim());
  }
  const date = request.headers.get("x-amz-date")?.[0] ?? compact(request.headers.get("date")?.[0]);
  return {
    how: "header",
    ...readCredential(parts.get("Credential"), date, family),
    signedHeaders: readHeaders(parts.get("SignedHeaders"), family),
    hex: readHex(parts.get("Signature"), family),
    token: request.headers.get("x-amz-security-token")?.[0],
  };
}

function fromQuery(query: Array<[string, string]>, family: Family): Signature {
  const found = new Map<string, string>();
  for (const [name, value] of query) {
    if (!PRESIGNED.has(name)) continue;
    if (found.has(name)) throw badQuery(family, `The parameter ${name} is given more than once.`);
    found.set(name, value);
  }
  if (found.get("X-Amz-Algorithm") !== ALGORITHM) throw unsupported(family);
  const expiresS = Number(found.get("X-Amz-Expires") ?? Number.NaN);
  if (!Number.isInteger(expiresS) || expiresS < 1 || expiresS > MAX_EXPIRES_S) {
    throw badQuery(
      family,
      `X-Amz-Expires must be a whole number of seconds from 1 to ${MAX_EXPIRES_S}.`,
    );
  }
  return {
    how: "query",
    ...readCredential(found.get("X-Amz-Credential"), found.get("X-Amz-Date"), family),
    signedHeaders: readHeaders(found.get("X-Amz-SignedHeaders"), family),
    hex: readHex(found.get("X-Amz-Signature"), family),
    token: found.get("X-Amz-Security-Token"),
    expiresS,
  };
}

function readCredential(text: string | undefined, amzDate: string | undefined, family: Family) {
  // A key id holds no slash, so the scope is what follows the first one.
  const [accessKeyId = "", day = "", region = "", service = "", last, ...more] = (text ?? "").split(
    "/",
  );
  if (!accessKeyId || !/^\d{8}$/.test(day) || last !== "aws4_request" || more.length > 0) {
    throw malformed(
      family,
      "The credential is mal-formed; expecting <key>/YYYYMMDD/REGION/SERVICE/aws4_request.",
    );
  }
  if (!amzDate || !MOMENT.test(amzDate)) {
    throw malformed(family, "A valid date is required: X-Amz-Date as YYYYMMDDTHHMMSSZ, or Date.");
  }
  if (!amzDate.startsWith(day)) {
    throw malformed(
      family,
      `Invalid credential date "${day}". This date is not the same as X-Amz-Date: "${amzDate.slice(0, 8)}".`,
    );
  }
  return {
    accessKeyId,
    day,
    region,
    service,
    amzDate,
    scope: `${day}/${region}/${service}/aws4_request`,
  };
}

function readHeaders(text: string | undefined, family: Family): string[] {
  const names = (text ?? "").split(";");
  const inOrder = names.every((name, index) => name !== "" && name > (names[index - 1] ?? ""));
  if (!inOrder || names.some((name) => name !== name.toLowerCase())) {
    throw malformed(family, "SignedHeaders must be lower case, sorted and not empty.");
  }
  return names;
}

function readHex(text: string | undefined, family: Family): string {
  if (!text || !/^[0-9a-f]{64}$/.test(text))
    throw malformed(family, "The signature must be 64 hexadecimal digits.");
  return text;
}

/** Milliseconds since 1970 of `20261122T120000Z`. */
export function momentOf(amzDate: string): number {
  const [, year, month, day, hour, minute, second] = MOMENT.exec(amzDate) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

function compact(date: string | undefined): string | undefined {
  const ms = date === undefined ? Number.NaN : Date.parse(date);
  if (Number.isNaN(ms)) return undefined;
  return new Date(ms).toISOString().replace(/[-:]|\.\d+/g, "");
}

function unsupported(family: Family) {
  return refuse(
    family,
    "unsupported",
    "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.",
  );
}

function malformed(family: Family, message = "The authorization header is malformed.") {
  return refuse(family, "malformed", message);
}

function badQuery(family: Family, message: string) {
  const refusal = refuse(family, "malformed", message);
  return family === "s3" ? new Refusal("AuthorizationQueryParametersError", message) : refusal;
}

const ALGORITHM = "AWS4-HMAC-SHA256";
const MOMENT = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/;

/** Longest life of a presigned address: seven days. */
const MAX_EXPIRES_S = 604_800;

const PRESIGNED = new Set([
  "X-Amz-Algorithm",
  "X-Amz-Credential",
  "X-Amz-Date",
  "X-Amz-Expires",
  "X-Amz-SignedHeaders",
  "X-Amz-Signature",
  "X-Amz-Security-Token",
]);
