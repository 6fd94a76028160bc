import { existsSync, readFileSync } from "node:fs";
import * as Sdk from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { recordingAt } from "../kernel/recordings.testing.ts";
import { openRig, type Rig } from "./testing.ts";

interface Step {
  call: string;
  params: Record<string, unknown>;
  status?: number;
  answer?: Record<string, unknown>;
  error?: Record<string, unknown>;
  parts?: Record<string, unknown>;
  fails?: boolean;
}

interface Scenario {
  id: string;
  calls: string[];
  steps: Step[];
}

const FILE = recordingAt("s3/scenarios.jsonl");

/** Features that are refused by name; scenarios that need one are not ours to answer. */
const REFUSED = [
  /ObjectLock|LegalHold|Retention/,
  /Inventory|Analytics|IntelligentTiering|Metrics/,
  /Logging|Website|RequestPayment|RestoreObject/,
];

/** Scenarios whose answers differ, and why. */
const DIFFERENT: Record<string, string> = {
  "test_s3.py::TestS3::test_empty_bucket_fixture": "the deletions were not recorded",
  "test_s3.py::TestS3::test_s3_bucket_acl": "ACLs are off here and cannot be turned on",
  "test_s3.py::TestS3::test_s3_multipart_upload_acls": "ACLs are off here and cannot be turned on",
  "test_s3.py::TestS3::test_user_metadata_rfc2047_bad_b64_encoded":
    "AWS decodes words of RFC 2047 and writes them anew; here metadata stays as it was sent",
  "test_s3.py::TestS3MultipartUploadChecksum::test_complete_multipart_parts_checksum_composite[SHA256]":
    "of several wrong parts AWS names the first or, here, the last; we the first",
  "test_s3_notifications_lambda.py::TestS3NotificationsToLambda::test_invalid_lambda_arn":
    "notifications that do not go through EventBridge are refused by name",
};

// The recorded answers lie beside the repository and are not part of it.
describe.skipIf(!existsSync(FILE))("S3 answers as AWS was recorded to answer", () => {
  const rows = existsSync(FILE)
    ? readFileSync(FILE, "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Scenario)
    : [];
  let rig: Rig;
  let client: Sdk.S3Client;

  beforeAll(async () => {
    rig = await openRig({ S3Client: Sdk.S3Client });
    client = rig.client();
    // The recording SDK sent no content type of its own.
    client.middlewareStack.add(
      (next, context) => (args) => {
        const request = args.request as { headers: Record<string, string> };
        const input = (context as { given?: Record<string, unknown> }).given;
        if (input && input.ContentType === undefined) delete request.headers["content-type"];
        return next(args);
      },
      { step: "build", priority: "low", name: "bare" },
    );
    client.middlewareStack.add(
      (next, context) => (args) => {
        (context as { given?: unknown }).given = args.input;
        return next(args);
      },
      { step: "initialize", name: "remember" },
    );
  });
  afterAll(() => rig.close());

  const ours = rows.filter(
    (row) => !row.calls.some((call) => REFUSED.some((one) => one.test(call))) && !usesRefused(row),
  );

  it.each(ours.map((row) => [row.id, row] as const))("%s", async (id, row) => {
    const known = DIFFERENT[id];
    const problems = await play(client, row, ours.indexOf(row));
    if (known) expect(problems, known).not.toEqual([]);
    else expect(problems).toEqual([]);
  });
});

/** What the recording SDK added of its own: asked-for encoding, and texts for bodies that are none. */
function isNoise(step: Step, name: string): boolean {
  if (name === "EncodingType") return step.params.EncodingType === undefined;
  return name === "Body" && step.answer?.Body === "" && step.answer.ContentLength !== 0;
}

function usesRefused(row: Scenario): boolean {
  const text = JSON.stringify(row.steps.map((step) => step.params));
  return /SSECustomer|ObjectLock|"RestoreRequest"/.test(text);
}

async function play(client: Sdk.S3Client, row: Scenario, run: number): Promise<string[]> {
  const answers: Array<Record<string, unknown> | undefined> = [];
  const bound = new Map<string, unknown>();
  const problems: string[] = [];
  for (const [index, step] of row.steps.entries()) {
    const params = asBytes(fill(step.params, answers, run) as Record<string, unknown>);
    const got = await call(client, step.call, params);
    answers.push(got.answer);
    const at = `${index + 1} ${step.call}`;
    const fails = step.error !== undefined || step.fails;
    if (fails !== (got.error !== undefined) && !(fails === undefined && !got.error)) {
      problems.push(`${at}: ${got.error ? JSON.stringify(got.error) : "succeeded"}`);
      continue;
    }
    if (step.status !== undefined && got.status !== step.status)
      problems.push(`${at}: status ${got.status}, not ${step.status}`);
    const recorded = rename(step.answer ?? {}, run);
    for (const [name, wanted] of Object.entries(recorded as object)) {
      if (isNoise(step, name)) continue;
      const value = got.answer?.[name];
      const read = name === "Policy" ? JSON.parse(String(value)) : value;
      const why = UNORDERED.has(name)
        ? differs(sorted(wanted), sorted(read), bound)
        : differs(wanted, read, bound);
      if (why) problems.push(`${at}.${name}: ${why}`);
    }
    for (const [name, wanted] of Object.entries(rename(step.error ?? {}, run) as object)) {
      if (wanted === null) continue;
      const why = differs(wanted, got.error?.[name], bound);
      if (why) problems.push(`${at} error.${name}: ${why}`);
    }
  }
  return problems;
}

const UNORDERED = new Set(["Deleted", "Errors"]);

function sorted(value: unknown): unknown {
  const text = (one: unknown) => JSON.stringify((one as Record<string, unknown>).Key);
  return Array.isArray(value) ? value.toSorted((a, b) => (text(a) < text(b) ? -1 : 1)) : value;
}

async function call(client: Sdk.S3Client, name: string, params: Record<string, unknown>) {
  const Command = (Sdk as unknown as Record<string, new (input: object) => never>)[
    `${name}Command`
  ];
  if (!Command) throw new Error(`no ${name}`);
  try {
    const output = (await client.send(new Command(params))) as Record<string, unknown> & {
      $metadata: { httpStatusCode?: number };
      Body?: { transformToString(): Promise<string> };
    };
    const { $metadata, Body, ...answer } = output;
    if (Body) {
      const text = await Body.transformToString();
      answer.Body = text.startsWith("{") ? JSON.parse(text) : text;
    }
    return { status: $metadata.httpStatusCode, answer };
  } catch (thrown) {
    const error = thrown as Error & { $metadata?: { httpStatusCode?: number }; Code?: string };
    const { $metadata, $response, $fault, ...members } = error as unknown as Record<
      string,
      unknown
    >;
    const status = error.$metadata?.httpStatusCode;
    const bare = name.startsWith("Head");
    const Code = bare ? String(status) : (error.Code ?? error.name);
    const Message = bare
      ? BARE[Code]
      : error.message === "UnknownError"
        ? undefined
        : error.message;
    const told: Record<string, unknown> = { ...members, Code, Message };
    return { status, error: told };
  }
}

const BARE: Record<string, string> = {
  "404": "Not Found",
  "412": "Precondition Failed",
  "304": "Not Modified",
  "400": "Bad Request",
  "405": "Method Not Allowed",
};

/** Parameters with their bytes, dates and references made real, and bucket names of this run. */
function fill(
  value: unknown,
  answers: Array<Record<string, unknown> | undefined>,
  run: number,
): unknown {
  if (typeof value === "string") {
    const whole = /^\$\{(\d+)\.([^}]+)\}$/.exec(value);
    if (whole) return lookup(answers, whole[1] ?? "", whole[2] ?? "");
    return (rename(value, run) as string).replace(/\$\{(\d+)\.([^}]+)\}/g, (_all, step, path) =>
      String(lookup(answers, step, path)),
    );
  }
  if (Array.isArray(value)) return value.map((one) => fill(one, answers, run));
  if (typeof value !== "object" || value === null) return value;
  const given = value as Record<string, unknown>;
  if (typeof given.$bytes === "string") return Buffer.from(given.$bytes, "latin1");
  if (typeof given.$base64 === "string") return Buffer.from(given.$base64, "base64");
  if (typeof given.$repeat === "string") {
    const length = Number(given.length);
    return given.$repeat.repeat(Math.ceil(length / given.$repeat.length)).slice(0, length);
  }
  if (typeof given.$date === "string") return new Date(given.$date);
  if (given.$now !== undefined) return new Date(Date.now() + Number(given.$now) * 1000);
  return Object.fromEntries(
    Object.entries(given).map(([name, one]) => [name, fill(one, answers, run)]),
  );
}

/** Python's SDK sends header texts as UTF-8 bytes, which a header shows as Latin-1. */
function asBytes(params: Record<string, unknown>): Record<string, unknown> {
  for (const name of ["CacheControl", "ContentDisposition"]) {
    const text = params[name];
    if (typeof text === "string") params[name] = Buffer.from(text).toString("latin1");
  }
  return params;
}

function lookup(
  answers: Array<Record<string, unknown> | undefined>,
  step: string,
  path: string,
): unknown {
  let value: unknown = answers[Number(step) - 1];
  for (const name of path.split(".")) {
    const [, key = name, index] = /^([^[]+)\[(\d+)\]$/.exec(name) ?? [];
    value = (value as Record<string, unknown> | undefined)?.[key];
    if (index !== undefined) value = (value as unknown[] | undefined)?.[Number(index)];
  }
  return value;
}

/** `bucket-id0001` and the like are free: each scenario has its own. */
function rename(value: unknown, run: number): unknown {
  if (typeof value === "string") return value.replace(/id(\d{4})/g, `id$1r${run}`);
  if (Array.isArray(value)) return value.map((one) => rename(one, run));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [rename(name, run), rename(one, run)]),
  );
}

/** Why `found` is not what was recorded; `undefined` when it is. */
function differs(wanted: unknown, found: unknown, bound: Map<string, unknown>): string | undefined {
  if (typeof wanted === "string" && /<[^<>]+>/.test(wanted)) {
    const mark = /^<[^<>]+:\d+>$/.exec(wanted)?.[0];
    if (mark && bound.has(mark))
      return String(bound.get(mark)) === String(found)
        ? undefined
        : `${String(found)} is not ${String(bound.get(mark))} (${mark})`;
    if (found === undefined || found === "") return `nothing where ${wanted} was`;
    if (mark) bound.set(mark, found);
    return undefined;
  }
  if (Array.isArray(wanted)) {
    if (!Array.isArray(found) || found.length !== wanted.length)
      return `${JSON.stringify(found)} is not ${JSON.stringify(wanted)}`;
    const left = [...found];
    for (const [index, one] of wanted.entries()) {
      const why = differs(one, left[index], bound);
      if (why) return `[${index}] ${why}`;
    }
    return undefined;
  }
  if (typeof wanted === "object" && wanted !== null) {
    for (const [name, one] of Object.entries(wanted)) {
      const why = differs(one, (found as Record<string, unknown> | undefined)?.[name], bound);
      if (why) return `.${name} ${why}`;
    }
    return undefined;
  }
  const value = found instanceof Date ? found.toISOString() : found;
  if (typeof wanted === "number" && String(value) === String(wanted)) return undefined;
  return Object.is(wanted, value)
    ? undefined
    : `${JSON.stringify(value)} is not ${JSON.stringify(wanted)}`;
}
