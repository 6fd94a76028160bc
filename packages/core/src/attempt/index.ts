export * as Attempt from "./attempt.ts";
