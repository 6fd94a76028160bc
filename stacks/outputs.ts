import { announcements } from "./announcements.ts";
import { settle, sweep, unsent } from "./care.ts";
import { cdn, streamsBucket } from "./delivery.ts";
import { encoderQueue } from "./encoder.ts";
import { resume, submit } from "./jobs.ts";
import { library } from "./library.ts";
import { playback } from "./playback.ts";
import { deaths, encodes, encodesDead, jobEvents, undelivered } from "./queues.ts";
import { signer } from "./signing.ts";
import { sources } from "./storage.ts";
import { machine, record, validate } from "./workflow.ts";

/** What scripts and people look up after a deploy. */
export const outputs = {
  SourceBucket: sources.name,
  DeliveryBucket: streamsBucket.bucket,
  Table: library.name,
  TopicArn: announcements.arn,
  StateMachineArn: machine.arn,
  EncodesQueueUrl: encodes.url,
  EncodesDeadQueueUrl: encodesDead.url,
  JobEventsQueueUrl: jobEvents.url,
  DeathsQueueUrl: deaths.url,
  UndeliveredQueueUrl: undelivered.url,
  ValidateFunction: validate.name,
  RecordFunction: record.name,
  SubmitFunction: submit.name,
  ResumeFunction: resume.name,
  SweepFunction: sweep.name,
  SettleFunction: settle.name,
  UnsentFunction: unsent.name,
  PlaybackFunction: playback.name,
  MediaConvertQueueArn: encoderQueue.arn,
  SigningSecretArn: signer.properties.secretArn,
  CdnUrl: cdn.url,
};
