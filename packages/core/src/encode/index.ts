export * from "./encode.ts";
