import type { Making as Wish } from "@rushes/client";
import type { Command } from "commander";
import { seconds } from "./words.ts";

/** What may be chosen about how a film is made. */
export interface Making {
  profile?: string;
  download?: boolean;
  thumbnails?: boolean;
  posterAt?: number;
}

export function making(command: Command): Command {
  return command
    .option("--profile <name>", "which ladder to make; rushes profiles lists them")
    .option("--no-download", "make no file to download")
    .option("--no-thumbnails", "make no pictures along the film")
    .option("--poster-at <time>", "the moment the poster shows, such as 1:30", seconds);
}

/** The same, as the API takes it: what was not said is left to the stage. */
export function chosenOptions({ profile, download, thumbnails, posterAt }: Making): Wish {
  const options = {
    ...(download === false ? { download } : {}),
    ...(thumbnails === false ? { thumbnails } : {}),
    ...(posterAt === undefined ? {} : { posterAtSeconds: posterAt }),
  };
  return {
    // a name that is none is the API's to refuse: it knows them
    ...(profile ? { profile: profile as NonNullable<Wish["profile"]> } : {}),
    ...(Object.keys(options).length > 0 ? { options } : {}),
  };
}
