import * as z from "zod";
import * as Id from "../id/id.ts";

const Phase = z.object({ percentComplete: z.number().optional() });

const common = {
  timestamp: z.number(),
  accountId: z.string().optional(),
  jobId: z.string().min(1),
  userMetadata: z.object({
    app: z.string(),
    stage: z.string(),
    videoId: Id.VideoId,
    attempt: z
      .string()
      .regex(/^[1-9]\d{0,5}$/)
      .transform(Number),
  }),
};

/** Durations are what a job is billed by; a group may list outputs that have none. */
const outputGroupDetails = z
  .array(
    z.object({
      outputDetails: z
        .array(z.object({ durationInMs: z.number().nonnegative().optional() }))
        .default([]),
    }),
  )
  .optional();

const warnings = z.array(z.object({ code: z.number(), count: z.number() })).optional();

/** What MediaConvert says about a job. Fields that are not read here may change freely. */
export const Detail = z.discriminatedUnion("status", [
  z.object({ ...common, status: z.literal("INPUT_INFORMATION") }),
  z.object({ ...common, status: z.literal("PROGRESSING") }),
  z.object({
    ...common,
    status: z.literal("STATUS_UPDATE"),
    jobProgress: z
      .object({
        jobPercentComplete: z.number().optional(),
        currentPhase: z.string().optional(),
        phaseProgress: z.record(z.string(), Phase).optional(),
      })
      .optional(),
  }),
  z.object({ ...common, status: z.literal("COMPLETE"), warnings, outputGroupDetails }),
  z.object({
    ...common,
    status: z.literal("ERROR"),
    errorCode: z.number().int(),
    errorMessage: z.string().default(""),
    warnings,
  }),
  z.object({ ...common, status: z.literal("CANCELED") }),
  z.object({
    ...common,
    status: z.literal("NEW_WARNING"),
    warningCode: z.string(),
    warningMessage: z.string().default(""),
  }),
  z.object({ ...common, status: z.literal("QUEUE_HOP") }),
]);
export type Detail = z.infer<typeof Detail>;

/** The event as EventBridge carries it. */
export const Spoke = z.object({
  id: z.string().min(1),
  source: z.literal("aws.mediaconvert"),
  "detail-type": z.literal("MediaConvert Job State Change"),
  account: z.string(),
  time: z.string(),
  detail: Detail,
});
export type Spoke = z.infer<typeof Spoke>;
