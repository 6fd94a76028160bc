import { commonLogTime, prefixOf } from "./event.ts";
import { isProblem, problems } from "./problem.ts";
import type { Request } from "./request.ts";

/** What is known about a request once it is answered. */
export interface Trail {
  apiId: string;
  accountId: string;
  stage: string;
  request: Request;
  routeKey?: string;
  claims?: Record<string, string>;
  /** how the function was run */
  integration?: { latencyMs: number; status?: number; error?: string };
  error?: unknown;
  status: number;
  sizeBytes: number;
  latencyMs: number;
}

/**
 * One line of the access log: `$context.name` becomes what it names, or `-`. No name leads to a
 * header that identifies somebody, to a query or to a body; what a caller sent is escaped, so that
 * it can neither leave its quotes nor begin a line.
 */
export function lineOf(format: string, trail: Trail): string {
  const known = contextOf(trail);
  const line = format.replace(/\$context\.(\w+(?:[.:]\w+)*)/g, (_whole, name: string) => {
    const claim = /^authorizer\.claims\.(.+)$/.exec(name)?.[1];
    const value = claim === undefined ? known[name] : trail.claims?.[claim];
    return value === undefined || value === "" ? "-" : escaped(String(value));
  });
  return `${line.replace(/[\r\n]+/g, " ")}\n`;
}

function contextOf(trail: Trail): Record<string, string | number | undefined> {
  const { request, integration, error } = trail;
  const { about, code, message } = isProblem(error) ? error : NOTHING;
  const why = typeof about.why === "string" ? about.why : undefined;
  const failed = integration?.error;
  return {
    accountId: trail.accountId,
    apiId: trail.apiId,
    "authorizer.error": code === "Unauthorized" || code === "Forbidden" ? why : undefined,
    dataProcessed: trail.sizeBytes,
    domainName: request.host,
    domainPrefix: prefixOf(request.host),
    "error.message": message,
    "error.messageString": message && JSON.stringify(message),
    "error.responseType": code && problems[code].type,
    extendedRequestId: request.id,
    httpMethod: request.method,
    "identity.sourceIp": request.ip,
    "identity.userAgent": request.userAgent,
    "integration.error": failed,
    "integration.integrationStatus": integration?.status,
    "integration.latency": integration?.latencyMs,
    "integration.requestId": undefined,
    "integration.status": integration && (integration.status === undefined ? undefined : 200),
    integrationErrorMessage: failed,
    integrationLatency: integration?.latencyMs,
    integrationStatus: integration?.status,
    path: request.path,
    protocol: request.protocol,
    requestId: request.id,
    requestTime: commonLogTime(request.atMs),
    requestTimeEpoch: request.atMs,
    responseLatency: trail.latencyMs,
    responseLength: trail.sizeBytes,
    routeKey: trail.routeKey,
    stage: trail.stage,
    status: trail.status,
  };
}

const escaped = (text: string): string => JSON.stringify(text).slice(1, -1);

const NOTHING = {
  about: {} as Readonly<Record<string, unknown>>,
  code: undefined,
  message: undefined,
};
