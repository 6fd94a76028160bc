import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Lends a folder that is gone afterwards, also after Ctrl-C. */
export async function inFolder<T>(run: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "rushes-bench-"));
  const remove = () => rm(folder, { recursive: true, force: true, maxRetries: 3 });
  const interrupted = () => void remove().finally(() => process.exit(130));
  process.once("SIGINT", interrupted);
  try {
    return await run(folder);
  } finally {
    process.off("SIGINT", interrupted);
    await remove();
  }
}
