import { setTimeout as pause } from "node:timers/promises";
import type { Cloud } from "../kernel/cloud.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { DeployedFunction, Functions } from "./function.ts";
import type { Ran, Run } from "./invoke.ts";

/** The queue of asynchronous invocations: each is tried until it succeeds, is given up, or is too old. */
export interface Later {
  /** Synchronous and durable: part of the store transaction it is called in. */
  keep(
    found: DeployedFunction,
    event: { payload: string; requestId: string; source: string },
  ): void;
  start(): void;
  stop(): void;
}

type Row = {
  id: number;
  function: string;
  request_id: string;
  source: string;
  payload: string;
  /** Times it was begun; a throttled try does not count. */
  attempts: number;
  throttles: number;
  kept_ms: number;
  /** The failure record that waits for its destination, as JSON. */
  record: string | null;
};

export function openLater(
  cloud: Cloud,
  functions: Functions,
  run: Run,
  options: { retryMs?: number[] } = {},
): Later {
  const { store } = cloud;
  const retryMs = options.retryMs ?? RETRY_MS;
  store.schema(`CREATE TABLE IF NOT EXISTS lambda_later (
    id INTEGER PRIMARY KEY, function TEXT NOT NULL, request_id TEXT NOT NULL, source TEXT NOT NULL,
    payload TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, throttles INTEGER NOT NULL DEFAULT 0,
    kept_ms INTEGER NOT NULL, due_ms INTEGER NOT NULL, record TEXT)`);
  const busy = new Set<number>();
  let timer: NodeJS.Timeout | undefined;
  let isOn = false;

  const wake = () => {
    clearTimeout(timer);
    if (!isOn) return;
    const now = cloud.now();
    for (const row of store.all<Row>(
      "SELECT * FROM lambda_later WHERE due_ms <= ? ORDER BY due_ms LIMIT ?",
      now,
      MOST_AT_ONCE + busy.size,
    )) {
      if (busy.has(row.id) || busy.size >= MOST_AT_ONCE) continue;
      busy.add(row.id);
      void work(row)
        .catch((error: unknown) => postpone(row, RETRY_UNKNOWN_MS, error))
        // Nothing can be written down (a full disk): it stays busy for a moment, or would spin.
        .catch(() => pause(AFTER_FAULT_MS, undefined, { ref: false }))
        .finally(() => {
          busy.delete(row.id);
          wake();
        });
    }
    const next = store.get<{ due: number | null }>(
      "SELECT MIN(due_ms) AS due FROM lambda_later WHERE due_ms > ?",
      now,
    );
    if (next?.due) {
      timer = setTimeout(wake, Math.min(next.due - now, MOST_TIMER_MS));
      timer.unref();
    }
  };

  const postpone = (row: Row, byMs: number, why: unknown) => {
    store.run("UPDATE lambda_later SET due_ms = ? WHERE id = ?", cloud.now() + byMs, row.id);
    const said = why instanceof Error ? why.name : String(why);
    cloud.tell(`lambda: an event for ${row.function} waits, ${said}`);
  };

  const forget = (row: Row) => store.run("DELETE FROM lambda_later WHERE id = ?", row.id);

  const work = async (row: Row): Promise<void> => {
    const found = functions.find(row.function);
    if (!found) {
      cloud.tell(`lambda: an event for ${row.function} is dropped, the function is gone`);
      forget(row);
      return;
    }
    const maxAgeMs = (found.asynchronous?.maximumEventAgeSeconds ?? MOST_AGE_SECONDS) * 1000;
    const isOld = cloud.now() - row.kept_ms >= maxAgeMs;
    if (row.record) return deliver(found, row, isOld);
    if (isOld) return giveUp(found, row, "EventAgeExceeded", undefined);
    // Counted before it runs, so that one that takes the machine down is not tried for ever.
    store.run("UPDATE lambda_later SET attempts = attempts + 1 WHERE id = ?", row.id);
    const attempts = row.attempts + 1;
    let ran: Ran;
    try {
      const { payload, source } = row;
      ran = await run(found, { payload, kind: "Event", source, requestId: row.request_id });
    } catch (error) {
      if (!(error instanceof Refusal) || error.httpStatus !== 429) throw error;
      const waitMs = Math.min(1000 * 2 ** row.throttles, MOST_THROTTLE_MS);
      store.run(
        "UPDATE lambda_later SET attempts = ?, throttles = throttles + 1, due_ms = ? WHERE id = ?",
        row.attempts,
        cloud.now() + waitMs,
        row.id,
      );
      return;
    }
    if (ran.ok) {
      forget(row);
      return;
    }
    const retries = found.asynchronous?.maximumRetryAttempts ?? retryMs.length;
    if (attempts > retries) return giveUp(found, { ...row, attempts }, "RetriesExhausted", ran);
    const waitMs = retryMs[Math.min(attempts, retryMs.length) - 1] ?? 0;
    store.run("UPDATE lambda_later SET due_ms = ? WHERE id = ?", cloud.now() + waitMs, row.id);
  };

  const giveUp = async (
    found: DeployedFunction,
    row: Row,
    condition: "RetriesExhausted" | "EventAgeExceeded",
    ran: Ran | undefined,
  ) => {
    if (!found.asynchronous?.onFailure) {
      cloud.tell(`lambda: an event for ${found.name} is dropped, ${condition}`);
      forget(row);
      return;
    }
    const record = JSON.stringify(recordOf(found, row, condition, ran, cloud.now()));
    store.run("UPDATE lambda_later SET record = ? WHERE id = ?", record, row.id);
    await deliver(found, { ...row, record }, false);
  };

  const deliver = async (found: DeployedFunction, row: Row, isLast: boolean) => {
    const to = found.asynchronous?.onFailure;
    try {
      if (to) await send(cloud, found, to, row.record ?? "");
      forget(row);
    } catch (error) {
      if (!isLast) throw error;
      cloud.tell(`lambda: the failure of ${found.name} reached no destination and is dropped`);
      forget(row);
    }
  };

  return {
    keep(found, { payload, requestId, source }) {
      const now = cloud.now();
      store.run(
        `INSERT INTO lambda_later (function, request_id, source, payload, kept_ms, due_ms)
         VALUES (?, ?, ?, ?, ?, ?)`,
        found.name,
        requestId,
        source,
        payload,
        now,
        now,
      );
      store.afterCommit(wake);
    },
    start() {
      isOn = true;
      wake();
    },
    stop() {
      isOn = false;
      clearTimeout(timer);
    },
  };
}

/** The record an on-failure destination gets. Source: Lambda developer guide, destinations. */
function recordOf(
  found: DeployedFunction,
  row: Row,
  condition: string,
  ran: Ran | undefined,
  nowMs: number,
): object {
  return {
    version: "1.0",
    timestamp: new Date(nowMs).toISOString(),
    requestContext: {
      requestId: row.request_id,
      functionArn: `${found.arn}:$LATEST`,
      condition,
      approximateInvokeCount: row.attempts,
    },
    requestPayload: JSON.parse(row.payload),
    ...(ran && !ran.ok
      ? {
          responseContext: {
            statusCode: 200,
            executedVersion: "$LATEST",
            functionError: "Unhandled",
          },
          responsePayload: ran.failure,
        }
      : {}),
  };
}

async function send(cloud: Cloud, found: DeployedFunction, arn: string, record: string) {
  const actor = found.actor();
  const [, , service, , account, ...rest] = arn.split(":");
  switch (service) {
    case "sqs": {
      const QueueUrl = `${cloud.origin}/${account}/${rest.join(":")}`;
      return cloud.call("sqs", "SendMessage", { QueueUrl, MessageBody: record }, actor);
    }
    case "sns":
      return cloud.call("sns", "Publish", { TopicArn: arn, Message: record }, actor);
    case "lambda": {
      const event = { FunctionName: arn, InvocationType: "Event", Payload: record };
      return cloud.call("lambda", "Invoke", event, actor);
    }
    case "events": {
      const entry = {
        EventBusName: arn,
        Source: "lambda",
        DetailType: "Lambda Function Invocation Result - Failure",
        Resources: [`${found.arn}:$LATEST`],
        Detail: record,
      };
      return cloud.call("events", "PutEvents", { Entries: [entry] }, actor);
    }
    default:
      throw new Refusal("InvalidParameterValueException", `${arn} cannot be a destination.`);
  }
}

/** Waits before the second and the third try. Source: Lambda developer guide, error handling. */
const RETRY_MS = [60_000, 120_000];

const AFTER_FAULT_MS = 1000;
const RETRY_UNKNOWN_MS = 60_000;

const MOST_AGE_SECONDS = 6 * 60 * 60;

const MOST_THROTTLE_MS = 5 * 60_000;

const MOST_AT_ONCE = 8;

const MOST_TIMER_MS = 60_000;
