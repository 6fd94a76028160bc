import { ApiProblem, NetworkProblem, type Rushes, SignInProblem } from "@rushes/client";
import type { Command } from "commander";
import { Ended, type Exit, exits } from "../exit.ts";
import { endOf, exitFor, openTerminal, type Terminal, tellEnd } from "../output/terminal.ts";
import { type Place, placeOf } from "../session/place.ts";
import { connectTo } from "../session/session.ts";

/** What a command works with. */
export interface Desk {
  terminal: Terminal;
  dataDir: string;
  place(): Place;
  /** the API, as whoever is signed in */
  rushes(): Promise<Rushes>;
  /** aborted by Ctrl-C */
  signal: AbortSignal;
}

/** Options that every command takes. */
interface Common {
  api?: string;
  data?: string;
  json?: boolean;
}

/**
 * Makes an action of a command: opens the desk, and turns whatever goes wrong into one sentence and
 * an exit code.
 */
export function doing<Args extends unknown[]>(
  work: (desk: Desk, ...args: Args) => Promise<Exit | undefined>,
): (...words: unknown[]) => Promise<void> {
  return async (...words) => {
    // commander hands over the arguments, then the options, then the command itself
    const command = words.at(-1) as Command;
    const { api, data, json } = command.optsWithGlobals<Common>();
    const terminal = openTerminal(json === true);
    const interrupt = new AbortController();
    const ended = new Ended("interrupted", "Interrupted.");
    let stoppedAtMs = Number.POSITIVE_INFINITY;
    const stop = () => {
      // one Ctrl-C may come twice: from the terminal, and from whoever started us
      if (Date.now() - stoppedAtMs > IMPATIENT_MS) process.exit(exits.interrupted.code);
      stoppedAtMs = Math.min(stoppedAtMs, Date.now());
      interrupt.abort(ended);
    };
    process.on("SIGINT", stop);
    const place = () => placeOf({ api, dataDir: data });
    const desk: Desk = {
      terminal,
      dataDir: data ?? ".rushes",
      place,
      rushes: () => connectTo(place(), terminal),
      signal: interrupt.signal,
    };
    try {
      const exit = await Promise.race([
        work(desk, ...(words.slice(0, -1) as Args)),
        given(interrupt.signal),
      ]);
      process.exitCode = exits[exit ?? "done"].code;
    } catch (error) {
      const { aborted, reason } = interrupt.signal;
      // what was thrown because of it is no news, but for what knows how to go on
      process.exitCode = tellEnd(
        terminal,
        understood(aborted && !(error instanceof Ended) ? reason : error),
      );
    } finally {
      process.off("SIGINT", stop);
    }
  };
}

/** Fails when something was interrupted and does not end by itself in a moment. */
function given(interrupted: AbortSignal): Promise<never> {
  return new Promise((_, failed) => {
    const late = () => setTimeout(() => failed(interrupted.reason), GRACE_MS).unref();
    interrupted.addEventListener("abort", late, { once: true });
  });
}

const GRACE_MS = 1000;

/** A second Ctrl-C after this ends whatever is still going on. */
const IMPATIENT_MS = 500;

/** What the API says becomes what a person can do. */
function understood(error: unknown): Ended {
  if (error instanceof ApiProblem) {
    const { code, status, detail, fields, retry, requestId } = error;
    const named = fields.map(({ path, message }) => `\n  ${path}: ${message}`).join("");
    const about = { code, status, retry, fields, ...(requestId ? { requestId } : {}) };
    const hint = code === "SignInNeeded" || code === "TokenInvalid" ? " (rushes login)" : "";
    return new Ended(exitFor(status), `${detail}${hint}${named}`, about);
  }
  if (error instanceof NetworkProblem) {
    return new Ended("unreachable", `${error.message}. Is it running? rushes doctor looks.`);
  }
  if (error instanceof SignInProblem) return refused(error);
  return endOf(error);
}

function refused({ code, message, detail }: SignInProblem): Ended {
  switch (code) {
    case "ApiUnknown":
      return new Ended("unreachable", `${detail}: ${message}`, { code });
    case "OwnIssuer":
      return new Ended("denied", `${message} It is ${detail}; set RUSHES_TOKEN to the token.`, {
        code,
        issuer: detail,
      });
    case "SignInNeeded":
    case "SignedOut":
      return new Ended("denied", `${message} (rushes login)`, { code });
    default:
      return new Ended("denied", message, { code });
  }
}
