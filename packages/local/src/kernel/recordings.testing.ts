import { existsSync } from "node:fs";
import { join } from "node:path";

/**
 * Where a recording of AWS lies: beside the repository, not in it. When it is not there, a line
 * says so, for the tests that read it are skipped.
 */
export function recordingAt(path: string): string {
  const file = join(import.meta.dirname, "../../../../../shared/vectors", path);
  if (!existsSync(file)) {
    console.log(`No recording ${path} beside the repository: its tests are skipped.`);
  }
  return file;
}
