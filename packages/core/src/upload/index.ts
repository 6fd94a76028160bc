export { kinds, standings } from "./shown.ts";
export * from "./upload.ts";
