export * from "./care.ts";
