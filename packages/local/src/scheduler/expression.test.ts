import { describe, expect, it } from "vitest";
import { readExpression } from "./expression.ts";

const from = Date.UTC(2026, 10, 22, 9, 41, 7);

describe("the next time", () => {
  it.each([
    ["rate(1 minute)", "UTC", "2026-11-22T09:42:07Z"],
    ["rate(5 minutes)", "UTC", "2026-11-22T09:46:07Z"],
    ["rate(2 days)", "UTC", "2026-11-24T09:41:07Z"],
    ["cron(0/15 * * * ? *)", "UTC", "2026-11-22T09:45:00Z"],
    ["cron(50/5 9 * * ? *)", "UTC", "2026-11-22T09:50:00Z"],
    ["cron(0 8 ? * MON-FRI *)", "UTC", "2026-11-23T08:00:00Z"],
    ["cron(0 8 ? * 1 *)", "UTC", "2026-11-29T08:00:00Z"],
    ["cron(0 8 ? * 2#1 *)", "UTC", "2026-12-07T08:00:00Z"],
    ["cron(0 8 ? * 6L *)", "UTC", "2026-11-27T08:00:00Z"],
    ["cron(0 8 ? * FRIL *)", "UTC", "2026-11-27T08:00:00Z"],
    ["cron(0 8 ? * L *)", "UTC", "2026-11-28T08:00:00Z"],
    ["cron(0 8 L * ? *)", "UTC", "2026-11-30T08:00:00Z"],
    ["cron(0 8 28W * ? *)", "UTC", "2026-11-27T08:00:00Z"],
    ["cron(15 12 * JAN,JUL ? *)", "UTC", "2027-01-01T12:15:00Z"],
    ["cron(0 10 * * ? 2028-2030)", "UTC", "2028-01-01T10:00:00Z"],
    ["cron(0 8 * * ? *)", "Europe/Berlin", "2026-11-23T07:00:00Z"],
    ["cron(0 8 * 7 ? *)", "Europe/Berlin", "2027-07-01T06:00:00Z"],
    ["at(2026-12-24T18:00:00)", "America/New_York", "2026-12-24T23:00:00Z"],
  ])("of %s in %s is %s", (expression, zone, next) => {
    const found = readExpression(expression, zone)?.after(from);
    expect(new Date(found ?? 0).toISOString()).toBe(next.replace("Z", ".000Z"));
  });

  it.each(["at(2026-11-22T09:41:07)", "cron(0 8 * * ? 2020)"])("of %s is never", (expression) => {
    expect(readExpression(expression)?.after(from)).toBeUndefined();
  });
});

it.each([
  "rate(0 minutes)",
  "rate(1 minutes)",
  "rate(5 minute)",
  "rate(5 seconds)",
  "cron(0 8 * * * *)",
  "cron(0 8 ? * ? *)",
  "cron(0 8 * * ?)",
  "cron(61 8 * * ? *)",
  "cron(0 8 ? * 9 *)",
  "at(tomorrow)",
  "at(2026-13-01T00:00:00)",
  "5 minutes",
])("%s is refused", (expression) => {
  expect(readExpression(expression)).toBeUndefined();
});

it("a zone that does not exist is refused", () => {
  expect(readExpression("cron(0 8 * * ? *)", "Europe/Atlantis")).toBeUndefined();
});
