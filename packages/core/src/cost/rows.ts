import * as Table from "../aws/table.ts";
import * as Clock from "../clock/index.ts";
import type { Line } from "./count.ts";
import type { Confidence } from "./prices.ts";

/** What an attempt has to do with its owner's money. Kept on the attempt's row. */
export interface Spend {
  state: "reserved" | "billed" | "returned";
  ownerId: string;
  /** In which month it counts: that of the reservation, whenever the bill comes. */
  month: string;
  estimatedMicroUsd: number;
  billedMicroUsd?: number;
  /** By group, with rates and dates as they were: later prices do not rewrite history. */
  lines: Line[][];
  by: { minimumSeconds: number; stepMinutes: number };
  asOf: string;
  confidence: Confidence;
}

/** `2026-11`, as the world's clock has it. */
export function monthOf(ms: number = Clock.now()): string {
  return new Date(ms).toISOString().slice(0, 7);
}

export function monthKey(ownerId: string, month: string): Table.Key {
  return { PK: `OWNER#${ownerId}`, SK: `MONTH#${month}` };
}

export function budgetKey(ownerId: string): Table.Key {
  return { PK: `OWNER#${ownerId}`, SK: "BUDGET" };
}

/** An owner's month. `committed` is what is billed and what is reserved, in one number. */
export interface MonthRow {
  committed: number;
  billed: number;
  films: number;
  /** Minutes of film, however many outputs each had, in hundredths. */
  played: number;
  /** Output minutes by rate key, in hundredths. */
  minutes: Record<string, number>;
}

export async function readMonth(ownerId: string, month: string): Promise<MonthRow> {
  const row = (await Table.read(monthKey(ownerId, month))) ?? {};
  const minutes = Object.entries(row).flatMap(([name, value]) =>
    name.startsWith(MINUTES) ? [[name.slice(MINUTES.length), Number(value)] as const] : [],
  );
  return {
    committed: Number(row.committed ?? 0),
    billed: Number(row.billed ?? 0),
    films: Number(row.films ?? 0),
    played: Number(row.played ?? 0),
    minutes: Object.fromEntries(minutes),
  };
}

/** Each key's minutes are an attribute of their own, so that adding needs no reading. */
export const MINUTES = "minutes:";
