import { Resource } from "sst";
import * as z from "zod";

/** The app and its stage, as they stand in every job's metadata. */
export function app(): { name: string; stage: string } {
  return link("App", z.object({ name: z.string().min(1), stage: z.string().min(1) }));
}

/** The one table. */
export function table(): string {
  return link("Films", z.object({ table: z.string().min(1) })).table;
}

/** Where sources arrive. */
export function sourceBucket(): string {
  return link("Uploads", z.object({ bucket: z.string().min(1) })).bucket;
}

/** Where finished films lie. */
export function deliveryBucket(): string {
  return link("Streams", z.object({ bucket: z.string().min(1) })).bucket;
}

/** The state machine that makes a film. */
export function workflowArn(): string {
  return link("Workflow", z.object({ arn: z.string().min(1) })).arn;
}

/** The MediaConvert queue, and the role MediaConvert works under. */
export function encoder(): { queueArn: string; roleArn: string } {
  return link("Encoder", z.object({ queueArn: z.string().min(1), roleArn: z.string().min(1) }));
}

/** The secret that holds the key for signing playback. */
export function signerSecret(): string {
  return link("Signer", z.object({ secretArn: z.string().min(1) })).secretArn;
}

/** The distribution's address, such as `https://d111.cloudfront.net`, without a slash at its end. */
export function edgeUrl(): string {
  return link("Edge", Edge).url;
}

// asked for with every address of a grant: its shape is made once, and read once
const Edge = z.object({
  url: z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, "")),
});

/** Where the API begins, at the edge and at the gateway alike. */
export const API_ROOT = "/api";

/** Which objects start a film, how big they may be, and how they may come in. */
export function intake(): Intake {
  return link("Intake", Intake);
}

const Ports = z.array(z.coerce.number().int().min(1).max(65_535)).default([]);

const Intake = z.object({
  uploadsPrefix: z.string().endsWith("/"),
  inboxPrefix: z.string().endsWith("/"),
  maxBytes: z.coerce.number().int().positive(),
  /** Types an upload may declare, such as `video/mp4`; `video/*` allows every one of its kind. */
  types: z.array(z.string()),
  /** Up to here an upload is one PUT. */
  singleMaxBytes: z.coerce
    .number()
    .int()
    .positive()
    .default(32 * 1024 ** 2),
  /** Least size of a part; larger files have larger parts. */
  partBytes: z.coerce
    .number()
    .int()
    .positive()
    .default(16 * 1024 ** 2),
  /** How long an address to upload to is good. */
  addressSeconds: z.coerce.number().int().positive().default(3600),
  /** From where a film may be pulled. */
  pull: z.object({
    schemes: z.array(z.enum(["https", "http"])),
    /** `*` is every host, `*.example.org` those below it. */
    hosts: z.array(z.string()),
    maxBytes: z.coerce.number().int().positive(),
    /** Beside 443 and 80. */
    ports: Ports,
    /** `host:port` that may be asked though their address is not public. */
    privateHosts: z.array(z.string()).default([]),
  }),
});
type Intake = z.infer<typeof Intake>;

/** Whose tokens are good, and how they tell a user's groups. A team may bring its own issuer. */
export function accounts(): z.infer<typeof Accounts> {
  return link("Accounts", Accounts);
}

const Accounts = z.object({
  issuer: z.url({ protocol: /^https?$/ }),
  audiences: z.array(z.string().min(1)).min(1),
  groupsClaim: z.string().min(1),
  /** What an access token must carry; ID tokens have no scope. */
  scopes: z.array(z.string().min(1)).min(1),
  /** The pool, where the accounts are the stage's own; another issuer may name a client alone. */
  userPoolId: z.string().min(1).optional(),
  clientId: z.string().min(1).optional(),
});

/** The queue of films to be pulled from the web. */
export function pullsUrl(): string {
  return link("Pulls", Queue).queueUrl;
}

/** The queue of films to be removed. */
export function removalsUrl(): string {
  return link("Removals", Queue).queueUrl;
}

/** The queue of webhook deliveries, and what may be delivered to. */
export function webhooks(): z.infer<typeof Webhooks> {
  return link("Webhooks", Webhooks);
}

const Queue = z.object({ queueUrl: z.url() });

const Webhooks = Queue.extend({
  schemes: z.array(z.enum(["https", "http"])),
  /** Beside 443 and 80. */
  ports: Ports,
  /** `host:port` that may be told though their address is not public. */
  privateHosts: z.array(z.string()).default([]),
});

/** The id of the distribution, to tell it what is gone. */
export function distributionId(): string {
  return link("Distribution", z.object({ id: z.string().min(1) })).id;
}

/** What happens when an owner's budget has no room, and the budget of those who have none. */
export function budget(): z.infer<typeof Budget> {
  return link("Budget", Budget);
}

const Budget = z.object({
  over: z.enum(["wait", "refuse"]),
  monthlyUsd: z.coerce.number().nonnegative().optional(),
  /** A file of prices in place of the gathered ones; the room `cost` knows its shape. */
  prices: z.record(z.string(), z.unknown()).optional(),
});

/** The account this runs in, read from the encoder's queue. */
export function accountId(): string {
  return encoder().queueArn.split(":")[4] ?? "";
}

/** Links do not change while a process lives: each is read once. */
const read = new Map<string, unknown>();

function link<T>(name: string, shape: z.ZodType<T>): T {
  const known = read.get(name);
  if (known !== undefined) return known as T;
  const linked = (Resource as unknown as Record<string, unknown>)[name];
  const seen = shape.safeParse(linked);
  if (!seen.success) {
    throw new Error(`The link ${name} is not what Config expects: ${z.prettifyError(seen.error)}`);
  }
  read.set(name, seen.data);
  return seen.data;
}
