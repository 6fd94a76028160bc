export * as Clock from "./clock.ts";
