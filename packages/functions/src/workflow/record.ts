import * as Workflow from "@rushes/core/workflow";
import { task } from "../door/task.ts";

/** Finds every promised file, and publishes the attempt. */
export const handler = task(Workflow.RecordStep, (step) => step, Workflow.record);
