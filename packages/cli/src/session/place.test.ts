import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { placeOf } from "./place.ts";

const folder = mkdtempSync(join(tmpdir(), "place-"));
afterAll(() => rmSync(folder, { recursive: true }));

it.each([
  ["films.example.org", "https://films.example.org/api"],
  ["https://films.example.org/", "https://films.example.org/api"],
  ["https://films.example.org/v2/api/", "https://films.example.org/v2/api"],
  ["http://127.0.0.1:4569/api", "http://127.0.0.1:4569/api"],
])("--api %s is %s", (api, address) => expect(placeOf({ api })).toEqual({ api: address }));

it.each(["http://films.example.org", "https://"])("--api %s is refused", (api) => {
  expect(() => placeOf({ api })).toThrow("--api takes an");
});

it("a laptop's endpoints tell where it is", () => {
  const dataDir = join(folder, "data");
  mkdirSync(dataDir);
  const users = [{ email: "admin@rushes.test", password: "p", group: "admin" }];
  const api = "http://127.0.0.1:1/api";
  const told = { api, users, aws: "http://127.0.0.1:2", clientId: "c" };
  writeFileSync(join(dataDir, "endpoints.json"), JSON.stringify(told));
  expect(placeOf({ dataDir })).toEqual({ api, laptop: { dataDir, users } });
});

it("without a laptop it says how to get one", () => {
  expect(() => placeOf({ dataDir: join(folder, "none") })).toThrow("npm start");
});
