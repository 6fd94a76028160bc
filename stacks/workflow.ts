import { announcements } from "./announcements.ts";
import { budget } from "./budget.ts";
import { definition } from "./definition.ts";
import { streams, streamsBucket } from "./delivery.ts";
import { cancelJobs, encoder, searchJobs } from "./encoder.ts";
import { intakeLink } from "./intake.ts";
import { films, library, onFilms } from "./library.ts";
import { encodeTimeoutSeconds, taskTimeoutSeconds } from "./patience.ts";
import { encodes } from "./queues.ts";
import { accountId, named, production, region, trusting, upTo } from "./stage.ts";
import { dropUploads, readSources, seeSources, uploads } from "./storage.ts";

/** Claims the film once and looks inside it. */
export const validate = new sst.aws.Function("Validate", {
  handler: "packages/functions/src/workflow/validate.handler",
  timeout: upTo("60 seconds"),
  memory: "1024 MB",
  link: [films, uploads, encoder, intakeLink, budget],
  permissions: [
    onFilms("GetItem", "PutItem", "UpdateItem"),
    ...readSources,
    dropUploads,
    // a job of the attempt before, which nobody waits for any more
    searchJobs,
    cancelJobs,
    // a probe reads what its caller may read; MediaConvert knows no resource for it
    { actions: ["mediaconvert:Probe"], resources: ["*"] },
  ],
});

/** Checks that every promised file is there, and publishes the attempt. */
export const record = new sst.aws.Function("Record", {
  handler: "packages/functions/src/workflow/record.handler",
  timeout: upTo("60 seconds"),
  memory: "1024 MB",
  link: [films, streams],
  permissions: [
    onFilms("GetItem", "PutItem", "UpdateItem"),
    ...seeSources,
    { actions: ["s3:GetObject"], resources: [$interpolate`${streamsBucket.arn}/videos/*`] },
    {
      actions: ["s3:ListBucket"],
      resources: [streamsBucket.arn],
      conditions: [{ test: "StringLike", variable: "s3:prefix", values: ["videos/*"] }],
    },
  ],
});

const machineName = named("Workflow");

/** What the story itself may do: its four integrations, and to be seen. */
const role = new aws.iam.Role("WorkflowRole", {
  name: named("WorkflowRole"),
  assumeRolePolicy: trusting(
    "states.amazonaws.com",
    $interpolate`arn:aws:states:${region}:${accountId}:stateMachine:${machineName}`,
  ),
  inlinePolicies: [
    {
      name: "inline",
      policy: aws.iam.getPolicyDocumentOutput({
        statements: [
          { actions: ["lambda:InvokeFunction"], resources: [validate.arn, record.arn] },
          { actions: ["dynamodb:UpdateItem"], resources: [library.arn] },
          { actions: ["sqs:SendMessage"], resources: [encodes.arn] },
          { actions: ["sns:Publish"], resources: [announcements.arn] },
          {
            // X-Ray knows no resources
            actions: [
              "xray:PutTraceSegments",
              "xray:PutTelemetryRecords",
              "xray:GetSamplingRules",
              "xray:GetSamplingTargets",
            ],
            resources: ["*"],
          },
          {
            // vended log delivery knows no resources
            actions: [
              "logs:CreateLogDelivery",
              "logs:GetLogDelivery",
              "logs:UpdateLogDelivery",
              "logs:DeleteLogDelivery",
              "logs:ListLogDeliveries",
              "logs:PutResourcePolicy",
              "logs:DescribeResourcePolicies",
              "logs:DescribeLogGroups",
            ],
            resources: ["*"],
          },
        ],
      }).json,
    },
  ],
});

export const logs = new aws.cloudwatch.LogGroup("WorkflowLogs", {
  name: `/aws/vendedlogs/states/${machineName}`,
  retentionInDays: production ? 90 : 14,
});

/** The story of one film. */
export const machine = new aws.sfn.StateMachine("Workflow", {
  name: machineName,
  type: "STANDARD",
  roleArn: role.arn,
  definition: definition("statemachines/video-workflow.asl.json", {
    ValidateFunction: validate.arn,
    RecordFunction: record.arn,
    EncodesQueueUrl: encodes.url,
    TableName: library.name,
    TopicArn: announcements.arn,
    TaskTimeoutSeconds: taskTimeoutSeconds,
    EncodeTimeoutSeconds: encodeTimeoutSeconds,
  }),
  // never with execution data: inputs name people's films and tasks carry their tokens
  loggingConfiguration: {
    level: "ERROR",
    includeExecutionData: false,
    logDestination: $interpolate`${logs.arn}:*`,
  },
  tracingConfiguration: { enabled: true },
});

new aws.sns.TopicPolicy("AnnouncementsPolicy", {
  arn: announcements.arn,
  policy: aws.iam.getPolicyDocumentOutput({
    statements: [
      {
        principals: [{ type: "AWS", identifiers: [role.arn] }],
        actions: ["sns:Publish"],
        resources: [announcements.arn],
      },
      {
        effect: "Deny",
        principals: [{ type: "*", identifiers: ["*"] }],
        actions: ["sns:Publish"],
        resources: [announcements.arn],
        conditions: [{ test: "ArnNotEquals", variable: "aws:PrincipalArn", values: [role.arn] }],
      },
      {
        effect: "Deny",
        principals: [{ type: "*", identifiers: ["*"] }],
        actions: ["sns:Publish"],
        resources: [announcements.arn],
        conditions: [{ test: "Bool", variable: "aws:SecureTransport", values: ["false"] }],
      },
    ],
  }).json,
});

export const workflow = new sst.Linkable("Workflow", { properties: { arn: machine.arn } });

/** Wake the execution that waits with a token, for better or worse. */
export const answerTasks = {
  actions: ["states:SendTaskSuccess", "states:SendTaskFailure"],
  resources: [machine.arn],
};

const executions = $interpolate`arn:aws:states:${region}:${accountId}:execution:${machineName}:*`;

export const describeExecutions = {
  actions: ["states:DescribeExecution"],
  resources: [executions],
};

export const startExecutions = { actions: ["states:StartExecution"], resources: [machine.arn] };

export const stopExecutions = { actions: ["states:StopExecution"], resources: [executions] };

/** What an operator is shown of an execution. */
export const readExecutions = [
  { actions: ["states:DescribeExecution", "states:GetExecutionHistory"], resources: [executions] },
];
