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
  return link("Edge", z.object({ url: z.url({ protocol: /^https?$/ }) })).url.replace(/\/+$/, "");
}

/** Which objects start a film, and how big they may be. */
export function intake(): { uploadsPrefix: string; inboxPrefix: string; maxBytes: number } {
  return link(
    "Intake",
    z.object({
      uploadsPrefix: z.string().endsWith("/"),
      inboxPrefix: z.string().endsWith("/"),
      maxBytes: z.coerce.number().int().positive(),
    }),
  );
}

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
