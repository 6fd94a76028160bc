import colors from "picocolors";
import { Ended, type Exit, exits } from "../exit.ts";
import { type Bars, openBars, type Screen } from "./bars.ts";

/** How a command speaks: answers go to standard output, the story to standard error. */
export interface Terminal extends Bars {
  readonly json: boolean;
  /** The answer. With `--json` the value, as one JSON value; for people the text. */
  answer(value: unknown, people: () => string): void;
  /** A part of the answer that people need not wait for; scripts get it with the rest. */
  tell(people: () => string): void;
  /** how wide the lines of an answer may be; undefined where nobody reads them on a screen */
  readonly columns: number | undefined;
}

export function openTerminal(
  json: boolean,
  out: Screen = process.stdout,
  err: Screen = process.stderr,
): Terminal {
  const bars = json ? silent : openBars(err);
  return {
    ...bars,
    json,
    answer(value, people) {
      const text = json ? JSON.stringify(value, null, 2) : people();
      if (text !== "") out.write(`${text}\n`);
    },
    tell(people) {
      if (!json) out.write(`${people()}\n`);
    },
    columns: out.isTTY ? out.columns : undefined,
  };
}

const silent: Bars = { set() {}, say() {}, end() {} };

/**
 * Tells how a command ended that did not do what was asked: a sentence for people, a JSON value for
 * scripts.
 *
 * @returns the exit code
 */
export function tellEnd(terminal: Terminal, ended: Ended): number {
  const { code } = exits[ended.exit];
  terminal.end();
  if (terminal.json)
    terminal.answer({ error: { exit: code, message: ended.message, ...ended.about } }, () => "");
  else {
    // a terminal shows ^C where the line had come to
    const apart = ended.exit === "interrupted" && process.stderr.isTTY ? "\n" : "";
    process.stderr.write(`${apart}${colors.red("✗")} ${ended.message}\n`);
  }
  return code;
}

/** Anything thrown, as an end with an exit code. */
export function endOf(error: unknown): Ended {
  if (error instanceof Ended) return error;
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  if (name === "AbortError") return new Ended("interrupted", "Interrupted.");
  return new Ended("failed", message);
}

/** The exit for what the API answered. */
export function exitFor(status: number): Exit {
  if (status === 401 || status === 403) return "denied";
  if (status === 404) return "missing";
  if (status === 400 || status === 413 || status === 415 || status === 422) return "usage";
  return "failed";
}
