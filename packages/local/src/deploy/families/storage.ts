import { ensure, type Family, list, part, pascal, text } from "../family.ts";

const OWNED = ["BucketAlreadyOwnedByYou", "BucketAlreadyExists"];

export const bucket: Family = {
  async deploy({ inputs }, { call }) {
    const Bucket = text(inputs, "bucket");
    await ensure(
      OWNED,
      () => call("s3", "CreateBucket", { Bucket }),
      () => undefined,
    );
  },
};

export const bucketVersioning: Family = {
  async deploy({ inputs }, { call }) {
    await call("s3", "PutBucketVersioning", {
      Bucket: text(inputs, "bucket"),
      VersioningConfiguration: pascal(part(inputs, "versioningConfiguration")),
    });
  },
};

export const bucketPolicy: Family = {
  async deploy({ inputs }, { call }) {
    await call("s3", "PutBucketPolicy", {
      Bucket: text(inputs, "bucket"),
      Policy: text(inputs, "policy"),
    });
  },
};

export const publicAccessBlock: Family = {
  async deploy({ inputs }, { call }) {
    const { bucket: _, ...flags } = inputs;
    await call("s3", "PutPublicAccessBlock", {
      Bucket: text(inputs, "bucket"),
      PublicAccessBlockConfiguration: pascal(flags),
    });
  },
};

export const bucketCors: Family = {
  async deploy({ inputs }, { call }) {
    const rules = list(inputs, "corsRules").map(({ exposeHeaders, maxAgeSeconds, ...rule }) => ({
      ...pascal(rule),
      ExposeHeaders: exposeHeaders,
      MaxAgeSeconds: maxAgeSeconds,
    }));
    await call("s3", "PutBucketCors", {
      Bucket: text(inputs, "bucket"),
      CORSConfiguration: { CORSRules: rules },
    });
  },
};

export const bucketLifecycle: Family = {
  async deploy({ inputs }, { call }) {
    const rules = list(inputs, "rules").map(({ id, ...rule }) => ({ ID: id, ...pascal(rule) }));
    await call("s3", "PutBucketLifecycleConfiguration", {
      Bucket: text(inputs, "bucket"),
      LifecycleConfiguration: { Rules: rules },
    });
  },
};

/** Only EventBridge is on the trip; queues and functions as direct targets are refused by S3. */
export const bucketNotification: Family = {
  async deploy({ inputs }, { call }) {
    await call("s3", "PutBucketNotificationConfiguration", {
      Bucket: text(inputs, "bucket"),
      NotificationConfiguration: {
        ...(inputs.eventbridge ? { EventBridgeConfiguration: {} } : {}),
        ...(list(inputs, "queues").length
          ? { QueueConfigurations: pascal(list(inputs, "queues")) }
          : {}),
        ...(list(inputs, "lambdaFunctions").length
          ? { LambdaFunctionConfigurations: pascal(list(inputs, "lambdaFunctions")) }
          : {}),
      },
    });
  },
};
