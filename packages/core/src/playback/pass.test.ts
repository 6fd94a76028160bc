import { generateKeyPairSync, type KeyObject } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import * as Signatures from "../aws/signatures.ts";
import * as Clock from "../clock/index.ts";
import { link } from "../testing/small-cloud.ts";
import * as Pass from "./pass.ts";
import { policy } from "./policy.ts";

const pair = () => generateKeyPairSync("ec", { namedCurve: "P-256" });
const pem = (key: KeyObject) =>
  String(key.export({ type: key.type === "private" ? "pkcs8" : "spki", format: "pem" }));
const [now, before, stranger] = [pair(), pair(), pair()];

let secret = {
  keyPairId: "KNOW",
  privateKeyPem: pem(now.privateKey),
  other: { keyPairId: "KBEFORE", publicKeyPem: pem(before.publicKey) },
};
const asked = vi.fn(() => Promise.resolve(JSON.stringify(secret)));
vi.mock("../aws/secrets.ts", () => ({ secret: () => asked() }));
link();

const nowMs = Date.UTC(2030, 0, 1);
const endsAtMs = nowMs + 60_000;
const film = "videos/vid_01BX5ZZKBKACTAV9WEVGEMMVRZ/";

function made(keyPairId: string, key: KeyObject, folder = `${film}1/*`): string {
  const signed = Signatures.sign({ keyPairId, key }, policy(folder, endsAtMs, nowMs));
  return Pass.written(signed, endsAtMs);
}
const read = (pass: string, folder = `${film}1/*`, atMs = nowMs) =>
  Clock.at(atMs, () => Pass.read(pass, folder));
const refused = expect.objectContaining({ code: "GrantInvalid" });

const good = made("KNOW", now.privateKey);
const [ends = "", id = "", signature = ""] = good.split(".");

describe("a pass", () => {
  it.each([
    { by: "the key that signs", pass: good },
    { by: "the other key", pass: made("KBEFORE", before.privateKey) },
  ])("of $by gives back what was signed", async ({ pass }) => {
    const signed = await read(pass);
    expect(pass).toBe(Pass.written(signed, endsAtMs));
    expect(String(Signatures.unwrapped(signed.policy))).toBe(policy(`${film}1/*`, endsAtMs, nowMs));
  });

  it.each([
    { how: "empty", pass: "" },
    { how: "of another key by the right name", pass: made("KNOW", stranger.privateKey) },
    { how: "of a key nobody knows", pass: made("KSTRANGER", stranger.privateKey) },
    { how: "of our other key by this one's name", pass: made("KNOW", before.privateKey) },
    {
      how: "of another film",
      pass: made("KNOW", now.privateKey, `${film.replace("RZ", "RA")}1/*`),
    },
    { how: "of another attempt", pass: made("KNOW", now.privateKey, `${film}2/*`) },
    { how: "of one file only", pass: made("KNOW", now.privateKey, `${film}1/stream/main.m3u8`) },
    { how: "longer than signed", pass: `${(endsAtMs / 1000 + 1).toString(36)}.${id}.${signature}` },
    { how: "with zeros before its end", pass: `0${good}` },
    { how: "for ever", pass: `zzzzzzzz.${id}.${signature}` },
    { how: "without a signature", pass: `${ends}.${id}.` },
    { how: "with more after it", pass: `${good}AAAA` },
    { how: "with a line after it", pass: `${good}\n` },
    {
      how: "with a letter in between",
      pass: `${ends}.${id}.${signature.slice(0, 9)}!${signature.slice(9)}`,
    },
  ])("$how is refused", async ({ pass }) => {
    await expect(read(pass)).rejects.toThrow(refused);
  });

  it("is refused from the moment it ends", async () => {
    await expect(read(good, undefined, endsAtMs - 1)).resolves.toBeDefined();
    await expect(read(good, undefined, endsAtMs)).rejects.toThrow(refused);
  });

  it("is refused after any edit", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(good.length - 1),
        fc.constantFrom(..."AZaz09-_~.=+/ "),
        async (at, letter) => {
          fc.pre(good[at] !== letter);
          const edited = good.slice(0, at) + letter + good.slice(at + 1);
          await expect(read(edited)).rejects.toThrow(refused);
        },
      ),
      { numRuns: 150 },
    );
  });

  it("of a key that is younger than our copy of the keys is good, and strangers are no hurry", async () => {
    await read(good, undefined, nowMs + 1000);
    const next = pair();
    const pass = made("KNEXT", next.privateKey);
    secret = {
      keyPairId: "KNEXT",
      privateKeyPem: pem(next.privateKey),
      other: { keyPairId: "KNOW", publicKeyPem: pem(now.publicKey) },
    };
    await expect(read(pass, undefined, nowMs + 20_000)).resolves.toBeDefined();
    await expect(read(good, undefined, nowMs + 20_000)).resolves.toBeDefined();
    const times = asked.mock.calls.length;
    for (const atMs of [21_000, 22_000, 29_000]) {
      const strange = made("KSTRANGER", stranger.privateKey);
      await expect(read(strange, undefined, nowMs + atMs)).rejects.toThrow(refused);
    }
    expect(asked.mock.calls.length).toBe(times);
  });
});
