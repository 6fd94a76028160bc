export * from "./ladder.ts";
