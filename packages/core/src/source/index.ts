export * as Source from "./source.ts";
