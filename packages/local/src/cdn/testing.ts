import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openIam } from "../iam/index.ts";
import { testCloud } from "../kernel/testing.ts";
import { openS3 } from "../s3/index.ts";
import { type CdnOptions, openCdn } from "./index.ts";
import type { BehaviorInputs, DistributionInputs, Parts } from "./parts.ts";

const bucket = "films-streams";
const distributionArn = "arn:aws:cloudfront::000000000000:distribution/E1";

const pair = {
  ec: () =>
    generateKeyPairSync("ec", {
      namedCurve: "P-256",
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
    }),
  rsa: () =>
    generateKeyPairSync("rsa", {
      modulusLength: 2048,
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
    }),
};

/** Keys by id: two that the distribution trusts, and one of another group. */
export const keys = { KEC: pair.ec(), KRSA: pair.rsa(), KOTHER: pair.ec() };

/** The parts of a distribution like the graph's, changed where a test wants it. */
export function partsOf(
  change: { behavior?: Partial<BehaviorInputs>; distribution?: Partial<DistributionInputs> } = {},
): Parts {
  const behavior: BehaviorInputs = {
    targetOriginId: "streams",
    allowedMethods: ["GET", "HEAD", "OPTIONS"],
    cachePolicyId: "cache",
    responseHeadersPolicyId: "players",
    trustedKeyGroups: ["signers"],
    ...change.behavior,
  };
  const inputs: DistributionInputs = {
    enabled: true,
    origins: [
      {
        originId: "streams",
        domainName: `${bucket}.s3.us-east-1.amazonaws.com`,
        originAccessControlId: "oac",
      },
      {
        originId: "site",
        domainName: `${bucket}.s3.us-east-1.amazonaws.com`,
        originPath: "/site",
        originAccessControlId: "oac",
      },
    ],
    defaultCacheBehavior: { ...behavior, targetOriginId: "site", trustedKeyGroups: [] },
    orderedCacheBehaviors: [
      { ...behavior, pathPattern: "/videos/*.m3u8", compress: true },
      { ...behavior, pathPattern: "videos/*" },
    ],
    customErrorResponses: [{ errorCode: 404, responseCode: 200, responsePagePath: "/lost.html" }],
    ...change.distribution,
  };
  return {
    distribution: { id: "E1", arn: distributionArn, inputs: { ...inputs } },
    keyGroups: [
      { id: "signers", inputs: { items: ["KEC", "KRSA"] } },
      { id: "others", inputs: { items: ["KOTHER"] } },
    ],
    publicKeys: Object.entries(keys).map(([id, { publicKey }]) => ({
      id,
      inputs: { encodedKey: publicKey },
    })),
    cachePolicies: [
      {
        id: "cache",
        inputs: {
          parametersInCacheKeyAndForwardedToOrigin: {
            enableAcceptEncodingGzip: true,
            enableAcceptEncodingBrotli: true,
            queryStringsConfig: { queryStringBehavior: "none" },
          },
        },
      },
    ],
    responseHeadersPolicies: [
      {
        id: "players",
        inputs: {
          corsConfig: {
            accessControlAllowCredentials: true,
            accessControlAllowHeaders: { items: ["Range"] },
            accessControlAllowMethods: { items: ["GET", "HEAD", "OPTIONS"] },
            accessControlAllowOrigins: { items: ["https://*.example.com"] },
            accessControlExposeHeaders: { items: ["Content-Range", "ETag"] },
            accessControlMaxAgeSec: 600,
            originOverride: true,
          },
          securityHeadersConfig: { contentTypeOptions: { override: true } },
          customHeadersConfig: { items: [{ header: "X-Film", value: "yes", override: false }] },
          removeHeadersConfig: { items: [{ header: "x-amz-meta-secret" }] },
        },
      },
    ],
    originAccessControls: [{ id: "oac", inputs: { signingBehavior: "always" } }],
  };
}

/** An edge before a real bucket with a film in it. `hand` moves the clock. */
export async function openRig(options: Pick<CdnOptions, "serverAt"> = {}) {
  const dataDir = mkdtempSync(join(tmpdir(), "rushes-cdn-"));
  const clock = { nowMs: Date.now() };
  const now = () => clock.nowMs;
  const iam = openIam({ dataDir, accountId: "000000000000", region: "us-east-1", now });
  const { cloud, close } = testCloud({ iam, dataDir, now });
  openS3(cloud);
  const s3 = (operation: string, input: object) => cloud.call("s3", operation, input, iam.operator);
  await s3("CreateBucket", { Bucket: bucket });
  const allow = {
    Effect: "Allow",
    Principal: { Service: "cloudfront.amazonaws.com" },
    Action: "s3:GetObject",
    Resource: [`arn:aws:s3:::${bucket}/videos/*`, `arn:aws:s3:::${bucket}/site/*`],
    Condition: { ArnEquals: { "aws:SourceArn": distributionArn } },
  };
  await s3("PutBucketPolicy", {
    Bucket: bucket,
    Policy: JSON.stringify({ Version: "2012-10-17", Statement: [allow] }),
  });
  const put = (Key: string, Body: string | Buffer, more: object = {}) =>
    s3("PutObject", { Bucket: bucket, Key, Body, ...more });
  await put("videos/v1/1/seg 1.m4s", Buffer.from("0123456789"), {
    ContentType: "video/iso.segment",
    CacheControl: "max-age=31536000",
    Metadata: { secret: "s", kind: "segment" },
  });
  await put("videos/v1/1/main.m3u8", `#EXTM3U\n${"# a line\n".repeat(300)}`, {
    ContentType: "application/vnd.apple.mpegurl",
  });
  await put("videos/v2/1/a.m4s", "another film");
  await put("videos/v1/2/a.m4s", "another attempt");
  await put("site/index.html", "<h1>site</h1>", { ContentType: "text/html" });
  await put("private/x", "not for the edge");
  const cdn = await openCdn(cloud, { port: 0, ...options });
  cdn.define(partsOf());
  return {
    cloud,
    cdn,
    clock,
    put,
    /** Asks exactly as given: no client straightens the path. */
    ask: (path: string, headers: Record<string, string> = {}, method = "GET", body?: string) =>
      askAt(cdn.origin, { path, headers, method }, body),
    /** "open", or the status and code that say why not. */
    async verdict(path: string, headers: Record<string, string> = {}): Promise<string> {
      const { status, code } = await askAt(cdn.origin, { path, headers, method: "GET" });
      return status < 400 ? "open" : `${status} ${code}`;
    },
    /** The text of a custom policy; a path is one of this edge. */
    policyOf: (terms: Terms = {}) => policyOf(cdn.origin, clock.nowMs / 1000, terms),
    async close() {
      await cdn.close();
      await close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export interface Terms {
  resource?: string;
  beforeS?: number;
  afterS?: number;
  ip?: string;
}

function policyOf(origin: string, nowS: number, terms: Terms): string {
  const { resource = "/videos/v1/1/*", beforeS = Math.floor(nowS) + 60, afterS, ip } = terms;
  const condition = {
    DateLessThan: { "AWS:EpochTime": beforeS },
    ...(afterS === undefined ? {} : { DateGreaterThan: { "AWS:EpochTime": afterS } }),
    ...(ip === undefined ? {} : { IpAddress: { "AWS:SourceIp": ip } }),
  };
  const whole = resource.startsWith("/") ? origin + resource : resource;
  return JSON.stringify({ Statement: [{ Resource: whole, Condition: condition }] });
}

/** Who signs, as the SDK's signer wants to be told. */
export const by = (keyPairId: KeyId) => ({ keyPairId, privateKey: keys[keyPairId].privateKey });

export type KeyId = keyof typeof keys;

export type Rig = Awaited<ReturnType<typeof openRig>>;

export interface Told {
  status: number;
  headers: IncomingHttpHeaders;
  bytes: Buffer;
  text: string;
  /** of an error document */
  code: string | undefined;
}

export function askAt(
  origin: string,
  options: { path: string; method: string; headers: Record<string, string> },
  body?: string,
): Promise<Told> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      { host: "127.0.0.1", port: new URL(origin).port, agent: false, ...options },
      (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("end", () => {
          const bytes = Buffer.concat(parts);
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            bytes,
            text: bytes.toString(),
            code: /<Code>(\w+)</.exec(bytes.toString())?.[1],
          });
        });
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}
