import type * as Actor from "@rushes/core/actor";
import * as Clock from "@rushes/core/clock";
import * as Config from "@rushes/core/config";
import { Problem } from "@rushes/core/problem";
import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from "jose";
import { actorOf } from "./claims.ts";

/**
 * Who sent a request whose token the gateway did not look at, because it may do without one.
 *
 * @param authorization the header, if there is one
 * @returns undefined for a request without a token
 * @throws Problem `TokenInvalid` for a token that would not open the gateway either
 * @throws Problem `ServiceBusy` when the issuer cannot be asked for its keys
 */
export async function bearer(authorization: string | undefined): Promise<Actor.Actor | undefined> {
  if (authorization === undefined) return undefined;
  const [, token] = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization) ?? [];
  if (!token || token.length > MOST_CHARACTERS) throw new Problem("TokenInvalid");
  const { issuer } = Config.accounts();
  const keys = await keysOf(issuer);
  const claims = await verified(token, issuer, keys);
  return actorOf(claims);
}

async function verified(token: string, issuer: string, keys: Keys): Promise<JWTPayload> {
  const claims = await jwtVerify(token, keys, {
    algorithms: ["RS256"],
    issuer,
    requiredClaims: ["exp", "sub"],
    currentDate: new Date(Clock.now()),
  }).then(
    ({ payload }) => payload,
    (cause: unknown) => {
      const unasked = UNASKED.some((kind) => cause instanceof kind) || !isJose(cause);
      throw new Problem(unasked ? "ServiceBusy" : "TokenInvalid", {}, { cause });
    },
  );
  if (!isForUs(claims)) throw new Problem("TokenInvalid");
  return claims;
}

/** Its audience is ours (Cognito's access tokens name their client instead), and so is its scope. */
function isForUs({ aud, client_id: client, scope, scp }: JWTPayload): boolean {
  const { audiences, scopes } = Config.accounts();
  const meant = [aud ?? client].flat();
  const held = [scope, scp].flatMap((said) => (typeof said === "string" ? said.split(" ") : said));
  return (
    meant.some((one) => typeof one === "string" && audiences.includes(one)) &&
    held.some((one) => typeof one === "string" && scopes.includes(one))
  );
}

type Keys = ReturnType<typeof createRemoteJWKSet>;

/** The issuer's keys, found through its discovery document. What failed is tried again. */
function keysOf(issuer: string): Promise<Keys> {
  const known = kept.get(issuer);
  if (known) return known;
  const found = discover(issuer).catch((cause: unknown) => {
    kept.delete(issuer);
    throw new Problem("ServiceBusy", {}, { cause });
  });
  kept.set(issuer, found);
  return found;
}

const kept = new Map<string, Promise<Keys>>();

async function discover(issuer: string): Promise<Keys> {
  const answer = await fetch(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`, {
    redirect: "error",
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  if (!answer.ok) throw new Error(`The issuer's discovery document answers ${answer.status}.`);
  const said = (await answer.json()) as { issuer?: unknown; jwks_uri?: unknown };
  if (said.issuer !== issuer) throw new Error("The discovery document is another issuer's.");
  const keys = new URL(String(said.jwks_uri));
  // keys in the clear are only for an issuer that is in the clear itself: one on this machine
  if (keys.protocol !== "https:" && keys.protocol !== new URL(issuer).protocol) {
    throw new Error("The issuer's keys are at an address that anybody could answer for.");
  }
  return createRemoteJWKSet(keys, { timeoutDuration: PATIENCE_MS });
}

function isJose(error: unknown): boolean {
  return error instanceof errors.JOSEError && error.code !== "ERR_JOSE_GENERIC";
}

/** The issuer gave no keys, or none that can be read: the token is not to blame. */
const UNASKED = [errors.JWKSTimeout, errors.JWKSInvalid];
const PATIENCE_MS = 3000;
const MOST_CHARACTERS = 8192;
