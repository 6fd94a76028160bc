import { type Accounts, connect, openAccounts, type Rushes, type TokenStore } from "@rushes/client";
import { Ended } from "../exit.ts";
import type { Terminal } from "../output/terminal.ts";
import { sessionStore } from "./keep.ts";
import type { Place } from "./place.ts";

/**
 * The API as whoever is signed in: by `RUSHES_TOKEN`, by an earlier `rushes login`, or on a laptop,
 * where nobody has signed in, as its admin.
 *
 * @throws Ended when nobody is
 */
export async function connectTo(place: Place, terminal: Terminal): Promise<Rushes> {
  const { api } = place;
  const given = process.env.RUSHES_TOKEN;
  if (given) return connect({ api, token: async () => given });
  const store = sessionStore(place);
  if (!(await store.read())) await asAdmin(place, store, terminal);
  const accounts = await accountsOf(place, store);
  return connect({ api, token: accounts.token });
}

/** The accounts of a place, with the session that is kept for it. */
export async function accountsOf(
  place: Place,
  store: TokenStore = sessionStore(place),
): Promise<Accounts> {
  const { laptop } = place;
  if (laptop) {
    const issuer = `${laptop.aws}/${laptop.userPoolId}`;
    return openAccounts({ issuer, clientId: laptop.clientId, store });
  }
  return openAccounts({ ...(await whereToSignIn(place.api)), store });
}

/** The API tells everyone where its people sign in. */
async function whereToSignIn(api: string): Promise<{ issuer: string; clientId: string }> {
  let answer: Response;
  try {
    answer = await fetch(`${api}/sign-in`, { signal: AbortSignal.timeout(10_000) });
  } catch {
    throw new Ended("unreachable", `${api} cannot be reached: check the address and the network.`);
  }
  const told = (await answer.json().catch(() => ({}))) as { issuer?: string; clientId?: string };
  if (!answer.ok || !told.issuer || !told.clientId) {
    throw new Ended("unreachable", `${api} is no API of Rushes: it should end in /api.`);
  }
  return { issuer: told.issuer, clientId: told.clientId };
}

/** Who has a laptop's data folder is its operator. The password is in `endpoints.json` already. */
async function asAdmin(place: Place, store: TokenStore, terminal: Terminal): Promise<void> {
  const admin = place.laptop?.users.find(({ group }) => group === "admin");
  if (!admin) throw new Ended("denied", "Nobody is signed in: say rushes login.");
  await (await accountsOf(place, store)).signIn(admin);
  terminal.say(`Signed in as ${admin.email}. Say rushes login to be somebody else.`);
}
