import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { writePrivate } from "./private-file.ts";

const folder = mkdtempSync(join(tmpdir(), "private-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("a private file", () => {
  it.skipIf(process.platform === "win32")(
    "is its owner's alone, even when others could read the one before",
    () => {
      const file = join(folder, "keys.json");
      writeFileSync(file, "old");
      chmodSync(file, 0o644);
      writePrivate(file, "new");
      expect(readFileSync(file, "utf8")).toBe("new");
      expect(statSync(file).mode & 0o777).toBe(0o600);
    },
  );

  it("that cannot be written leaves nothing half done", () => {
    const file = join(folder, "taken");
    expect(() => writePrivate(join(file, "in", "no", "folder"), "text")).toThrow("ENOENT");
    expect(readdirSync(folder).filter((name) => name.endsWith(".draft"))).toEqual([]);
  });
});
