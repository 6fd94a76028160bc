import { generateKeyPairSync, randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writePrivate } from "../kernel/private-file.ts";

/**
 * Values for the graph's secrets, made once per data folder and never committed.
 * `SigningKey` and `SigningPublicKey` are an EC P-256 pair in PEM, as CloudFront takes them, and so
 * are `SigningKeyOther` and `SigningPublicKeyOther`; any other name is 32 random bytes.
 */
export function openKeyring(folder: string): (name: string) => string {
  const file = join(folder, "secrets.json");
  const kept: Record<string, string> = existsSync(file)
    ? (JSON.parse(readFileSync(file, "utf8")) as Record<string, string>)
    : {};

  return (name) => {
    if (kept[name] === undefined) {
      const [, stem, which] = /^(\w*?)(?:Public)?Key(Other|)$/.exec(name) ?? [];
      if (stem !== undefined) {
        const made = generateKeyPairSync("ec", {
          namedCurve: "P-256",
          publicKeyEncoding: { type: "spki", format: "pem" },
          privateKeyEncoding: { type: "pkcs8", format: "pem" },
        });
        kept[`${stem}Key${which}`] = made.privateKey;
        kept[`${stem}PublicKey${which}`] = made.publicKey;
      } else {
        kept[name] = randomBytes(32).toString("base64url");
      }
      writePrivate(file, JSON.stringify(kept, null, 2));
    }
    return kept[name] ?? "";
  };
}
