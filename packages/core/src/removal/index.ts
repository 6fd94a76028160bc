export * from "./removal.ts";
