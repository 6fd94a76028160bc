import { NetworkProblem } from "../problem/problem.ts";
import { Patience } from "../wire/patience.ts";
import { meaning, SignInProblem } from "./sign-in-problem.ts";

export * as Cognito from "./cognito.ts";

/** A user pool, as far as a client must know it. */
export interface Pool {
  /** where it answers, which is where its issuer lives */
  endpoint: string;
  clientId: string;
  /** the part of the pool's id after the underscore */
  name: string;
}

/** An operation that needs no more than being asked again when nobody answered. */
const repeatable = new Set(["InitiateAuth", "GlobalSignOut", "RevokeToken"]);

/** @param issuer as tokens name it: the address and the pool's id behind it */
export function poolOf(issuer: string, clientId: string): Pool {
  const { origin, pathname } = new URL(issuer);
  const name = pathname.split("/").filter(Boolean).at(-1)?.split("_")[1];
  if (!name) throw new TypeError(`${issuer} is not the issuer of a user pool`);
  return { endpoint: `${origin}/`, clientId, name };
}

/** @throws SignInProblem when the pool refuses, NetworkProblem when it cannot be heard */
export async function ask<Answer>(
  pool: Pool,
  action: string,
  body: Record<string, unknown>,
): Promise<Answer> {
  for (let failed = 1; ; failed += 1) {
    const last = failed >= Patience.calls.tries;
    const response = await send(pool, action, body).catch((error: unknown) => {
      if (last || !repeatable.has(action)) throw error;
    });
    if (response?.ok) return (await response.json()) as Answer;
    if (response) {
      const { type, message } = await refusal(response);
      const busy =
        response.status >= 500 ? repeatable.has(action) : type === "TooManyRequestsException";
      if (last || !busy) throw new SignInProblem(meaning(type, message), `${type}: ${message}`);
    }
    await Patience.sleep(Patience.waitMs(Patience.calls, failed));
  }
}

async function send(pool: Pool, action: string, body: Record<string, unknown>): Promise<Response> {
  try {
    return await fetch(pool.endpoint, {
      method: "POST",
      headers: {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": `AWSCognitoIdentityProviderService.${action}`,
      },
      body: JSON.stringify(body),
    });
  } catch (cause) {
    throw new NetworkProblem(`${pool.endpoint} cannot be reached`, { cause });
  }
}

async function refusal(response: Response): Promise<{ type: string; message: string }> {
  const said = (await response.json().catch(() => ({}))) as { __type?: string; message?: string };
  const type = said.__type?.split("#").at(-1) ?? `HTTP ${response.status}`;
  return { type, message: said.message ?? "" };
}
