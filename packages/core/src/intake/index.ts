export * from "./intake.ts";
