import type { CreateJobRequest, Job } from "@aws-sdk/client-mediaconvert";
import type { Row } from "../../kernel/store.ts";
import type { JobWarning } from "../problem.ts";

export const jobTables = `
  CREATE TABLE IF NOT EXISTS mediaconvert_jobs (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    queue TEXT NOT NULL,
    status TEXT NOT NULL,
    priority INTEGER NOT NULL,
    input TEXT NOT NULL,
    token TEXT,
    request TEXT NOT NULL,
    createdAtMs INTEGER NOT NULL,
    startedAtMs INTEGER,
    finishedAtMs INTEGER,
    phase TEXT,
    percent INTEGER,
    runs INTEGER NOT NULL DEFAULT 0,
    warnings TEXT NOT NULL DEFAULT '[]',
    errorCode INTEGER,
    errorMessage TEXT,
    outputs TEXT
  );
  CREATE INDEX IF NOT EXISTS mediaconvert_jobs_due
    ON mediaconvert_jobs (status, queue, priority DESC, seq);
  CREATE INDEX IF NOT EXISTS mediaconvert_jobs_token ON mediaconvert_jobs (token, createdAtMs);
`;

export const statuses = ["SUBMITTED", "PROGRESSING", "COMPLETE", "ERROR", "CANCELED"] as const;
export type Status = (typeof statuses)[number];

/** Where a job must be for a status to be its next: final ones never change. */
export const before: Record<Status, readonly Status[]> = {
  SUBMITTED: [],
  PROGRESSING: ["SUBMITTED"],
  COMPLETE: ["PROGRESSING"],
  ERROR: ["PROGRESSING", "SUBMITTED"],
  CANCELED: ["SUBMITTED", "PROGRESSING"],
};

export type Phase = "PROBING" | "TRANSCODING" | "UPLOADING";

export interface JobRow extends Row {
  seq: number;
  id: string;
  /** the queue's name */
  queue: string;
  status: Status;
  priority: number;
  /** address of the first input */
  input: string;
  token: string | null;
  request: string;
  createdAtMs: number;
  startedAtMs: number | null;
  finishedAtMs: number | null;
  phase: Phase | null;
  percent: number | null;
  runs: number;
  warnings: string;
  errorCode: number | null;
  errorMessage: string | null;
  outputs: string | null;
}

/** What GetJob tells of outputs: no paths, no types, no qualities. */
export interface OutputGroupDetail {
  OutputDetails: Array<{
    DurationInMs: number;
    VideoDetails?: { WidthInPx: number; HeightInPx: number };
  }>;
}

export function requestOf(row: JobRow): CreateJobRequest {
  return JSON.parse(row.request) as CreateJobRequest;
}

/** The job as the API shows it. */
export function describeJob(row: JobRow, arns: { job: string; queue: string }): Job {
  const request = requestOf(row);
  const { Mode } = request.AccelerationSettings ?? {};
  const warnings = JSON.parse(row.warnings) as JobWarning[];
  const final = row.status === "COMPLETE";
  return {
    Id: row.id,
    Arn: arns.job,
    CreatedAt: new Date(row.createdAtMs),
    Queue: arns.queue,
    Status: row.status,
    Role: request.Role,
    Settings: request.Settings,
    UserMetadata: request.UserMetadata ?? {},
    Priority: row.priority,
    StatusUpdateInterval: request.StatusUpdateInterval ?? "SECONDS_60",
    AccelerationSettings: { Mode: Mode ?? "DISABLED" },
    AccelerationStatus: Mode === "PREFERRED" ? "NOT_ACCELERATED" : "NOT_APPLICABLE",
    BillingTagsSource: request.BillingTagsSource ?? "JOB",
    SimulateReservedQueue: request.SimulateReservedQueue ?? "DISABLED",
    HopDestinations: [],
    QueueTransitions: [],
    RetryCount: Math.max(0, row.runs - 1),
    Messages: { Info: [], Warning: [] },
    Timing: {
      SubmitTime: new Date(row.createdAtMs),
      ...(row.startedAtMs ? { StartTime: new Date(row.startedAtMs) } : {}),
      ...(row.finishedAtMs ? { FinishTime: new Date(row.finishedAtMs) } : {}),
    },
    ...(row.token ? { ClientRequestToken: row.token } : {}),
    ...(row.phase && row.status === "PROGRESSING" ? { CurrentPhase: row.phase } : {}),
    ...(row.percent !== null && row.percent !== undefined
      ? { JobPercentComplete: row.percent }
      : {}),
    ...(warnings.length > 0
      ? { Warnings: warnings.map(({ code, count }) => ({ Code: code, Count: count })) }
      : {}),
    ...(row.errorCode ? { ErrorCode: row.errorCode, ErrorMessage: row.errorMessage ?? "" } : {}),
    ...(final && row.outputs
      ? { OutputGroupDetails: JSON.parse(row.outputs) as OutputGroupDetail[] }
      : {}),
  };
}
