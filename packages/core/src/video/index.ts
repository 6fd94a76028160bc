export * from "./video.ts";
