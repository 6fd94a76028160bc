import { origins } from "./delivery.ts";
import { intake } from "./intake.ts";

/** What people send us. Kept, so that a film can be made again with another ladder. */
export const sources = new sst.aws.Bucket("Sources", {
  versioning: true,
  cors: {
    allowMethods: ["PUT"],
    allowOrigins: origins,
    allowHeaders: ["content-type", "if-none-match", "x-amz-*"],
    exposeHeaders: ["ETag", "x-amz-checksum-crc32"],
    maxAge: "1 hour",
  },
  policy: [
    {
      // An upload's key is written once. Parts carry no such header, so only the operation that
      // makes the object is asked for it.
      effect: "deny",
      principals: "*",
      actions: ["s3:PutObject"],
      paths: [`${intake.uploadsPrefix}*`],
      conditions: [
        { test: "Null", variable: "s3:if-none-match", values: ["true"] },
        { test: "Bool", variable: "s3:ObjectCreationOperation", values: ["true"] },
      ],
    },
  ],
  lifecycle: [{ id: "forget-unfinished-and-replaced" }],
  transform: {
    bucket: { forceDestroy: false },
    lifecycle: (args) => {
      args.rules = [
        {
          id: "forget-unfinished-and-replaced",
          status: "Enabled",
          filter: {},
          abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
          noncurrentVersionExpiration: { noncurrentDays: 30 },
        },
      ];
    },
  },
});

sources.notify({
  notifications: [],
  transform: {
    notification: (args) => {
      args.eventbridge = true;
    },
  },
});

export const uploads = new sst.Linkable("Uploads", { properties: { bucket: sources.name } });

const bothDoors = [intake.uploadsPrefix, intake.inboxPrefix];

/** Where sources lie, as a resource of a policy. */
export const sourceObjects = bothDoors.map((prefix) => $interpolate`${sources.arn}/${prefix}*`);

/** To be told that a source is missing, not that it is forbidden: S3 says so only to who may list. */
const missSources = { actions: ["s3:ListBucket"], resources: [sources.arn] };

/** Look at a source as it is now. */
export const seeSources = [{ actions: ["s3:GetObject"], resources: sourceObjects }, missSources];

/** Look inside a source, at the version that was claimed. */
export const readSources = [
  { actions: ["s3:GetObject", "s3:GetObjectVersion"], resources: sourceObjects },
  missSources,
];

const uploadedObjects = $interpolate`${sources.arn}/${intake.uploadsPrefix}*`;

/** Begin uploads, complete them, give them up. Whoever has a signed address uses these rights. */
export const takeUploads = {
  actions: ["s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
  resources: [uploadedObjects],
};

/** See what became of an upload. */
export const seeUploads = [
  { actions: ["s3:GetObject"], resources: [uploadedObjects] },
  missSources,
];

/** Give up what was never completed. */
export const abortUploads = {
  actions: ["s3:AbortMultipartUpload"],
  resources: [uploadedObjects],
};

/** Take away an upload that nobody waits for. */
export const dropUploads = {
  actions: ["s3:DeleteObject", "s3:DeleteObjectVersion"],
  resources: [uploadedObjects],
};

/** Take sources away for good: every version, and what was never completed. */
export const emptySources = [
  {
    actions: ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:AbortMultipartUpload"],
    resources: sourceObjects,
  },
  {
    actions: ["s3:ListBucketVersions", "s3:ListBucketMultipartUploads"],
    resources: [sources.arn],
    conditions: [
      {
        test: "StringLike",
        variable: "s3:prefix",
        values: bothDoors.map((prefix) => `${prefix}*`),
      },
    ],
  },
];
