import { accounts } from "./accounts.ts";
import { announcements } from "./announcements.ts";
import { api } from "./api.ts";
import { remove, settle, sweep, unsent } from "./care.ts";
import { cdn, streamsBucket } from "./delivery.ts";
import { encoderQueue } from "./encoder.ts";
import { gateway } from "./gateway.ts";
import { resume, submit } from "./jobs.ts";
import { library } from "./library.ts";
import { playback } from "./playback.ts";
import { pull } from "./pull.ts";
import {
  announced,
  deaths,
  deliveries,
  encodes,
  encodesDead,
  jobEvents,
  pulling,
  removing,
  undelivered,
} from "./queues.ts";
import { signer } from "./signing.ts";
import { sources } from "./storage.ts";
import { deliver, notify } from "./webhooks.ts";
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
  PullingQueueUrl: pulling.url,
  RemovingQueueUrl: removing.url,
  AnnouncedQueueUrl: announced.url,
  DeliveriesQueueUrl: deliveries.url,
  UndeliveredQueueUrl: undelivered.url,
  ValidateFunction: validate.name,
  RecordFunction: record.name,
  SubmitFunction: submit.name,
  ResumeFunction: resume.name,
  SweepFunction: sweep.name,
  SettleFunction: settle.name,
  UnsentFunction: unsent.name,
  ApiFunction: api.name,
  PlaybackFunction: playback.name,
  PullFunction: pull.name,
  RemoveFunction: remove.name,
  NotifyFunction: notify.name,
  DeliverFunction: deliver.name,
  MediaConvertQueueArn: encoderQueue.arn,
  SigningSecretArn: signer.properties.secretArn,
  CdnUrl: cdn.url,
  ApiUrl: $interpolate`${cdn.url}/api`,
  ApiDirectUrl: gateway.url,
  ...(accounts.userPoolId && {
    UserPoolId: accounts.userPoolId,
    UserPoolClientId: accounts.clientId,
  }),
};
