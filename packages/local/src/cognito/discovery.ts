import type { JWK } from "jose";
import { Refusal } from "../kernel/refusal.ts";
import type { OpenDocument } from "../kernel/service.ts";
import { publicKeyOf } from "./keys.ts";
import type { Room } from "./room.ts";
import { issuerOf } from "./tokens.ts";

/** The keys that verify a pool's tokens. */
export const jwksOf = (room: Room, poolId: string): { keys: Array<JWK & { kid: string }> } => ({
  keys: [publicKeyOf(room.pool(poolId))],
});

/** What verifiers read before they read a token: `/<poolId>/.well-known/...`. */
export function documentAt(room: Room, path: string): OpenDocument | undefined {
  const [, poolId = "", page] = PATH.exec(path) ?? [];
  if (page === undefined) return undefined;
  try {
    if (page === "jwks.json") return { status: 200, body: jwksOf(room, poolId) };
    return { status: 200, body: configuration(issuerOf(room, room.pool(poolId).id)) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { status: 400, body: { message: error.message } };
  }
}

/** Only what is here: no pages to authorize at, so no endpoints but the keys'. */
const configuration = (issuer: string) => ({
  issuer,
  jwks_uri: `${issuer}/.well-known/jwks.json`,
  id_token_signing_alg_values_supported: ["RS256"],
  response_types_supported: ["token"],
  scopes_supported: ["openid", "email", "phone", "profile"],
  subject_types_supported: ["public"],
});

const PATH = /^\/([\w-]+_[0-9a-zA-Z]+)\/\.well-known\/(jwks\.json|openid-configuration)$/;
