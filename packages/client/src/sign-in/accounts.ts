import type { TokenSource } from "../wire/wire.ts";
import { Cognito } from "./cognito.ts";
import { type SignInPlace, signInPlace } from "./place.ts";
import { SignInProblem } from "./sign-in-problem.ts";
import { Srp } from "./srp.ts";
import { memoryStore, type Session, type TokenStore } from "./token-store.ts";

/** Whose accounts: those of an API, which tells where its people sign in, or a pool that is known. */
export type AccountsOptions = ({ api: string } | SignInPlace) & {
  /** where the session is kept; in memory, unless told otherwise */
  store?: TokenStore;
};

/** The people of one user pool, and which of them is signed in here. */
export interface Accounts {
  /** Signs in; the password is proved, not sent. `newPassword` is for those whom an admin invited. */
  signIn(who: { email: string; password: string; newPassword?: string }): Promise<void>;
  /** Forgets the session, here or on every device. */
  signOut(where?: { everywhere?: boolean }): Promise<void>;
  signUp(who: { email: string; password: string }): Promise<{ confirmed: boolean }>;
  /** The code from the message that signing up has sent. */
  confirm(with_: { email: string; code: string }): Promise<void>;
  /** Sends the code of a sign-up once more. */
  sendAgain(to: { email: string }): Promise<void>;
  /** Sends a code to somebody who has forgotten the password. */
  forgot(who: { email: string }): Promise<void>;
  reset(to: { email: string; code: string; password: string }): Promise<void>;
  /** The address of whoever is signed in. */
  who(): Promise<string | undefined>;
  /** An access token that is still good, for {@link connect}; refreshed before it ends. */
  token: TokenSource;
}

/** Sign-in to a user pool on AWS or on the laptop. Nothing is sent before something is asked. */
export function openAccounts({ store = memoryStore(), ...of }: AccountsOptions): Accounts {
  const pool = poolOf(of);
  let known: Session | undefined;
  let refreshing: Promise<Session> | undefined;
  let changes = 0; // a refresh that began before a sign-out must not undo it

  const current = async () => {
    known ??= await store.read();
    return known;
  };
  const keep = async (session: Session | undefined) => {
    changes += 1;
    refreshing = undefined;
    known = session;
    await store.write(session);
  };

  async function refresh(old: Session): Promise<Session> {
    const before = changes;
    try {
      const next = sessionOf(
        await askRefresh(await pool(), old.refreshToken),
        old.email,
        old.refreshToken,
      );
      if (changes !== before) throw new SignInProblem("SignedOut");
      await keep(next);
      return next;
    } catch (error) {
      const over = error instanceof SignInProblem && ENDED.has(error.code);
      if (!over) throw error;
      if (changes === before) await keep(undefined);
      throw new SignInProblem("SignedOut", error.detail, { cause: error });
    }
  }

  async function asClient<Answer>(action: string, said: Record<string, unknown>): Promise<Answer> {
    const to = await pool();
    return Cognito.ask<Answer>(to, action, { ClientId: to.clientId, ...said });
  }

  return {
    async signIn({ email, password, newPassword }) {
      const tokens = await bySrp(await pool(), email, password, newPassword);
      await keep(sessionOf(tokens, email));
    },

    async signOut({ everywhere = false } = {}) {
      let session = await current();
      if (!session) return;
      try {
        if (everywhere && !isFresh(session)) session = await refresh(session);
        await keep(undefined); // first here, so that nothing under way brings it back
        const from = await pool();
        const { clientId: ClientId } = from;
        await (everywhere
          ? Cognito.ask(from, "GlobalSignOut", { AccessToken: session.accessToken })
          : Cognito.ask(from, "RevokeToken", { Token: session.refreshToken, ClientId }));
      } catch (error) {
        if (!(error instanceof SignInProblem && ENDED.has(error.code))) throw error;
      }
    },

    async signUp({ email, password }) {
      const { UserConfirmed } = await asClient<{ UserConfirmed: boolean }>("SignUp", {
        Username: email,
        Password: password,
        UserAttributes: [{ Name: "email", Value: email }],
      });
      return { confirmed: UserConfirmed };
    },

    async confirm({ email, code }) {
      await asClient("ConfirmSignUp", { Username: email, ConfirmationCode: code.trim() });
    },

    async sendAgain({ email }) {
      await asClient("ResendConfirmationCode", { Username: email });
    },

    async forgot({ email }) {
      await asClient("ForgotPassword", { Username: email });
    },

    async reset({ email, code, password }) {
      await asClient("ConfirmForgotPassword", {
        Username: email,
        ConfirmationCode: code.trim(),
        Password: password,
      });
    },

    async who() {
      return (await current())?.email;
    },

    async token({ refused } = {}) {
      const session = await current();
      if (!session) throw new SignInProblem("SignInNeeded");
      if (isFresh(session) && session.accessToken !== refused) return session.accessToken;
      refreshing ??= refresh(session).finally(() => {
        refreshing = undefined;
      });
      try {
        return (await refreshing).accessToken;
      } catch (error) {
        const stillGood = session.expiresAtMs > Date.now() && session.accessToken !== refused;
        if (stillGood && !(error instanceof SignInProblem)) return session.accessToken;
        throw error;
      }
    },
  };
}

/** The pool, once it is needed: a session that is fresh asks nobody. */
function poolOf(of: { api: string } | SignInPlace): () => Promise<Cognito.Pool> {
  if (!("api" in of)) {
    const pool = Cognito.poolOf(of.issuer, of.clientId);
    return async () => pool;
  }
  let found: Promise<Cognito.Pool> | undefined;
  return () => {
    found ??= signInPlace(of.api).then(
      ({ issuer, clientId }) => Cognito.poolOf(issuer, clientId),
      (error: unknown) => {
        found = undefined; // the next one asks again
        throw error;
      },
    );
    return found;
  };
}

interface Tokens {
  AccessToken: string;
  RefreshToken?: string;
  ExpiresIn: number;
}

interface Answer {
  ChallengeName?: string;
  ChallengeParameters?: Record<string, string>;
  Session?: string;
  AuthenticationResult?: Tokens;
}

async function bySrp(
  pool: Cognito.Pool,
  email: string,
  password: string,
  newPassword?: string,
): Promise<Tokens> {
  const half = Srp.begin();
  const { ChallengeName, ChallengeParameters: asked = {} } = await Cognito.ask<Answer>(
    pool,
    "InitiateAuth",
    {
      ClientId: pool.clientId,
      AuthFlow: "USER_SRP_AUTH",
      AuthParameters: { USERNAME: email, SRP_A: half.public },
    },
  );
  if (ChallengeName !== "PASSWORD_VERIFIER")
    throw new SignInProblem("ChallengeUnknown", ChallengeName);
  const { SALT = "", SRP_B = "", SECRET_BLOCK = "", USER_ID_FOR_SRP = "" } = asked;
  const { signature, timestamp } = await Srp.prove({
    half,
    challenge: {
      salt: SALT,
      serverHalf: SRP_B,
      secretBlock: SECRET_BLOCK,
      userId: USER_ID_FOR_SRP,
    },
    poolName: pool.name,
    password,
    atMs: Date.now(),
  });
  const answered = await respond(pool, "PASSWORD_VERIFIER", {
    USERNAME: USER_ID_FOR_SRP,
    PASSWORD_CLAIM_SECRET_BLOCK: SECRET_BLOCK,
    PASSWORD_CLAIM_SIGNATURE: signature,
    TIMESTAMP: timestamp,
  });
  if (answered.AuthenticationResult) return answered.AuthenticationResult;
  if (answered.ChallengeName !== "NEW_PASSWORD_REQUIRED") {
    throw new SignInProblem("ChallengeUnknown", answered.ChallengeName);
  }
  if (!newPassword) throw new SignInProblem("NewPasswordNeeded");
  const chosen = await respond(
    pool,
    "NEW_PASSWORD_REQUIRED",
    { USERNAME: USER_ID_FOR_SRP, NEW_PASSWORD: newPassword },
    answered.Session,
  );
  if (chosen.AuthenticationResult) return chosen.AuthenticationResult;
  throw new SignInProblem("ChallengeUnknown", chosen.ChallengeName);
}

function respond(
  pool: Cognito.Pool,
  ChallengeName: string,
  ChallengeResponses: Record<string, string>,
  Session?: string,
): Promise<Answer> {
  const asked = { ClientId: pool.clientId, ChallengeName, ChallengeResponses, Session };
  return Cognito.ask<Answer>(pool, "RespondToAuthChallenge", asked);
}

async function askRefresh(pool: Cognito.Pool, refreshToken: string): Promise<Tokens> {
  const { AuthenticationResult } = await Cognito.ask<Answer>(pool, "InitiateAuth", {
    ClientId: pool.clientId,
    AuthFlow: "REFRESH_TOKEN_AUTH",
    AuthParameters: { REFRESH_TOKEN: refreshToken },
  });
  if (!AuthenticationResult) throw new SignInProblem("SignedOut");
  return AuthenticationResult;
}

function sessionOf(tokens: Tokens, email: string, refreshToken = ""): Session {
  return {
    email,
    accessToken: tokens.AccessToken,
    refreshToken: tokens.RefreshToken ?? refreshToken,
    expiresAtMs: Date.now() + tokens.ExpiresIn * 1000,
  };
}

function isFresh({ expiresAtMs }: Session): boolean {
  return expiresAtMs - Date.now() > AHEAD_MS;
}

/** A token is renewed this long before it ends, so that it outlives the request it is sent with. */
const AHEAD_MS = 60_000;

/** What the pool says when a session cannot go on. */
const ENDED: ReadonlySet<string> = new Set(["SignedOut", "PasswordWrong"]);
