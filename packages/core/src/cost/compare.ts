import type * as Actor from "../actor/index.ts";
import { ownerFor } from "./budget.ts";
import { estimated, supposed } from "./estimate.ts";
import * as Money from "./money.ts";
import { monthAsked } from "./month.ts";
import { inUse, reservedSlot } from "./prices.ts";
import { monthOf, readMonth } from "./rows.ts";
import type { Comparison } from "./shapes.ts";

/**
 * Whether reserved slots would be cheaper than paying by the minute, by the owner's own month.
 *
 * @throws Problem `Forbidden` for what is somebody else's
 */
export async function compare(
  actor: Actor.Actor,
  asked: { owner?: string | undefined; month?: string | undefined } = {},
): Promise<Comparison> {
  const owner = ownerFor(actor, asked.owner ?? "me");
  const month = monthAsked(asked.month);
  const row = await readMonth(owner, month);
  const slot = reservedSlot(inUse());
  const filmMinutes = row.played / 100;
  const capacity = daysOf(month) * 24 * 60 * slot.busyShare * slot.filmMinutesPerMinute;
  const slots = Math.max(1, Math.ceil(filmMinutes / capacity));
  const onDemandUsd = Money.usd(row.billed);
  const reservedUsd = slots * slot.usdPerMonth;
  const own = filmMinutes > 0 && row.billed > 0;
  const usdPerFilmMinute = own ? onDemandUsd / filmMinutes : usualUsdPerMinute();
  const turnsAt = usdPerFilmMinute > 0 ? slot.usdPerMonth / usdPerFilmMinute : Infinity;
  return {
    owner,
    month,
    onDemandUsd,
    reservedUsd,
    cheaper: reservedUsd < onDemandUsd ? "reserved" : "on-demand",
    filmMinutes,
    slots,
    turnsAtFilmMinutes: turnsAt <= capacity ? Math.ceil(turnsAt) : null,
    commitmentMonths: slot.months,
    confidence: slot.confidence,
    notes: [
      `A slot is ${slot.usdPerMonth} US dollars a month for ${slot.months} months, used or not (${slot.source}).`,
      `One slot is taken to encode ${Math.round(capacity)} minutes of film in this month.`,
      own
        ? "A minute of film costs what it did in this month."
        : "Nothing was billed in this month: a minute of film is taken to cost what the standard profile makes of 1080 lines.",
      ...(month === monthOf() ? ["The month is not over."] : []),
    ],
  };
}

function daysOf(month: string): number {
  const [year = 1970, number = 1] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number, 0)).getUTCDate();
}

function usualUsdPerMinute(): number {
  const usual = supposed({ durationSeconds: 60, width: 1920, height: 1080 });
  return estimated(usual, {}).encoding.usd ?? 0;
}
