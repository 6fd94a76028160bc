import fc from "fast-check";
import { Webhook as Standard } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { newSecret, rotated, type Secret, signed } from "./secret.ts";

const DAY_MS = 24 * 3600 * 1000;
const [first] = [newSecret()];

function verifies({ value }: Secret, body: string, headers: Record<string, string>): boolean {
  try {
    new Standard(value).verify(body, headers);
    return true;
  } catch {
    return false;
  }
}

describe("a secret", () => {
  it("is as Standard Webhooks wants it, and never the same", () => {
    const secrets = Array.from({ length: 50 }, () => newSecret().value);
    expect(new Set(secrets).size).toBe(50);
    for (const secret of secrets) {
      const [, body = ""] = /^whsec_([A-Za-z0-9+/]+=*)$/.exec(secret) ?? [];
      const { length } = Buffer.from(body, "base64");
      expect(length).toBeGreaterThanOrEqual(24);
      expect(length).toBeLessThanOrEqual(64);
    }
  });

  it("signs what only who holds it can verify, to the letter", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (body) => {
        fc.pre(body.isWellFormed());
        const payload = JSON.stringify({ body });
        const headers = signed([first], "dlv_1", Date.now(), payload);
        expect(verifies(first, payload, headers)).toBe(true);
        expect(verifies(newSecret(), payload, headers)).toBe(false);
        expect(verifies(first, `${payload} `, headers)).toBe(false);
        expect(verifies(first, payload, { ...headers, "webhook-id": "dlv_2" })).toBe(false);
      }),
      { numRuns: 30 },
    );
  });

  it("that was rotated signs for a day beside the new one", () => {
    const rotatedAtMs = Date.now();
    const secrets = rotated([first], rotatedAtMs);
    const [second] = secrets as [Secret, ...Secret[]];
    const now = signed(secrets, "dlv_1", rotatedAtMs, "{}");
    expect(now["webhook-signature"]?.split(" ")).toHaveLength(2);
    expect([verifies(first, "{}", now), verifies(second, "{}", now)]).toEqual([true, true]);
    const later = signed(secrets, "dlv_1", rotatedAtMs + DAY_MS, "{}");
    expect(later["webhook-signature"]?.split(" ")).toHaveLength(1);
  });

  it("is kept no longer because others come after it, and not without end", () => {
    let secrets: Secret[] = [first];
    for (let hour = 0; hour < 30; hour += 1) secrets = rotated(secrets, hour * 3600 * 1000);
    expect(secrets).toHaveLength(5);
    expect(secrets.some(({ value }) => value === first.value)).toBe(false);
    expect(secrets.filter(({ untilMs }) => untilMs === undefined)).toHaveLength(1);
    expect(rotated(secrets, 100 * DAY_MS)).toHaveLength(2);
  });
});
