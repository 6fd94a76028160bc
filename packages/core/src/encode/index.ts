export * as Encode from "./encode.ts";
