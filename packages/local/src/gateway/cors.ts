import type { CorsInputs } from "./parts.ts";

export type Headers = Map<string, string>;

/** What an API says to pages of other origins. */
export interface Cors {
  /** Answers a browser that asks before it sends; no headers for an origin that is not allowed. */
  preflight(origin: string): Headers;
  /** Puts the API's own headers in the place of what the integration said about other origins. */
  dress(headers: Headers, origin: string | undefined): void;
  allows(origin: string): boolean;
}

/** @throws Error for a configuration that API Gateway does not take */
export function readCors(inputs: CorsInputs | undefined): Cors | undefined {
  if (!inputs || Object.values(inputs).every((value) => value === undefined)) return undefined;
  const { allowCredentials = false, maxAge } = inputs;
  const origins = inputs.allowOrigins ?? [];
  const named = { methods: inputs.allowMethods ?? [], headers: inputs.allowHeaders ?? [] };
  const exposed = inputs.exposeHeaders ?? [];
  if (allowCredentials && origins.includes("*")) {
    throw new Error("CORS: credentials cannot be allowed to every origin");
  }
  const allows = (origin: string) =>
    origins.some(
      (one) =>
        one === "*" ||
        one.toLowerCase() === origin.toLowerCase() ||
        // `https://*`: every origin of a scheme
        (/^[a-z][a-z0-9+.-]*:\/\/\*$/.test(one) &&
          origin.toLowerCase().startsWith(one.slice(0, -1))),
    );
  const common = (origin: string): Headers => {
    const headers: Headers = new Map();
    if (!allows(origin)) return headers;
    headers.set("access-control-allow-origin", origins.includes("*") ? "*" : origin);
    if (allowCredentials) headers.set("access-control-allow-credentials", "true");
    if (exposed.length > 0) headers.set("access-control-expose-headers", exposed.join(","));
    return headers;
  };
  return {
    allows,
    preflight(origin) {
      const headers = common(origin);
      if (headers.size === 0) return headers;
      const { methods, headers: names } = named;
      if (methods.length > 0) headers.set("access-control-allow-methods", methods.join(","));
      if (names.length > 0) headers.set("access-control-allow-headers", names.join(","));
      if (maxAge) headers.set("access-control-max-age", String(maxAge));
      return headers;
    },
    dress(headers, origin) {
      for (const name of headers.keys()) {
        if (name.startsWith("access-control-")) headers.delete(name);
      }
      if (origin === undefined) return;
      for (const [name, value] of common(origin)) headers.set(name, value);
    },
  };
}
