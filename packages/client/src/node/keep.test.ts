import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { fileStore, recordFolder } from "./index.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rushes-keep-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const session = { email: "ada@example.com", accessToken: "a", refreshToken: "r", expiresAtMs: 5 };

it("a session is kept for its owner's eyes alone, and goes without a trace", async () => {
  const path = join(folder, "deep", "session.json");
  const store = fileStore(path);
  expect(await store.read()).toBeUndefined();
  await store.write(session);
  expect(await fileStore(path).read()).toEqual(session);
  if (process.platform !== "win32") expect(statSync(path).mode & 0o777).toBe(0o600);
  await store.write(undefined);
  expect(readdirSync(join(folder, "deep"))).toEqual([]);
});

it.each(["", "{", "null", "[]", '{"accessToken":1}'])("%j is no session", async (text) => {
  const path = join(folder, "session.json");
  writeFileSync(path, text);
  expect(await fileStore(path).read()).toBeUndefined();
});

it("records of many uploads lie side by side", async () => {
  const records = recordFolder(folder);
  const keys = Array.from({ length: 20 }, (_, at) => `https://a/api new /films/${at}.mp4 5 1`);
  await Promise.all(keys.map((key) => records.write(key, { idempotencyKey: key })));
  for (const key of keys) expect(await records.read(key)).toEqual({ idempotencyKey: key });
  await Promise.all(keys.map((key) => records.write(key, undefined)));
  expect(readdirSync(folder)).toEqual([]);
});
