export * as Ladder from "./ladder.ts";
