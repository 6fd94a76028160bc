export * as Removal from "./removal.ts";
export * as Retired from "./retired.ts";
