import { Refusal } from "../../kernel/refusal.ts";
import { entityTooLarge } from "../refusals.ts";

/** A form, read up to its file. Fields behind the file are not looked at, as S3 ignores them. */
export interface Form {
  /** Names in lower case. */
  fields: Map<string, string>;
  file: { name: string; type: string | undefined; bytes: AsyncIterable<Uint8Array> } | undefined;
}

/**
 * Reads `multipart/form-data` as it comes.
 *
 * @throws Refusal `MalformedPOSTRequest`, also while the file is read
 */
export async function readForm(
  source: AsyncIterable<Uint8Array>,
  contentType: string,
): Promise<Form> {
  const [, quoted, plain] =
    /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType) ?? [];
  const boundary = quoted ?? plain;
  if (boundary === undefined) throw malformed();
  const reader = reading(source);
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  await reader.skipFirst(Buffer.from(`--${boundary}`));
  const fields = new Map<string, string>();
  let fieldBytes = 0;
  while (await reader.nextPart()) {
    const { name, fileName, type } = await readHead(reader);
    if (name === "file") {
      return { fields, file: { name: fileName ?? "", type, bytes: reader.until(delimiter) } };
    }
    const parts: Uint8Array[] = [];
    for await (const piece of reader.until(delimiter)) {
      fieldBytes += piece.length;
      if (fieldBytes > MAX_FIELD_BYTES) {
        throw new Refusal(
          "MaxPostPreDataLengthExceeded",
          "Your POST request fields preceding the upload file were too large.",
          { about: { MaxPostPreDataLengthAllowed: MAX_FIELD_BYTES } },
        );
      }
      parts.push(piece);
    }
    fields.set(name, Buffer.concat(parts).toString());
  }
  return { fields, file: undefined };
}

/**
 * Stops reading at one byte more than allowed.
 *
 * @throws Refusal `EntityTooLarge`, `EntityTooSmall`
 */
export async function* between(
  bytes: AsyncIterable<Uint8Array>,
  min: number,
  max: number,
): AsyncGenerator<Uint8Array> {
  let sizeBytes = 0;
  for await (const piece of bytes) {
    sizeBytes += piece.length;
    if (sizeBytes > max) throw entityTooLarge(max);
    yield piece;
  }
  if (sizeBytes < min) {
    throw new Refusal(
      "EntityTooSmall",
      "Your proposed upload is smaller than the minimum allowed size",
      { about: { ProposedSize: sizeBytes, MinSizeAllowed: min } },
    );
  }
}

async function readHead(reader: Reader) {
  let name: string | undefined;
  let fileName: string | undefined;
  let type: string | undefined;
  for (let count = 0; count < MAX_HEADERS; count += 1) {
    const line = await reader.line();
    if (line === "") {
      if (name === undefined) throw malformed();
      return { name, fileName, type };
    }
    const [, header = "", value = ""] = /^([^:]+):\s*(.*)$/s.exec(line) ?? [];
    if (header.toLowerCase() === "content-disposition") {
      name = parameter(value, "name")?.toLowerCase();
      fileName = parameter(value, "filename");
    }
    if (header.toLowerCase() === "content-type") type = value;
  }
  throw malformed();
}

/** Browsers escape a quote in a name as `%22`; other clients with a backslash. */
function parameter(value: string, name: string): string | undefined {
  const found = new RegExp(`;\\s*${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s]+))`, "i").exec(value);
  return found?.[1]?.replace(/\\(["\\])/g, "$1") ?? found?.[2];
}

interface Reader {
  skipFirst(boundary: Buffer): Promise<void>;
  /** After a boundary: true when a part follows, false at the closing one. */
  nextPart(): Promise<boolean>;
  line(): Promise<string>;
  until(delimiter: Buffer): AsyncGenerator<Uint8Array>;
}

function reading(source: AsyncIterable<Uint8Array>): Reader {
  const input = source[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);
  const more = async () => {
    const next = await input.next();
    if (next.done) throw malformed();
    held = held.length ? Buffer.concat([held, next.value]) : Buffer.from(next.value);
  };
  const line = async () => {
    for (;;) {
      const end = held.indexOf("\r\n");
      if (end >= 0) {
        const text = held.toString("utf8", 0, end);
        held = held.subarray(end + 2);
        return text;
      }
      if (held.length > MAX_FIELD_BYTES) throw malformed();
      await more();
    }
  };
  return {
    line,
    async skipFirst(boundary) {
      while (held.length < boundary.length) await more();
      if (!held.subarray(0, boundary.length).equals(boundary)) throw malformed();
      held = held.subarray(boundary.length);
    },
    async nextPart() {
      while (held.length < 2) await more();
      if (held.toString("latin1", 0, 2) === "--") return false;
      if ((await line()).trim() !== "") throw malformed();
      return true;
    },
    async *until(delimiter) {
      for (;;) {
        const end = held.indexOf(delimiter);
        if (end >= 0) {
          const piece = held.subarray(0, end);
          held = held.subarray(end + delimiter.length);
          if (piece.length) yield piece;
          return;
        }
        // What could be the beginning of the delimiter is kept until more is known.
        const safe = held.length - delimiter.length + 1;
        if (safe > 0) {
          const piece = held.subarray(0, safe);
          held = held.subarray(safe);
          yield piece;
        }
        await more();
      }
    },
  };
}

export function malformed(): Refusal {
  return new Refusal(
    "MalformedPOSTRequest",
    "The body of your POST request is not well-formed multipart/form-data.",
  );
}

const MAX_HEADERS = 16;
/** Source: Amazon S3, POST Object: form fields before the file up to 20 KB. */
const MAX_FIELD_BYTES = 20 * 1024;
