import { createHash } from "node:crypto";
import { Refusal } from "../kernel/refusal.ts";
import { missing } from "./refusals.ts";

/** A message attribute as it travels: binary values are base64 text. */
export interface MessageAttribute {
  DataType: string;
  StringValue?: string;
  BinaryValue?: string;
}

export type MessageAttributes = Record<string, MessageAttribute>;

/**
 * Reads what a sender gave as the body.
 *
 * @throws Refusal `MissingParameter`, `InvalidMessageContents`
 */
export function readBody(body: unknown): string {
  if (typeof body !== "string" || body === "") throw missing("MessageBody");
  if (UNFIT.test(body)) throw unfit();
  return body;
}

/**
 * Reads message attributes; bytes may come as bytes or as base64.
 *
 * @throws Refusal `InvalidParameterValue`
 */
export function readAttributes(given: unknown): MessageAttributes {
  if (given === undefined || given === null) return {};
  if (typeof given !== "object") throw badAttribute("", "are not a map");
  const entries = Object.entries(given as Record<string, GivenAttribute>);
  if (entries.length > MOST_ATTRIBUTES) {
    throw new Refusal(
      "InvalidParameterValue",
      `Number of message attributes [${entries.length}] exceeds the allowed maximum [${MOST_ATTRIBUTES}].`,
    );
  }
  return Object.fromEntries(entries.map(([name, value]) => [name, readAttribute(name, value)]));
}

interface GivenAttribute {
  DataType?: unknown;
  StringValue?: unknown;
  BinaryValue?: unknown;
}

function readAttribute(name: string, given: GivenAttribute): MessageAttribute {
  const { DataType, StringValue, BinaryValue } = given ?? {};
  if (!NAME.test(name) || /^(aws|amazon)\./i.test(name)) {
    throw badAttribute(name, "contains invalid characters in its name");
  }
  if (typeof DataType !== "string" || DataType === "") {
    throw badAttribute(name, "must contain non-empty message attribute type");
  }
  const kind = DataType.split(".")[0];
  if (kind === "Binary") {
    const bytes = bytesOf(BinaryValue);
    if (bytes === undefined)
      throw badAttribute(name, "must contain non-empty message attribute value");
    return { DataType, BinaryValue: bytes };
  }
  if (kind !== "String" && kind !== "Number") {
    throw badAttribute(
      name,
      "has an invalid message attribute type; it must be String, Number or Binary",
    );
  }
  if (typeof StringValue !== "string" || StringValue === "") {
    throw badAttribute(name, "must contain non-empty message attribute value");
  }
  if (UNFIT.test(StringValue)) throw unfit();
  if (kind === "Number" && !Number.isFinite(Number(StringValue))) {
    throw badAttribute(name, `can't cast the value ${StringValue} to a number`);
  }
  return { DataType, StringValue };
}

function bytesOf(value: unknown): string | undefined {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** How much of the limit a message takes: body, and of each attribute name, type and value. */
export function sizeOf(body: string, attributes: MessageAttributes): number {
  let bytes = Buffer.byteLength(body);
  for (const [name, { DataType, StringValue, BinaryValue }] of Object.entries(attributes)) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(DataType);
    bytes += Buffer.byteLength(StringValue ?? "") + Buffer.byteLength(BinaryValue ?? "", "base64");
  }
  return bytes;
}

export const md5 = (text: string) => createHash("md5").update(text).digest("hex");

/**
 * The digest with which clients check attributes; undefined when there are none.
 * Source: Amazon SQS developer guide, calculating the MD5 message digest for message attributes.
 */
export function md5OfAttributes(attributes: MessageAttributes): string | undefined {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  const hash = createHash("md5");
  const add = (bytes: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  };
  for (const name of names) {
    const { DataType = "", StringValue, BinaryValue } = attributes[name] ?? {};
    add(Buffer.from(name));
    add(Buffer.from(DataType));
    hash.update(Buffer.of(BinaryValue === undefined ? 1 : 2));
    add(
      BinaryValue === undefined
        ? Buffer.from(StringValue ?? "")
        : Buffer.from(BinaryValue, "base64"),
    );
  }
  return hash.digest("hex");
}

/** Those of the attributes that a receiver asked for: names, `prefix.*`, `.*` or `All`. */
export function chosen(
  attributes: MessageAttributes,
  wanted: readonly string[],
): MessageAttributes {
  return Object.fromEntries(
    Object.entries(attributes).filter(([name]) =>
      wanted.some(
        (want) =>
          want === "All" ||
          want === name ||
          (want.endsWith(".*") && name.startsWith(want.slice(0, -1).replace(/^\.$/, ""))),
      ),
    ),
  );
}

const badAttribute = (name: string, what: string) =>
  new Refusal("InvalidParameterValue", `The message attribute '${name}' ${what}.`);

const unfit = () =>
  new Refusal(
    "InvalidMessageContents",
    "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF.",
  );

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters SQS forbids
const UNFIT = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|\p{Surrogate}/u;
const NAME = /^(?!\.)(?!.*\.\.)(?!.*\.$)[A-Za-z0-9_.-]{1,256}$/;
const MOST_ATTRIBUTES = 10;
