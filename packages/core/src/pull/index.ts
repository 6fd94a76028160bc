export * from "./pull.ts";
