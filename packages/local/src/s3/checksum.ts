import { createHash } from "node:crypto";
import { Refusal } from "../kernel/refusal.ts";
import {
  CRC32,
  CRC32C,
  CRC64NVME,
  type Crc,
  combine,
  type Running,
  runningCrc32,
  runningCrc32c,
  runningCrc64,
} from "./crc.ts";
import { invalidRequest } from "./refusals.ts";

export const algorithms = ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"] as const;
export type Algorithm = (typeof algorithms)[number];
export type ChecksumType = "COMPOSITE" | "FULL_OBJECT";

/** What is kept of an object, a part or an upload to come. `value` is base64, `-N` when composite. */
export interface Checksum {
  algorithm: Algorithm;
  type: ChecksumType;
  value: string;
}

/** The members of an SDK input or output that carry checksums. */
export type ChecksumMembers = { [name in `Checksum${Algorithm}`]?: string | undefined };

function isAlgorithm(name: unknown): name is Algorithm {
  return algorithms.includes(name as Algorithm);
}

/**
 * The algorithm that a request names, loudly or by carrying a value.
 *
 * @throws Refusal `InvalidRequest` for one that is unknown or for two at once
 */
export function asked(
  input: ChecksumMembers & { ChecksumAlgorithm?: string | undefined },
): { algorithm: Algorithm; value?: string } | undefined {
  const given = algorithms.filter((name) => input[`Checksum${name}`] !== undefined);
  if (given.length > 1) {
    throw invalidRequest(
      "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
    );
  }
  const named = input.ChecksumAlgorithm;
  if (named !== undefined && !isAlgorithm(named)) {
    throw invalidRequest(
      `Checksum algorithm provided is unsupported. Please try again with any of the valid types: [${algorithms.join(", ")}]`,
    );
  }
  const [only] = given;
  if (!only) return named ? { algorithm: named } : undefined;
  const value = input[`Checksum${only}`] as string;
  if (!isValue(only, value)) {
    throw invalidRequest(`Value for x-amz-checksum-${only.toLowerCase()} header is invalid.`);
  }
  return { algorithm: only, value };
}

export function members(
  checksum: Checksum | undefined,
): ChecksumMembers & { ChecksumType?: ChecksumType } {
  if (!checksum) return {};
  return { [`Checksum${checksum.algorithm}`]: checksum.value, ChecksumType: checksum.type };
}

/** Members without the type, as answers about parts have them. */
export function value(checksum: Checksum | undefined): ChecksumMembers {
  return checksum ? { [`Checksum${checksum.algorithm}`]: checksum.value } : {};
}

export function running(algorithm: Algorithm): Running {
  switch (algorithm) {
    case "CRC32":
      return runningCrc32();
    case "CRC32C":
      return runningCrc32c();
    case "CRC64NVME":
      return runningCrc64();
    case "SHA1":
      return createHash("sha1");
    case "SHA256":
      return createHash("sha256");
  }
}

/** Only some algorithms can speak for a whole object, and only some for its parts. */
export function typeFor(algorithm: Algorithm, wanted?: string): ChecksumType {
  const usual: ChecksumType = algorithm === "CRC64NVME" ? "FULL_OBJECT" : "COMPOSITE";
  const type = wanted ?? usual;
  const fits =
    type === "FULL_OBJECT"
      ? CRCS[algorithm] !== undefined
      : type === "COMPOSITE" && algorithm !== "CRC64NVME";
  if (!fits) {
    throw invalidRequest(
      `The ${type} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
    );
  }
  return type as ChecksumType;
}

/** The checksum of an object made of parts, from those of its parts. */
export function ofParts(
  algorithm: Algorithm,
  type: ChecksumType,
  parts: ReadonlyArray<{ value: string; sizeBytes: number }>,
): Checksum {
  const bytes = parts.map((part) => Buffer.from(part.value, "base64"));
  const crc = CRCS[algorithm];
  if (type === "FULL_OBJECT" && crc) {
    let [whole = Buffer.alloc(0)]: Buffer[] = bytes;
    for (const [index, next] of bytes.entries()) {
      if (index > 0) whole = combine(crc, whole, next, parts[index]?.sizeBytes ?? 0);
    }
    return { algorithm, type, value: whole.toString("base64") };
  }
  const over = running(algorithm);
  over.update(Buffer.concat(bytes));
  return { algorithm, type, value: `${over.digest().toString("base64")}-${parts.length}` };
}

export function mismatch(algorithm: Algorithm | "Content-MD5"): Refusal {
  return new Refusal(
    "BadDigest",
    algorithm === "Content-MD5"
      ? "The Content-MD5 you specified did not match what we received."
      : `The ${algorithm} you specified did not match the calculated checksum.`,
  );
}

const CRCS: Partial<Record<Algorithm, Crc>> = { CRC32, CRC32C, CRC64NVME };

const LENGTHS: Record<Algorithm, number> = {
  CRC32: 4,
  CRC32C: 4,
  CRC64NVME: 8,
  SHA1: 20,
  SHA256: 32,
};

export function isValue(algorithm: Algorithm, text: string): boolean {
  const bytes = Buffer.from(text, "base64");
  return bytes.length === LENGTHS[algorithm] && bytes.toString("base64") === text;
}
