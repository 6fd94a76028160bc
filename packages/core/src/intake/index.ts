export * as Intake from "./intake.ts";
