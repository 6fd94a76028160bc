import * as Workflow from "@rushes/core/workflow";
import { task } from "../door/task.ts";

/** Claims the film, looks inside its source, and plans what is made of it. */
export const handler = task(Workflow.ValidateStep, Workflow.about, Workflow.validate);
