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
  return connect({ api, token: accountsOf(place, store).token });
}

/** The accounts of a place, with the session that is kept for it. */
export function accountsOf(place: Place, store: TokenStore = sessionStore(place)): Accounts {
  return openAccounts({ api: place.api, store });
}

/** Who has a laptop's data folder is its operator. The password is in `endpoints.json` already. */
async function asAdmin(place: Place, store: TokenStore, terminal: Terminal): Promise<void> {
  const admin = place.laptop?.users.find(({ group }) => group === "admin");
  if (!admin) {
    throw new Ended("denied", "Nobody is signed in: say rushes login.", { code: "SignInNeeded" });
  }
  await accountsOf(place, store).signIn(admin);
  terminal.say(`Signed in as ${admin.email}. Say rushes login to be somebody else.`);
}
