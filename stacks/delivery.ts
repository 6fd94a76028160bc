import { gateway } from "./gateway.ts";
import { guests } from "./origins.ts";
import { signers } from "./signing.ts";
import { accountId, named, region } from "./stage.ts";

const MINUTE = 60;
const DAY = 24 * 60 * MINUTE;

/** What viewers get: `videos/<videoId>/<attempt>/...`. Nobody reads it but the distribution. */
export const streamsBucket = new aws.s3.Bucket("Streams", {
  bucketPrefix: named("streams-").toLowerCase(),
  forceDestroy: false,
});

const shut = new aws.s3.BucketPublicAccessBlock("StreamsPublicAccessBlock", {
  bucket: streamsBucket.bucket,
  blockPublicAcls: true,
  blockPublicPolicy: true,
  ignorePublicAcls: true,
  restrictPublicBuckets: true,
});

new aws.s3.BucketLifecycleConfiguration("StreamsLifecycle", {
  bucket: streamsBucket.bucket,
  rules: [
    {
      id: "forget-unfinished",
      status: "Enabled",
      filter: {},
      abortIncompleteMultipartUpload: { daysAfterInitiation: 2 },
    },
  ],
});

const access = new aws.cloudfront.OriginAccessControl("StreamsAccess", {
  name: named("StreamsAccess"),
  originAccessControlOriginType: "s3",
  signingBehavior: "always",
  signingProtocol: "sigv4",
});

/** An attempt's segments never change: a replaced film has another path. */
const forLong = cachePolicy("Segments", false, {
  minTtl: DAY,
  defaultTtl: 365 * DAY,
  maxTtl: 365 * DAY,
});

/** Playlists are small, and the first thing to look at when something is wrong. */
const forShort = cachePolicy("Playlists", true, {
  minTtl: 0,
  defaultTtl: MINUTE,
  maxTtl: 5 * MINUTE,
});

const security = {
  contentTypeOptions: { override: true },
  strictTransportSecurity: { accessControlMaxAgeSec: 365 * DAY, override: true },
};

/** The API speaks to other origins for itself. */
const asItIs = new aws.cloudfront.ResponseHeadersPolicy("ApiAnswers", {
  name: named("ApiAnswers"),
  securityHeadersConfig: security,
});

const fromGuests = new aws.cloudfront.ResponseHeadersPolicy("Players", {
  name: named("Players"),
  ...(guests.length > 0 && {
    corsConfig: {
      accessControlAllowCredentials: true,
      accessControlAllowHeaders: { items: ["Range"] },
      accessControlAllowMethods: { items: ["GET", "HEAD", "OPTIONS"] },
      accessControlAllowOrigins: { items: guests },
      accessControlExposeHeaders: { items: ["Content-Length", "Content-Range", "ETag"] },
      accessControlMaxAgeSec: 60 * MINUTE,
      originOverride: true,
    },
  }),
  securityHeadersConfig: security,
});

/** AWS's own policies. Source: CloudFront developer guide, managed policies. */
const managed = {
  CachingDisabled: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
  AllViewerExceptHostHeader: "b689b0a8-53d0-40ab-baf2-68738e2966ac",
};

/** The API answers everybody for themselves, and looks at everything but the name it is asked by. */
const toTheApi = {
  pathPattern: "/api/*",
  targetOriginId: "api",
  viewerProtocolPolicy: "https-only",
  allowedMethods: ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"],
  cachedMethods: ["GET", "HEAD"],
  compress: false,
  cachePolicyId: managed.CachingDisabled,
  originRequestPolicyId: managed.AllViewerExceptHostHeader,
  responseHeadersPolicyId: asItIs.id,
};

const withGrant = {
  targetOriginId: "streams",
  viewerProtocolPolicy: "https-only",
  allowedMethods: ["GET", "HEAD", "OPTIONS"],
  cachedMethods: ["GET", "HEAD"],
  compress: false,
  responseHeadersPolicyId: fromGuests.id,
  trustedKeyGroups: [signers.id],
};

export const cdn = new sst.aws.Cdn("Cdn", {
  comment: named("films"),
  origins: [
    {
      originId: "streams",
      domainName: streamsBucket.bucketRegionalDomainName,
      originAccessControlId: access.id,
    },
    {
      originId: "api",
      domainName: $interpolate`${gateway.nodes.api.id}.execute-api.${region}.amazonaws.com`,
      customOriginConfig: {
        httpPort: 80,
        httpsPort: 443,
        originProtocolPolicy: "https-only",
        originSslProtocols: ["TLSv1.2"],
        originReadTimeout: 30,
      },
    },
  ],
  // Nothing lives outside /api and /videos, and an oddly spelled path that misses the patterns below
  // still needs a grant.
  defaultCacheBehavior: { ...withGrant, cachePolicyId: forLong.id },
  orderedCacheBehaviors: [
    toTheApi,
    { ...withGrant, pathPattern: "/videos/*.m3u8", cachePolicyId: forShort.id, compress: true },
    { ...withGrant, pathPattern: "/videos/*.mpd", cachePolicyId: forShort.id, compress: true },
    { ...withGrant, pathPattern: "/videos/*", cachePolicyId: forLong.id },
  ],
  transform: {
    distribution: { httpVersion: "http2and3", isIpv6Enabled: true },
  },
});

new aws.s3.BucketPolicy(
  "StreamsPolicy",
  {
    bucket: streamsBucket.bucket,
    policy: aws.iam.getPolicyDocumentOutput({
      statements: [
        {
          principals: [{ type: "Service", identifiers: ["cloudfront.amazonaws.com"] }],
          actions: ["s3:GetObject"],
          resources: [$interpolate`${streamsBucket.arn}/videos/*`],
          conditions: [
            { test: "StringEquals", variable: "aws:SourceAccount", values: [accountId] },
            {
              test: "ArnEquals",
              variable: "aws:SourceArn",
              values: [cdn.nodes.distribution.arn],
            },
          ],
        },
        {
          effect: "Deny",
          principals: [{ type: "*", identifiers: ["*"] }],
          actions: ["s3:*"],
          resources: [streamsBucket.arn, $interpolate`${streamsBucket.arn}/*`],
          conditions: [{ test: "Bool", variable: "aws:SecureTransport", values: ["false"] }],
        },
      ],
    }).json,
  },
  { dependsOn: [shut] },
);

/** Pages that may play and upload: our own, and those that `origins.ts` invites. */
export const origins = [cdn.url, ...guests];

export const edge = new sst.Linkable("Edge", { properties: { url: cdn.url } });

export const distribution = new sst.Linkable("Distribution", {
  properties: { id: cdn.nodes.distribution.id },
});

/** Make the edge forget what is gone. */
export const invalidate = {
  actions: ["cloudfront:CreateInvalidation"],
  resources: [cdn.nodes.distribution.arn],
};

/** Read what names the files of a film, and none of these. */
export const readPlaylists = {
  actions: ["s3:GetObject"],
  resources: [
    $interpolate`${streamsBucket.arn}/videos/*.m3u8`,
    $interpolate`${streamsBucket.arn}/videos/*.mpd`,
  ],
};

/** Take films away. */
export const emptyStreams = [
  { actions: ["s3:DeleteObject"], resources: [$interpolate`${streamsBucket.arn}/videos/*`] },
  {
    actions: ["s3:ListBucket"],
    resources: [streamsBucket.arn],
    conditions: [{ test: "StringLike", variable: "s3:prefix", values: ["videos/*"] }],
  },
];

export const streams = new sst.Linkable("Streams", {
  properties: { bucket: streamsBucket.bucket },
});

/**
 * Nothing of the request splits the cache, but whether a playlist may come compressed. CloudFront
 * takes its own signature out of the query before it looks.
 */
function cachePolicy(
  name: string,
  compressed: boolean,
  ttl: { minTtl: number; defaultTtl: number; maxTtl: number },
) {
  return new aws.cloudfront.CachePolicy(name, {
    name: named(name),
    ...ttl,
    parametersInCacheKeyAndForwardedToOrigin: {
      cookiesConfig: { cookieBehavior: "none" },
      headersConfig: { headerBehavior: "none" },
      queryStringsConfig: { queryStringBehavior: "none" },
      enableAcceptEncodingBrotli: compressed,
      enableAcceptEncodingGzip: compressed,
    },
  });
}
