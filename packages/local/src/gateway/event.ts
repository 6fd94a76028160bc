import { isUtf8 } from "node:buffer";
import { randomBytes } from "node:crypto";
import type { Verdict } from "./authorizer.ts";
import type { Request } from "./request.ts";

/** What a function is given: payload format 2.0. */
export interface Event {
  version: "2.0";
  routeKey: string;
  rawPath: string;
  rawQueryString: string;
  cookies?: readonly string[];
  headers: Record<string, string>;
  queryStringParameters?: Record<string, string>;
  requestContext: {
    accountId: string;
    apiId: string;
    authorizer?: { jwt: Verdict };
    domainName: string;
    domainPrefix: string;
    http: { method: string; path: string; protocol: string; sourceIp: string; userAgent: string };
    requestId: string;
    routeKey: string;
    stage: string;
    /** `22/Nov/2026:11:48:57 +0000` */
    time: string;
    timeEpoch: number;
  };
  pathParameters?: Record<string, string>;
  stageVariables?: Record<string, string>;
  body?: string;
  isBase64Encoded: boolean;
}

export interface Told {
  accountId: string;
  apiId: string;
  stage: string;
  routeKey: string;
  pathParameters: Record<string, string>;
  stageVariables: Record<string, string> | undefined;
  verdict: Verdict | undefined;
  body: Buffer;
  /** where this gateway listens */
  port: number;
}

export function eventOf(request: Request, told: Told): Event {
  const { body, verdict, pathParameters, stageVariables } = told;
  const isText = body.length === 0 || isTextual(request.headers, body);
  return {
    version: "2.0",
    routeKey: told.routeKey,
    rawPath: request.path,
    rawQueryString: request.rawQuery,
    ...(request.cookies.length > 0 ? { cookies: request.cookies } : {}),
    headers: headersOf(request, body.length, told.port),
    ...(request.query.size > 0 ? { queryStringParameters: Object.fromEntries(request.query) } : {}),
    requestContext: {
      accountId: told.accountId,
      apiId: told.apiId,
      ...(verdict ? { authorizer: { jwt: verdict } } : {}),
      domainName: request.host,
      domainPrefix: prefixOf(request.host),
      http: {
        method: request.method,
        path: request.path,
        protocol: request.protocol,
        sourceIp: request.ip,
        userAgent: request.userAgent,
      },
      requestId: request.id,
      routeKey: told.routeKey,
      stage: told.stage,
      time: commonLogTime(request.atMs),
      timeEpoch: request.atMs,
    },
    ...(Object.keys(pathParameters).length > 0 ? { pathParameters } : {}),
    ...(Object.keys(stageVariables ?? {}).length > 0 && stageVariables ? { stageVariables } : {}),
    ...(body.length > 0 ? { body: body.toString(isText ? "utf8" : "base64") } : {}),
    isBase64Encoded: !isText,
  };
}

/** `22/Nov/2026:11:48:57 +0000` */
export function commonLogTime(ms: number): string {
  const [, day, month, year, clock] = new Date(ms).toUTCString().split(" ");
  return `${day}/${month}/${year}:${clock} +0000`;
}

/** The first label of a domain. */
export const prefixOf = (host: string): string => host.split(".", 1)[0] ?? "";

function headersOf(request: Request, sizeBytes: number, port: number): Record<string, string> {
  const before = request.headers["x-forwarded-for"];
  return {
    ...request.headers,
    "content-length": String(sizeBytes),
    "x-amzn-trace-id": request.headers["x-amzn-trace-id"] ?? traceId(request.atMs),
    "x-forwarded-for": before ? `${before}, ${request.ip}` : request.ip,
    "x-forwarded-port": String(port),
    "x-forwarded-proto": "http",
  };
}

/**
 * Text stays text where its type says so, and everything else is base64, forms and bodies without
 * a type included: so HTTP APIs treat bodies, and so a function must look at `isBase64Encoded`.
 */
function isTextual(headers: Readonly<Record<string, string>>, body: Buffer): boolean {
  if (headers["content-encoding"] !== undefined) return false;
  const type = headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  return TEXT.test(type) && isUtf8(body);
}

function traceId(ms: number): string {
  const seconds = Math.floor(ms / 1000).toString(16);
  return `Root=1-${seconds}-${randomBytes(12).toString("hex")}`;
}

const TEXT = /^(?:text\/[^/]+|application\/(?:json|javascript|xml))$/;
