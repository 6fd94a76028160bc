export * as Cost from "./cost.ts";
