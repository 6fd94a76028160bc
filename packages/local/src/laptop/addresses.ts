import type { Graph } from "../deploy/graph.ts";
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
 * Answers the symbolic addresses of a graph: `EncodesQueue.url`, `Cdn.url`, `Api.url` and `Api.host`
 * (what an origin's domain name is), `Secret.SigningKey`.
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
  return (reference) => {
    const [name = "", attribute] = reference.split(".");
    if (name === "Secret" && attribute) return secret(attribute);
    if (name === "Cdn" && attribute === "url") return cdn;
    if (gateway && apis.has(name)) {
      if (attribute === "url") return gateway;
      if (attribute === "host") return new URL(gateway).host;
    }
    const queue = queues.get(name);
    if (queue && attribute === "url") return `${origin}/${graph.accountId}/${queue}`;
    return undefined;
  };
}

/** The one type of resource that makes the laptop open the gateway's port. */
export const API = "aws:apigatewayv2/api:Api";
