import type * as Actor from "../actor/index.ts";
import { Problem } from "../problem/index.ts";
import { budgetOf, ownerFor } from "./budget.ts";
import * as Money from "./money.ts";
import { monthOf, readMonth } from "./rows.ts";
import { Month, type MonthCosts } from "./shapes.ts";

/**
 * What an owner's films came to in a month: those that are done, and what is set aside for those
 * under way.
 *
 * @param asked `owner` is `me` (the default) or a user's `sub`; `month` is this one by default
 * @throws Problem `Forbidden` for what is somebody else's
 */
export async function month(
  actor: Actor.Actor,
  asked: { owner?: string | undefined; month?: string | undefined } = {},
): Promise<MonthCosts> {
  const ownerId = ownerFor(actor, asked.owner ?? "me");
  const which = monthAsked(asked.month);
  const [row, { monthlyUsd, over }] = await Promise.all([
    readMonth(ownerId, which),
    budgetOf(ownerId),
  ]);
  return {
    owner: ownerId,
    month: which,
    totalUsd: Money.usd(row.billed),
    reservedUsd: Money.usd(row.committed - row.billed),
    films: row.films,
    minutes: Object.fromEntries(
      Object.entries(row.minutes).map(([rate, hundredths]) => [rate, hundredths / 100]),
    ),
    ...(monthlyUsd === undefined ? {} : { budget: { owner: ownerId, monthlyUsd, over } }),
  };
}

/** @throws Problem `RequestInvalid` */
export function monthAsked(month: string | undefined): string {
  if (month === undefined) return monthOf();
  if (Month.safeParse(month).success) return month;
  throw new Problem("RequestInvalid", {
    fields: [{ path: "month", message: "Write a month as 2026-11." }],
  });
}
