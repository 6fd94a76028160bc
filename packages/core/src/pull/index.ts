export * as Pull from "./pull.ts";
