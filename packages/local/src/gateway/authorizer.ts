import { compactVerify, decodeProtectedHeader } from "jose";
import { Fault, type Issuer } from "./issuer.ts";
import { problem } from "./problem.ts";

/** Says whether a token opens a route. */
export interface Authorizer {
  /**
   * @throws Refusal `Unauthorized` 401, or `Forbidden` 403 for a good token without a scope
   */
  judge(asked: Asked, scopes: readonly string[], nowMs: number): Promise<Verdict>;
}

export interface Asked {
  /** by lower-case name, several joined by comma */
  headers: Readonly<Record<string, string>>;
  query: ReadonlyMap<string, string>;
}

/** What a function is told about the caller. */
export interface Verdict {
  claims: Record<string, string>;
  /** of the route's scopes, those that the token has; null where the route asks for none */
  scopes: string[] | null;
}

/** @param identity `$request.header.Authorization`, or a parameter of the query */
export function jwtAuthorizer(
  identity: string,
  issuer: Issuer,
  audiences: readonly string[],
): Authorizer {
  const read = readIdentity(identity);
  return {
    async judge(asked, scopes, nowMs) {
      const said = read(asked);
      if (!said) throw problem("Unauthorized", { authenticate: "Bearer", why: "no token" });
      const deny = (why: string) =>
        problem("Unauthorized", { why, authenticate: challenge(scopes, "invalid_token", why) });
      const token = said.replace(/^bearer +/i, "");
      const payload = await verified(token, issuer).catch((error: unknown) => {
        // what a library says about a token stays inside
        throw deny(error instanceof Fault ? error.message : "the token is not valid");
      });
      const why = faultOf(payload, issuer.url, audiences, nowMs / 1000);
      if (why) throw deny(why);
      const held = scopesOf(payload);
      const found = scopes.filter((scope) => held.has(scope));
      if (scopes.length > 0 && found.length === 0) {
        const missing = "the token does not have a required scope";
        throw problem("Forbidden", {
          why: missing,
          authenticate: challenge(scopes, "insufficient_scope", missing),
        });
      }
      return { claims: asTexts(payload), scopes: scopes.length > 0 ? found : null };
    },
  };
}

async function verified(token: string, issuer: Issuer): Promise<Record<string, unknown>> {
  if (token.split(".").length !== 3) throw new Fault("invalid number of segments");
  const { alg = "", kid } = decodeProtectedHeader(token);
  if (!ALGORITHMS.includes(alg)) throw new Fault("signing method is invalid");
  if (!kid) throw new Fault("kid not found in JWT header");
  const key = await issuer.key(kid, alg);
  if (!key) throw new Fault("unable to find key with the token's kid");
  const { payload } = await compactVerify(token, key, { algorithms: ALGORITHMS });
  const claims: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
  if (typeof claims !== "object" || claims === null || Array.isArray(claims)) {
    throw new Fault("the token carries no claims");
  }
  return claims as Record<string, unknown>;
}

/** Why claims do not count, in the order in which API Gateway looks at them. */
function faultOf(
  claims: Record<string, unknown>,
  issuer: string,
  audiences: readonly string[],
  nowS: number,
): string | undefined {
  const { iss, aud, client_id: client, exp, nbf, iat } = claims;
  if (iss !== issuer) return "the token does not have a valid issuer";
  const meant = (aud === undefined ? [client] : [aud]).flat();
  if (!meant.some((one) => typeof one === "string" && audiences.includes(one))) {
    return "the token does not have a valid audience";
  }
  if (typeof exp !== "number" || exp <= nowS) return "the token has expired";
  if (nbf !== undefined && !(typeof nbf === "number" && nbf <= nowS)) {
    return "the token is not valid yet";
  }
  if (iat !== undefined && !(typeof iat === "number" && iat <= nowS)) {
    return "the token was issued in the future";
  }
  return undefined;
}

function scopesOf({ scope, scp }: Record<string, unknown>): Set<string> {
  const words = [scope, scp].flatMap((said) =>
    typeof said === "string" ? said.split(" ") : Array.isArray(said) ? said.map(String) : [],
  );
  return new Set(words.filter((word) => word !== ""));
}

/** Claims as API Gateway hands them on: every one a text, a list as `[a b]`. */
export function asTexts(claims: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.entries(claims).map(([name, value]) => [name, asText(value)]));
}

function asText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(asText).join(" ")}]`;
  if (value === null) return "<nil>";
  if (typeof value !== "object") return String(value);
  const pairs = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `map[${pairs.map(([name, member]) => `${name}:${asText(member)}`).join(" ")}]`;
}

function readIdentity(source: string): (asked: Asked) => string | undefined {
  const [, place, name] = /^\$request\.(header|querystring)\.([\w.-]+)$/.exec(source) ?? [];
  if (!place || !name) throw new Error(`${source} is no identity source of a JWT authorizer`);
  return place === "header"
    ? ({ headers }) => headers[name.toLowerCase()]
    : ({ query }) => query.get(name);
}

const challenge = (scopes: readonly string[], error: string, why: string): string =>
  `Bearer scope="${scopes.join(" ")}" error="${error}" error_description="${why}"`;

const ALGORITHMS = ["RS256", "RS384", "RS512"];
