import * as Config from "../config/index.ts";

/** Where the people of this stage sign in: for clients that know the API's address alone. */
export interface SignIn {
  /** `iss` of the tokens that are good here */
  issuer: string;
  /** Whether it is a user pool of this stage. A team's own issuer has ways of its own. */
  userPool: boolean;
  clientId?: string;
  /** An access token needs one of these. */
  scopes: string[];
}

export function signIn(accounts = Config.accounts()): SignIn {
  const { issuer, scopes, userPoolId, clientId } = accounts;
  return { issuer, userPool: userPoolId !== undefined, scopes, ...(clientId ? { clientId } : {}) };
}
