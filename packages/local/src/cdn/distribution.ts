import { createPublicKey, type KeyObject } from "node:crypto";
import { matches } from "../kernel/glob.ts";
import { NotPretended } from "../kernel/refusal.ts";
import { type Forward, managed, readForward } from "./forward.ts";
import type {
  BehaviorInputs,
  CachePolicyInputs,
  DistributionInputs,
  HeadersPolicyInputs,
  OriginInputs,
  Part,
  Parts,
} from "./parts.ts";

/** A distribution, ready to answer. */
export interface Distribution {
  id: string;
  arn: string;
  aliases: readonly string[];
  rootObject: string | undefined;
  /** in the order in which they are tried; the last one takes everything */
  behaviors: readonly Behavior[];
  /** pages that stand in for errors, by status */
  errorPages: ReadonlyMap<number, { path: string; status: number }>;
}

export interface Behavior {
  /** beginning with a slash; `*` for the default */
  pattern: string;
  origin: Origin;
  /** what a server as origin gets to see */
  forward: Forward;
  methods: readonly string[];
  /** who may sign, by key id; undefined where no signature is asked for */
  signers: ReadonlyMap<string, KeyObject> | undefined;
  encodings: readonly Encoding[];
  headers: HeadersPolicyInputs | undefined;
}

export type Encoding = "br" | "gzip";

export type Origin = Bucket | Server;

/** A bucket, and where in it the origin begins. */
export interface Bucket {
  kind: "bucket";
  bucket: string;
  /** "" or `/prefix` */
  path: string;
  /** whether requests are signed for the distribution; without that they are anybody's */
  signs: boolean;
}

/** A server of this machine. */
export interface Server {
  kind: "server";
  /** `http://127.0.0.1:4567` */
  address: string;
  /** "" or `/prefix` */
  path: string;
  /** sent with every request */
  headers: Record<string, string>;
  /** how long it may be silent */
  waitMs: number;
}

/** The address of a server of this machine by its domain name; undefined for all others. */
export type ServerAt = (domainName: string) => string | undefined;

/**
 * Reads a distribution with all that it refers to.
 *
 * @throws NotPretended naming what this edge does not do
 * @throws Error when a reference leads nowhere
 */
export function read(
  parts: Parts,
  accountId: string,
  serverAt: ServerAt = () => undefined,
): Distribution {
  const { id, arn } = parts.distribution;
  const inputs = parts.distribution.inputs as unknown as DistributionInputs;
  refuse("a disabled distribution", inputs.enabled === false);
  refuse("origin groups", (inputs.originGroups ?? []).length > 0);
  const geo = inputs.restrictions?.geoRestriction?.restrictionType ?? "none";
  refuse("geographic restrictions", geo !== "none");
  const origins = new Map(
    inputs.origins.map((origin) => [origin.originId, readOrigin(origin, parts, serverAt)]),
  );
  const behavior = (one: BehaviorInputs): Behavior => readBehavior(one, origins, parts);
  const distribution: Distribution = {
    id,
    arn: arn ?? `arn:aws:cloudfront::${accountId}:distribution/${id}`,
    aliases: inputs.aliases ?? [],
    rootObject: inputs.defaultRootObject || undefined,
    behaviors: [
      ...(inputs.orderedCacheBehaviors ?? []).map(behavior),
      { ...behavior(inputs.defaultCacheBehavior), pattern: "*" },
    ],
    errorPages: new Map(
      (inputs.customErrorResponses ?? []).flatMap((page) =>
        page.responsePagePath
          ? [
              [
                page.errorCode,
                { path: page.responsePagePath, status: page.responseCode ?? page.errorCode },
              ],
            ]
          : [],
      ),
    ),
  };
  for (const { path } of distribution.errorPages.values()) {
    const { kind } = choose(distribution, path).origin;
    refuse(`an error page of a server, ${path}`, kind === "server");
  }
  return distribution;
}

/** The first behaviour whose pattern fits, as CloudFront normalises a path before it compares. */
export function choose(distribution: Distribution, rawPath: string): Behavior {
  const path = normalised(rawPath);
  const found = distribution.behaviors.find(({ pattern }) => matches(pattern, path));
  if (!found) throw new Error("a distribution has a default behaviour");
  return found;
}

/** RFC 3986: needless escapes undone, dots followed, runs of slashes made one. For comparing only. */
export function normalised(rawPath: string): string {
  const plain = rawPath.replace(/%([0-9a-f]{2})/gi, (escaped, hex: string) => {
    const letter = String.fromCharCode(Number.parseInt(hex, 16));
    return /[A-Za-z0-9._~-]/.test(letter) ? letter : escaped.toUpperCase();
  });
  const kept: string[] = [];
  const segments = plain.split("/");
  for (const segment of segments) {
    if (segment === "..") kept.pop();
    else if (segment !== "" && segment !== ".") kept.push(segment);
  }
  const open = kept.length > 0 && ["", ".", ".."].includes(segments.at(-1) ?? "");
  return `/${kept.join("/")}${open ? "/" : ""}`;
}

function readBehavior(
  inputs: BehaviorInputs,
  origins: ReadonlyMap<string, Origin>,
  parts: Parts,
): Behavior {
  const pattern = inputs.pathPattern ?? "*";
  const name = `behaviour ${pattern}:`;
  refuse(`${name} functions at the edge`, (inputs.functionAssociations ?? []).length > 0);
  refuse(`${name} Lambda@Edge`, (inputs.lambdaFunctionAssociations ?? []).length > 0);
  refuse(`${name} trusted signers (use key groups)`, (inputs.trustedSigners ?? []).length > 0);
  refuse(`${name} field-level encryption`, Boolean(inputs.fieldLevelEncryptionId));
  refuse(`${name} forwarded values (use a cache policy)`, inputs.forwardedValues !== undefined);
  const origin = origins.get(inputs.targetOriginId);
  if (!origin) throw new Error(`${name} there is no origin ${inputs.targetOriginId}`);
  const policies = [...(parts.originRequestPolicies ?? []), ...managed.originRequestPolicies];
  const policy = one(policies, inputs.originRequestPolicyId);
  const cache = one([...parts.cachePolicies, ...managed.cachePolicies], inputs.cachePolicyId);
  const { parametersInCacheKeyAndForwardedToOrigin: key } = (cache?.inputs ??
    {}) as CachePolicyInputs;
  if (origin.kind === "bucket") {
    const writing = inputs.allowedMethods.find((method) => !READING.includes(method));
    refuse(`${name} ${writing} to an S3 origin`, writing !== undefined);
    const query = (policy?.inputs.queryStringsConfig ?? key?.queryStringsConfig) as
      | { queryStringBehavior?: string }
      | undefined;
    refuse(`${name} queries forwarded to S3`, (query?.queryStringBehavior ?? "none") !== "none");
  }
  const groups = inputs.trustedKeyGroups ?? [];
  return {
    pattern: pattern === "*" || pattern.startsWith("/") ? pattern : `/${pattern}`,
    origin,
    forward: readForward(name, cache, policy),
    methods: inputs.allowedMethods,
    signers: groups.length > 0 ? readSigners(groups, parts) : undefined,
    encodings: inputs.compress
      ? [
          ...(key?.enableAcceptEncodingBrotli ? (["br"] as const) : []),
          ...(key?.enableAcceptEncodingGzip ? (["gzip"] as const) : []),
        ]
      : [],
    headers: one(parts.responseHeadersPolicies, inputs.responseHeadersPolicyId)?.inputs as
      | HeadersPolicyInputs
      | undefined,
  };
}

function readOrigin(inputs: OriginInputs, parts: Parts, serverAt: ServerAt): Origin {
  const name = `origin ${inputs.originId}:`;
  const { customOriginConfig: custom } = inputs;
  const address = custom && serverAt(inputs.domainName);
  if (address !== undefined) {
    const control = inputs.originAccessControlId;
    refuse(`${name} origin access control of a server`, Boolean(control));
    return {
      kind: "server",
      address,
      path: inputs.originPath ?? "",
      headers: Object.fromEntries((inputs.customHeaders ?? []).map((one) => [one.name, one.value])),
      waitMs: (custom?.originReadTimeout ?? READ_TIMEOUT_SECONDS) * 1000,
    };
  }
  refuse(`${name} servers other than S3 and the gateway`, custom !== undefined);
  refuse(`${name} VPC origins`, inputs.vpcOriginConfig !== undefined);
  refuse(
    `${name} origin access identities (use origin access control)`,
    Boolean(inputs.s3OriginConfig?.originAccessIdentity),
  );
  const bucket = /^(.+)\.s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com$/.exec(inputs.domainName)?.[1];
  if (bucket === undefined) {
    throw new NotPretended({
      service: "cdn",
      action: `${name} ${inputs.domainName}, which is no bucket`,
    });
  }
  const control = one(parts.originAccessControls, inputs.originAccessControlId)?.inputs;
  return {
    kind: "bucket",
    bucket,
    path: inputs.originPath ?? "",
    signs: control !== undefined && control.signingBehavior !== "never",
  };
}

function readSigners(groups: readonly string[], parts: Parts): ReadonlyMap<string, KeyObject> {
  const ids = groups.flatMap(
    (group) => (one(parts.keyGroups, group)?.inputs.items ?? []) as string[],
  );
  return new Map(
    ids.map((id) => {
      const key = createPublicKey(String(one(parts.publicKeys, id)?.inputs.encodedKey));
      const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
      const good =
        (type === "rsa" && details?.modulusLength === 2048) ||
        (type === "ec" && details?.namedCurve === "prime256v1");
      if (!good) throw new Error(`public key ${id}: CloudFront takes RSA 2048 and EC P-256`);
      return [id, key];
    }),
  );
}

/** A part by its id; undefined when none is asked for. */
function one(parts: readonly Part[], id: string | undefined): Part | undefined {
  if (!id) return undefined;
  const found = parts.find((part) => part.id === id);
  if (found) return found;
  throw new NotPretended({ service: "cdn", action: `${id}, which is not in the graph` });
}

function refuse(what: string, found: boolean): void {
  if (found) throw new NotPretended({ service: "cdn", action: what });
}

const READING = ["GET", "HEAD", "OPTIONS"];

/** Source: CloudFront, response timeout of custom origins. */
const READ_TIMEOUT_SECONDS = 30;
