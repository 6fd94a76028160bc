import { basename } from "node:path";
import { parseS3, type S3Address } from "../objects.ts";
import type { Ratio } from "../probe/media.ts";

/** Where a group's files go: `s3://bucket/` + `folder` + `base`. */
export interface Destination {
  bucket: string;
  /** empty, or ends in a slash */
  folder: string;
  base: string;
}

/** The variables that names may hold, besides the time and the input's name. */
export interface OutputFacts {
  videoKbps?: number;
  audioKbps?: number;
  width?: number;
  height?: number;
  rate?: Ratio;
  extension?: string;
}

/** Turns `destination` into a place; a trailing slash takes the input's name as base. */
export function destinationOf(
  destination: string,
  input: S3Address,
  startedAtMs: number,
): Destination {
  const address = parseS3(variables(destination, commonFacts(input, startedAtMs)));
  if (!address) throw new Error(`not an S3 address: ${destination}`);
  const cut = address.key.lastIndexOf("/") + 1;
  const name = address.key.slice(cut);
  return {
    bucket: address.bucket,
    folder: address.key.slice(0, cut),
    base: name === "" ? inputName(input) : name,
  };
}

export function modifierOf(
  modifier: string | undefined,
  input: S3Address,
  startedAtMs: number,
  facts: OutputFacts,
): string {
  if (modifier === undefined) return "";
  const { videoKbps, audioKbps, rate } = facts;
  return variables(modifier, {
    ...commonFacts(input, startedAtMs),
    rv: whole(videoKbps),
    ra: whole(audioKbps),
    rc: whole((videoKbps ?? 0) + (audioKbps ?? 0)),
    w: whole(facts.width),
    h: whole(facts.height),
    f: rate ? String(Math.floor(rate.num / rate.den)) : undefined,
    ex: facts.extension,
  });
}

/** The last part of the key without its extension; the whole of it when it has none. */
export function inputName(input: S3Address): string {
  const name = basename(input.key);
  const dot = name.lastIndexOf(".");
  return dot > 0 ? name.slice(0, dot) : name;
}

function commonFacts(input: S3Address, startedAtMs: number): Record<string, string | undefined> {
  const iso = new Date(startedAtMs).toISOString();
  const date = iso.slice(0, 10).replaceAll("-", "");
  const time = iso.slice(11, 19).replaceAll(":", "");
  return { dt: `${date}T${time}`, d: date, t: time, fn: inputName(input) };
}

/** `$w$`, `$h%05$`, and `$$` for a dollar sign. What is not a variable stays as it is. */
function variables(text: string, facts: Record<string, string | undefined>): string {
  return text.replace(/\$(?:(\w+)(?:%0?(\d+))?)?\$/g, (all, name?: string, width?: string) => {
    if (name === undefined) return "$";
    const value = facts[name];
    if (value === undefined) return all;
    return width ? value.padStart(Number(width), "0") : value;
  });
}

function whole(value: number | undefined): string | undefined {
  return value === undefined ? undefined : String(Math.round(value));
}
