import { errorAnswer, send } from "../front/index.ts";
import { escapeXml } from "../front/query.ts";
import type { Cloud } from "../kernel/cloud.ts";
import { NotPretended, Refusal } from "../kernel/refusal.ts";
import type { Exchange, Service } from "../kernel/service.ts";
import { list, read, struct } from "../s3/wire/xml.ts";
import { invalidations, type OnAir } from "./invalidations.ts";

/** CloudFront's own API, as far as the edge has one: what was told to be forgotten. */
export function openControl(cloud: Cloud, onAir: OnAir): Service {
  const service: Service = {
    name: "cloudfront",
    wire: { protocol: "own", serve: (exchange) => serve(cloud, exchange) },
    operations: invalidations(cloud, onAir),
  };
  cloud.add(service);
  return service;
}

async function serve(cloud: Cloud, exchange: Exchange): Promise<void> {
  const { request, response, requestId, caller } = exchange;
  try {
    const { operation, input } = readRequest(exchange);
    const output = await cloud.call<Record<string, Xml>>("cloudfront", operation, input, caller);
    const [root = "", value] = Object.entries(output)[0] ?? [];
    const id = (value as { Id?: string } | undefined)?.Id;
    send(response, {
      status: operation === "CreateInvalidation" ? 201 : 200,
      headers: {
        "content-type": "text/xml",
        ...(operation === "CreateInvalidation"
          ? { location: `${cloud.origin}${exchange.rawPath}/${id}` }
          : {}),
      },
      body: `<?xml version="1.0"?>\n${element(root, value, ` xmlns="${NAMESPACE}"`)}`,
    });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    send(response, errorAnswer("query", error, requestId), request.method === "HEAD");
  }
}

function readRequest({ request, rawPath, rawQuery, body }: Exchange) {
  const { method = "GET" } = request;
  const [, version = "", DistributionId = "", Id] = INVALIDATION.exec(rawPath) ?? [];
  const query = new URLSearchParams(rawQuery);
  if (version && method === "POST" && Id === undefined) {
    const InvalidationBatch = read(String(body ?? ""), "InvalidationBatch", BATCH);
    return { operation: "CreateInvalidation", input: { DistributionId, InvalidationBatch } };
  }
  if (version && method === "GET") {
    if (Id !== undefined) return { operation: "GetInvalidation", input: { DistributionId, Id } };
    const [Marker, MaxItems] = [query.get("Marker"), query.get("MaxItems")];
    return {
      operation: "ListInvalidations",
      input: { DistributionId, ...(Marker && { Marker }), ...(MaxItems && { MaxItems }) },
    };
  }
  throw new NotPretended({
    service: "cloudfront",
    action: nameOf(method, rawPath),
  });
}

/** `POST /2020-05-31/key-group` is `CreateKeyGroup`, and so with all that is kept in collections. */
function nameOf(method: string, rawPath: string): string {
  const [, , noun, id, part] = rawPath.split("/");
  if (!noun) return `${method} ${rawPath}`;
  const Noun = noun.replace(/(?:^|-)(\w)/g, (_whole, letter: string) => letter.toUpperCase());
  if (!id) return method === "POST" ? `Create${Noun}` : `List${Noun}s`;
  const verb = { GET: "Get", PUT: "Update", DELETE: "Delete", POST: "Post" }[method] ?? method;
  return `${verb}${Noun}${part === "config" && method === "GET" ? "Config" : ""}`;
}

type Xml = string | number | boolean | Date | undefined | Xml[] | { [name: string]: Xml };

function element(name: string, value: Xml, attributes = ""): string {
  if (value === undefined) return "";
  const inner = (): string => {
    if (Array.isArray(value)) {
      const child = typeof value[0] === "string" ? "Path" : "InvalidationSummary";
      return value.map((one) => element(child, one)).join("");
    }
    if (value instanceof Date) return value.toISOString();
    if (typeof value !== "object") return escapeXml(String(value));
    return Object.entries(value)
      .map(([member, one]) => element(member, one))
      .join("");
  };
  return `<${name}${attributes}>${inner()}</${name}>`;
}

const BATCH = struct({
  Paths: struct({ Quantity: "number", Items: list("Items", "Path") }),
  CallerReference: "text",
});

const INVALIDATION =
  /^\/(20\d\d-\d\d-\d\d)\/distribution\/([A-Z0-9]+)\/invalidation(?:\/([A-Z0-9]+))?$/;

const NAMESPACE = "http://cloudfront.amazonaws.com/doc/2020-05-31/";
