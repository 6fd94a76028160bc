import { readFileSync } from "node:fs";
import { links } from "../testing/small-cloud.ts";

/** The state machine's file, for tests of what is written in it. */
export interface State {
  Type: string;
  TimeoutSeconds?: unknown;
  Arguments?: unknown;
  Assign?: unknown;
  Next?: string;
  End?: boolean;
  /** of a Fail */
  Error?: string;
  Cause?: string;
  Retry?: {
    ErrorEquals: string[];
    JitterStrategy?: string;
    MaxDelaySeconds?: number;
    BackoffRate?: number;
  }[];
  Catch?: { ErrorEquals: string[]; Assign?: unknown; Next: string }[];
}

export const story = JSON.parse(
  readFileSync(
    new URL("../../../../statemachines/video-workflow.asl.json", import.meta.url),
    "utf8",
  ).replaceAll("${TableName}", links.Films.table),
) as { States: Record<string, State> };
