import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

/** Keeps values unreadable in the data folder without its key. */
export interface Seal {
  /** @param about what the value belongs to; it opens nowhere else */
  close(value: Uint8Array, about: string): Uint8Array;
  open(sealed: Uint8Array, about: string): Buffer;
}

/** AES-256-GCM: 12 bytes of nonce, 16 of tag, then the text. */
export function sealWith(key: Buffer): Seal {
  return {
    close(value, about) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(about));
      const text = Buffer.concat([cipher.update(value), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), text]);
    },
    open(sealed, about) {
      const bytes = Buffer.from(sealed);
      const tagEnd = NONCE_BYTES + TAG_BYTES;
      const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, NONCE_BYTES))
        .setAAD(Buffer.from(about))
        .setAuthTag(bytes.subarray(NONCE_BYTES, tagEnd));
      return Buffer.concat([decipher.update(bytes.subarray(tagEnd)), decipher.final()]);
    },
  };
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
