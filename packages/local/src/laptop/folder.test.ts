import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { claimFolder } from "./folder.ts";

const root = mkdtempSync(join(tmpdir(), "folder of a laptop ✓ "));
afterAll(() => rmSync(root, { recursive: true }));
const MODULE = fileURLToPath(new URL("./folder.ts", import.meta.url));

describe("the folder of a laptop", () => {
  it("is made when it is not there, and found again", () => {
    const dataDir = join(root, "deep", "new");
    const store = claimFolder(dataDir);
    store.schema("CREATE TABLE film (title TEXT)");
    store.run("INSERT INTO film VALUES ('Rope')");
    store.close();
    const again = claimFolder(dataDir);
    expect(again.get("SELECT title FROM film")).toEqual({ title: "Rope" });
    again.close();
  });

  it("belongs to one process at a time, and the other is told so", () => {
    const dataDir = join(root, "shared");
    const store = claimFolder(dataDir);
    const script = `import { claimFolder } from ${JSON.stringify(MODULE)}; claimFolder(process.argv[1]);`;
    const words = ["--input-type=module", "-e", script, dataDir];
    const other = spawnSync(process.execPath, words, { encoding: "utf8" });
    store.close();
    expect(other.status).toBe(1);
    expect(other.stderr).toContain(`Another laptop is using ${dataDir}.`);
  });

  it("when fresh, loses what laptops wrote and nothing else", () => {
    const dataDir = join(root, "used");
    claimFolder(dataDir).close();
    mkdirSync(join(dataDir, "s3", "bodies"), { recursive: true });
    mkdirSync(join(dataDir, "cognito", "mail"), { recursive: true });
    for (const name of ["endpoints.json", "secrets.json", "users.json", "thesis.txt"]) {
      writeFileSync(join(dataDir, name), "text");
    }
    claimFolder(dataDir, { fresh: true }).close();
    expect(readdirSync(dataDir).sort()).toEqual(["cloud.sqlite", "thesis.txt"]);
  });

  it("is not made fresh when it is somebody else's", () => {
    const dataDir = join(root, "papers");
    mkdirSync(dataDir);
    writeFileSync(join(dataDir, "thesis.txt"), "text");
    expect(() => claimFolder(dataDir, { fresh: true })).toThrow("not a data folder of Rushes");
    expect(readdirSync(dataDir)).toEqual(["thesis.txt"]);
  });

  it.each([false, true])("cannot be a file (fresh: %s)", (fresh) => {
    const file = join(root, "thesis.txt");
    writeFileSync(file, "text");
    expect(() => claimFolder(file, { fresh })).toThrow("is not a folder");
    expect(existsSync(file)).toBe(true);
  });

  it("whose database is none is refused for what it is", () => {
    const dataDir = join(root, "broken");
    mkdirSync(dataDir);
    writeFileSync(join(dataDir, "cloud.sqlite"), "This is not a database at all. ".repeat(200));
    expect(() => claimFolder(dataDir)).toThrow("file is not a database");
  });
});
