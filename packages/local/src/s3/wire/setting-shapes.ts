import { flat, named, struct } from "./xml.ts";

/** The documents of what can be set on a bucket. */

const tag = struct({ Key: "text", Value: "text" });

export const versioning = struct({ Status: "text", MFADelete: named("MfaDelete") });

const cors = flat(
  "CORSRule",
  struct({
    ID: "text",
    AllowedHeaders: flat("AllowedHeader"),
    AllowedMethods: flat("AllowedMethod"),
    AllowedOrigins: flat("AllowedOrigin"),
    ExposeHeaders: flat("ExposeHeader"),
    MaxAgeSeconds: "number",
  }),
);
export const corsConfiguration = struct({ CORSRules: cors });

const lifecycleRule = struct({
  ID: "text",
  Prefix: "text",
  Filter: struct({
    Prefix: "text",
    Tag: tag,
    ObjectSizeGreaterThan: "number",
    ObjectSizeLessThan: "number",
    And: struct({
      Prefix: "text",
      Tags: flat("Tag", tag),
      ObjectSizeGreaterThan: "number",
      ObjectSizeLessThan: "number",
    }),
  }),
  Status: "text",
  Expiration: struct({ Date: "date", Days: "number", ExpiredObjectDeleteMarker: "boolean" }),
  Transitions: flat("Transition", struct({ Date: "date", Days: "number", StorageClass: "text" })),
  NoncurrentVersionExpiration: struct({
    NoncurrentDays: "number",
    NewerNoncurrentVersions: "number",
  }),
  NoncurrentVersionTransitions: flat(
    "NoncurrentVersionTransition",
    struct({ NoncurrentDays: "number", StorageClass: "text", NewerNoncurrentVersions: "number" }),
  ),
  AbortIncompleteMultipartUpload: struct({ DaysAfterInitiation: "number" }),
});
export const lifecycle = struct({ Rules: flat("Rule", lifecycleRule) });

const eventFilter = named(
  "Filter",
  struct({
    Key: named(
      "S3Key",
      struct({ FilterRules: flat("FilterRule", struct({ Name: "text", Value: "text" })) }),
    ),
  }),
);
const destination = (member: string, element: string) =>
  struct({ Id: "text", [member]: named(element), Events: flat("Event"), Filter: eventFilter });
export const notification = struct({
  TopicConfigurations: flat("TopicConfiguration", destination("TopicArn", "Topic")),
  QueueConfigurations: flat("QueueConfiguration", destination("QueueArn", "Queue")),
  LambdaFunctionConfigurations: flat(
    "CloudFunctionConfiguration",
    destination("LambdaFunctionArn", "CloudFunction"),
  ),
  EventBridgeConfiguration: struct({}),
});

export const publicAccessBlock = struct({
  BlockPublicAcls: "boolean",
  IgnorePublicAcls: "boolean",
  BlockPublicPolicy: "boolean",
  RestrictPublicBuckets: "boolean",
});

export const ownership = struct({ Rules: flat("Rule", struct({ ObjectOwnership: "text" })) });

export const encryption = struct({
  Rules: flat(
    "Rule",
    struct({
      ApplyServerSideEncryptionByDefault: struct({ SSEAlgorithm: "text", KMSMasterKeyID: "text" }),
      BucketKeyEnabled: "boolean",
    }),
  ),
});
