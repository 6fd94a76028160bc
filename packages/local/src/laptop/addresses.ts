import type { Graph } from "../deploy/graph.ts";
import { openKeyring } from "../deploy/keyring.ts";

/** Where things are, once ports are known. */
export interface Site {
  origin: string;
  cdn: string;
  dataDir: string;
}

/**
 * Answers the symbolic addresses of a graph: `EncodesQueue.url`, `Cdn.url`, `Secret.SigningKey`.
 */
export function lookupOf(
  graph: Graph,
  { origin, cdn, dataDir }: Site,
): (reference: string) => string | undefined {
  const secret = openKeyring(dataDir);
  const queues = new Map(
    graph.resources
      .filter((resource) => resource.type === "aws:sqs/queue:Queue")
      .map((resource) => [resource.name, String(resource.inputs.name)]),
  );
  return (reference) => {
    const [name = "", attribute] = reference.split(".");
    if (name === "Secret" && attribute) return secret(attribute);
    if (name === "Cdn" && attribute === "url") return cdn;
    const queue = queues.get(name);
    if (queue && attribute === "url") return `${origin}/${graph.accountId}/${queue}`;
    return undefined;
  };
}
