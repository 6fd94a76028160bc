export * from "./execution.ts";
