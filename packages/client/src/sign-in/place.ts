import { ApiProblem, NetworkProblem } from "../problem/problem.ts";
import { taken, Wire } from "../wire/wire.ts";
import { SignInProblem } from "./sign-in-problem.ts";

/** A user pool, and the client that people sign in with. */
export interface SignInPlace {
  /** as tokens name it: `https://cognito-idp.<region>.amazonaws.com/<user pool id>` */
  issuer: string;
  clientId: string;
}

/**
 * Asks an API where its people sign in.
 *
 * @throws SignInProblem `OwnIssuer` when that is no user pool: its tokens come from elsewhere
 * @throws SignInProblem `ApiUnknown` when something else than an API of Rushes answers
 * @throws NetworkProblem when nobody does
 */
export async function signInPlace(api: string): Promise<SignInPlace> {
  const { issuer, clientId, userPool } = await taken(
    Wire.open({ api }).repeat.GET("/sign-in"),
  ).catch((cause: unknown) => {
    const heard = !(cause instanceof NetworkProblem);
    const busy = cause instanceof ApiProblem && cause.retry;
    throw heard && !busy ? new SignInProblem("ApiUnknown", api, { cause }) : cause;
  });
  if (typeof issuer !== "string") throw new SignInProblem("ApiUnknown", api);
  if (!userPool || !clientId) throw new SignInProblem("OwnIssuer", issuer);
  return { issuer, clientId };
}
