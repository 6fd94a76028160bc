export * as Workflow from "./workflow.ts";
