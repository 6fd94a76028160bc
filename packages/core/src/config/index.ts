export * as Config from "./config.ts";
