import { createHash } from "node:crypto";
import { type Graph, resolve } from "../deploy/graph.ts";
import { openKeyring } from "../deploy/keyring.ts";

/** Where things are, once ports are known. */
export interface Site {
  origin: string;
  cdn: string;
  /** of the HTTP API; absent when the graph has none */
  gateway?: string;
  dataDir: string;
}

/**
 * Answers what a graph leaves open: `EncodesQueue.url`, `Cdn.url`, `Api.url` and `Api.host` (what an
 * origin's domain name is), `People.issuer` of a user pool, `Secret.SigningKey`, and the `id` of a
 * public key, which follows the key when keys change places.
 */
export function lookupOf(
  graph: Graph,
  { origin, cdn, gateway, dataDir }: Site,
): (reference: string) => string | undefined {
  const secret = openKeyring(dataDir);
  const queues = new Map(
    graph.resources
      .filter((resource) => resource.type === "aws:sqs/queue:Queue")
      .map((resource) => [resource.name, String(resource.inputs.name)]),
  );
  const apis = new Set(
    graph.resources
      .filter((resource) => resource.type === API)
      // SST's component `Api` makes an API that is named `ApiApi`
      .flatMap(({ name }) => [name, name.replace(/Api$/, "")]),
  );
  const pools = named(graph, "aws:cognito/userPool:UserPool");
  const keys = named(graph, "aws:cloudfront/publicKey:PublicKey");
  const lookup = (reference: string): string | undefined => {
    const [name = "", attribute] = reference.split(".");
    if (name === "Secret" && attribute) return secret(attribute);
    if (name === "Cdn" && attribute === "url") return cdn;
    if (gateway && apis.has(name)) {
      if (attribute === "url") return gateway;
      if (attribute === "host") return new URL(gateway).host;
    }
    const queue = queues.get(name);
    if (queue && attribute === "url") return `${origin}/${graph.accountId}/${queue}`;
    const pool = pools.get(name);
    if (pool && attribute === "issuer") return `${origin}/${pool.id}`;
    const key = keys.get(name);
    if (key && attribute === "id") return idOf(resolve(String(key.inputs.encodedKey), lookup));
    return undefined;
  };
  return lookup;
}

const named = (graph: Graph, type: string) =>
  new Map(graph.resources.flatMap((one) => (one.type === type ? [[one.name, one]] : [])));

/** An id in CloudFront's style. */
function idOf(publicKey: string): string {
  const digits = createHash("sha256").update(publicKey.trim()).digest("hex");
  return `K${BigInt(`0x${digits}`).toString(36).toUpperCase().slice(0, 13)}`;
}

/** The one type of resource that makes the laptop open the gateway's port. */
export const API = "aws:apigatewayv2/api:Api";
