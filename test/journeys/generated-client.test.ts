import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { findPackageJSON } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { openAccounts } from "@rushes/client";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ended, root, type TestLaptop, testLaptop } from "../support/laptop.ts";
import { clip } from "../support/media.ts";

/** What somebody writes over a client that another's tool made of our description. */
const PROGRAM = `
import { client } from "./client.gen";
import { completeUpload, listVideos, openVideo, showVideo } from "./sdk.gen";

export async function upload(api: string, token: string, film: Blob): Promise<string> {
  client.setConfig({ baseUrl: api, auth: () => token });
  const { data } = await openVideo({
    throwOnError: true,
    headers: { "idempotency-key": "made-by-another" },
    body: { title: "Another", filename: "a.mp4", sizeBytes: film.size, type: "video/mp4" },
  });
  const { video, upload } = data;
  if (!upload?.put) throw new Error("no address");
  const { url, headers } = upload.put;
  const { ok } = await fetch(url, { method: "PUT", headers, body: film });
  if (!ok) throw new Error("not taken");
  const path = { id: video.id, uploadId: upload.id };
  await completeUpload({ throwOnError: true, path, body: {} });
  return video.id;
}

export async function titles(): Promise<string[]> {
  const { data } = await listVideos({ throwOnError: true, query: { limit: 10 } });
  return data.items.map(({ title }) => title);
}

export async function problemOf(id: string): Promise<string | undefined> {
  const { error } = await showVideo({ path: { id } });
  return error && "code" in error ? error.code : undefined;
}
`;

interface Program {
  upload(api: string, token: string, film: Blob): Promise<string>;
  titles(): Promise<string[]>;
  problemOf(id: string): Promise<string | undefined>;
}

let folder: string;
let here: TestLaptop;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "rushes-generated-"));
  here = await testLaptop();
});
afterAll(async () => {
  await here?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

describe("a client that another's tool makes of our description", () => {
  it("compiles, uploads a film, lists it and hears problems by name", async () => {
    const maker = join(home("@hey-api/openapi-ts"), "dist/run.mjs");
    const made = join(folder, "made");
    node(
      ["--import", pathToFileURL(join(root, "test/support/older-typescript.ts")).href, maker],
      ["-i", join(root, "packages/client/openapi.gen.json"), "-o", made, "--no-log-file"],
    );
    writeFileSync(join(made, "program.ts"), PROGRAM);
    node(
      [join(home("typescript"), "lib/tsc.js")],
      ["--noEmit", "--strict", "--skipLibCheck", "--target", "es2022", "--module", "esnext"],
      ["--moduleResolution", "bundler", "--lib", "es2022,dom,dom.iterable"],
      [join(made, "program.ts")],
    );
    const outfile = join(folder, "program.mjs");
    await build({
      entryPoints: [join(made, "program.ts")],
      bundle: true,
      format: "esm",
      platform: "neutral",
      outfile,
    });
    const program: Program = await import(pathToFileURL(outfile).href);

    const { aws, userPoolId, clientId = "", api = "" } = here.laptop.endpoints;
    const accounts = openAccounts({ issuer: `${aws}/${userPoolId}`, clientId });
    const editor = here.users.find(({ group }) => group === "editor");
    await accounts.signIn(editor ?? { email: "", password: "" });
    const film = new Blob([readFileSync(await clip({ seconds: 1 }))]);
    const id = await program.upload(api, await accounts.token(), film);
    expect(await program.titles()).toEqual(["Another"]);
    expect(await program.problemOf("vid_00000000000000000000000000")).toBe("VideoNotFound");
    expect((await ended(here, () => id)).status).toBe("READY");
  });
});

function node(...args: string[][]): void {
  const all = ["--disable-warning=ExperimentalWarning", ...args.flat()];
  const { status, stdout, stderr } = spawnSync(process.execPath, all, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${all.join(" ")}\n${stdout}\n${stderr}`);
}

/** The folder of a package that the client's tests use. */
function home(name: string): string {
  const client = pathToFileURL(join(root, "packages/client/package.json"));
  return dirname(findPackageJSON(name, client) ?? "");
}
