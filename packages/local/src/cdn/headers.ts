import { matches } from "../kernel/glob.ts";
import type { HeadersPolicyInputs } from "./parts.ts";

/** Headers of an answer, by lower-case name. */
export type Headers = Map<string, string>;

/** What a response headers policy makes of an answer. `origin` is the page that asks, if one does. */
export function dress(
  headers: Headers,
  policy: HeadersPolicyInputs | undefined,
  origin?: string,
): void {
  for (const { header } of policy?.removeHeadersConfig?.items ?? []) {
    headers.delete(header.toLowerCase());
  }
  for (const { header, value, override } of policy?.customHeadersConfig?.items ?? []) {
    put(headers, header, value, override);
  }
  secure(headers, policy?.securityHeadersConfig);
  const cors = policy?.corsConfig;
  if (!cors) return;
  vary(headers, "Origin");
  const allowed = origin === undefined ? undefined : allowedOrigin(cors, origin);
  if (allowed === undefined) return;
  const override = cors.originOverride ?? true;
  put(headers, "Access-Control-Allow-Origin", allowed, override);
  if (cors.accessControlAllowCredentials) {
    put(headers, "Access-Control-Allow-Credentials", "true", override);
  }
  const exposed = cors.accessControlExposeHeaders?.items ?? [];
  if (exposed.length > 0) {
    put(headers, "Access-Control-Expose-Headers", exposed.join(", "), override);
  }
}

/** What a browser asks before it sends a request that is not plain. */
export interface Preflight {
  origin: string;
  method: string;
}

/** The headers that allow it; undefined when the policy does not, or says nothing of other origins. */
export function allow(
  policy: HeadersPolicyInputs | undefined,
  { origin, method }: Preflight,
): Headers | undefined {
  const cors = policy?.corsConfig;
  if (!cors || allowedOrigin(cors, origin) === undefined) return undefined;
  const methods = cors.accessControlAllowMethods?.items ?? [];
  if (!methods.includes("ALL") && !methods.includes(method)) return undefined;
  const headers: Headers = new Map();
  dress(headers, policy, origin);
  headers.set("access-control-allow-methods", methods.includes("ALL") ? EVERY : methods.join(", "));
  const names = cors.accessControlAllowHeaders?.items ?? [];
  if (names.length > 0) headers.set("access-control-allow-headers", names.join(", "));
  if (cors.accessControlMaxAgeSec !== undefined) {
    headers.set("access-control-max-age", String(cors.accessControlMaxAgeSec));
  }
  return headers;
}

/** Adds a name to `Vary`. */
export function vary(headers: Headers, name: string): void {
  const names = new Set(headers.get("vary")?.split(", ") ?? []);
  headers.set("vary", [...names.add(name)].join(", "));
}

function allowedOrigin(
  cors: NonNullable<HeadersPolicyInputs["corsConfig"]>,
  origin: string,
): string | undefined {
  const patterns = cors.accessControlAllowOrigins?.items ?? [];
  if (patterns.includes("*")) return cors.accessControlAllowCredentials ? origin : "*";
  return patterns.some((pattern) => matches(pattern, origin)) ? origin : undefined;
}

function secure(headers: Headers, config: HeadersPolicyInputs["securityHeadersConfig"]): void {
  const csp = config?.contentSecurityPolicy;
  if (csp) put(headers, "Content-Security-Policy", csp.contentSecurityPolicy, csp.override);
  const type = config?.contentTypeOptions;
  if (type) put(headers, "X-Content-Type-Options", "nosniff", type.override);
  const frame = config?.frameOptions;
  if (frame) put(headers, "X-Frame-Options", frame.frameOption, frame.override);
  const referrer = config?.referrerPolicy;
  if (referrer) put(headers, "Referrer-Policy", referrer.referrerPolicy, referrer.override);
  const hsts = config?.strictTransportSecurity;
  if (hsts) {
    const subdomains = hsts.includeSubdomains ? "; includeSubDomains" : "";
    const value = `max-age=${hsts.accessControlMaxAgeSec}${subdomains}${hsts.preload ? "; preload" : ""}`;
    put(headers, "Strict-Transport-Security", value, hsts.override);
  }
  const xss = config?.xssProtection;
  if (xss) {
    const mode = xss.modeBlock ? "; mode=block" : xss.reportUri ? `; report=${xss.reportUri}` : "";
    put(headers, "X-XSS-Protection", xss.protection ? `1${mode}` : "0", xss.override);
  }
}

function put(headers: Headers, name: string, value: string, override: boolean | undefined): void {
  const lower = name.toLowerCase();
  if (override || !headers.has(lower)) headers.set(lower, value);
}

const EVERY = "GET, DELETE, HEAD, OPTIONS, PATCH, POST, PUT";
