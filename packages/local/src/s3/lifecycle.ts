import type {
  BucketLifecycleConfiguration,
  LifecycleRule,
  LifecycleRuleFilter,
  Tag,
} from "@aws-sdk/client-s3";
import { invalidArgument, invalidRequest, malformedXml } from "./refusals.ts";
import * as Setting from "./setting.ts";
import type { Shelf } from "./shelf.ts";
import type { Version } from "./version.ts";

/** What a rule looks at. */
export interface Subject {
  key: string;
  sizeBytes: number;
  tags: Tag[];
}

/**
 * Says when an object will expire, as the `x-amz-expiration` header does: the earliest of its rules.
 */
export function expiration(shelf: Shelf, version: Version): string | undefined {
  const rules = Setting.get(shelf, version.bucket, "lifecycle")?.Rules ?? [];
  const due = rules
    .filter((rule) => applies(rule, subject(version)))
    .flatMap((rule) => {
      const atMs = dueMs(rule, version.storedAtMs);
      return atMs === undefined ? [] : [{ atMs, id: rule.ID ?? "" }];
    })
    .sort((a, b) => a.atMs - b.atMs)[0];
  if (!due) return undefined;
  return `expiry-date="${new Date(due.atMs).toUTCString()}", rule-id="${encodeURIComponent(due.id)}"`;
}

export function subject(version: Version): Subject {
  return { key: version.key, sizeBytes: version.sizeBytes, tags: version.traits.tags };
}

/** Days count from the next midnight on, as S3 counts them. */
export function dueMs(rule: LifecycleRule, storedAtMs: number): number | undefined {
  const { Days, Date: date } = rule.Expiration ?? {};
  if (date) return date.getTime();
  return Days === undefined ? undefined : afterDays(storedAtMs, Days);
}

export function afterDays(fromMs: number, days: number): number {
  return Math.ceil((fromMs + days * DAY_MS) / DAY_MS) * DAY_MS;
}

export function applies(rule: LifecycleRule, to: Subject): boolean {
  if (rule.Status !== "Enabled") return false;
  const { Prefix, Tag: tag, ObjectSizeGreaterThan, ObjectSizeLessThan, And } = rule.Filter ?? {};
  const prefixes = [prefixOf(rule), Prefix, And?.Prefix];
  const tags = [...(tag ? [tag] : []), ...(And?.Tags ?? [])];
  const above = [ObjectSizeGreaterThan, And?.ObjectSizeGreaterThan];
  const below = [ObjectSizeLessThan, And?.ObjectSizeLessThan];
  return (
    prefixes.every((prefix) => prefix === undefined || to.key.startsWith(prefix)) &&
    tags.every((one) => to.tags.some((has) => has.Key === one.Key && has.Value === one.Value)) &&
    above.every((bytes) => bytes === undefined || to.sizeBytes > bytes) &&
    below.every((bytes) => bytes === undefined || to.sizeBytes < bytes)
  );
}

/** The rule's own prefix, which filters have replaced. */
function prefixOf(rule: LifecycleRule): string | undefined {
  return (rule as { Prefix?: string }).Prefix;
}

/** @throws Refusal as S3 judges a configuration */
export function check(configuration: BucketLifecycleConfiguration | undefined): LifecycleRule[] {
  const rules = configuration?.Rules;
  if (!rules || rules.length === 0 || rules.length > 1000) throw malformedXml();
  const ids = new Set<string>();
  return rules.map((rule, index) => {
    checkRule(rule);
    const ID = rule.ID || `rule-${index + 1}`;
    if (ids.has(ID)) {
      throw invalidArgument(
        "Rule ID must be unique. Found same ID for more than one rule",
        "ID",
        ID,
      );
    }
    if (ID.length > 255)
      throw invalidArgument("ID length should not exceed allowed limit of 255", "ID", ID);
    ids.add(ID);
    return { ...rule, ID };
  });
}

function checkRule(rule: LifecycleRule): void {
  if (rule.Status !== "Enabled" && rule.Status !== "Disabled") throw malformedXml();
  if (rule.Filter === undefined && prefixOf(rule) === undefined) throw malformedXml();
  if (rule.Filter) checkFilter(rule.Filter);
  const { Expiration, NoncurrentVersionExpiration } = rule;
  const actions = [
    Expiration,
    NoncurrentVersionExpiration,
    rule.AbortIncompleteMultipartUpload,
    rule.Transitions,
    rule.NoncurrentVersionTransitions,
  ];
  if (actions.every((action) => action === undefined)) throw malformedXml();
  if (NoncurrentVersionExpiration && !NoncurrentVersionExpiration.NoncurrentDays)
    throw malformedXml();
  if (!Expiration) return;
  const given = [Expiration.Date, Expiration.Days, Expiration.ExpiredObjectDeleteMarker];
  if (given.filter((one) => one !== undefined).length !== 1) throw malformedXml();
  if (
    Expiration.Days !== undefined &&
    !(Number.isInteger(Expiration.Days) && Expiration.Days > 0)
  ) {
    throw invalidArgument("'Days' for Expiration action must be a positive integer");
  }
  const date = Expiration.Date;
  if (date && date.getTime() % DAY_MS !== 0) {
    throw invalidArgument("'Date' must be at midnight GMT", "Date", date.toISOString());
  }
}

function checkFilter(filter: LifecycleRuleFilter): void {
  const given = Object.values(filter).filter((one) => one !== undefined);
  if (given.length > 1) throw malformedXml();
  if (!filter.And) return;
  const { Prefix, Tags, ObjectSizeGreaterThan, ObjectSizeLessThan } = filter.And;
  const keys = (Tags ?? []).map((tag) => tag.Key);
  if (new Set(keys).size < keys.length) throw invalidRequest("Duplicate Tag Keys are not allowed.");
  const parts = [Prefix, ObjectSizeGreaterThan, ObjectSizeLessThan].filter(
    (one) => one !== undefined,
  );
  if (parts.length + keys.length < 2) throw malformedXml();
}

const DAY_MS = 86_400_000;
