import * as Messages from "../aws/messages.ts";
import type { Key, Row } from "../aws/table.ts";
import * as Table from "../aws/table.ts";
import * as Clock from "../clock/index.ts";
import * as Config from "../config/index.ts";
import type { DeliveryId, VideoId, WebhookId } from "../id/id.ts";
import * as Id from "../id/id.ts";
import type { ProblemCode } from "../problem/index.ts";
import type { Event } from "./endpoint.ts";

/** What a delivery has come to. */
export const states = ["waiting", "delivered", "failed"] as const;

/** What an endpoint is told. The film's own words are read when it is told, not kept here. */
export interface News {
  event: Event;
  atMs: number;
  videoId?: VideoId;
  attempt?: number;
  durationMs?: number;
  problem?: ProblemCode;
}

export interface Try {
  atMs: number;
  /** How long the endpoint took. */
  ms: number;
  /** What it answered; absent when it gave no answer. */
  status?: number;
  /** Why that was not enough. */
  problem?: string;
}

/**
 * One piece of news for one endpoint. Its id is the `webhook-id`, the same at every try. Attributes
 * avoid the names that the table's indexes go by.
 */
export interface Delivery {
  id: DeliveryId;
  webhookId: WebhookId;
  owner: string;
  news: News;
  state: (typeof states)[number];
  /** Counts how often somebody wanted it sent: its tries begin anew, older messages are void. */
  round: number;
  roundAtMs: number;
  failedTries: number;
  tries: Try[];
  /** Not before then; while a try is under way, when it is taken to have died. */
  nextTryAtMs?: number;
  openedAtMs: number;
}

/** The message that a delivery is carried by. */
export interface Carrier {
  owner: string;
  webhookId: WebhookId;
  deliveryId: DeliveryId;
  round: number;
}

export function keyOf(webhookId: WebhookId, id: DeliveryId): Key {
  return { PK: pileOf(webhookId), SK: `${START}${id}` };
}

/** Where one endpoint's deliveries lie. */
export function pileOf(webhookId: WebhookId): string {
  return `WEBHOOK#${webhookId}`;
}

export const START = "DELIVERY#";

export async function find(webhookId: WebhookId, id: DeliveryId): Promise<Delivery | undefined> {
  const row = await Table.read(keyOf(webhookId, id));
  return row && fromRow(row);
}

/**
 * Makes a delivery and sends it on its way. Made again under the same id it is the same, and is
 * sent again only when nobody has tried it yet.
 */
export async function begin(
  to: { owner: string; id: WebhookId },
  id: DeliveryId,
  news: News,
): Promise<Delivery> {
  const now = Clock.now();
  const made: Delivery = {
    id,
    webhookId: to.id,
    owner: to.owner,
    news,
    state: "waiting",
    round: 1,
    roundAtMs: now,
    failedTries: 0,
    tries: [],
    nextTryAtMs: now,
    openedAtMs: now,
  };
  const isNew = await Table.create({ ...toRow(made), expiresAtS: forgottenAtS() });
  const delivery = isNew ? made : ((await find(to.id, id)) ?? made);
  if (delivery.state === "waiting" && delivery.tries.length === 0) await carry(delivery);
  return delivery;
}

/**
 * Sends a delivery once more, whatever became of it, under the same id.
 *
 * @returns undefined when there is no such delivery any more
 */
export async function again(webhookId: WebhookId, id: DeliveryId): Promise<Delivery | undefined> {
  const row = await Table.change(keyOf(webhookId, id), {
    update:
      "SET #state = :waiting, roundAtMs = :now, nextTryAtMs = :now, failedTries = :none, expiresAtS = :forgotten ADD round :one",
    condition: "attribute_exists(PK)",
    names: { "#state": "state" },
    values: {
      ":waiting": "waiting",
      ":now": Clock.now(),
      ":none": 0,
      ":one": 1,
      ":forgotten": forgottenAtS(),
    },
  });
  if (!row) return undefined;
  const delivery = fromRow(row);
  await carry(delivery);
  return delivery;
}

/** The same announcement makes the same delivery, however often it is heard. */
export async function idFor(webhookId: WebhookId, dedupeId: string): Promise<DeliveryId> {
  const key = { PK: pileOf(webhookId), SK: `ANNOUNCED#${dedupeId}` };
  const deliveryId = Id.newDelivery();
  if (await Table.create({ ...key, deliveryId, expiresAtS: forgottenAtS() })) return deliveryId;
  return ((await Table.read(key))?.deliveryId as DeliveryId | undefined) ?? deliveryId;
}

export function fromRow(row: Row): Delivery {
  const { deliveryId, ...rest } = row;
  return { ...rest, id: deliveryId } as unknown as Delivery;
}

async function carry({ owner, webhookId, id, round }: Delivery): Promise<void> {
  const carrier: Carrier = { owner, webhookId, deliveryId: id, round };
  await Messages.send(Config.webhooks().queueUrl, carrier);
}

function toRow(delivery: Delivery): Key & Row {
  const { id, ...rest } = delivery;
  return { ...keyOf(delivery.webhookId, id), deliveryId: id, ...rest };
}

function forgottenAtS(): number {
  return Math.floor((Clock.now() + KEPT_MS) / 1000);
}

const KEPT_MS = 30 * 24 * 3600 * 1000;
