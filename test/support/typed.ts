import { execFile } from "node:child_process";
import { join } from "node:path";
import { root } from "./laptop.ts";

/** How a command ended, and what it said. */
export interface Typed {
  code: number;
  out: string;
  err: string;
  /** standard output as the one JSON value it should be */
  json(): Record<string, unknown>;
}

/** What happens while a command runs. */
interface Meanwhile {
  env?: NodeJS.ProcessEnv;
  /** standard input */
  input?: string;
  /** Ctrl-C, once standard error says this */
  interruptAt?: RegExp;
}

/** Types `rushes` with these words, in a process of its own, as a person's shell would. */
export function typed(
  words: string[],
  { env = {}, input = "", interruptAt }: Meanwhile = {},
): Promise<Typed> {
  const bin = join(root, "packages/cli/bin/rushes.mjs");
  return new Promise((done) => {
    const child = execFile(
      process.execPath,
      [bin, ...words],
      { env: { ...process.env, NO_COLOR: "1", ...env }, maxBuffer: 64 * 1024 * 1024 },
      (error, out, err) => {
        const code = error ? Number(error.code ?? 1) : 0;
        done({ code, out, err, json: () => JSON.parse(out) as Record<string, unknown> });
      },
    );
    child.stdin?.end(input);
    let said = "";
    let waiting = interruptAt !== undefined;
    child.stderr?.on("data", (text: string) => {
      said += text;
      if (!waiting || !interruptAt?.test(said)) return;
      waiting = false;
      child.kill("SIGINT");
    });
  });
}
