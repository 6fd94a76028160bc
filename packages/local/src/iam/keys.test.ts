import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openIam } from "./index.ts";

const account = "000000000000";
const region = "us-east-1";
const roleArn = `arn:aws:iam::${account}:role/reader`;
const folders: string[] = [];
const folder = () => {
  folders.push(mkdtempSync(join(tmpdir(), "rushes-iam-")));
  return folders.at(-1) as string;
};
afterAll(() => {
  for (const one of folders) rmSync(one, { recursive: true, force: true });
});

const shared = folder();

describe("keys", () => {
  it("are the same after a restart, and others in another folder", () => {
    const dataDir = folder();
    const open = (dir = dataDir) => openIam({ dataDir: dir, accountId: account, region });
    const first = open().keysFor(roleArn, "fn");
    expect(open().keysFor(roleArn, "fn")).toEqual(first);
    expect(open().operatorKeys).toEqual(open().operatorKeys);
    expect(open().keysFor(roleArn, "other")).not.toEqual(first);
    expect(open(folder()).keysFor(roleArn, "fn")).not.toEqual(first);
    expect(first.accessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
    expect(open().operatorKeys.accessKeyId).toMatch(/^AKIA[A-Z2-7]{16}$/);
    expect(first.secretAccessKey).toHaveLength(40);
  });

  it("come from one file that only its owner can read", () => {
    const dataDir = folder();
    openIam({ dataDir, accountId: account, region });
    expect(readdirSync(join(dataDir, "iam"))).toEqual(["master.key"]);
    if (process.platform !== "win32") {
      expect(statSync(join(dataDir, "iam", "master.key")).mode & 0o777).toBe(0o600);
    }
  });

  it("are not made from a damaged file", () => {
    const dataDir = folder();
    openIam({ dataDir, accountId: account, region });
    writeFileSync(join(dataDir, "iam", "master.key"), "short");
    expect(() => openIam({ dataDir, accountId: account, region })).toThrow("is damaged");
  });

  it("a token that was edited is nobody's", () => {
    const iam = openIam({ dataDir: shared, accountId: account, region });
    const keys = iam.keysFor(roleArn, "fn");
    const forged = `${Buffer.from(JSON.stringify(["role", `${roleArn}-admin`, "fn", null])).toString("base64url")}.${keys.sessionToken?.split(".")[1]}`;
    const other = openIam({ dataDir: shared, accountId: account, region });
    expect(other.signer(keys.accessKeyId, forged)).toBeUndefined();
    for (const token of ["", ".", "a.b", "a.b.c", undefined])
      expect(other.signer(keys.accessKeyId, token)).toBeUndefined();
  });

  it("of a role that no longer exists are nobody's", () => {
    const iam = openIam({ dataDir: shared, accountId: account, region });
    expect(iam.signer(iam.keysFor(roleArn, "fn").accessKeyId)).toBeUndefined();
  });
});
