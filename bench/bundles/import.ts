import { execFile } from "node:child_process";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

/** Milliseconds that a new process spends in importing a module: the least of several. */
export async function importMs(file: string): Promise<number> {
  const script = `
    const from = performance.now();
    await import(${JSON.stringify(pathToFileURL(file).href)});
    process.stdout.write(String(performance.now() - from));
    process.exit();`;
  const taken: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const { stdout } = await run(process.execPath, ["--input-type=module", "-e", script]);
    taken.push(Number(stdout));
  }
  return Math.min(...taken);
}

const run = promisify(execFile);
const ROUNDS = 7;
