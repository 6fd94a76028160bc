import * as z from "zod";
import * as Attempt from "../attempt/index.ts";
import * as Table from "../aws/table.ts";
import * as Clock from "../clock/index.ts";
import type { VideoId } from "../id/id.ts";
import type { Plan } from "../ladder/ladder.ts";
import { Problem } from "../problem/index.ts";
import type { Found } from "../source/found.ts";
import type { Cost } from "../video/film.ts";
import * as Video from "../video/index.ts";
import { budgetOf } from "./budget.ts";
import { counted, expected, type Line, minutesByRate, total, trust } from "./count.ts";
import * as Money from "./money.ts";
import { inUse } from "./prices.ts";
import { MINUTES, monthKey, monthOf, readMonth, type Spend } from "./rows.ts";

/**
 * Sets the money for an attempt aside, before anything is paid for. Doing it twice is doing it once.
 *
 * @throws Problem `BudgetExceeded` when the owner's month has no room for it
 * @throws Problem `BudgetWaits` when the film is to wait until there is: it is `held` then
 * @throws Problem `Superseded` when the film is not at this attempt any more
 */
export async function reserve(asked: {
  videoId: VideoId;
  attempt: number;
  ownerId: string;
  found: Found;
  plan: Plan;
}): Promise<void> {
  const { videoId, attempt, ownerId } = asked;
  // an attempt that was overtaken holds nothing back
  if (attempt > 1) await settle({ videoId, attempt: attempt - 1 });
  if (isHeldBy(await spendOf(videoId, attempt))) return;

  const spend = spendFor(asked);
  const { monthlyUsd, over } = await budgetOf(ownerId);
  const room =
    monthlyUsd === undefined ? undefined : Money.micro(monthlyUsd) - spend.estimatedMicroUsd;
  if (room === undefined || room >= 0) {
    const written = await Table.together(steps(videoId, attempt, spend, room));
    if ("done" in written || written.refused.includes(OF_ATTEMPT)) return;
    if (written.refused.includes(OF_FILM)) throw new Problem("Superseded", { videoId, attempt });
  }
  const about = { message: await shortfall(spend, monthlyUsd ?? 0) };
  if (over === "refuse") {
    await note(videoId, attempt, spend);
    throw new Problem("BudgetExceeded", about);
  }
  await hold(videoId, attempt, spend);
  throw new Problem("BudgetWaits", about);
}

function spendFor({ ownerId, plan, found }: Parameters<typeof reserve>[0]): Spend {
  const prices = inUse();
  const lines = expected(plan, found, prices);
  return {
    state: "reserved",
    ownerId,
    month: monthOf(),
    estimatedMicroUsd: total(lines),
    lines,
    by: { minimumSeconds: prices.minimumSeconds, stepMinutes: prices.stepMinutes },
    ...trust(lines, prices.asOf),
  };
}

const [OF_FILM, OF_ATTEMPT] = [0, 1];

/** One condition on one number keeps the budget, however many ask at once. */
function steps(
  videoId: VideoId,
  attempt: number,
  spend: Spend,
  room: number | undefined,
): Table.Step[] {
  return [
    {
      key: Video.keyOf(videoId),
      update: "SET cost = :cost REMOVE held",
      condition: AT_WORK,
      names: { "#status": "status" },
      values: { ...atWork(attempt), ":cost": costOf(attempt, spend) },
    },
    {
      key: Attempt.keyOf(videoId, attempt),
      update: "SET spend = :spend",
      condition: "attribute_not_exists(spend) OR spend.#state = :returned",
      names: { "#state": "state" },
      values: { ":spend": spend, ":returned": "returned" },
    },
    {
      key: monthKey(spend.ownerId, spend.month),
      update: "ADD committed :estimated",
      ...(room === undefined
        ? {}
        : { condition: "attribute_not_exists(committed) OR committed <= :room" }),
      values: {
        ":estimated": spend.estimatedMicroUsd,
        ...(room === undefined ? {} : { ":room": room }),
      },
    },
  ];
}

const AT_WORK =
  "attempt = :attempt AND #status = :validating AND attribute_not_exists(deletedAtMs)";

function atWork(attempt: number): Table.Row {
  return { ":attempt": attempt, ":validating": "VALIDATING" };
}

function costOf(attempt: number, spend: Spend): Cost {
  const lines = spend.lines.flat();
  const unpriced = new Set(
    lines.flatMap(({ rate, usdPerMinute }) => (usdPerMinute === undefined ? rate : [])),
  );
  return {
    attempt,
    estimatedUsd: Money.usd(spend.estimatedMicroUsd),
    rates: Object.fromEntries(
      lines.flatMap(({ rate, usdPerMinute }) =>
        usdPerMinute === undefined ? [] : [[rate, usdPerMinute]],
      ),
    ),
    ...(unpriced.size > 0 ? { unpriced: [...unpriced] } : {}),
    asOf: spend.asOf,
    confidence: spend.confidence,
  };
}

async function shortfall(spend: Spend, monthlyUsd: number): Promise<string> {
  const { committed } = await readMonth(spend.ownerId, spend.month);
  const left = Math.max(0, Money.micro(monthlyUsd) - committed);
  const dollars = (microUsd: number) => Money.usd(microUsd).toFixed(4);
  return `It is thought to cost ${dollars(spend.estimatedMicroUsd)} US dollars, and ${dollars(left)} of ${spend.month}'s ${monthlyUsd} are left.`;
}

/** The film waits, claimed, until there is room. */
async function hold(videoId: VideoId, attempt: number, spend: Spend): Promise<void> {
  const row = await Table.change(Video.keyOf(videoId), {
    update: "SET held = if_not_exists(held, :held), cost = :cost",
    condition: AT_WORK,
    names: { "#status": "status" },
    values: {
      ...atWork(attempt),
      ":held": { sinceMs: Clock.now() },
      ":cost": costOf(attempt, spend),
    },
  });
  if (!row) throw new Problem("Superseded", { videoId, attempt });
}

/** What it would have cost is told on the film, though nothing was set aside. */
async function note(videoId: VideoId, attempt: number, spend: Spend): Promise<void> {
  await Table.change(Video.keyOf(videoId), {
    update: "SET cost = :cost REMOVE held",
    condition: AT_WORK,
    names: { "#status": "status" },
    values: { ...atWork(attempt), ":cost": costOf(attempt, spend) },
  });
}

/**
 * Whether the owner's month has room for a film that is held. Others may be quicker: asking for the
 * reservation decides.
 */
export async function hasRoom(film: Pick<Video.Video, "ownerId" | "cost">): Promise<boolean> {
  const { monthlyUsd } = await budgetOf(film.ownerId);
  if (monthlyUsd === undefined) return true;
  const { committed } = await readMonth(film.ownerId, monthOf());
  return committed + Money.micro(film.cost?.estimatedUsd ?? 0) <= Money.micro(monthlyUsd);
}

/**
 * Settles what was set aside for an attempt: what its job made is billed if the job came to its
 * end, and all is given back if not. Doing it twice is doing it once. A job that was given up and
 * came to its end all the same is billed when that is heard.
 */
export async function settle(which: { videoId: VideoId; attempt: number }): Promise<void> {
  const { videoId, attempt } = which;
  const row = await Attempt.find(videoId, attempt);
  const spend = Spent.safeParse(row).data?.spend;
  if (!row || !spend) return;
  const isMade = row.terminal?.status === "COMPLETE";
  const lines = isMade ? counted(spend.lines, madeOf(row), spend.by) : [];
  const to = isMade ? "billed" : "returned";
  if (isMade ? spend.state !== "billed" : spend.state === "reserved") {
    await Table.together(settling(videoId, attempt, { spend, to, lines }));
  }
  const now = await spendOf(videoId, attempt); // another may have settled it otherwise meanwhile
  if (now?.state !== to) return;
  await Table.change(Video.keyOf(videoId), {
    update: "SET cost.countedUsd = :usd, cost.#minutes = :minutes",
    condition: "cost.attempt = :attempt",
    names: { "#minutes": "minutes" },
    values: {
      ":attempt": attempt,
      ":usd": Money.usd(now.billedMicroUsd ?? 0),
      ":minutes": minutesByRate(lines),
    },
  });
}

function settling(
  videoId: VideoId,
  attempt: number,
  { spend, to, lines }: { spend: Spend; to: "billed" | "returned"; lines: Line[][] },
): Table.Step[] {
  const billed = total(lines);
  const setAside = spend.state === "reserved" ? spend.estimatedMicroUsd : 0;
  const minutes = Object.entries(minutesByRate(lines));
  return [
    {
      key: Attempt.keyOf(videoId, attempt),
      update: "SET spend.#state = :to, spend.billedMicroUsd = :billed",
      condition: "spend.#state = :was",
      names: { "#state": "state" },
      values: { ":to": to, ":was": spend.state, ":billed": billed },
    },
    {
      key: monthKey(spend.ownerId, spend.month),
      update: `ADD committed :difference, billed :billed, films :films, played :played${minutes
        .map((_, at) => `, #rate${at} :rate${at}`)
        .join("")}`,
      ...(minutes.length > 0
        ? { names: Object.fromEntries(minutes.map(([rate], at) => [`#rate${at}`, MINUTES + rate])) }
        : {}),
      values: {
        ":difference": billed - setAside,
        ":billed": billed,
        ":films": to === "billed" ? 1 : 0,
        ":played": Math.max(0, ...lines.flat().map((line) => Money.hundredths(line.minutes))),
        ...Object.fromEntries(
          minutes.map(([, each], at) => [`:rate${at}`, Money.hundredths(each)]),
        ),
      },
    },
  ];
}

/** What the finished job said of its outputs, group by group. */
function madeOf(row: Attempt.Attempt): { durationMs?: number | undefined }[][] {
  return Made.safeParse(row.terminal).data?.outputs ?? [];
}

const Made = z.object({
  outputs: z.array(z.array(z.object({ durationMs: z.number().optional() }))),
});

async function spendOf(videoId: VideoId, attempt: number): Promise<Spend | undefined> {
  return Spent.safeParse(await Attempt.find(videoId, attempt)).data?.spend;
}

const Spent = z.object({
  spend: z.custom<Spend>((value) => typeof value === "object" && value !== null),
});

function isHeldBy(spend: Spend | undefined): boolean {
  return spend !== undefined && spend.state !== "returned";
}
