import colors from "picocolors";
import { cut, width } from "./table.ts";

/** Where lines are drawn: standard error, so that standard output stays for answers. */
export interface Screen {
  isTTY?: boolean | undefined;
  columns?: number | undefined;
  write(text: string): unknown;
}

export interface Bars {
  /** Draws a bar: `share` from 0 to 1, or undefined for work without a known end. */
  set(name: string, share: number | undefined, about?: string): void;
  /** Says a line above the bars. */
  say(line: string): void;
  /** Leaves the bars as they are. */
  end(): void;
}

/**
 * One bar a line, drawn over itself. Where nobody watches (a file, a pipe), a line for every quarter
 * instead, so that a log tells the same story.
 */
export function openBars(screen: Screen): Bars {
  return screen.isTTY ? drawn(screen) : told(screen);
}

function drawn(screen: Screen): Bars {
  const lines = new Map<string, string>();
  let shown = 0;
  const draw = () => {
    const up = shown > 0 ? `\u001b[${shown}A` : "";
    const text = [...lines.values()].map((line) => `\u001b[2K${line}\n`).join("");
    screen.write(`${up}${text}`);
    shown = lines.size;
  };
  return {
    set(name, share, about = "") {
      const columns = screen.columns ?? 80;
      const next = line(name, share, about, columns);
      if (lines.get(name) === next) return;
      lines.set(name, next);
      draw();
    },
    say(text) {
      screen.write(`${shown > 0 ? `\u001b[${shown}A\u001b[J` : ""}${text}\n`);
      shown = 0;
      draw();
    },
    end() {
      lines.clear();
      shown = 0;
    },
  };
}

function line(name: string, share: number | undefined, about: string, columns: number): string {
  const label = name + " ".repeat(Math.max(0, LABEL - width(name)));
  const percent =
    share === undefined ? "     " : `${String(Math.floor(share * 100)).padStart(3)} %`;
  const length = Math.max(10, Math.min(40, columns - LABEL - ABOUT - 10));
  const full = share === undefined ? 0 : Math.round(share * length);
  const bar = colors.green("━".repeat(full)) + colors.dim("━".repeat(length - full));
  const rest = columns - LABEL - length - 10;
  return `${label} ${bar} ${percent}  ${colors.dim(cut(about, Math.max(0, rest)))}`;
}

/** The longest phase, and what an upload has to say: `999 MB of 1.5 GB, 99 MB/s, 10:00:00 left`. */
const LABEL = 18;
const ABOUT = 40;

function told(screen: Screen): Bars {
  const said = new Map<string, number>();
  return {
    set(name, share, about = "") {
      const quarter = share === undefined ? 0 : Math.floor(share * 4);
      if (said.get(name) === quarter) return;
      said.set(name, quarter);
      const percent = share === undefined ? "" : ` ${Math.floor(share * 100)} %`;
      screen.write(`${name}${percent}${about ? `  ${about}` : ""}\n`);
    },
    say: (text) => void screen.write(`${text}\n`),
    end() {},
  };
}
