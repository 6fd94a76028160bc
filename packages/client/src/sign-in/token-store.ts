/** What is kept of a sign-in: enough to go on, never the password. */
export interface Session {
  email: string;
  accessToken: string;
  refreshToken: string;
  /** when the access token ends, milliseconds since 1970 */
  expiresAtMs: number;
}

/** Where a session is kept between two visits. One store holds one session. */
export interface TokenStore {
  read(): Promise<Session | undefined> | Session | undefined;
  write(session: Session | undefined): Promise<void> | void;
}

/** Forgets everything when the program ends. */
export function memoryStore(): TokenStore {
  let kept: Session | undefined;
  return {
    read: () => kept,
    write: (session) => {
      kept = session;
    },
  };
}

/** What `localStorage` and `sessionStorage` have in common. */
export interface WebStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** In the browser: `webStore(localStorage)`. Any script of the page's origin can read it. */
export function webStore(storage: WebStorage, key = "rushes.session"): TokenStore {
  return {
    read: () => readSession(storage.getItem(key)),
    write: (session) =>
      session ? storage.setItem(key, JSON.stringify(session)) : storage.removeItem(key),
  };
}

/** A session from text; what is no session counts as none. */
export function readSession(text: string | null | undefined): Session | undefined {
  if (!text) return undefined;
  try {
    const { email, accessToken, refreshToken, expiresAtMs } = JSON.parse(text) as Partial<Session>;
    if (typeof accessToken !== "string" || typeof refreshToken !== "string") return undefined;
    return {
      email: String(email ?? ""),
      accessToken,
      refreshToken,
      expiresAtMs: Number(expiresAtMs) || 0,
    };
  } catch {
    return undefined;
  }
}
