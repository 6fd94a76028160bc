export * as Id from "./id.ts";
