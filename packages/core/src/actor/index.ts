export * from "./actor.ts";
export * from "./sign-in.ts";
