import { existsSync } from "node:fs";
import type { BudgetWish, Comparison, Estimate } from "@rushes/client";
import type { Command } from "commander";
import colors from "picocolors";
import { Ended } from "../exit.ts";
import { table } from "../output/table.ts";
import { counted, size, usd } from "../output/words.ts";
import { chosenOptions, type Making, making } from "./making.ts";
import { doing } from "./run.ts";
import { amount, dimensions, month, seconds } from "./words.ts";

/** What films cost, before and after. */
export function money(rushes: Command): void {
  making(
    rushes
      .command("estimate [film]")
      .description("what a film would cost: a file, the id of one that is there, or its measures"),
  )
    .option("--duration <time>", "its length, such as 1:30:00", seconds)
    .option("--size <WxH>", "its picture, such as 1920x1080; none for sound alone", dimensions)
    .option("--fps <n>", "pictures a second", amount)
    .option("--silent", "it has no sound")
    .action(
      doing(async (desk, film: string | undefined, options: Making & Measures) => {
        const client = await desk.rushes();
        const of =
          film !== undefined && isId(film)
            ? { videoId: film }
            : { source: await measured(film, options) };
        const estimate = await client.estimate({ ...chosenOptions(options), ...of });
        desk.terminal.answer(estimate, () => bill(estimate));
        return undefined;
      }),
    );

  rushes
    .command("profiles")
    .description("the ladders that films can be made with")
    .action(
      doing(async (desk) => {
        const profiles = await (await desk.rushes()).profiles();
        desk.terminal.answer({ items: profiles }, () =>
          table(
            ["NAME", "UP TO", "ABOUT"].map((name) => colors.dim(name)),
            profiles.map(({ name, maxLines, description }) => [
              name,
              maxLines ? `${maxLines} lines` : "sound",
              description,
            ]),
          ),
        );
        return undefined;
      }),
    );

  rushes
    .command("costs")
    .description("what a month's films came to")
    .option("--month <yyyy-mm>", "default: this one", month)
    .option("--owner <user>", "somebody else's (admins)")
    .option("--reserved", "whether reserved slots would be cheaper")
    .action(
      doing(
        async (
          desk,
          { reserved, ...of }: { month?: string; owner?: string; reserved?: boolean },
        ) => {
          const client = await desk.rushes();
          if (reserved) {
            const told = await client.costs.reserved(of);
            desk.terminal.answer(told, () => compared(told));
            return undefined;
          }
          const told = await client.costs.month(of);
          desk.terminal.answer(told, () => {
            const limit = told.budget?.monthlyUsd;
            const budget = limit === undefined ? "" : ` of a budget of ${usd(limit)}`;
            const held =
              told.reservedUsd > 0 ? `, ${usd(told.reservedUsd)} of it for films on their way` : "";
            return `${told.month}: ${usd(told.totalUsd)}${budget}${held}, ${counted(told.films, "film")}`;
          });
          return undefined;
        },
      ),
    );

  rushes
    .command("budget [user]")
    .description("how much an owner's films may cost a month; yours unless you name somebody")
    .option("--set <usd>", "a new one, or none (admins)", (said) =>
      said === "none" ? said : amount(said),
    )
    .option("--over <what>", "what happens to films it has no room for: wait or refuse")
    .action(
      doing(
        async (
          desk,
          user: string | undefined,
          { set, over }: { set?: number | "none"; over?: BudgetWish["over"] },
        ) => {
          const client = await desk.rushes();
          if (over && set === undefined) throw new Ended("usage", "--over goes with --set.");
          const owner = user ?? "me";
          const budget =
            set === undefined
              ? await client.budgets.get(owner)
              : await client.budgets.set(owner, {
                  monthlyUsd: set === "none" ? null : set,
                  ...(over ? { over } : {}),
                });
          desk.terminal.answer(budget, () =>
            budget.monthlyUsd === undefined
              ? "No budget: films may cost what they cost."
              : `${usd(budget.monthlyUsd)} a month; films it has no room for ${budget.over === "wait" ? "wait" : "are refused"}`,
          );
          return undefined;
        },
      ),
    );
}

/** What is no file here and has neither an ending nor a folder can only be a film's id. */
function isId(film: string): boolean {
  return !/[./\\]/.test(film) && !existsSync(film);
}

interface Measures {
  duration?: number;
  size?: { width: number; height: number };
  fps?: number;
  silent?: boolean;
}

/** What is said of a source on the command line, and for the rest what its file says of itself. */
async function measured(file: string | undefined, said: Measures) {
  if (file !== undefined && !existsSync(file))
    throw new Ended("usage", `There is no file ${file}.`);
  const found = file === undefined ? {} : await (await import("../media/measure.ts")).measure(file);
  const measures: Measures = { ...found, ...said };
  if (measures.duration === undefined) {
    throw new Ended("usage", "How long is it? Name a file, or say --duration and --size.");
  }
  return {
    durationSeconds: measures.duration,
    ...(measures.size ?? {}),
    ...(measures.fps === undefined ? {} : { frameRate: measures.fps }),
    audio: measures.silent !== true,
  };
}

function compared(told: Comparison): string {
  const { month: of, onDemandUsd, reservedUsd, slots, cheaper, turnsAtFilmMinutes } = told;
  const turn =
    turnsAtFilmMinutes === null
      ? "One slot is never cheaper than these minutes."
      : `One slot is cheaper from ${Math.ceil(turnsAtFilmMinutes)} minutes of film a month.`;
  return [
    `${of}: ${usd(onDemandUsd)} on demand, ${usd(reservedUsd)} with ${counted(slots, "reserved slot")}.`,
    colors.bold(`${cheaper === "reserved" ? "Reserved slots are" : "On demand is"} the cheaper.`),
    turn,
    ...told.notes.map((note) => colors.dim(note)),
  ].join("\n");
}

/** A price nobody has told us is unknown, not nothing. */
function priced(sum: number | null): string {
  return sum === null ? "unknown" : usd(sum);
}

function bill(estimate: Estimate): string {
  const { encoding, orchestration, storage } = estimate;
  const rows = encoding.lines.map(({ output, minutes, rate, usd: sum }) => [
    output,
    `${minutes.toFixed(2)} min`,
    rate,
    priced(sum),
  ]);
  return [
    table(
      ["OUTPUT", "BILLED", "RATE", "USD"].map((name) => colors.dim(name)),
      rows,
    ),
    "",
    `  encoding            ${priced(encoding.usd)}`,
    `  orchestration       ${usd(orchestration.usd)}`,
    `  a month of storage  ${usd(storage.usd)}  (${size(storage.bytes)})`,
    colors.bold(`  total               ${priced(estimate.totalUsd)}`),
    colors.dim(`  An estimate with prices of ${estimate.asOf}, confidence ${estimate.confidence}.`),
    ...estimate.notes.map((note) => colors.dim(`  ${note}`)),
  ].join("\n");
}
