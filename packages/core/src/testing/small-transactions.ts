import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * Teaches dynalite TransactWriteItems: each step is tried for real, and all are taken back when one
 * is refused. Nothing else is served meanwhile, so nobody sees the half of it.
 */
export function withTransactions(tables: Server): Conflicts {
  const [serve] = tables.listeners("request") as Array<
    (request: IncomingMessage, response: ServerResponse) => void
  >;
  if (!serve) throw new Error("This server serves nothing.");
  const gate = openGate();
  const conflicts: Conflicts = {
    next: 0,
    async settled() {
      const leave = await gate.alone();
      leave();
    },
  };
  tables.removeAllListeners("request");
  tables.on("request", (request: IncomingMessage, response: ServerResponse) => {
    if (request.headers[INSIDE]) return serve(request, response);
    const target = String(request.headers["x-amz-target"] ?? "");
    if (!target.endsWith(".TransactWriteItems")) {
      void gate.enter().then((leave) => {
        response.once("close", leave);
        serve(request, response);
      });
      return;
    }
    // one that meets a server which is being closed is never answered: its caller must not wait
    transact(tables, gate, conflicts, request, response).catch(() => response.destroy());
  });
  return conflicts;
}

/** How many of the transactions to come are told that another writer was at the same rows. */
export interface Conflicts {
  next: number;
  /** Once every transaction that has begun is over. */
  settled(): Promise<void>;
}

const INSIDE = "x-inside-a-transaction";

interface Step {
  Put?: Asked;
  Update?: Asked;
  Delete?: Asked;
}
interface Asked extends Record<string, unknown> {
  TableName: string;
  Key?: Attributes;
  Item?: Attributes;
}
type Attributes = Record<string, unknown>;

async function transact(
  tables: Server,
  gate: Gate,
  conflicts: Conflicts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const steps = JSON.parse(Buffer.concat(chunks).toString("utf8")).TransactItems as Step[];
  const leave = await gate.alone();
  try {
    if (conflicts.next > 0) {
      conflicts.next -= 1;
      return cancel(
        response,
        steps.map(() => "TransactionConflict"),
      );
    }
    const call = caller(tables);
    const undo: Array<() => Promise<unknown>> = [];
    const codes: string[] = [];
    for (const step of steps) {
      const [verb, asked] = Object.entries(step)[0] as [keyof Step, Asked];
      const at = { TableName: asked.TableName, Key: asked.Key ?? keyOf(asked.Item ?? {}) };
      const { Item: before } = (await call("GetItem", { ...at, ConsistentRead: true })).body;
      const { ok, body } = await call(`${verb}Item`, asked);
      codes.push(
        ok ? "None" : (String(body.__type).split("#").at(-1)?.replace("Exception", "") ?? ""),
      );
      if (!ok) continue;
      undo.unshift(() =>
        before
          ? call("PutItem", { TableName: at.TableName, Item: before })
          : call("DeleteItem", at),
      );
    }
    if (codes.every((code) => code === "None")) return answer(response, 200, {});
    for (const back of undo) await back();
    cancel(response, codes);
  } finally {
    leave();
  }
}

function keyOf({ PK, SK }: Attributes): Attributes {
  return { PK, SK };
}

function cancel(response: ServerResponse, codes: string[]): void {
  answer(response, 400, {
    __type: "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
    message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes.join(", ")}]`,
    CancellationReasons: codes.map((Code) => ({ Code })),
  });
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/x-amz-json-1.0" });
  response.end(JSON.stringify(body));
}

/** dynalite wants a signature but checks none. */
function caller(tables: Server) {
  const at = `http://127.0.0.1:${(tables.address() as AddressInfo).port}`;
  return async (action: string, asked: object) => {
    const answered = await fetch(at, {
      method: "POST",
      headers: {
        "content-type": "application/x-amz-json-1.0",
        "x-amz-target": `DynamoDB_20120810.${action}`,
        "x-amz-date": "20300101T000000Z",
        authorization: "AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders=host, Signature=f",
        [INSIDE]: "1",
      },
      body: JSON.stringify(asked),
    });
    return { ok: answered.ok, body: (await answered.json()) as Record<string, unknown> };
  };
}

interface Gate {
  /** For one of many at a time. */
  enter(): Promise<() => void>;
  /** For one alone: once all others are through. */
  alone(): Promise<() => void>;
}

function openGate(): Gate {
  let last: Promise<unknown> = Promise.resolve();
  let inside: Promise<unknown>[] = [];
  const ticket = () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    return { promise, leave: () => resolve() };
  };
  return {
    async enter() {
      const { promise, leave } = ticket();
      const turn = last;
      inside.push(promise);
      await turn;
      return leave;
    },
    async alone() {
      const { promise, leave } = ticket();
      const turn = Promise.all([last, ...inside]);
      last = promise;
      inside = [];
      await turn;
      return leave;
    },
  };
}
