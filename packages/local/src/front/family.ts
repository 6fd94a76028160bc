import { Refusal } from "../kernel/refusal.ts";

/** The four ways in which AWS's services spell requests and errors. */
export type Family = "s3" | "json" | "rest-json" | "query";

/** What can be wrong before a service has seen the request. */
export type Trouble =
  | "missing"
  | "malformed"
  | "unsupported"
  | "unknownKey"
  | "badToken"
  | "expiredToken"
  | "mismatch"
  | "skewed"
  | "expired"
  | "unsignedHeaders"
  | "wrongRegion"
  | "badPayload"
  | "foreign"
  | "tooLarge"
  | "unreadable";

/** A trouble in the words of a family; each names and numbers it differently. */
export function refuse(
  family: Family,
  trouble: Trouble,
  message: string,
  about: Record<string, unknown> = {},
): Refusal {
  const [code, httpStatus] = names[trouble][family];
  return new Refusal(code, message, { httpStatus, about });
}

type Names = Record<Family, readonly [code: string, httpStatus: number]>;

const incomplete: Names = {
  s3: ["AuthorizationHeaderMalformed", 400],
  json: ["IncompleteSignatureException", 400],
  "rest-json": ["IncompleteSignatureException", 403],
  query: ["IncompleteSignature", 400],
};

const wrong: Names = {
  s3: ["SignatureDoesNotMatch", 403],
  json: ["InvalidSignatureException", 400],
  "rest-json": ["InvalidSignatureException", 403],
  query: ["SignatureDoesNotMatch", 403],
};

const unrecognized: Names = {
  s3: ["InvalidAccessKeyId", 403],
  json: ["UnrecognizedClientException", 400],
  "rest-json": ["UnrecognizedClientException", 403],
  query: ["InvalidClientTokenId", 403],
};

// Sources: the common errors page of each service's API reference; Amazon S3 API reference, error responses.
const names: Record<Trouble, Names> = {
  missing: {
    s3: ["AccessDenied", 403],
    json: ["MissingAuthenticationTokenException", 400],
    "rest-json": ["MissingAuthenticationTokenException", 403],
    query: ["MissingAuthenticationToken", 403],
  },
  malformed: incomplete,
  unsupported: { ...incomplete, s3: ["InvalidRequest", 400] },
  unknownKey: unrecognized,
  badToken: { ...unrecognized, s3: ["InvalidToken", 400] },
  expiredToken: {
    s3: ["ExpiredToken", 400],
    json: ["ExpiredTokenException", 400],
    "rest-json": ["ExpiredTokenException", 403],
    query: ["ExpiredToken", 403],
  },
  mismatch: wrong,
  skewed: { ...wrong, s3: ["RequestTimeTooSkewed", 403] },
  expired: { ...wrong, s3: ["AccessDenied", 403] },
  unsignedHeaders: { ...wrong, s3: ["AccessDenied", 403] },
  wrongRegion: { ...wrong, s3: ["AuthorizationHeaderMalformed", 400] },
  badPayload: { ...wrong, s3: ["XAmzContentSHA256Mismatch", 400] },
  foreign: {
    s3: ["AccessDenied", 403],
    json: ["AccessDeniedException", 403],
    "rest-json": ["AccessDeniedException", 403],
    query: ["AccessDenied", 403],
  },
  tooLarge: {
    s3: ["EntityTooLarge", 400],
    json: ["RequestEntityTooLargeException", 413],
    "rest-json": ["RequestTooLargeException", 413],
    query: ["RequestEntityTooLarge", 413],
  },
  unreadable: {
    s3: ["InvalidURI", 400],
    json: ["SerializationException", 400],
    "rest-json": ["InvalidRequestContentException", 400],
    query: ["MalformedInput", 400],
  },
};
