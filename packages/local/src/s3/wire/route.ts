import { NotPretended, Refusal } from "../../kernel/refusal.ts";
import { ROUTES, type Route } from "./routes.ts";

export type { Route } from "./routes.ts";

/**
 * Finds the operation a request means.
 *
 * @throws Refusal `NotImplemented`, naming the operation, for what AWS has and this machine has not
 */
export function find(
  method: string,
  on: Route["on"],
  query: URLSearchParams,
  header: (name: string) => string | undefined,
): Route {
  const refused = REFUSED.find(([name]) => query.has(name));
  if (refused) {
    const verb = VERBS[method] ?? method;
    throw new NotPretended({ service: "s3", action: `${verb}${refused[1]} (?${refused[0]})` });
  }
  const found = ROUTES.find(
    (route) =>
      route.method === method &&
      route.on === on &&
      (route.query === undefined || query.has(route.query)) &&
      (route.header === undefined || header(route.header) !== undefined),
  );
  // An address that names a sub-resource never means the object or bucket itself.
  const named = SUBRESOURCES.find((name) => query.has(name));
  if (found && (named === undefined || found.query !== undefined)) return found;
  throw new Refusal(
    "MethodNotAllowed",
    "The specified method is not allowed against this resource.",
    {
      httpStatus: 405,
      about: { Method: method, ResourceType: named?.toUpperCase() ?? on.toUpperCase() },
    },
  );
}

const SUBRESOURCES = [
  "acl",
  "attributes",
  "cors",
  "delete",
  "encryption",
  "lifecycle",
  "location",
  "notification",
  "ownershipControls",
  "policy",
  "policyStatus",
  "publicAccessBlock",
  "tagging",
  "uploads",
  "versioning",
  "versions",
];

const VERBS: Record<string, string> = {
  GET: "Get",
  PUT: "Put",
  DELETE: "Delete",
  POST: "Post",
  HEAD: "Head",
};

/** Sub-resources of AWS's S3 that are refused, with the rest of the operation's name. */
const REFUSED: Array<[query: string, noun: string]> = [
  ["abac", "BucketAbac"],
  ["accelerate", "BucketAccelerateConfiguration"],
  ["analytics", "BucketAnalyticsConfiguration"],
  ["append", "ObjectAppend"],
  ["intelligent-tiering", "BucketIntelligentTieringConfiguration"],
  ["inventory", "BucketInventoryConfiguration"],
  ["legal-hold", "ObjectLegalHold"],
  ["logging", "BucketLogging"],
  ["metadataConfiguration", "BucketMetadataConfiguration"],
  ["metadataInventoryTable", "BucketMetadataInventoryTableConfiguration"],
  ["metadataJournalTable", "BucketMetadataJournalTableConfiguration"],
  ["metadataTable", "BucketMetadataTableConfiguration"],
  ["metrics", "BucketMetricsConfiguration"],
  ["object-lock", "ObjectLockConfiguration"],
  ["renameObject", "ObjectRename"],
  ["replication", "BucketReplication"],
  ["requestPayment", "BucketRequestPayment"],
  ["restore", "ObjectRestore"],
  ["retention", "ObjectRetention"],
  ["select", "ObjectSelect"],
  ["session", "Session"],
  ["torrent", "ObjectTorrent"],
  ["website", "BucketWebsite"],
];
