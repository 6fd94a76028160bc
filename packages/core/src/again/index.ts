export * as Again from "./again.ts";
