import type { IncomingMessage } from "node:http";
import type { Exchange } from "../../kernel/service.ts";
import { putObject } from "../actions/put-object.ts";
import * as Bucket from "../bucket.ts";
import { algorithms } from "../checksum.ts";
import { invalidArgument } from "../refusals.ts";
import type { Ask, Shelf } from "../shelf.ts";
import { send } from "./answer.ts";
import { between, type Form, readForm } from "./multipart.ts";
import * as Payload from "./payload.ts";
import { type Granted, verify } from "./post-policy.ts";
import type { Target } from "./serve.ts";
import * as Shapes from "./shapes.ts";
import { read, struct, write } from "./xml.ts";

export function isForm(request: IncomingMessage, target: Target): boolean {
  const type = request.headers["content-type"] ?? "";
  return request.method === "POST" && target.on === "bucket" && /^multipart\/form-data/i.test(type);
}

/** Takes an upload from a browser's form. Its signature is in the form, so it is verified here. */
export async function postForm(
  shelf: Shelf,
  ask: Ask,
  { request, response, payload }: Exchange,
  target: Target,
): Promise<void> {
  const { name: bucket } = Bucket.require(shelf, target.bucket);
  const wire = Payload.open(request, payload).bytes;
  const form = await readForm(wire, request.headers["content-type"] ?? "");
  const { fields, file } = form;
  const wanted = fields.get("key");
  if (wanted === undefined) {
    throw invalidArgument(
      "Bucket POST must contain a field named 'key'.  If it is specified, please check the order of the fields.",
      "key",
      "",
    );
  }
  if (!file)
    throw invalidArgument("POST requires exactly one file upload per request.", "file", "0");
  const key = wanted.replaceAll("${filename}", file.name.replace(/^.*[/\\]/s, ""));
  const { caller, minBytes, maxBytes } = judge(
    shelf,
    ask,
    new Map([...fields, ["key", key], ["bucket", bucket]]),
  );
  const stored = await putObject(
    shelf,
    { ...ask, caller, context: { ...ask.context, "s3:authType": "POST" } },
    {
      ...membersOf(form),
      Bucket: bucket,
      Key: key,
      Body: between(rest(file.bytes, wire), minBytes, maxBytes),
    },
    "POST Object",
  );
  const place = `${shelf.cloud.origin}/${bucket}/${key.split("/").map(encodeURIComponent).join("/")}`;
  reply(response, fields, { Location: place, Bucket: bucket, Key: key, ETag: stored.ETag ?? "" });
}

/** Without a policy a form is anonymous: only a bucket policy could let it pass. */
function judge(shelf: Shelf, ask: Ask, fields: ReadonlyMap<string, string>): Granted {
  const { iam, region } = shelf.cloud;
  if (fields.has("policy")) return verify(iam, fields, shelf.cloud.now(), region);
  if (fields.has("x-amz-signature")) {
    throw invalidArgument("Bucket POST must contain a field named 'policy'.", "policy", "");
  }
  return { caller: ask.caller, minBytes: 0, maxBytes: Number.MAX_SAFE_INTEGER };
}

/** The form's end belongs to it: a file that breaks off there was not sent whole. */
async function* rest(
  file: AsyncIterable<Uint8Array>,
  wire: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield* file;
  for await (const _piece of wire) {
    // Fields behind the file are ignored, as on S3.
  }
}

function membersOf({ fields, file }: Form) {
  const input: Record<string, unknown> = { ContentType: file?.type };
  const metadata: Record<string, string> = {};
  for (const [name, value] of fields) {
    const member = FIELDS[name];
    if (member) input[member] = value;
    if (name.startsWith("x-amz-meta-")) metadata[name.slice("x-amz-meta-".length)] = value;
  }
  const tagging = fields.get("tagging");
  if (tagging !== undefined) input.Tagging = readTagging(tagging);
  return { ...input, Metadata: metadata };
}

/** In a form, tags are a document; everywhere else they are a query. */
function readTagging(text: string): string {
  const { TagSet = [] } = read(text, "Tagging", Shapes.tagging) as {
    TagSet?: Array<{ Key: string; Value: string }>;
  };
  return String(
    new URLSearchParams(TagSet.map(({ Key, Value }): [string, string] => [Key, Value])),
  );
}

function reply(
  response: Exchange["response"],
  fields: ReadonlyMap<string, string>,
  made: { Location: string; Bucket: string; Key: string; ETag: string },
): void {
  const headers = { ETag: made.ETag, Location: made.Location };
  const redirect = fields.get("success_action_redirect") ?? fields.get("redirect");
  if (redirect !== undefined && URL.canParse(redirect)) {
    const to = new URL(redirect);
    to.searchParams.append("bucket", made.Bucket);
    to.searchParams.append("key", made.Key);
    to.searchParams.append("etag", made.ETag);
    response.writeHead(303, { ...headers, Location: String(to), "Content-Length": 0 });
    response.end();
    return;
  }
  const status = fields.get("success_action_status");
  if (status === "201") {
    const shape = struct({ Location: "text", Bucket: "text", Key: "text", ETag: "text" });
    const document = write("PostResponse", shape, made);
    send(response, 201, { ...headers, "Content-Type": "application/xml" }, document);
    return;
  }
  response.writeHead(
    status === "200" ? 200 : 204,
    status === "200" ? { ...headers, "Content-Length": 0 } : headers,
  );
  response.end();
}

const FIELDS: Record<string, string> = {
  acl: "ACL",
  "cache-control": "CacheControl",
  "content-type": "ContentType",
  "content-disposition": "ContentDisposition",
  "content-encoding": "ContentEncoding",
  "content-language": "ContentLanguage",
  expires: "Expires",
  "x-amz-storage-class": "StorageClass",
  "x-amz-server-side-encryption": "ServerSideEncryption",
  "x-amz-website-redirect-location": "WebsiteRedirectLocation",
  "if-none-match": "IfNoneMatch",
  ...Object.fromEntries(
    algorithms.map((name) => [`x-amz-checksum-${name.toLowerCase()}`, `Checksum${name}`]),
  ),
};
