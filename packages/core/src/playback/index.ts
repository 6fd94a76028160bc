export * from "./playback.ts";
