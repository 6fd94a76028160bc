import type { Ratio } from "../probe/media.ts";
import { takePart } from "./picture.ts";
import type { Span } from "./timing.ts";

/** The beginning of a tree: the pad it reads, filters that come first, chains before it. */
export interface Opened {
  pad: string | undefined;
  filters: readonly string[];
  chains: readonly string[];
}

/** Opens one stream of the source, cut to the parts a job takes. */
export function open(
  stream: number,
  kind: "video" | "audio",
  spans: readonly Span[] | undefined,
  rate: Ratio,
): Opened {
  const pad = `0:${stream}`;
  const [only, second] = spans ?? [];
  const frame = rate.den / rate.num;
  if (!only) return { pad, filters: [], chains: [] };
  if (!second) return { pad, filters: takePart(only, frame, kind), chains: [] };
  const a = kind === "audio" ? "a" : "";
  const name = `${kind.charAt(0)}p${stream}`;
  const all = (spans ?? []).map((part, index) => ({
    part,
    from: `${name}f${index}`,
    to: `${name}t${index}`,
  }));
  return {
    pad: name,
    filters: [],
    chains: [
      `[${pad}]${a}split=${all.length}${all.map(({ from }) => `[${from}]`).join("")}`,
      ...all.map(
        ({ part, from, to }) => `[${from}]${takePart(part, frame, kind).join(",")}[${to}]`,
      ),
      `${all.map(({ to }) => `[${to}]`).join("")}concat=n=${all.length}:v=${kind === "video" ? 1 : 0}:a=${kind === "audio" ? 1 : 0}[${name}]`,
    ],
  };
}

/** Something made from nothing: black pictures, silence. */
export function made(...filters: string[]): Opened {
  return { pad: undefined, filters, chains: [] };
}
