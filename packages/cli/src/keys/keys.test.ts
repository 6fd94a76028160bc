import { createPrivateKey, createPublicKey } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openKeyring } from "../../../local/src/deploy/keyring.ts";
import { createKeys, rotateKeys } from "./keys.ts";
import { laptopSecrets, type RunSst, type Secrets, stageSecrets } from "./secrets.ts";

const dataDir = mkdtempSync(join(tmpdir(), "rushes-keys-"));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

/** `sst secret` as it is on a stage where somebody else keeps a secret too. */
function smallSst(): { run: RunSst; kept: Map<string, string>; said: string[] } {
  const kept = new Map([["Stripe", "SigningKey=no\nSigningKeyNot=no"]]);
  const said: string[] = [];
  return {
    kept,
    said,
    async run(words, input) {
      said.push(words.join(" "));
      const [, verb, name = ""] = words;
      if (verb === "set") kept.set(name, input ?? "");
      if (verb === "remove") kept.delete(name);
      const lines = [...kept].map(([key, value]) => `${key}=${value}`);
      return verb === "list" ? `# rushes/production\n${lines.toReversed().join("\n")}\n` : "";
    },
  };
}

const halves = (privatePem = "", publicPem = "") => {
  const made = createPublicKey(createPrivateKey(privatePem));
  return made.equals(createPublicKey(publicPem));
};

async function known(secrets: Secrets) {
  const all = await secrets.read();
  return {
    ...all,
    isPair: halves(all.SigningKey, all.SigningPublicKey),
    hasNext: all.SigningKeyOther !== undefined,
  };
}

describe.each([
  { where: "a stage", open: () => stageSecrets("production", smallSst().run) },
  {
    where: "the laptop",
    open: () => {
      const folder = mkdtempSync(join(dataDir, "laptop-"));
      openKeyring(folder)("Other"); // a data folder from before there were keys
      return laptopSecrets(folder);
    },
  },
])("the keys of $where", ({ open }) => {
  it("are made once: one that signs, and the next one", async () => {
    const secrets = open();
    expect(await createKeys(secrets)).toMatchObject({ made: ["signing", "next"] });
    const before = await known(secrets);
    expect(before).toMatchObject({ isPair: true, hasNext: true });
    expect(halves(before.SigningKeyOther, before.SigningPublicKeyOther)).toBe(true);
    expect(createPrivateKey(before.SigningKey ?? "").asymmetricKeyDetails?.namedCurve).toBe(
      "prime256v1",
    );
    expect(await createKeys(secrets)).toMatchObject({ made: [] });
    expect(await known(secrets)).toEqual(before);
  });

  it("change places, and the last one stays trusted without its private half", async () => {
    const secrets = open();
    await createKeys(secrets);
    const before = await known(secrets);
    await rotateKeys(secrets, Date.UTC(2030, 0, 1));
    const after = await known(secrets);
    expect(after).toEqual({
      ...before,
      SigningKey: before.SigningKeyOther,
      SigningPublicKey: before.SigningPublicKeyOther,
      SigningPublicKeyOther: before.SigningPublicKey,
      SigningKeyOther: undefined,
      SigningRotatedAt: "2030-01-01T00:00:00.000Z",
      isPair: true,
      hasNext: false,
    });
    expect("SigningKeyOther" in (await secrets.read())).toBe(false);
  });

  it("are not rotated twice, and the last one goes only when it is said", async () => {
    const secrets = open();
    await createKeys(secrets);
    await rotateKeys(secrets, Date.UTC(2030, 0, 1));
    const before = await known(secrets);
    await expect(rotateKeys(secrets)).rejects.toThrow(/no next key.*2030-01-01/);
    await expect(createKeys(secrets)).rejects.toThrow(/still trusted.*2030-01-01/);
    expect(await known(secrets)).toEqual(before);
    expect(await createKeys(secrets, { endGrants: true })).toMatchObject({ made: ["next"] });
    const after = await known(secrets);
    expect(after.SigningKey).toBe(before.SigningKey);
    expect(after.SigningPublicKeyOther).not.toBe(before.SigningPublicKeyOther);
    await expect(rotateKeys(secrets)).resolves.toBeDefined();
  });
});

it("no key stands on a command line", async () => {
  const { run, said } = smallSst();
  await createKeys(stageSecrets("production", run));
  await rotateKeys(stageSecrets("production", run));
  expect(said.join("\n")).not.toContain("KEY");
  expect(said).toContain("secret set SigningKey --stage production");
});

it.each(["", "--help", "a b", "x;y"])("a stage is not named %j", (stage) => {
  expect(() => stageSecrets(stage)).toThrow(/not the name of a stage/);
});

it("the laptop's keys are their owner's alone, and its other secrets stay", async () => {
  const folder = mkdtempSync(join(dataDir, "laptop-"));
  const keyring = openKeyring(folder);
  const [other, before] = [keyring("Session"), keyring("SigningPublicKey")];
  keyring("SigningPublicKeyOther");
  await rotateKeys(laptopSecrets(folder));
  const file = join(folder, "secrets.json");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ Session: other });
  const next = openKeyring(folder);
  expect(next("SigningPublicKeyOther")).toBe(before);
  expect(halves(next("SigningKey"), next("SigningPublicKey"))).toBe(true);
});

it("a folder without a laptop has no keys", async () => {
  await expect(createKeys(laptopSecrets(join(dataDir, "none")))).rejects.toThrow(/npm start/);
});
