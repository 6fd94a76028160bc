export * as Web from "./web.ts";
