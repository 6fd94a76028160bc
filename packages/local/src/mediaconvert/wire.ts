import type { RestRoute } from "../kernel/service.ts";

/** Which operation a request means. Paths are below `/2017-08-29`. */
export function route(method: string, path: string, query: URLSearchParams): RestRoute | undefined {
  if (!path.startsWith(BASE)) return undefined;
  const inside = path.slice(BASE.length);
  for (const row of routes) {
    const found = row.method === method ? row.path.exec(inside) : null;
    if (!found) continue;
    const params: Record<string, unknown> = {};
    const label = found[1];
    if (row.label && label !== undefined) params[row.label] = decoded(label);
    for (const [name, value] of query) {
      params[upperFirst(name)] = numbers.has(name) ? Number(value) : value;
    }
    return { operation: row.operation, params, status: row.status };
  }
  return undefined;
}

/** A label as it was meant; one with a broken escape names nothing that exists. */
function decoded(label: string): string {
  try {
    return decodeURIComponent(label);
  } catch {
    return label;
  }
}

/**
 * Outside everything is camelCase; in this process operations take and give the SDK's PascalCase.
 */
export const spelling = {
  read: (body: object) => fromWire(body) as object,
  write: (output: object) => toWire(output) as object,
};

/** camelCase of the wire to the SDK's PascalCase; map keys are the user's own and stay. */
export function fromWire(body: unknown): unknown {
  return rename(body, upperFirst);
}

/** PascalCase to camelCase; dates become seconds since 1970. */
export function toWire(output: unknown): unknown {
  return rename(output, lowerFirst);
}

function rename(value: unknown, change: (name: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => rename(item, change));
  if (value instanceof Date) return value.getTime() / 1000;
  if (typeof value !== "object" || value === null) return value;
  const renamed: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(value)) {
    if (inner === undefined) continue;
    const isMap =
      maps.has(upperFirst(name)) &&
      typeof inner === "object" &&
      inner !== null &&
      !Array.isArray(inner);
    renamed[change(name)] = isMap
      ? Object.fromEntries(Object.entries(inner).map(([key, v]) => [key, rename(v, change)]))
      : rename(inner, change);
  }
  return renamed;
}

export function upperFirst(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

export function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/** Members whose keys are user data. Source: API model 2017-08-29. */
export const maps: ReadonlySet<string> = new Set([
  "AudioSelectors",
  "AudioSelectorGroups",
  "CaptionSelectors",
  "DynamicAudioSelectors",
  "UserMetadata",
  "Tags",
]);

const BASE = "/2017-08-29";
const numbers = new Set(["maxResults"]);

const routes: ReadonlyArray<{
  method: string;
  path: RegExp;
  operation: string;
  label?: string;
  status: number;
}> = [
  at("POST /jobs", "CreateJob", 201),
  at("GET /jobs", "ListJobs"),
  at("GET /jobs/{Id}", "GetJob"),
  at("DELETE /jobs/{Id}", "CancelJob", 202),
  at("GET /search", "SearchJobs"),
  at("POST /probe", "Probe"),
  at("POST /queues", "CreateQueue", 201),
  at("GET /queues", "ListQueues"),
  at("GET /queues/{Name}", "GetQueue"),
  at("PUT /queues/{Name}", "UpdateQueue"),
  at("DELETE /queues/{Name}", "DeleteQueue", 202),
  at("POST /endpoints", "DescribeEndpoints"),
  at("POST /tags", "TagResource"),
  at("GET /tags/{Arn}", "ListTagsForResource"),
  at("PUT /tags/{Arn}", "UntagResource"),
  at("GET /policy", "GetPolicy"),
  at("PUT /policy", "PutPolicy"),
  at("DELETE /policy", "DeletePolicy"),
  at("GET /versions", "ListVersions"),
  at("POST /jobsQueries", "StartJobsQuery", 201),
  at("GET /jobsQueries/{Id}", "GetJobsQueryResults"),
  at("POST /presets", "CreatePreset", 201),
  at("GET /presets", "ListPresets"),
  at("GET /presets/{Name}", "GetPreset"),
  at("PUT /presets/{Name}", "UpdatePreset"),
  at("DELETE /presets/{Name}", "DeletePreset", 202),
  at("POST /jobTemplates", "CreateJobTemplate", 201),
  at("GET /jobTemplates", "ListJobTemplates"),
  at("GET /jobTemplates/{Name}", "GetJobTemplate"),
  at("PUT /jobTemplates/{Name}", "UpdateJobTemplate"),
  at("DELETE /jobTemplates/{Name}", "DeleteJobTemplate", 202),
  at("POST /certificates", "AssociateCertificate", 201),
  at("DELETE /certificates/{Arn}", "DisassociateCertificate", 202),
  at("POST /resourceShares", "CreateResourceShare", 202),
];

function at(request: string, operation: string, status = 200) {
  const [method = "", path = ""] = request.split(" ");
  const label = /\{(\w+)\}/.exec(path)?.[1];
  return {
    method,
    path: new RegExp(`^${path.replace(/\{\w+\}/, "([^/]+)")}/?$`),
    operation,
    status,
    ...(label ? { label } : {}),
  };
}
