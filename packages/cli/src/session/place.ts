import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { Ended } from "../exit.ts";

/** Which Rushes a command speaks to. */
export interface Place {
  /** without a slash at its end */
  api: string;
  /** there when it is a laptop's: what its `endpoints.json` says */
  laptop?: Laptop;
}

export interface Laptop {
  dataDir: string;
  users: { email: string; password: string; group: string }[];
}

/**
 * Finds the API: the one that was named, else the laptop of this folder or of one above it.
 *
 * @throws Ended when there is none
 */
export function placeOf(asked: { api?: string | undefined; dataDir?: string | undefined }): Place {
  if (asked.api) return { api: addressOf(asked.api) };
  const file = asked.dataDir ? join(asked.dataDir, NAME) : above(process.cwd());
  if (!file || !existsSync(file)) {
    throw new Ended(
      "unreachable",
      "No laptop is running here. Start one with npm start, or name a deployed stage with --api.",
    );
  }
  const told = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
  const { api, users } = told;
  if (typeof api !== "string") {
    throw new Ended("unreachable", `${file} is of an older laptop: start it again with npm start.`);
  }
  return {
    api: addressOf(api),
    laptop: {
      dataDir: dirname(file),
      users: (users as Laptop["users"] | undefined) ?? [],
    },
  };
}

const NAME = "endpoints.json";

/** The data folder of a laptop that was started in this folder or one above. */
function above(from: string): string | undefined {
  for (let at = resolve(from); ; at = dirname(at)) {
    const file = join(at, ".rushes", NAME);
    if (existsSync(file)) return file;
    if (dirname(at) === at) return undefined;
  }
}

/** `films.example.org` means `https://films.example.org/api`. */
function addressOf(text: string): string {
  const given = /^https?:\/\//.test(text) ? text : `https://${text}`;
  if (!URL.canParse(given)) throw new Ended("usage", `--api takes an address, not "${text}".`);
  const url = new URL(given);
  if (url.protocol === "http:" && !LOOPBACK.test(url.hostname)) {
    throw new Ended("usage", "--api takes an https address: a password would travel in the clear.");
  }
  const path = url.pathname.replace(/\/+$/, "");
  return `${url.origin}${path === "" ? "/api" : path}`;
}

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/;
