import { Cron } from "croner";

/** When something is due. */
export interface Expression {
  kind: "rate" | "cron" | "at";
  /** The first moment after another at which it is due; undefined when there is none. */
  after(ms: number): number | undefined;
}

/**
 * Reads `rate(5 minutes)`, `cron(0 8 ? * MON-FRI *)` or `at(2030-01-02T03:04:05)`.
 *
 * @param zone an IANA name; a rate knows no zone
 * @returns undefined when it is none of these
 */
export function readExpression(text: string, zone = "UTC"): Expression | undefined {
  if (!isZone(zone)) return undefined;
  const [, kind, inner = ""] = /^(rate|cron|at)\((.*)\)$/.exec(text.trim()) ?? [];
  switch (kind) {
    case "rate":
      return readRate(inner);
    case "cron":
      return readCron(inner, zone);
    case "at":
      return readAt(inner, zone);
    default:
      return undefined;
  }
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

function readRate(inner: string): Expression | undefined {
  const [, count = "", unit = "", plural] = /^(\d+) (minute|hour|day)(s?)$/.exec(inner) ?? [];
  const number = Number(count);
  if (!unit || number < 1 || (number === 1) === Boolean(plural)) return undefined;
  const everyMs = number * (UNITS[unit] ?? 0);
  return { kind: "rate", after: (ms) => ms + everyMs };
}

const UNITS: Record<string, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** Minutes, hours, day of month, month, day of week (1 is Sunday), year; one of the days is `?`. */
function readCron(inner: string, zone: string): Expression | undefined {
  const fields = inner.trim().split(/\s+/);
  const [minute = "", hour = "", day = "", month = "", weekday = "", year = ""] = fields;
  if (fields.length !== 6 || (day === "?") === (weekday === "?")) return undefined;
  if (!PLAIN.test(minute) || !PLAIN.test(hour) || !PLAIN.test(month) || !PLAIN.test(year)) {
    return undefined;
  }
  if (!DAY.test(day) || !WEEKDAY.test(weekday)) return undefined;
  const translated = [
    "0",
    steps(minute, 59),
    steps(hour, 23),
    steps(day.replace("?", "*"), 31),
    steps(month, 12),
    // An L alone is Saturday; after a day it is that day's last in the month.
    steps(weekday.replace("?", "*"), 7)
      .replace(/^L$/, "7")
      .replace(/^(\w+)L$/, "$1#L"),
    steps(year, 2199),
  ].join(" ");
  try {
    const cron = new Cron(translated, {
      timezone: zone,
      mode: "7-part",
      alternativeWeekdays: true,
      paused: true,
    });
    return { kind: "cron", after: (ms) => cron.nextRun(new Date(ms))?.getTime() };
  } catch {
    return undefined;
  }
}

/** `5/10` means from 5 on: croner wants the end as well. */
function steps(field: string, last: number): string {
  return field
    .split(",")
    .map((part) => part.replace(/^(\d+)\/(\d+)$/, `$1-${last}/$2`))
    .join(",");
}

const PLAIN = /^[A-Za-z0-9*,/-]+$/;
const DAY = /^(\?|L|\d{1,2}W|[0-9*,/-]+)$/;
const WEEKDAY = /^(\?|L|[1-7]L|[A-Za-z]{3}L|[A-Za-z0-9]{1,3}#[1-5]|[A-Za-z0-9*,/-]+)$/;

function readAt(inner: string, zone: string): Expression | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(inner)) return undefined;
  try {
    const cron = new Cron(inner, { timezone: zone, paused: true });
    const at = cron.nextRun(new Date(0))?.getTime();
    return at === undefined ? undefined : { kind: "at", after: (ms) => (at > ms ? at : undefined) };
  } catch {
    return undefined;
  }
}
