export * as Output from "./output.ts";
