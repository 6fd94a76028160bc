export * from "./again.ts";
