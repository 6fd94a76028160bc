import { type ChildProcess, spawn } from "node:child_process";
import { bareEnv } from "../../packages/local/src/ffmpeg/env.ts";

/**
 * CPU seconds, user and system, as ffmpeg itself counted them.
 *
 * @throws Error when it did not: `-benchmark` missing, messages silenced, or it failed
 */
export function cpuSecondsIn(messages: string): number {
  const [, user, system] = LINE.exec(messages) ?? [];
  if (user === undefined || system === undefined) {
    throw new Error(`ffmpeg did not say what it used:\n${messages.slice(-1000)}`);
  }
  return Number(user) + Number(system);
}

const LINE = /^bench: utime=([\d.]+)s stime=([\d.]+)s/m;

/** The same command, but one that says at its end what it used. */
export function counted(args: readonly string[]): string[] {
  return ["-benchmark", ...args.map((arg, at) => (args[at - 1] === "-loglevel" ? "info" : arg))];
}

/**
 * Runs ffmpeg to its end.
 *
 * @param from the ffmpeg whose standard output is read on `pipe:0`
 * @returns CPU seconds
 */
export async function run(
  program: string,
  args: readonly string[],
  folder: string,
  from?: { args: readonly string[] },
): Promise<number> {
  const start = (words: readonly string[], stdio: Array<"ignore" | "pipe">) =>
    spawn(program, words, { cwd: folder, env: bareEnv(), stdio, windowsHide: true });
  const child = start(counted(args), [from ? "pipe" : "ignore", "ignore", "pipe"]);
  const feeder = from && start(from.args, ["ignore", "pipe", "pipe"]);
  if (child.stdin) feeder?.stdout?.pipe(child.stdin);
  const [ending, feeding] = [ended(child), feeder && ended(feeder)];
  const { code, messages } = await ending;
  feeder?.stdout?.destroy(); // nobody reads any more: it must not wait for that
  const fed = await feeding;
  if (code !== 0) throw new Error(`ffmpeg ended with ${code}:\n${messages}`);
  if (fed && fed.code !== 0) {
    throw new Error(`ffmpeg, feeding another, ended with ${fed.code}:\n${fed.messages}`);
  }
  return cpuSecondsIn(messages);
}

function ended(child: ChildProcess): Promise<{ code: number | null; messages: string }> {
  let messages = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    messages = (messages + text).slice(-20_000);
  });
  child.stdin?.on("error", () => undefined); // it ended early: its code and words say why
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, messages }));
  });
}
