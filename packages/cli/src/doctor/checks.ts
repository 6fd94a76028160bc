import { accessSync, constants, existsSync, readFileSync, statSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { findTools, type Tools } from "@rushes/local/ffmpeg";
import { capabilities } from "@rushes/local/ffmpeg/capabilities";
import { portsOf } from "@rushes/local/ports";
import { size } from "../output/words.ts";
import type { Place } from "../session/place.ts";
import { takenOf } from "../start/ports.ts";
import type { Finding } from "./doctor.ts";

/** The Node that runs this very command. */
export function node(version: string): Finding {
  const [major = 0] = version.split(".").map(Number);
  return finding("Node.js", major >= NODE_MAJOR, version, {
    fix: `Rushes runs under Node ${NODE_MAJOR}: run npm ci without --omit=optional, which brings it along.`,
  });
}

/** TypeScript runs as it is, and the store is `node:sqlite`. */
const NODE_MAJOR = 24;

export async function tool(name: "ffmpeg" | "ffprobe"): Promise<Finding> {
  let tools: Tools;
  try {
    tools = findTools();
  } catch (error) {
    return finding(name, false, "not found", { fix: (error as Error).message });
  }
  const from = tools.from[name];
  const where = from === "npm" ? "as npm brought it" : `${tools[name]}, by ${from}`;
  try {
    const can = await capabilities(tools[name]);
    const version = /version (\S+)/.exec(can.version)?.[1] ?? can.version;
    const missing =
      name === "ffmpeg" ? ENCODERS.filter((encoder) => !can.encoders.has(encoder)) : [];
    return finding(name, missing.length === 0, `${version} (${where})`, {
      fix: `This build has no ${missing.join(", ")}: set FFMPEG_PATH to another, or unset it to use npm's.`,
    });
  } catch (error) {
    return finding(name, false, `${tools[name]} does not run`, { fix: (error as Error).message });
  }
}

/** What every ladder needs: H.264 pictures, AAC sound, JPEG posters. */
const ENCODERS = ["libx264", "aac", "mjpeg"];

/** A film takes its source, a working copy and its outputs. */
export async function disk(dataDir: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(existing(dataDir));
  const free = bavail * bsize;
  return finding("Disk", free >= FREE_BYTES, `${size(free)} free`, {
    fix: `A film needs room for its source and outputs: free some, or choose another folder with --data.`,
  });
}

const FREE_BYTES = 2 * 1000 ** 3;

export function folder(dataDir: string): Finding {
  const path = resolve(dataDir);
  const at = existing(path);
  const what = "Data folder";
  try {
    accessSync(at, constants.W_OK | constants.X_OK);
  } catch {
    const fix = "It cannot be written: choose another one with --data.";
    return finding(what, false, path, { fix });
  }
  if (at === path && !statSync(path).isDirectory()) {
    return finding(what, false, path, { fix: "It is a file: choose a folder with --data." });
  }
  return finding(what, true, at === path ? path : `${path} (made at the first start)`);
}

/** The address a laptop on this folder answers at, when one is running. */
export async function running(dataDir: string): Promise<string | undefined> {
  const file = join(dataDir, "endpoints.json");
  if (!existsSync(file)) return undefined;
  try {
    const { aws } = JSON.parse(readFileSync(file, "utf8")) as { aws: string };
    await fetch(aws, { signal: AbortSignal.timeout(2000) });
    return aws;
  } catch {
    return undefined; // ended without a word, or another program is there now
  }
}

/** The front, the API and the edge each have one. */
export async function ports(first: number, laptop: string | undefined): Promise<Finding> {
  const what = "Ports";
  if (laptop) return finding(what, true, `in use by the laptop that is running at ${laptop}`);
  const taken = await takenOf(first);
  return finding(what, taken.length === 0, Object.values(portsOf(first)).join(", "), {
    fix: `Another program has ${taken.join(" and ")}: end it, or start with --port.`,
  });
}

/** Whether commands find an API, and its clock agrees with ours: signatures live on time. */
export async function api(place: () => Promise<Place>): Promise<Finding> {
  const what = "API";
  let at: Place;
  try {
    at = await place();
  } catch (error) {
    return finding(what, false, "none", { fix: (error as Error).message });
  }
  try {
    // any answer will do: an unknown route has a problem for one
    const answer = await fetch(`${at.api}/me`, { signal: AbortSignal.timeout(5000) });
    await answer.body?.cancel();
    const skewMs = Math.abs(Date.now() - Date.parse(answer.headers.get("date") ?? ""));
    if (skewMs > SKEW_MS) {
      const fix = "Its clock and this machine's differ by minutes: set the time of this machine.";
      return finding(what, false, at.api, { fix });
    }
    return finding(what, answer.status < 500, at.api, { fix: `It answers ${answer.status}.` });
  } catch {
    const fix = at.laptop ? "Start it with npm start." : "Check the address given with --api.";
    return finding(what, false, `${at.api} does not answer`, { fix });
  }
}

const SKEW_MS = 2 * 60 * 1000;

function finding(what: string, ok: boolean, found: string, more?: { fix: string }): Finding {
  return { what, ok, found, ...(ok || !more ? {} : more) };
}

/** The nearest folder above that is there. */
function existing(path: string): string {
  let at = resolve(path);
  while (!existsSync(at)) at = dirname(at);
  return at;
}
