import { spawn } from "node:child_process";
import { bareEnv } from "./env.ts";

/**
 * Stands between us and one long ffmpeg: when we are gone (even by `kill -9`), the pipe on its
 * standard input ends, and it takes ffmpeg with it. ffmpeg alone would go on to the end, since it
 * ignores broken pipes. Progress and messages pass through untouched.
 *
 * Started as: node guard.ts PROGRAM ARGUMENT...
 */
const [program = "", ...args] = process.argv.slice(2);
const child = spawn(program, args, {
  stdio: ["ignore", "inherit", "inherit"],
  env: bareEnv(),
});
child.on("error", (error) => {
  process.stderr.write(`cannot start: ${error.message}\n`);
  process.exit(127);
});
child.on("exit", (code, signal) => process.exit(signal ? 128 : (code ?? 1)));

process.stdin.on("end", () => child.kill("SIGKILL"));
process.stdin.on("error", () => child.kill("SIGKILL"));
process.stdin.resume();
