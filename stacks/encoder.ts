import { streamsBucket } from "./delivery.ts";
import { accountId, named, region, trusting } from "./stage.ts";
import { sourceObjects } from "./storage.ts";

/** Ours alone, so that its events, its backlog and its limits are about films. */
export const encoderQueue = new aws.mediaconvert.Queue("EncoderQueue", {
  name: named("films"),
  pricingPlan: "ON_DEMAND",
  status: "ACTIVE",
});

/** What MediaConvert may touch while it works for us. */
export const encoderRole = new aws.iam.Role("EncoderRole", {
  name: named("EncoderRole"),
  assumeRolePolicy: trusting("mediaconvert.amazonaws.com", encoderQueue.arn),
  inlinePolicies: [
    {
      name: "inline",
      policy: aws.iam.getPolicyDocumentOutput({
        statements: [
          { actions: ["s3:GetObject"], resources: sourceObjects },
          {
            actions: ["s3:PutObject"],
            resources: [$interpolate`${streamsBucket.arn}/videos/*`],
          },
        ],
      }).json,
    },
  ],
});

export const encoder = new sst.Linkable("Encoder", {
  properties: { queueArn: encoderQueue.arn, roleArn: encoderRole.arn },
});

const jobs = $interpolate`arn:aws:mediaconvert:${region}:${accountId}:jobs/*`;

/**
 * Jobs on our queue, under our role, and only while the account refuses inputs from the web: a
 * playlist dressed as a film must not make MediaConvert fetch an address.
 */
export const createJobs = [
  {
    actions: ["mediaconvert:CreateJob"],
    resources: [encoderQueue.arn],
    conditions: [
      { test: "BoolIfExists", variable: "mediaconvert:HttpInputsAllowed", values: ["false"] },
      { test: "BoolIfExists", variable: "mediaconvert:HttpsInputsAllowed", values: ["false"] },
    ],
  },
  {
    actions: ["iam:PassRole"],
    resources: [encoderRole.arn],
    conditions: [
      {
        test: "StringEquals",
        variable: "iam:PassedToService",
        values: ["mediaconvert.amazonaws.com"],
      },
    ],
  },
];

/** The jobs of our queue. */
export const listJobs = { actions: ["mediaconvert:ListJobs"], resources: [encoderQueue.arn] };

/** Look for a job by what it reads. A search goes through all queues: it knows no resource. */
export const searchJobs = { actions: ["mediaconvert:SearchJobs"], resources: ["*"] };

/** Ask after a job, or stop it. MediaConvert makes the ids, so this is any job of the account. */
export const getJobs = { actions: ["mediaconvert:GetJob"], resources: [jobs] };

export const cancelJobs = { actions: ["mediaconvert:CancelJob"], resources: [jobs] };
