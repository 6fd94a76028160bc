import * as Actor from "@rushes/core/actor";
import * as Ladder from "@rushes/core/ladder";
import { Reply, type Served, serve } from "../door/described.ts";
import { listProfiles, showMe, showSignIn } from "./table/people.ts";

export const people: readonly Served[] = [
  serve(showMe, async ({ actor: { sub, groups } }) => ({ id: sub, groups })),
  serve(showSignIn, async () => new Reply(Actor.signIn(), { headers: FOR_ALL })),
  serve(listProfiles, async () => ({ items: Ladder.profiles() })),
];

/** The same for everybody until a deployment; leave for one origin is none for another. */
const FOR_ALL = { "cache-control": "public, max-age=300", vary: "origin" };
