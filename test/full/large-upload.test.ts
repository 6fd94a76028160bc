import { spawn } from "node:child_process";
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { connect, openAccounts, type Rushes } from "@rushes/client";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ended, root, type TestLaptop, testLaptop } from "../support/laptop.ts";
import { until } from "../support/until.ts";
import type { Errand, Told } from "../support/uploader.ts";

const MIB = 1024 ** 2;
const FILE_BYTES = 5 * 1024 * MIB;

/** Node itself takes about 80 MiB; the rest is ours, whatever the film's size. */
const MOST_RSS_BYTES = 192 * MIB;

let here: TestLaptop;
let folder: string;
let rushes: Rushes;
let errand: Errand;
/** parts that reached the store whole, in order */
const stored: number[] = [];
let arriving = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "rushes-large-"));
  here = await testLaptop();
  const { aws, userPoolId, clientId = "", api = "" } = here.laptop.endpoints;
  const issuer = `${aws}/${userPoolId}`;
  const editor = here.users.find(({ group }) => group === "editor");
  if (!editor) throw new Error("nobody is an editor");
  const { email, password } = editor;
  const path = join(folder, "large.mp4");
  errand = { api, issuer, clientId, email, password, path, records: join(folder, "records") };
  const accounts = openAccounts({ issuer, clientId });
  await accounts.signIn({ email, password });
  rushes = connect({ api, token: accounts.token });

  const wire = here.laptop.cloud.services.get("s3")?.wire;
  if (wire?.protocol !== "own") throw new Error("S3 reads its requests itself no more");
  const { serve } = wire;
  wire.serve = async (exchange) => {
    const part = new URLSearchParams(exchange.rawQuery).get("partNumber");
    if (exchange.request.method !== "PUT" || part === null) return serve(exchange);
    arriving += 1;
    await serve(exchange).finally(() => {
      arriving -= 1;
    });
    if (exchange.response.statusCode === 200) stored.push(Number(part));
  };
});
afterAll(async () => {
  await here?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

/** Five gigabytes that take no room and no time to make, and of which no two parts are alike. */
function make(path: string): void {
  const file = openSync(path, "w");
  ftruncateSync(file, FILE_BYTES);
  for (let at = 0; at < FILE_BYTES; at += MIB) writeSync(file, `megabyte ${at / MIB}`, at);
  closeSync(file);
}

/** Sends somebody to upload, and hears what they tell. With `killAt` they do not come back. */
async function send(killAt = Number.POSITIVE_INFINITY) {
  const child = spawn(
    process.execPath,
    [
      "--disable-warning=ExperimentalWarning",
      join(root, "test/support/uploader.ts"),
      JSON.stringify(errand),
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const seen = {
    videoId: "",
    uploadId: "",
    sentBytes: 0,
    resumedBytes: 0,
    mostRssBytes: 0,
    done: false,
  };
  for await (const line of createInterface(child.stdout)) {
    const told: Told = JSON.parse(line);
    if ("begun" in told) Object.assign(seen, told.begun);
    else if ("done" in told) seen.done = true;
    else {
      Object.assign(seen, told);
      if (told.sentBytes >= killAt) child.kill("SIGKILL");
    }
  }
  return seen;
}

it("five gigabytes go through little memory; killed halfway, only what is missing is sent", async () => {
  make(errand.path);
  const first = await send(FILE_BYTES / 2);
  expect(first).toMatchObject({ done: false });
  expect(first.mostRssBytes).toBeLessThan(MOST_RSS_BYTES);

  await until("the store to notice", () => arriving === 0);
  const cut = await rushes.videos.showUpload(first.videoId, first.uploadId);
  const { partCount = 0, partSizeBytes = 0, arrived = [] } = cut;
  expect(cut).toMatchObject({ state: "open", kind: "multipart", sizeBytes: FILE_BYTES });
  expect(arrived.length * partSizeBytes).toBeGreaterThan(FILE_BYTES * 0.4);
  expect(arrived.length).toBeLessThan(partCount);
  const there = new Set(arrived.map(({ number }) => number));

  stored.length = 0;
  const second = await send();
  expect(second).toMatchObject({
    done: true,
    videoId: first.videoId,
    uploadId: first.uploadId,
    resumedBytes: there.size * partSizeBytes,
    sentBytes: FILE_BYTES,
  });
  expect(second.mostRssBytes).toBeLessThan(MOST_RSS_BYTES);
  const missing = Array.from({ length: partCount }, (_, index) => index + 1).filter(
    (number) => !there.has(number),
  );
  expect(stored.toSorted((a, b) => a - b)).toEqual(missing);
  console.log(
    `${partCount} parts, ${missing.length} sent after the kill; at most ` +
      `${Math.round(Math.max(first.mostRssBytes, second.mostRssBytes) / MIB)} MiB of memory`,
  );

  // It is no film, and is told so: the file was taken whole.
  const film = await ended(here, () => first.videoId);
  expect(film).toMatchObject({ status: "FAILED", problem: { code: "SourceNotMedia" } });
});
