export * as Actor from "./actor.ts";
