import * as Actor from "../actor/index.ts";
import * as Table from "../aws/table.ts";
import * as Clock from "../clock/index.ts";
import * as Config from "../config/index.ts";
import * as Id from "../id/id.ts";
import { Problem } from "../problem/index.ts";
import { limits } from "../video/limits.ts";
import * as Web from "../web/index.ts";
import * as Delivery from "./delivery.ts";
import * as Endpoint from "./endpoint.ts";
import { newSecret, rotated, type Secret } from "./secret.ts";

export { Carried, deliver } from "./deliver.ts";
export { states } from "./delivery.ts";
export { events, TEST } from "./endpoint.ts";
export { Announced, notify } from "./notify.ts";

/** As many endpoints as one owner may have. */
export const MOST = 10;

/** What its owner may say about an endpoint. */
export interface Wish {
  url: string;
  /** All, unless said. */
  events?: string[] | undefined;
  description?: string | undefined;
  enabled?: boolean | undefined;
}

export interface View {
  id: Id.WebhookId;
  url: string;
  events: Endpoint.Event[];
  description?: string;
  enabled: boolean;
  createdAt: string;
}

export interface DeliveryView {
  id: Id.DeliveryId;
  event: Endpoint.Event;
  state: Delivery.Delivery["state"];
  at: string;
  tries: { at: string; status?: number; problem?: string }[];
  nextTryAt?: string;
}

/**
 * Opens an endpoint for the actor's films.
 *
 * @returns the endpoint, and its secret, which is told this once
 * @throws Problem `Forbidden`, `AddressNotAllowed`, `RequestInvalid` or `TooManyWebhooks`
 */
export async function create(actor: Actor.Actor, wish: Wish): Promise<View & { secret: string }> {
  const owner = ownerOf(actor);
  const secret = newSecret();
  const endpoint: Endpoint.Endpoint = {
    id: Id.newWebhook(),
    owner,
    enabled: true,
    secrets: [secret],
    openedAtMs: Clock.now(),
    ...checked(wish),
    url: checkedUrl(wish.url),
  };
  const written = await Table.together([
    {
      key: Endpoint.countKey(owner),
      update: "ADD ids :id",
      condition: "attribute_not_exists(ids) OR size(ids) < :most",
      values: { ":id": new Set([endpoint.id]), ":most": MOST },
    },
    { create: Endpoint.toRow(endpoint) },
  ]);
  if ("refused" in written) throw new Problem("TooManyWebhooks", { most: MOST });
  return { ...viewOf(endpoint), secret: secret.value };
}

/** The actor's endpoints, the oldest first. */
export async function list(actor: Actor.Actor): Promise<{ items: View[] }> {
  return { items: (await Endpoint.all(ownerOf(actor))).map(viewOf) };
}

/** @throws Problem `WebhookNotFound`, also for somebody else's */
export async function find(actor: Actor.Actor, id: Id.WebhookId): Promise<View> {
  return viewOf(await mine(actor, id));
}

/** @throws Problem `WebhookNotFound`, `AddressNotAllowed` or `RequestInvalid` */
export async function change(
  actor: Actor.Actor,
  id: Id.WebhookId,
  wish: Partial<Wish>,
): Promise<View> {
  const set = {
    ...checked(wish),
    ...(wish.url === undefined ? {} : { url: checkedUrl(wish.url) }),
  };
  const names = Object.keys(set);
  if (names.length === 0) return find(actor, id);
  const row = await Table.change(Endpoint.keyOf(ownerOf(actor), id), {
    update: `SET ${names.map((name) => `#${name} = :${name}`).join(", ")}`,
    condition: "attribute_exists(PK)",
    names: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    values: Object.fromEntries(Object.entries(set).map(([name, value]) => [`:${name}`, value])),
  });
  if (!row) throw new Problem("WebhookNotFound", { id });
  return viewOf(Endpoint.fromRow(row));
}

/**
 * Takes an endpoint away: what is on its way to it stops.
 *
 * @throws Problem `WebhookNotFound`
 */
export async function remove(actor: Actor.Actor, id: Id.WebhookId): Promise<void> {
  const { owner } = await mine(actor, id);
  await Table.together([
    { remove: Endpoint.keyOf(owner, id) },
    {
      key: Endpoint.countKey(owner),
      update: "DELETE ids :id",
      values: { ":id": new Set([id]) },
    },
  ]);
}

/**
 * Gives an endpoint a new secret. For a day its deliveries are signed with the old one as well.
 *
 * @throws Problem `WebhookNotFound`, or `TooManyRequests` when somebody else did so just now
 */
export async function rotate(
  actor: Actor.Actor,
  id: Id.WebhookId,
): Promise<View & { secret: string }> {
  const endpoint = await mine(actor, id);
  const secrets = rotated(endpoint.secrets, Clock.now()) as [Secret, ...Secret[]];
  const row = await Table.change(Endpoint.keyOf(endpoint.owner, id), {
    update: "SET secrets = :secrets",
    condition: "secrets[0].#value = :before",
    names: { "#value": "value" },
    values: { ":secrets": secrets, ":before": endpoint.secrets[0]?.value },
  });
  if (!row) throw new Problem("TooManyRequests", { id });
  return { ...viewOf(endpoint), secret: secrets[0].value };
}

/**
 * Sends an endpoint something to try it, also while it is not enabled.
 *
 * @throws Problem `WebhookNotFound`
 */
export async function test(actor: Actor.Actor, id: Id.WebhookId): Promise<DeliveryView> {
  const endpoint = await mine(actor, id);
  const news: Delivery.News = { event: Endpoint.TEST, atMs: Clock.now() };
  return deliveryView(await Delivery.begin(endpoint, Id.newDelivery(), news));
}

/**
 * What was sent to an endpoint, the newest first.
 *
 * @throws Problem `WebhookNotFound` or `CursorInvalid`
 */
export async function deliveries(
  actor: Actor.Actor,
  id: Id.WebhookId,
  page: { limit?: number | undefined; cursor?: string | undefined } = {},
): Promise<{ items: DeliveryView[]; nextCursor?: string }> {
  const endpoint = await mine(actor, id);
  const { rows, next } = await Table.page({
    where: "PK = :pile AND begins_with(SK, :delivery)",
    values: { ":pile": Delivery.pileOf(endpoint.id), ":delivery": Delivery.START },
    newestFirst: true,
    limit: Math.min(page.limit ?? limits.pageItems, limits.pageItemsAtMost),
    ...(page.cursor === undefined ? {} : { after: { ...after(endpoint.id, page.cursor) } }),
  });
  return {
    items: rows.map((row) => deliveryView(Delivery.fromRow(row))),
    ...(next ? { nextCursor: String(next.SK).slice(Delivery.START.length) } : {}),
  };
}

/**
 * Sends a delivery again, under the same `webhook-id`.
 *
 * @throws Problem `WebhookNotFound`
 */
export async function replay(
  actor: Actor.Actor,
  id: Id.WebhookId,
  deliveryId: Id.DeliveryId,
): Promise<DeliveryView> {
  const endpoint = await mine(actor, id);
  const delivery = await Delivery.again(endpoint.id, deliveryId);
  if (!delivery) throw new Problem("WebhookNotFound", { id, deliveryId });
  return deliveryView(delivery);
}

/** Whose endpoints the actor may look after: their own, when they may have films at all. */
function ownerOf(actor: Actor.Actor): string {
  if (!Actor.mayMake(actor)) throw new Problem("Forbidden");
  return actor.sub;
}

async function mine(actor: Actor.Actor, id: Id.WebhookId): Promise<Endpoint.Endpoint> {
  const found = await Endpoint.find(ownerOf(actor), id);
  if (!found) throw new Problem("WebhookNotFound", { id });
  return found;
}

function checkedUrl(url: string): string {
  const { schemes, ports, privateHosts } = Config.webhooks();
  return Web.check(url, { schemes, hosts: ["*"], ports, privateHosts }).href;
}

function checked(wish: Partial<Wish>): Partial<Omit<Endpoint.Endpoint, "url">> {
  const { events: wanted, description, enabled } = wish;
  return {
    ...(wanted === undefined ? {} : { events: [...new Set(wanted.map(eventOf))] }),
    ...(description === undefined ? {} : { description }),
    ...(enabled === undefined ? {} : { enabled }),
  };
}

function eventOf(name: string, at: number): Endpoint.Event {
  const found = Endpoint.events.find((event) => event === name);
  if (found) return found;
  const message = `is none of ${Endpoint.events.join(", ")}`;
  throw new Problem("RequestInvalid", { fields: [{ path: `body.events.${at}`, message }] });
}

function after(webhookId: Id.WebhookId, cursor: string): Table.Key {
  const { data } = Id.DeliveryId.safeParse(cursor);
  if (data === undefined) throw new Problem("CursorInvalid");
  return Delivery.keyOf(webhookId, data);
}

function viewOf(endpoint: Endpoint.Endpoint): View {
  const { id, url, events: wanted, description, enabled, openedAtMs } = endpoint;
  return {
    id,
    url,
    events: wanted ?? [...Endpoint.events],
    ...(description === undefined ? {} : { description }),
    enabled,
    createdAt: new Date(openedAtMs).toISOString(),
  };
}

function deliveryView(delivery: Delivery.Delivery): DeliveryView {
  const { id, news, state, tries, nextTryAtMs } = delivery;
  return {
    id,
    event: news.event,
    state,
    at: new Date(news.atMs).toISOString(),
    tries: tries.map(({ atMs, status, problem }) => ({
      at: new Date(atMs).toISOString(),
      ...(status === undefined ? {} : { status }),
      ...(problem === undefined ? {} : { problem }),
    })),
    ...(nextTryAtMs === undefined ? {} : { nextTryAt: new Date(nextTryAtMs).toISOString() }),
  };
}
