export * from "./output.ts";
