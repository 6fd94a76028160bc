import { crc32 } from "node:zlib";

/** A CRC with all bits set before and after, as all three of S3's are. */
export interface Crc {
  widthBits: 32 | 64;
  /** Bit-reversed, as the tables want it. */
  polynomial: bigint;
}

export const CRC32: Crc = { widthBits: 32, polynomial: 0xedb88320n };
export const CRC32C: Crc = { widthBits: 32, polynomial: 0x82f63b78n };
export const CRC64NVME: Crc = { widthBits: 64, polynomial: 0x9a6c9329ac4bc9b5n };

/** A checksum that grows with the bytes it is fed. */
export interface Running {
  update(bytes: Uint8Array): void;
  /** Big-endian, as S3 writes checksums before base64. */
  digest(): Buffer;
}

export function runningCrc32(): Running {
  let value = 0;
  return {
    update: (bytes) => {
      value = crc32(bytes, value);
    },
    digest: () => big(BigInt(value), 32),
  };
}

export function runningCrc32c(): Running {
  let value = 0xffffffff;
  const table = tables(CRC32C).low;
  return {
    update(bytes) {
      const end = bytes.length - (bytes.length % 8);
      let at = 0;
      for (; at < end; at += 8) {
        const low = value ^ word(bytes, at);
        const high = word(bytes, at + 4);
        value = eight(table, low, high);
      }
      for (; at < bytes.length; at += 1) {
        value = (table[(value ^ (bytes[at] as number)) & 255] as number) ^ (value >>> 8);
      }
    },
    digest: () => big(BigInt(~value >>> 0), 32),
  };
}

export function runningCrc64(): Running {
  let low = 0xffffffff;
  let high = 0xffffffff;
  const table = tables(CRC64NVME);
  return {
    update(bytes) {
      const end = bytes.length - (bytes.length % 8);
      let at = 0;
      for (; at < end; at += 8) {
        const nearer = low ^ word(bytes, at);
        const farther = high ^ word(bytes, at + 4);
        low = eight(table.low, nearer, farther);
        high = eight(table.high, nearer, farther);
      }
      for (; at < bytes.length; at += 1) {
        const index = (low ^ (bytes[at] as number)) & 255;
        low = (table.low[index] as number) ^ ((low >>> 8) | (high << 24));
        high = (table.high[index] as number) ^ (high >>> 8);
      }
    },
    digest: () => big((BigInt(~high >>> 0) << 32n) | BigInt(~low >>> 0), 64),
  };
}

/**
 * The CRC of `a` followed by `b`, from the CRCs of both: a multiplication by x^(8·length) modulo
 * the polynomial. So a multipart object has a checksum of the whole without being read again.
 */
export function combine(crc: Crc, a: Buffer, b: Buffer, lengthOfB: number): Buffer {
  const top = 1n << BigInt(crc.widthBits - 1);
  let power = top >> 1n; // x
  let shift = top; // 1
  for (let bits = BigInt(lengthOfB) * 8n; bits > 0n; bits >>= 1n) {
    if (bits & 1n) shift = multiply(crc, power, shift);
    power = multiply(crc, power, power);
  }
  return big(multiply(crc, shift, number(a)) ^ number(b), crc.widthBits);
}

function multiply(crc: Crc, a: bigint, b: bigint): bigint {
  let product = 0n;
  let term = b;
  for (let bit = 1n << BigInt(crc.widthBits - 1); bit > 0n; bit >>= 1n) {
    if (a & bit) product ^= term;
    term = term & 1n ? (term >> 1n) ^ crc.polynomial : term >> 1n;
  }
  return product;
}

function number(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString("hex") || "0"}`);
}

function big(value: bigint, widthBits: number): Buffer {
  return Buffer.from(value.toString(16).padStart(widthBits / 4, "0"), "hex");
}

function word(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}

/** Eight bytes at once: table n tells what a byte becomes after n more bytes have passed. */
function eight(table: Int32Array, low: number, high: number): number {
  return (
    (table[1792 + (low & 255)] as number) ^
    (table[1536 + ((low >>> 8) & 255)] as number) ^
    (table[1280 + ((low >>> 16) & 255)] as number) ^
    (table[1024 + (low >>> 24)] as number) ^
    (table[768 + (high & 255)] as number) ^
    (table[512 + ((high >>> 8) & 255)] as number) ^
    (table[256 + ((high >>> 16) & 255)] as number) ^
    (table[high >>> 24] as number)
  );
}

interface Tables {
  low: Int32Array;
  high: Int32Array;
}

const made = new Map<Crc, Tables>();

function tables(crc: Crc): Tables {
  const known = made.get(crc);
  if (known) return known;
  const low = new Int32Array(2048);
  const high = new Int32Array(2048);
  for (let byte = 0; byte < 256; byte += 1) {
    let value = BigInt(byte);
    for (let slice = 0; slice < 8; slice += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        value = value & 1n ? (value >> 1n) ^ crc.polynomial : value >> 1n;
      }
      low[slice * 256 + byte] = Number(BigInt.asIntN(32, value));
      high[slice * 256 + byte] = Number(BigInt.asIntN(32, value >> 32n));
    }
  }
  made.set(crc, { low, high });
  return { low, high };
}
