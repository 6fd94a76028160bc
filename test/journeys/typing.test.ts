import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root, type TestLaptop, testLaptop } from "../support/laptop.ts";
import { type Typed, typed } from "../support/typed.ts";

const SAMPLE = join(root, "packages/cli/sample/sample.mp4");

let laptop: TestLaptop;
let folder: string;
beforeAll(async () => {
  laptop = await testLaptop();
  folder = mkdtempSync(join(tmpdir(), "typing-"));
});
afterAll(async () => {
  await laptop[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const rushes = (...words: string[]): Promise<Typed> => typed(["--data", laptop.dataDir, ...words]);

describe("a film, typed", () => {
  let id: string;

  it("is uploaded and followed to READY, with one JSON value for scripts", async () => {
    const said = await rushes(
      "upload",
      SAMPLE,
      "--title",
      "Typed ✓",
      "--tag",
      "a",
      "b",
      "--watch",
      "--json",
    );
    expect(said).toMatchObject({ code: 0, err: "" });
    const { items } = said.json() as { items: { id: string; status: string; title: string }[] };
    expect(items).toMatchObject([{ status: "READY", title: "Typed ✓", tags: ["a", "b"] }]);
    id = items[0]?.id ?? "";
  });

  it("is listed and shown, to people and to scripts", async () => {
    const [list, show, json] = await Promise.all([
      rushes("list", "--tag", "a"),
      rushes("show", id, "--timeline"),
      rushes("show", id, "--json"),
    ]);
    expect(list.out).toMatch(new RegExp(`${id}\\s+Typed ✓\\s+READY\\s+0:08`));
    expect(show.out).toContain("READY");
    expect(json.json()).toMatchObject({ id, published: { attempt: 1 } });
  });

  it("is edited", async () => {
    const said = await rushes("edit", id, "--title", "Renamed", "--public", "--json");
    expect(said.json()).toMatchObject({ title: "Renamed", visibility: "public" });
  });

  it("has an address that plays without cookies", async () => {
    const { signedHls } = (await rushes("play", id, "--json")).json() as { signedHls: string };
    const playlist = await (await fetch(signedHls)).text();
    expect(playlist).toContain("#EXTM3U");
  });

  it("is saved as one file, and a download that broke off goes on", async () => {
    const file = join(folder, "film.mp4");
    const whole = (await rushes("download", id, "-o", file, "--json")).json() as {
      sizeBytes: number;
    };
    expect(statSync(file).size).toBe(whole.sizeBytes);
    const other = join(folder, "other.mp4");
    writeFileSync(`${other}.part`, readFileSync(file).subarray(0, 100_000));
    expect((await rushes("download", id, "-o", other)).code).toBe(0);
    expect(readFileSync(other).equals(readFileSync(file))).toBe(true);
    expect(readdirSync(folder).sort()).toEqual(["film.mp4", "other.mp4"]);
    expect(await rushes("download", id, "-o", file)).toMatchObject({ code: 2 });
  });

  it("costs what its estimate says, and the month adds it up", async () => {
    const [before, after, month] = await Promise.all([
      rushes("estimate", SAMPLE, "--json"),
      rushes("show", id, "--json"),
      rushes("costs", "--json"),
    ]);
    const estimate = before.json() as { encoding: { usd: number } };
    const { cost } = after.json() as { cost: { countedUsd: number } };
    expect(Math.abs(estimate.encoding.usd / cost.countedUsd - 1)).toBeLessThan(0.02);
    expect(month.json()).toMatchObject({ films: 1 });
  });

  it("tells an operator how it was made", async () => {
    const said = (await rushes("executions", id, "--json")).json() as {
      states: { name: string }[];
    };
    expect(said.states.map(({ name }) => name)).toEqual([
      "Validate",
      "Write PENDING",
      "Encode",
      "Record outputs",
      "Announce",
    ]);
  });

  it("cannot be retried while it is READY, which is said with its code", async () => {
    const said = await rushes("retry", id, "--json");
    expect(said.code).toBe(1);
    expect(said.json()).toMatchObject({ error: { code: "MoveForbidden", status: 409 } });
  });

  it("that is none fails, and so does trying it again, which is followed to its own end", async () => {
    const file = join(folder, "letter.mp4");
    writeFileSync(file, "Dear viewer, this is no film.");
    const said = await rushes("upload", file, "--watch", "--json");
    const { items } = said.json() as { items: { id: string; attempt: number }[] };
    expect([said.code, items]).toMatchObject([5, [{ status: "FAILED", attempt: 1 }]]);
    const again = await rushes("retry", items[0]?.id ?? "", "--watch", "--json");
    expect([again.code, again.json()]).toMatchObject([5, { status: "FAILED", attempt: 2 }]);
  });

  it("has a budget above it, which comes and goes", async () => {
    const set = await rushes("budget", "--set", "12.5", "--over", "wait", "--json");
    expect(set.json()).toMatchObject({ monthlyUsd: 12.5, over: "wait" });
    const none = await rushes("budget", "--set", "none", "--json");
    expect([none.code, none.json().monthlyUsd]).toEqual([0, undefined]);
  });

  it("is deleted only by those who mean it", async () => {
    const asked = await rushes("delete", id);
    expect(asked).toMatchObject({ code: 2, err: expect.stringContaining("--yes") });
    expect(await rushes("delete", id, "--json")).toMatchObject({ code: 0 });
    const gone = await rushes("show", id, "--json");
    expect(gone.code).toBe(4);
    expect(gone.json()).toMatchObject({ error: { code: "VideoNotFound" } });
  });
});

describe("a large file, typed", () => {
  it("goes on after Ctrl-C where it was, as the same film", async () => {
    const file = join(folder, "large.mp4");
    writeFileSync(file, Buffer.alloc(300_000_000, "film")); // 18 parts
    const words = ["upload", file, "--parallel", "1", "--data", laptop.dataDir];
    const stopped = await typed(words, { interruptAt: /uploading [1-9]\d? %/ });
    expect(stopped).toMatchObject({ code: 130, out: "" });
    expect(stopped.err).toContain(`Say rushes upload ${file} again: it goes on where it was.`);
    const { items } = (await rushes("list", "--json")).json() as { items: { id: string }[] };
    const again = await typed(words);
    expect(again).toMatchObject({ code: 0, out: expect.stringContaining(items[0]?.id ?? "") });
    // the first thing it says is what had arrived
    const [, share] = /uploading (\d+) %/.exec(again.err) ?? [];
    expect(Number(share)).toBeGreaterThanOrEqual(16);
  });
});

describe("people, typed", () => {
  it("need only an API's address to sign in", async () => {
    const { api = "" } = laptop.laptop.endpoints;
    const [{ email = "", password = "" } = {}] = laptop.users;
    const env = { XDG_CONFIG_HOME: folder, RUSHES_TOKEN: "" };
    const ask = (words: string[], input?: string) =>
      typed(["--api", api, ...words, "--json"], { env, ...(input && { input }) });
    const login = ["login", email, "--password-stdin"];
    const wrong = await ask(login, "Wrong-Horse-1");
    expect(wrong.code).toBe(3);
    expect(wrong.json()).toMatchObject({ error: { code: "PasswordWrong" } });
    expect((await ask(["whoami"])).json()).toMatchObject({ error: { code: "SignInNeeded" } });
    expect((await ask(login, `${password}\n`)).code).toBe(0);
    expect((await ask(["whoami"])).json()).toMatchObject({ groups: ["admin"] });
    expect((await ask(["logout"])).code).toBe(0);
  });

  it("sign in by group on a laptop, and are who they said", async () => {
    const viewer = laptop.users.find(({ group }) => group === "viewer");
    const env = { RUSHES_TOKEN: "" };
    const said = await typed(["--data", laptop.dataDir, "login", "viewer", "--json"], { env });
    expect(said.json()).toMatchObject({ email: viewer?.email });
    expect((await rushes("whoami", "--json")).json()).toMatchObject({ groups: ["viewer"] });
    const refused = await rushes("upload", SAMPLE, "--json");
    expect(refused.code).toBe(3);
    expect(refused.json()).toMatchObject({ error: { code: "Forbidden" } });
    expect((await rushes("logout")).code).toBe(0);
    expect((await rushes("whoami", "--json")).json()).toMatchObject({ groups: ["admin"] });
  });

  it("keep their session where nobody else can read it", async () => {
    await rushes("login", "editor");
    const file = readdirSync(laptop.dataDir).find((name) => name.startsWith("session-")) ?? "";
    expect(statSync(join(laptop.dataDir, file)).mode & 0o077).toBe(0);
    await rushes("logout");
    expect(existsSync(join(laptop.dataDir, file))).toBe(false);
  });
});

describe("asked wrongly", () => {
  it.each([
    [["nonsense"], /unknown command 'nonsense'/i],
    [["show"], /missing required argument 'video'/i],
    [["list", "--limit", "none"], /whole number from 1/],
    [["upload", "no-such-file.mp4"], /There is no file no-such-file.mp4/],
    [["budget", "--over", "panic", "--set", "1"], /one of "wait"\|"refuse"/],
    [["list", "--bogus"], /unknown option '--bogus'/i],
  ])("rushes %j ends with 2 and says why", async (words, why) => {
    const [people, scripts] = await Promise.all([rushes(...words), rushes(...words, "--json")]);
    expect([people.code, scripts.code]).toEqual([2, 2]);
    expect(people.err).toMatch(why);
    expect(people.out).toBe("");
    expect(scripts.json()).toMatchObject({
      error: { exit: 2, message: expect.stringMatching(why) },
    });
  });

  it("an API that is not there ends with 6", async () => {
    const env = { RUSHES_TOKEN: "x" };
    const said = await typed(["--api", "http://127.0.0.1:9/api", "list", "--json"], { env });
    expect(said.code).toBe(6);
  });

  it("help is an answer, not an error", async () => {
    const said = await rushes("--help");
    expect(said.code).toBe(0);
    for (const word of [
      "login",
      "upload",
      "list",
      "show",
      "watch",
      "play",
      "download",
      "estimate",
      "retry",
      "cancel",
      "reprocess",
      "replace",
      "delete",
      "webhooks",
      "executions",
      "profiles",
      "keys",
      "doctor",
      "start",
    ]) {
      expect(said.out).toMatch(new RegExp(`^  ${word}\\b`, "m"));
    }
  });
});
