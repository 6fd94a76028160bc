export * as Playback from "./playback.ts";
