import { chmodSync, renameSync, rmSync, writeFileSync } from "node:fs";

/**
 * Writes a file that its owner alone may read, whole or not at all: who reads it meanwhile, and
 * who comes after a kill or a full disk, finds the old text or the new one.
 */
export function writePrivate(file: string, text: string): void {
  const draft = `${file}.${process.pid}.draft`;
  try {
    writeFileSync(draft, text, { mode: 0o600, flush: true });
    chmodSync(draft, 0o600);
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}
