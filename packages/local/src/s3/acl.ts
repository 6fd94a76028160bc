import type { AccessControlPolicy, Grant } from "@aws-sdk/client-s3";
import { Refusal } from "../kernel/refusal.ts";
import { invalidArgument, invalidRequest } from "./refusals.ts";

/** The ways a request may state an ACL. One of them, never two. */
export interface AclInput {
  ACL?: string | undefined;
  AccessControlPolicy?: AccessControlPolicy | undefined;
  GrantFullControl?: string | undefined;
  GrantRead?: string | undefined;
  GrantReadACP?: string | undefined;
  GrantWrite?: string | undefined;
  GrantWriteACP?: string | undefined;
}

/**
 * Reads an ACL as S3 does and lets pass only what says nothing new: the owner may everything.
 * Buckets here are BucketOwnerEnforced, so others are let in by policy alone.
 *
 * @throws Refusal for what is malformed, `AccessControlListNotSupported` for what would open
 */
export function check(input: AclInput, ownerId: string): void {
  const grants = HEADERS.flatMap(([member, header]) => {
    const text = input[member];
    return text === undefined ? [] : [{ header, text }];
  });
  const { ACL, AccessControlPolicy: document } = input;
  if (ACL !== undefined && grants.length) {
    throw invalidRequest("Specifying both Canned ACLs and Header Grants is not allowed");
  }
  if (document && (ACL !== undefined || grants.length)) {
    throw new Refusal("UnexpectedContent", "This request does not support content");
  }
  if (ACL !== undefined) checkCanned(ACL);
  else if (document) checkDocument(document, ownerId);
  else if (grants.length) {
    for (const { header, text } of grants) checkHeader(header, text);
    throw aclsOff();
  } else {
    throw new Refusal("MissingSecurityHeader", "Your request was missing a required header", {
      about: { MissingHeaderName: "x-amz-acl" },
    });
  }
}

/** The owner's own ACLs change nothing; others are refused. */
export function checkCanned(acl: string): void {
  if (acl === "private" || acl === "bucket-owner-full-control") return;
  if (!CANNED.includes(acl)) throw invalidArgument("", "x-amz-acl", acl);
  throw aclsOff();
}

/** `uri="...", id="..."`: who is granted something. */
function checkHeader(header: string, text: string): void {
  for (const grantee of text.split(",")) {
    const [, kind = "", value = ""] = /^\s*(\w+)\s*=\s*"?([^"]*)"?\s*$/.exec(grantee) ?? [];
    if (kind === "uri") {
      if (!GROUPS.includes(value)) throw invalidArgument("Invalid group uri", "uri", value);
    } else if (kind === "id") {
      if (!isUserId(value)) throw invalidArgument("Invalid id", "id", value);
    } else if (kind !== "emailAddress") {
      throw invalidArgument("Argument format not recognized", header, text);
    }
  }
}

function checkDocument({ Owner, Grants }: AccessControlPolicy, ownerId: string): void {
  if (!Owner?.ID || !Grants) throw malformed();
  if (Owner.ID !== ownerId) throw invalidArgument("Invalid id", "CanonicalUser/ID", Owner.ID);
  for (const grant of Grants) checkGrant(grant);
  const [only] = Grants;
  const unchanged = Grants.length === 1 && only?.Grantee?.ID === ownerId;
  if (!unchanged || only?.Permission !== "FULL_CONTROL") throw aclsOff();
}

function checkGrant({ Grantee, Permission }: Grant): void {
  if (!PERMISSIONS.includes(Permission ?? "")) throw malformed();
  switch (Grantee?.Type) {
    case "Group":
      if (GROUPS.includes(Grantee.URI ?? "")) return;
      throw invalidArgument("Invalid group uri", "Group/URI", Grantee.URI ?? "");
    case "CanonicalUser":
      if (isUserId(Grantee.ID ?? "")) return;
      throw invalidArgument("Invalid id", "CanonicalUser/ID", Grantee.ID ?? "");
    case "AmazonCustomerByEmail":
      return;
    default:
      throw malformed();
  }
}

function isUserId(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

function malformed(): Refusal {
  return new Refusal(
    "MalformedACLError",
    "The XML you provided was not well-formed or did not validate against our published schema",
  );
}

function aclsOff(): Refusal {
  return new Refusal("AccessControlListNotSupported", "The bucket does not allow ACLs");
}

const HEADERS = [
  ["GrantFullControl", "x-amz-grant-full-control"],
  ["GrantRead", "x-amz-grant-read"],
  ["GrantReadACP", "x-amz-grant-read-acp"],
  ["GrantWrite", "x-amz-grant-write"],
  ["GrantWriteACP", "x-amz-grant-write-acp"],
] as const;

const CANNED = [
  "private",
  "public-read",
  "public-read-write",
  "authenticated-read",
  "aws-exec-read",
  "bucket-owner-read",
  "bucket-owner-full-control",
  "log-delivery-write",
];

const GROUPS = [
  "http://acs.amazonaws.com/groups/global/AllUsers",
  "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
  "http://acs.amazonaws.com/groups/s3/LogDelivery",
];

const PERMISSIONS = ["FULL_CONTROL", "READ", "WRITE", "READ_ACP", "WRITE_ACP"];
