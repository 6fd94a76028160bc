import type { Ratio } from "../probe/media.ts";
import { steady, takePictures, takeSound } from "./picture.ts";
import type { Span } from "./timing.ts";

/** The beginning of a tree: the pad it reads, filters that come first, chains before it. */
export interface Opened {
  pad: string | undefined;
  filters: readonly string[];
  chains: readonly string[];
  /** pictures that come at this rate already, from time 0; and how long they last */
  paced?: { rate: Ratio; seconds: number };
}

/** Opens the pictures of the source, cut to the parts a job takes. */
export function openPictures(
  stream: number,
  spans: readonly Span[] | undefined,
  rate: Ratio,
): Opened {
  const pad = `0:${stream}`;
  if (!spans) return { pad, filters: [], chains: [] };
  const cut = join(pad, "v", steady(rate), spans, (part) => takePictures(part, rate));
  const seconds = spans.reduce((sum, part) => sum + part.end - part.start, 0);
  return { ...cut, paced: { rate, seconds } };
}

/** Opens one track of sound, cut to the same parts. */
export function openSound(stream: number, spans: readonly Span[] | undefined): Opened {
  const pad = `0:${stream}`;
  return spans ? join(pad, "a", [], spans, takeSound) : { pad, filters: [], chains: [] };
}

/** Something made from nothing: black pictures, silence. */
export function made(...filters: string[]): Opened {
  return { pad: undefined, filters, chains: [] };
}

/** One part is taken in line; several are taken side by side and put behind each other. */
function join(
  pad: string,
  kind: "v" | "a",
  first: readonly string[],
  spans: readonly Span[],
  take: (part: Span) => string[],
): Opened {
  const [only, second] = spans;
  if (!only) return { pad, filters: first, chains: [] };
  if (!second) return { pad, filters: [...first, ...take(only)], chains: [] };
  const name = `${kind}p${pad.replace(":", "")}`;
  const split = `${kind === "a" ? "a" : ""}split=${spans.length}`;
  const from = spans.map((_, index) => `[${name}f${index}]`);
  const to = spans.map((_, index) => `[${name}t${index}]`);
  const concat = `concat=n=${spans.length}:v=${kind === "v" ? 1 : 0}:a=${kind === "a" ? 1 : 0}`;
  return {
    pad: name,
    filters: [],
    chains: [
      `[${pad}]${[...first, split].join(",")}${from.join("")}`,
      ...spans.map((part, index) => `${from[index]}${take(part).join(",")}${to[index]}`),
      `${to.join("")}${concat}[${name}]`,
    ],
  };
}
