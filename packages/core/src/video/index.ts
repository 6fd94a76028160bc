export * as Timeline from "./timeline.ts";
export * as Video from "./video.ts";
