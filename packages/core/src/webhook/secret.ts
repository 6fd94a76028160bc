import { createHmac, randomBytes } from "node:crypto";

/** A secret an endpoint's deliveries are signed with. */
export interface Secret {
  /** `whsec_` and base64, as Standard Webhooks writes it. */
  value: string;
  /** Absent on the one that is told to people; the ones before are good for a while. */
  untilMs?: number;
}

export function newSecret(): Secret {
  return { value: `${PREFIX}${randomBytes(SECRET_BYTES).toString("base64")}` };
}

/** The secrets after a rotation: a new one, and those before it until everybody knows the new. */
export function rotated(secrets: Secret[], nowMs: number): Secret[] {
  const before = alive(secrets, nowMs).map(({ value, untilMs }) => ({
    value,
    untilMs: untilMs ?? nowMs + OVERLAP_MS,
  }));
  return [newSecret(), ...before.slice(0, MOST_BEFORE)];
}

export function alive(secrets: Secret[], nowMs: number): Secret[] {
  return secrets.filter(({ untilMs = Number.POSITIVE_INFINITY }) => untilMs > nowMs);
}

/**
 * The headers that prove where a delivery comes from.
 *
 * @param id the same however often it is sent
 * @param atMs the moment of this try
 */
export function signed(
  secrets: Secret[],
  id: string,
  atMs: number,
  body: string,
): Record<string, string> {
  const atS = Math.floor(atMs / 1000);
  const signatures = alive(secrets, atMs).map(({ value }) => {
    const key = Buffer.from(value.slice(PREFIX.length), "base64");
    return `v1,${createHmac("sha256", key).update(`${id}.${atS}.${body}`).digest("base64")}`;
  });
  return {
    "webhook-id": id,
    "webhook-timestamp": String(atS),
    "webhook-signature": signatures.join(" "),
  };
}

const PREFIX = "whsec_";
/** Between 24 and 64. Source: Standard Webhooks, signature scheme. */
const SECRET_BYTES = 32;
const OVERLAP_MS = 24 * 3600 * 1000;
/** Who rotates again and again within a day keeps the latest of them. */
const MOST_BEFORE = 4;
