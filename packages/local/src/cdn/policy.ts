import { Refusal } from "../kernel/refusal.ts";

/** What a signature opens, until when, and for whom. */
export interface Policy {
  /** with `*` and `?`; absent: every address of the distribution */
  resource?: string;
  /** seconds since 1970 */
  beforeS: number;
  afterS?: number;
  /** an address or a CIDR block */
  ip?: string;
}

/**
 * Reads the text of a custom policy: one statement, an end, perhaps a beginning and an IP block.
 * What it may not hold is refused, not passed over: a condition nobody checks is no condition.
 *
 * @throws Refusal `MalformedPolicy` 403
 */
export function readPolicy(text: string): Policy {
  const document = parse(text);
  const statements = isRecord(document) ? only(document, ["Statement"]).Statement : undefined;
  if (!Array.isArray(statements) || statements.length !== 1) throw malformed();
  const statement = only(statements[0], ["Resource", "Condition"]);
  const condition = only(statement.Condition, ["DateLessThan", "DateGreaterThan", "IpAddress"]);
  const { Resource: resource } = statement;
  if (resource !== undefined && typeof resource !== "string") throw malformed();
  const beforeS = moment(condition.DateLessThan);
  if (beforeS === undefined) throw malformed();
  const afterS = moment(condition.DateGreaterThan);
  const ip = condition.IpAddress && only(condition.IpAddress, ["AWS:SourceIp"])["AWS:SourceIp"];
  if (ip !== undefined && typeof ip !== "string") throw malformed();
  return {
    beforeS,
    ...(resource === undefined ? {} : { resource }),
    ...(afterS === undefined ? {} : { afterS }),
    ...(ip === undefined ? {} : { ip }),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed();
  }
}

function moment(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  const seconds = only(value, ["AWS:EpochTime"])["AWS:EpochTime"];
  if (!Number.isSafeInteger(seconds)) throw malformed();
  return Number(seconds);
}

function only(value: unknown, names: readonly string[]): Record<string, unknown> {
  if (!isRecord(value) || Object.keys(value).some((name) => !names.includes(name)))
    throw malformed();
  return value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function malformed(): Refusal {
  return new Refusal("MalformedPolicy", "Malformed Policy", { httpStatus: 403 });
}
