import * as z from "zod";
import * as Messages from "../aws/messages.ts";
import * as Table from "../aws/table.ts";
import * as Clock from "../clock/index.ts";
import * as Config from "../config/index.ts";
import * as Id from "../id/id.ts";
import { Problem, problems } from "../problem/index.ts";
import * as Video from "../video/index.ts";
import * as Web from "../web/index.ts";
import { type Delivery, find, keyOf, type News, type Try } from "./delivery.ts";
import * as Endpoint from "./endpoint.ts";
import { nextTryAtMs } from "./schedule.ts";
import { signed } from "./secret.ts";

/** A delivery that wants to be tried. */
export const Carried = z.object({
  owner: z.string().min(1),
  webhookId: Id.WebhookId,
  deliveryId: Id.DeliveryId,
  round: z.number().int().positive(),
});
export type Carried = z.infer<typeof Carried>;

/**
 * Tries a delivery once, if it is its turn. Two messages of one delivery never try at once.
 *
 * @returns `again` when its message shall come again
 */
export async function deliver(
  carried: Carried,
  { receiptHandle }: { receiptHandle: string },
): Promise<"again" | "over"> {
  const delivery = await find(carried.webhookId, carried.deliveryId);
  if (delivery?.state !== "waiting" || delivery.round !== carried.round) return "over";
  const endpoint = await Endpoint.find(carried.owner, carried.webhookId);
  if (!endpoint || !Endpoint.wants(endpoint, delivery.news.event)) {
    await settle(delivery, { state: "failed" });
    return "over";
  }
  const { nextTryAtMs: dueAtMs = 0 } = delivery;
  const at = dueAtMs > Clock.now() ? dueAtMs : await tryOnce(delivery, endpoint);
  if (at === undefined) return "over";
  await Messages.postpone(Config.webhooks().queueUrl, receiptHandle, (at - Clock.now()) / 1000);
  return "again";
}

/** @returns when to come again; undefined when it is over */
async function tryOnce(
  delivery: Delivery,
  endpoint: Endpoint.Endpoint,
): Promise<number | undefined> {
  const startedAtMs = Clock.now();
  const deadAtMs = startedAtMs + LEASE_MS;
  if (!(await take(delivery, deadAtMs))) return deadAtMs;
  const { retryAfter, ...told } = await tell(delivery, endpoint, startedAtMs);
  const tried: Try = { ...told, atMs: startedAtMs, ms: Clock.now() - startedAtMs };
  if (told.problem === undefined) {
    await settle(delivery, { state: "delivered", tried });
    return undefined;
  }
  if (tried.status === GONE) await Endpoint.disable(endpoint);
  const failed = delivery.failedTries + 1;
  const next =
    tried.status === GONE
      ? undefined
      : nextTryAtMs({ failed, firstAtMs: delivery.roundAtMs, nowMs: Clock.now() }, retryAfter);
  await settle(delivery, { state: next === undefined ? "failed" : "waiting", tried, next });
  return next;
}

/** Takes the turn: until then nobody else tries. */
async function take(delivery: Delivery, untilMs: number): Promise<boolean> {
  const row = await Table.change(keyOf(delivery.webhookId, delivery.id), {
    update: "SET nextTryAtMs = :until",
    condition: "#state = :waiting AND round = :round AND nextTryAtMs = :was",
    names: { "#state": "state" },
    values: {
      ":until": untilMs,
      ":waiting": "waiting",
      ":round": delivery.round,
      ":was": delivery.nextTryAtMs ?? 0,
    },
  });
  return row !== undefined;
}

/** Writes down how it went, unless somebody wanted it sent anew meanwhile. */
async function settle(
  delivery: Delivery,
  { state, tried, next }: { state: Delivery["state"]; tried?: Try; next?: number | undefined },
): Promise<void> {
  const failed = tried?.problem === undefined ? 0 : 1;
  await Table.change(keyOf(delivery.webhookId, delivery.id), {
    update: `SET #state = :state, tries = :tries, failedTries = :failed${next === undefined ? " REMOVE nextTryAtMs" : ", nextTryAtMs = :next"}`,
    condition: "#state = :waiting AND round = :round",
    names: { "#state": "state" },
    values: {
      ":state": state,
      ":tries": [...delivery.tries, ...(tried ? [tried] : [])].slice(-MOST_TRIES),
      ":failed": delivery.failedTries + failed,
      ":waiting": "waiting",
      ":round": delivery.round,
      ...(next === undefined ? {} : { ":next": next }),
    },
  });
}

type Told = Pick<Try, "status" | "problem"> & { retryAfter?: string | undefined };

/** Posts it once. What the endpoint answers beyond its status is not even read. */
async function tell(
  { id, news, webhookId }: Delivery,
  { url, secrets }: Endpoint.Endpoint,
  nowMs: number,
): Promise<Told> {
  const body = JSON.stringify(await payloadOf(news, webhookId));
  const { schemes, ports, privateHosts } = Config.webhooks();
  const rules: Web.Rules = { schemes, hosts: ["*"], ports, privateHosts };
  try {
    const { status, headers, discard } = await Web.fetchFrom(url, rules, {
      method: "POST",
      headers: { "content-type": "application/json", ...signed(secrets, id, nowMs, body) },
      body,
      timeouts: { totalMs: TRY_MS },
    });
    discard();
    if (status >= 200 && status < 300) return { status };
    return { status, problem: `It answered ${status}.`, retryAfter: headers["retry-after"] };
  } catch (error) {
    if (error instanceof Web.Unreachable || error instanceof Problem) {
      return { problem: error.message };
    }
    throw error;
  }
}

/** The news as Standard Webhooks shapes it, with the film's title as it is today. */
async function payloadOf(news: News, webhookId: Id.WebhookId): Promise<object> {
  const { event: type, atMs, videoId, attempt, durationMs, problem } = news;
  const timestamp = new Date(atMs).toISOString();
  if (!videoId) return { type, timestamp, data: { webhookId } };
  const film = await Video.find(videoId);
  const title = film?.deletedAtMs === undefined ? film?.title : undefined;
  const data = {
    videoId,
    attempt,
    ...(title === undefined ? {} : { title }),
    ...(durationMs === undefined ? {} : { durationSeconds: durationMs / 1000 }),
    ...(problem ? { problem: { code: problem, help: problems[problem].help } } : {}),
  };
  return { type, timestamp, data };
}

const TRY_MS = 10_000;
/** Longer than a try can take. */
const LEASE_MS = 30_000;
const GONE = 410;
/** As many as the log of one delivery shows. */
const MOST_TRIES = 30;
