export * from "./web.ts";
