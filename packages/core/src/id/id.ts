import { createHash } from "node:crypto";
import { ulid } from "ulid";
import * as z from "zod";
import * as Clock from "../clock/index.ts";

export type VideoId = `vid_${string}`;
export type UploadId = `upl_${string}`;
export type WebhookId = `whk_${string}`;
export type DeliveryId = `dlv_${string}`;

/** A ULID's alphabet: Crockford's base 32. Hexadecimal digits are part of it. */
const BODY = "[0-9A-HJKMNP-TV-Z]{26}";
const body = z.string().regex(new RegExp(`^${BODY}$`));
const strange = (kind: string) => ({
  error: `is no id: one is ${kind}_ and 26 letters and digits`,
});

export const VideoId = z.templateLiteral(["vid_", body], strange("vid"));
export const UploadId = z.templateLiteral(["upl_", body], strange("upl"));

export const WebhookId = z.templateLiteral(["whk_", body], strange("whk"));
export const DeliveryId = z.templateLiteral(["dlv_", body], strange("dlv"));

export function newVideo(): VideoId {
  return `vid_${ulid(Clock.now())}`;
}

export function newUpload(): UploadId {
  return `upl_${ulid(Clock.now())}`;
}

export function newWebhook(): WebhookId {
  return `whk_${ulid(Clock.now())}`;
}

export function newDelivery(): DeliveryId {
  return `dlv_${ulid(Clock.now())}`;
}

/**
 * The film an inbox object makes: always the same for the same bucket and key, so that the same
 * name dropped again replaces that film. The state machine computes it too, when Validate cannot.
 */
export function ofInbox(bucket: string, key: string): VideoId {
  const hash = createHash("sha256").update(`${bucket}\n${key}`).digest("hex");
  return `vid_${hash.slice(0, 26).toUpperCase()}`;
}

export function isVideo(text: string): text is VideoId {
  return VideoId.safeParse(text).success;
}

export function isUpload(text: string): text is UploadId {
  return UploadId.safeParse(text).success;
}
