import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Accounts, connect, openAccounts, type Rushes, type Seen } from "@rushes/client";
import { fileSource, fileStore, recordFolder } from "@rushes/client/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { watch as judge } from "../../packages/cli/src/once/judge.ts";
import { type TestLaptop, testLaptop } from "../support/laptop.ts";
import { clip } from "../support/media.ts";
import { until } from "../support/until.ts";

let here: TestLaptop;
let folder: string;
let rushes: Rushes;
let accounts: Accounts;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "rushes-client-"));
  here = await testLaptop();
  accounts = people();
  await accounts.signIn(userOf("editor"));
  rushes = connect({ api: apiOf(here), token: accounts.token });
});
afterAll(async () => {
  await here?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const apiOf = ({ laptop }: TestLaptop) => laptop.endpoints.api ?? "";

function people(store?: ReturnType<typeof fileStore>): Accounts {
  const { aws, userPoolId, clientId = "" } = here.laptop.endpoints;
  return openAccounts({ issuer: `${aws}/${userPoolId}`, clientId, ...(store && { store }) });
}

function userOf(group: string) {
  const user = here.users.find((one) => one.group === group);
  if (!user) throw new Error(`nobody is ${group}`);
  return user;
}

/** The code in the newest message to an address, once so many were sent. */
function codeFor(email: string, count: number): Promise<string> {
  const mails = join(here.dataDir, "cognito", "mail");
  return until("a message", () => {
    const mine = readdirSync(mails)
      .sort()
      .map((name) => readFileSync(join(mails, name), "utf8"))
      .filter((mail) => mail.startsWith(`To: ${email}\n`));
    const code = /\b\d{6}\b/.exec(mine.at(-1)?.split("\n\n")[1] ?? "")?.[0];
    return mine.length >= count && code;
  });
}

/** A true film of more than one part: players skip a box that says it is free space. */
async function large(megabytes: number): Promise<string> {
  const padding = Buffer.alloc(megabytes * 1024 ** 2);
  padding.writeUInt32BE(padding.length);
  padding.write("free", 4);
  const path = join(folder, "large.mp4");
  writeFileSync(path, Buffer.concat([readFileSync(await clip({ seconds: 2 })), padding]));
  return path;
}

async function seen(id: string): Promise<Seen[]> {
  const all: Seen[] = [];
  for await (const one of rushes.watch(id, { everyMs: 100 })) all.push(one);
  return all;
}

describe("people", () => {
  it("sign in without sending a password, and the API knows them", async () => {
    const me = await rushes.me();
    expect(me.groups).toEqual(["editor"]);
    const admin = people();
    await admin.signIn(userOf("admin"));
    const asAdmin = connect({ api: apiOf(here), token: admin.token });
    expect((await asAdmin.me()).groups).toEqual(["admin"]);
    expect((await asAdmin.me()).id).not.toBe(me.id);
  });

  it("sign up, confirm, forget their password, come back later and leave", async () => {
    const store = fileStore(join(folder, "session.json"));
    const mine = people(store);
    const email = "new@example.com";
    const password = "Correct-Horse-1";
    expect(await mine.signUp({ email, password })).toEqual({ confirmed: false });
    await expect(mine.signIn({ email, password })).rejects.toMatchObject({ code: "NotConfirmed" });
    await expect(mine.signUp({ email, password })).rejects.toMatchObject({ code: "EmailTaken" });
    await mine.confirm({ email, code: await codeFor(email, 1) });
    await mine.forgot({ email });
    const next = "Another-Horse-2";
    await mine.reset({ email, code: await codeFor(email, 2), password: next });
    await expect(mine.signIn({ email, password })).rejects.toMatchObject({ code: "PasswordWrong" });
    await mine.signIn({ email, password: next });
    const later = people(store);
    const token = await later.token();
    expect(await later.token({ refused: token })).not.toBe(token);
    await later.signOut({ everywhere: true });
    await expect(people(store).token()).rejects.toMatchObject({ code: "SignInNeeded" });
  });
});

describe("films", () => {
  it("a small one is sent in one piece, watched until it is READY, and plays", async () => {
    const path = await clip({ size: "640x360", seconds: 3 });
    const film = await rushes.upload(await fileSource(path), {
      title: "Holiday",
      tags: ["summer"],
    });
    expect(film).toMatchObject({ title: "Holiday", relation: "own" });
    const all = await seen(film.id);
    expect(all.at(-1)).toMatchObject({
      status: "READY",
      phase: "ready",
      video: { playable: true },
    });
    const verdict = await judge(await rushes.grant(film.id));
    expect(verdict.objections).toEqual([]);
    const timeline = [];
    for await (const { what } of rushes.videos.timeline(film.id)) timeline.push(what);
    expect(timeline.length).toBeGreaterThan(3);
  });

  it("gets another source while the old one plays, and strangers watch what is public", async () => {
    const source = async (seconds: number) => fileSource(await clip({ seconds }));
    const film = await rushes.upload(await source(1), { visibility: "public" });
    expect((await seen(film.id)).at(-1)?.status).toBe("READY");
    const replaced = await rushes.replace(film.id, await source(2));
    expect(replaced).toMatchObject({ id: film.id, playable: true });
    const last = (await seen(film.id)).at(-1);
    expect(last).toMatchObject({
      status: "READY",
      video: { attempt: 2, published: { attempt: 2 } },
    });
    const stranger = connect({ api: apiOf(here) });
    expect(await stranger.grant(film.id, { lifetimeSeconds: 60 })).toMatchObject({ attempt: 2 });
    await expect(stranger.videos.get(film.id)).rejects.toMatchObject({ status: 401 });
  });

  it("a large one goes in parts; cut off, only what is missing is sent", async () => {
    const path = await large(70);
    const records = recordFolder(join(folder, "records"));
    const stop = new AbortController();
    let begun = { videoId: "", uploadId: "" };
    const cut = rushes.upload(await fileSource(path), {
      records,
      parallel: 1,
      signal: stop.signal,
      onBegun: (ids) => {
        begun = ids;
      },
      onProgress: ({ sentBytes }) => {
        if (sentBytes > 34 * 1024 ** 2) stop.abort(new Error("the lid was closed"));
      },
    });
    await expect(cut).rejects.toThrow("the lid was closed");
    const before = await rushes.videos.showUpload(begun.videoId, begun.uploadId);
    expect(before).toMatchObject({ kind: "multipart", state: "open", partCount: 5 });
    const arrived = before.arrived?.length ?? 0;
    expect(arrived).toBeGreaterThanOrEqual(1);
    expect(arrived).toBeLessThan(5);

    let resumedBytes = 0;
    const film = await rushes.upload(await fileSource(path), {
      records,
      onProgress: (progress) => {
        resumedBytes = progress.resumedBytes;
      },
    });
    expect(film.id).toBe(begun.videoId);
    expect(resumedBytes).toBe(arrived * (before.partSizeBytes ?? 0));
    expect((await seen(film.id)).at(-1)?.status).toBe("READY");
    expect(await rushes.videos.showUpload(begun.videoId, begun.uploadId)).toMatchObject({
      state: "completed",
    });
  });

  it("are listed, changed if nobody else has, and deleted", async () => {
    const titles = ["Alpha", "Beta", "Gamma"];
    for (const title of titles) {
      await rushes.videos.open({ title, filename: "a.mp4", sizeBytes: 9, type: "video/mp4" });
    }
    const listed = [];
    for await (const { title } of rushes.videos.list({ limit: 2 })) listed.push(title);
    expect(listed.slice(0, 3)).toEqual(titles.toReversed());
    const { value: film } = await rushes.videos.list({ title: "beta" }).next();
    const id = film?.id ?? "";
    await rushes.videos.change(id, { title: "Delta" });
    await expect(
      rushes.videos.change(id, { title: "Epsilon" }, { etag: '"old"' }),
    ).rejects.toMatchObject({ name: "ApiProblem", status: 412, code: "RevisionOld" });
    expect((await rushes.videos.get(id)).title).toBe("Delta");
    await rushes.videos.remove(id);
    await until("it to be gone", () =>
      rushes.videos.get(id).then(
        () => false,
        ({ code }) => code === "VideoNotFound",
      ),
    );
  });

  it("of the wrong kind are refused by a name", async () => {
    const path = join(folder, "notes.txt");
    writeFileSync(path, "no film");
    const source = await fileSource(path, { type: "text/plain" });
    await expect(rushes.upload(source)).rejects.toMatchObject({
      name: "ApiProblem",
      status: 415,
      code: "TypeNotAllowed",
    });
  });
});

describe("money", () => {
  it("is known before anything runs", async () => {
    const estimate = await rushes.estimate({
      source: { durationSeconds: 600, width: 1920, height: 1080 },
    });
    expect(JSON.stringify(estimate)).toMatch(/[uU]sd/);
    expect((await rushes.profiles()).map(({ name }) => name)).toContain("standard");
    expect(await rushes.costs.month()).toMatchObject({ films: expect.any(Number) });
    expect(await rushes.budgets.get()).toBeDefined();
  });
});
