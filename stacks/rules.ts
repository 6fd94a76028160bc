import { encoderQueue } from "./encoder.ts";
import { startingObjects } from "./intake.ts";
import { accepting, deaths, jobEvents, undelivered } from "./queues.ts";
import { accountId, named, trusting } from "./stage.ts";
import { sources } from "./storage.ts";
import { machine } from "./workflow.ts";

const EVENTS = "events.amazonaws.com";

/** A film has arrived. */
const sourceArrived = new aws.cloudwatch.EventRule("SourceArrived", {
  name: named("SourceArrived"),
  description: "A source was stored: start its workflow",
  eventPattern: $jsonStringify({
    source: ["aws.s3"],
    "detail-type": ["Object Created"],
    account: [accountId],
    detail: { bucket: { name: [sources.name] }, object: startingObjects() },
  }),
});

const starter = new aws.iam.Role("SourceArrivedRole", {
  name: named("SourceArrivedRole"),
  assumeRolePolicy: trusting("events.amazonaws.com", sourceArrived.arn),
  inlinePolicies: [
    {
      name: "inline",
      policy: aws.iam.getPolicyDocumentOutput({
        statements: [{ actions: ["states:StartExecution"], resources: [machine.arn] }],
      }).json,
    },
  ],
});

new aws.cloudwatch.EventTarget("SourceArrivedTarget", {
  rule: sourceArrived.name,
  targetId: "workflow",
  arn: machine.arn,
  roleArn: starter.arn,
  inputTransformer: {
    inputPaths: { id: "$.id", time: "$.time", account: "$.account", detail: "$.detail" },
    // whole values only: a template that quotes a key could be broken by that key
    inputTemplate:
      '{"kind":"arrived","event":{"id":<id>,"time":<time>,"account":<account>},"detail":<detail>}',
  },
  ...patient(),
});

/** MediaConvert says something about a job of this app and stage. */
const jobEventsRule = new aws.cloudwatch.EventRule("JobEventsRule", {
  name: named("JobEvents"),
  description: "MediaConvert speaks of our jobs",
  eventPattern: $jsonStringify({
    source: ["aws.mediaconvert"],
    "detail-type": ["MediaConvert Job State Change"],
    account: [accountId],
    detail: {
      queue: [encoderQueue.arn],
      userMetadata: { app: [$app.name], stage: [$app.stage] },
    },
  }),
});

new aws.cloudwatch.EventTarget("JobEventsTarget", {
  rule: jobEventsRule.name,
  targetId: "job-events",
  arn: jobEvents.arn,
  ...patient(),
});

/** An execution ended without a good end. Its film may not know. */
const executionsDied = new aws.cloudwatch.EventRule("ExecutionsDied", {
  name: named("ExecutionsDied"),
  description: "An execution of the workflow failed, timed out or was stopped",
  eventPattern: $jsonStringify({
    source: ["aws.states"],
    "detail-type": ["Step Functions Execution Status Change"],
    account: [accountId],
    detail: { stateMachineArn: [machine.arn], status: ["FAILED", "TIMED_OUT", "ABORTED"] },
  }),
});

new aws.cloudwatch.EventTarget("ExecutionsDiedTarget", {
  rule: executionsDied.name,
  targetId: "deaths",
  arn: deaths.arn,
  ...patient(),
});

accepting("JobEventsPolicy", jobEvents, EVENTS, [jobEventsRule]);
accepting("DeathsPolicy", deaths, EVENTS, [executionsDied]);
accepting("UndeliveredPolicy", undelivered, EVENTS, [sourceArrived, jobEventsRule, executionsDied]);

/** EventBridge tries for a day, then keeps the event for us. */
function patient() {
  return {
    retryPolicy: { maximumRetryAttempts: 185, maximumEventAgeInSeconds: 24 * 60 * 60 },
    deadLetterConfig: { arn: undelivered.arn },
  };
}
