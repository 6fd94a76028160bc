import * as Ladder from "@rushes/core/ladder";
import { type Served, serve } from "../door/described.ts";
import { listProfiles, showMe } from "./table/people.ts";

export const people: readonly Served[] = [
  serve(showMe, async ({ actor: { sub, groups } }) => ({ id: sub, groups })),
  serve(listProfiles, async () => ({ items: Ladder.profiles() })),
];
