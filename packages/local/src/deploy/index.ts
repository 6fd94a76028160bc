import type { Cloud } from "../kernel/cloud.ts";
import type { Family, Site } from "./family.ts";
import { type Graph, type Resource, resolve } from "./graph.ts";

export { type Graph, readGraph } from "./graph.ts";

/** Families by Pulumi type, in the order in which they are deployed. */
export type Families = ReadonlyArray<readonly [type: string, family: Family]>;

/** Types that mean nothing on one machine: what they watch, name or wire is not here. */
export const meaningless: readonly string[] = [
  "aws:cloudwatch/logGroup:LogGroup",
  "aws:cloudwatch/metricAlarm:MetricAlarm",
  "aws:cloudwatch/logMetricFilter:LogMetricFilter",
  "aws:cloudwatch/dashboard:Dashboard",
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
  "aws:cloudfront/publicKey:PublicKey", // read with the distribution
  "aws:cloudfront/keyGroup:KeyGroup",
  "aws:cloudfront/originAccessControl:OriginAccessControl",
  "aws:cloudfront/cachePolicy:CachePolicy",
  "aws:cloudfront/originRequestPolicy:OriginRequestPolicy",
  "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy",
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  "aws:s3/bucketObjectv2:BucketObjectv2", // packaged code: functions are bundled here
  "aws:scheduler/scheduleGroup:ScheduleGroup",
];

/**
 * Deploys a graph to this machine. A type is deployed, known to mean nothing here, or refused
 * before anything is touched.
 *
 * @param lookup answers `Resource.attribute`
 * @throws Error naming the resource and what is wrong with it
 */
export async function deploy(
  cloud: Cloud,
  graph: Graph,
  families: Families,
  lookup: (reference: string) => string | undefined,
): Promise<void> {
  refuseUnknown(graph, families);
  cloud.store.schema(
    "CREATE TABLE IF NOT EXISTS deployed (type TEXT, physical TEXT, PRIMARY KEY (type, physical))",
  );
  const resources = new Map<Resource, Resource>();
  const resolved = (resource: Resource): Resource => {
    let found = resources.get(resource);
    if (!found) {
      const { id, inputs } = resource;
      found = {
        ...resource,
        ...(id === undefined ? {} : { id: resolve(id, lookup) }),
        inputs: resolve(inputs, lookup),
      };
      resources.set(resource, found);
    }
    return found;
  };
  const every = (type: string) => graph.resources.filter((one) => one.type === type).map(resolved);
  const site: Site = {
    cloud,
    graph,
    operator: cloud.iam.operator,
    every,
    call: (service, operation, input) => cloud.call(service, operation, input, cloud.iam.operator),
  };

  for (const [type, family] of families) {
    await Promise.all(every(type).map((resource) => deployOne(resource, family, site)));
    await removeGone(type, family, site);
  }
}

async function deployOne(resource: Resource, family: Family, site: Site): Promise<void> {
  try {
    await family.deploy(resource, site);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${resource.name} (${resource.type}) could not be deployed: ${reason}`, {
      cause: error,
    });
  }
}

function refuseUnknown(graph: Graph, families: Families): void {
  const known = new Set([...families.map(([type]) => type), ...meaningless]);
  const strangers = graph.resources.filter(({ type }) => isCloud(type) && !known.has(type));
  if (!strangers.length) return;
  const named = strangers.map(({ name, type }) => `${name} (${type})`).join(", ");
  throw new Error(
    `The laptop does not implement ${named}. packages/local/README.md lists what it does.`,
  );
}

/** Components group resources and `random`, `pulumi` make none: only what AWS would hold counts. */
const isCloud = (type: string): boolean => type.startsWith("aws:");

async function removeGone(type: string, family: Family, site: Site): Promise<void> {
  const { physical, remove } = family;
  if (!physical || !remove) return;
  const { store } = site.cloud;
  const now = new Set(site.every(type).map((resource) => physical(resource)));
  const before = store.all<{ physical: string }>(
    "SELECT physical FROM deployed WHERE type = ?",
    type,
  );
  for (const gone of before.filter((row) => !now.has(row.physical))) {
    await remove(gone.physical, site);
    store.run("DELETE FROM deployed WHERE type = ? AND physical = ?", type, gone.physical);
  }
  for (const here of now) {
    store.run("INSERT OR IGNORE INTO deployed (type, physical) VALUES (?, ?)", type, here);
  }
}
