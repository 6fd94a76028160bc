export * as Library from "./library.ts";
