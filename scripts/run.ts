import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));

/** Runs a JavaScript program under this very Node, without a shell, and answers its exit code. */
export function runNode(program: string, args: string[] = [], env: NodeJS.ProcessEnv = {}): number {
  const done = spawnSync(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", join(root, program), ...args],
    { cwd: root, stdio: "inherit", env: { ...process.env, ...env } },
  );
  if (done.error) throw done.error;
  return done.status ?? 1;
}
