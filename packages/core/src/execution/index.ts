export * as Execution from "./execution.ts";
