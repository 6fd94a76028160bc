export * as Care from "./care.ts";
