import { createHmac, createSecretKey, randomBytes, timingSafeEqual } from "node:crypto";
import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Keys } from "../kernel/caller.ts";

/** Who a key id belongs to. */
export type Holder =
  | { kind: "operator" }
  | { kind: "role"; roleArn: string; session: string; expiresAtMs?: number };

/** Makes keys from the data folder's one secret: the same holder has the same keys after a restart. */
export interface Keyring {
  keysFor(holder: Holder): Keys;
  /** Who a session token was made for; undefined when it was not made here. */
  readToken(token: string): Holder | undefined;
  /** A secret of a service's own, 32 bytes, such as the one that seals what it stores. */
  secretFor(purpose: string): Buffer;
}

/** Opens the keyring of a data folder; the first time it makes the secret, readable by its owner only. */
export function openKeyring(dataDir: string): Keyring {
  const secretFor = deriver(readMaster(join(dataDir, "iam")));
  const marking = createSecretKey(secretFor("session tokens"));
  const naming = createSecretKey(secretFor("access key ids"));
  const signing = createSecretKey(secretFor("secret access keys"));
  const mark = (text: string) => createHmac("sha256", marking).update(text).digest();
  const make = (holder: Holder): Keys => {
    const text = JSON.stringify(
      holder.kind === "operator"
        ? ["operator"]
        : ["role", holder.roleArn, holder.session, holder.expiresAtMs ?? null],
    );
    const id = base32(createHmac("sha256", naming).update(text).digest()).slice(0, 16);
    const secretAccessKey = createHmac("sha256", signing)
      .update(text)
      .digest("base64")
      .slice(0, 40);
    if (holder.kind === "operator") return { accessKeyId: `AKIA${id}`, secretAccessKey };
    const told = Buffer.from(text).toString("base64url");
    return {
      accessKeyId: `ASIA${id}`,
      secretAccessKey,
      sessionToken: `${told}.${mark(told).toString("base64url")}`,
    };
  };
  // Asked for at every request, mostly for the same few holders.
  const made = new WeakMap<Holder, Keys>();
  return {
    secretFor,
    keysFor(holder) {
      const keys = made.get(holder) ?? make(holder);
      made.set(holder, keys);
      return keys;
    },
    readToken(token) {
      const [told = "", signed = "", ...more] = token.split(".");
      const given = Buffer.from(signed, "base64url");
      const right = mark(told);
      if (more.length > 0 || given.length !== right.length || !timingSafeEqual(given, right)) {
        return undefined;
      }
      const [kind, roleArn, session, expiresAtMs] = JSON.parse(
        Buffer.from(told, "base64url").toString(),
      ) as [string, string, string, number | null];
      if (kind !== "role") return undefined;
      return { kind, roleArn, session, ...(expiresAtMs === null ? {} : { expiresAtMs }) };
    },
  };
}

function deriver(master: Buffer): (purpose: string) => Buffer {
  return (purpose) => createHmac("sha256", master).update(`rushes: ${purpose}`).digest();
}

function readMaster(folder: string): Buffer {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, "master.key");
  try {
    return accept(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  // Linked into place whole, so that a kill leaves either no secret or a good one.
  const draft = join(folder, `master.${randomBytes(6).toString("hex")}`);
  writeFileSync(draft, randomBytes(MASTER_BYTES), { mode: 0o600, flag: "wx", flush: true });
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  return accept(file);
}

function accept(file: string): Buffer {
  const master = readFileSync(file);
  if (master.length !== MASTER_BYTES) {
    throw new Error(
      `${file} is damaged: it must hold ${MASTER_BYTES} bytes. Start with a new data folder, or put the file back.`,
    );
  }
  chmodSync(file, 0o600);
  return master;
}

const MASTER_BYTES = 32;

function base32(bytes: Buffer): string {
  let bits = "";
  for (const byte of bytes) bits += byte.toString(2).padStart(8, "0");
  return (bits.match(/.{5}/g) ?? [])
    .map((five) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[Number.parseInt(five, 2)])
    .join("");
}
