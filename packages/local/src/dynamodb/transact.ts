import { createHash } from "node:crypto";
import db from "dynalite/db/index.js";
import type { Cloud } from "../kernel/cloud.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Input } from "../kernel/service.ts";
import {
  type Action,
  type Checked,
  type Item,
  refusalOf,
  type TableDescription,
} from "./dynalite.ts";
import { type Engine, wired } from "./engine.ts";
import { currentItem, readReturn } from "./items.ts";

/** TransactWriteItems and TransactGetItems, each one transaction of the store. */
export function openTransactions(cloud: Cloud, engine: Engine) {
  const { store } = cloud;
  store.schema(`CREATE TABLE IF NOT EXISTS dynamodb_tokens (
    token TEXT PRIMARY KEY, asked TEXT NOT NULL, at_ms INTEGER NOT NULL)`);

  /** Whether a token has done its work before. */
  const isRepeated = (input: Input): boolean => {
    const token = input.ClientRequestToken;
    if (token === undefined) return false;
    if (typeof token !== "string" || token.length < 1 || token.length > 36) {
      throw invalid(
        `1 validation error detected: Value '${token}' at 'clientRequestToken' failed to satisfy constraint: Member must have length less than or equal to 36`,
      );
    }
    const asked = createHash("sha256")
      .update(stable(wired(input.TransactItems)))
      .digest("hex");
    store.run("DELETE FROM dynamodb_tokens WHERE at_ms < ?", cloud.now() - TOKEN_MS);
    const before = store.get<{ asked: string }>(
      "SELECT asked FROM dynamodb_tokens WHERE token = ?",
      token,
    );
    if (before && before.asked !== asked) {
      throw new Refusal(
        "IdempotentParameterMismatchException",
        "Request token was used with different parameters than an earlier request with the same token",
      );
    }
    if (!before) {
      store.run(
        "INSERT INTO dynamodb_tokens (token, asked, at_ms) VALUES (?, ?, ?)",
        token,
        asked,
        cloud.now(),
      );
    }
    return before !== undefined;
  };

  const plan = (input: Input): Step[] => {
    const asked = membersOf(
      input,
      WRITES,
      "TransactItems can only contain one of Check, Put, Update or Delete",
    );
    const steps = asked.map(([kind, one]) => read(engine, kind, one));
    const seen = new Set<string>();
    let sizeBytes = 0;
    for (const step of steps) {
      const id = `${step.data.TableName} ${step.key}`;
      if (seen.has(id)) {
        throw invalid("Transaction request cannot include multiple operations on one item");
      }
      seen.add(id);
      sizeBytes += Buffer.byteLength(JSON.stringify(step.asked));
    }
    if (sizeBytes > MOST_BYTES) {
      throw invalid("Collection size of transaction request exceeded maximum allowed size of 4 MB");
    }
    return steps;
  };

  return {
    write(input: Input): object {
      return store.transaction(() => {
        const steps = plan(input);
        if (!isRepeated(input)) {
          const reasons = steps.map((step) => attempt(engine, step));
          if (reasons.some((reason) => reason.Code !== "None")) throw cancelled(reasons);
        }
        return consumed(
          input,
          steps.map((step) => step.data.TableName),
          2,
        );
      });
    },

    read(input: Input): object {
      return store.transaction(() => {
        const asked = membersOf(input, READS, "TransactItems can only contain one of Get");
        const checked = asked.map(([, one]) => engine.check("GetItem", one));
        for (const { TableName } of checked) tableOf(engine, TableName);
        const Responses = checked.map((data) => {
          const { Item } = engine.perform<{ Item?: object }>("GetItem", data);
          return Item ? { Item } : {};
        });
        return {
          Responses,
          ...consumed(
            input,
            checked.map((data) => data.TableName),
            2,
          ),
        };
      });
    },
  };
}

interface Step {
  kind: Kind;
  data: Checked;
  asked: Input;
  key: string;
}

type Kind = keyof typeof WRITES;

interface Reason {
  Code: string;
  Message?: string;
  Item?: object;
}

function read(engine: Engine, kind: string, asked: Input): Step {
  const table = tableOf(engine, asked?.TableName);
  if (kind === "ConditionCheck" && asked.ConditionExpression === undefined) {
    throw invalid(
      "1 validation error detected: Value null at 'transactItems.1.member.conditionCheck.conditionExpression' failed to satisfy constraint: Member must not be null",
    );
  }
  readReturn(asked);
  const data = engine.check(WRITES[kind as Kind], asked);
  const wrong =
    kind === "Put" ? db.validateItem(data.Item, table) : db.validateKey(data.Key, table);
  if (wrong) throw refusalOf(wrong);
  return { kind: kind as Kind, data, asked, key: db.createKey(data.Item ?? data.Key, table) };
}

function tableOf(engine: Engine, name: unknown): TableDescription {
  const table = engine.shelf.table(String(wired(name, "TableName")));
  if (table) return table;
  throw new Refusal("ResourceNotFoundException", "Requested resource not found");
}

/** Does one step. No item is in two steps, so each sees the state before the transaction. */
function attempt(engine: Engine, { kind, data, asked }: Step): Reason {
  const item: Item = data.Item ?? data.Key;
  try {
    if (kind === "ConditionCheck") {
      const found = currentItem(engine, data.TableName, item) as Item | undefined;
      const wrong = db.checkConditional(data, found);
      if (wrong) throw refusalOf(wrong);
    } else engine.perform(WRITES[kind], data);
    return { Code: "None" };
  } catch (error) {
    if (!(error instanceof Refusal) || error.httpStatus !== 400) throw error;
    if (error.code !== "ConditionalCheckFailedException") {
      return {
        Code: error.code.replace(/Exception$/, "Error"),
        Message: error.message,
      };
    }
    const Item = readReturn(asked) ? currentItem(engine, data.TableName, item) : undefined;
    return { Code: "ConditionalCheckFailed", Message: error.message, ...(Item ? { Item } : {}) };
  }
}

function cancelled(reasons: Reason[]): Refusal {
  const codes = reasons.map((reason) => reason.Code).join(", ");
  return new Refusal(
    "TransactionCanceledException",
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    { about: { CancellationReasons: reasons } },
  );
}

/** The one member of each action, with its kind. */
function membersOf(input: Input, kinds: object, sentence: string): Array<[string, Input]> {
  const given: Input[] = input?.TransactItems ?? [];
  if (!Array.isArray(given)) {
    throw new Refusal("SerializationException", "The member TransactItems is not a list.");
  }
  if (given.length < 1 || given.length > MOST_ITEMS) {
    throw invalid(
      `1 validation error detected: Value at 'transactItems' failed to satisfy constraint: Member must have length ${given.length > MOST_ITEMS ? "less" : "greater"} than or equal to ${given.length > MOST_ITEMS ? MOST_ITEMS : 1}`,
    );
  }
  return given.map((one) => {
    const members = Object.entries<Input>(one ?? {}).filter(([, value]) => value !== undefined);
    const [first] = members;
    if (!first || members.length > 1 || !Object.hasOwn(kinds, first[0])) throw invalid(sentence);
    return first;
  });
}

/** Capacity as far as one machine can tell: each item costs a unit, twice in a transaction. */
function consumed(input: Input, tables: string[], unitsEach: number): object {
  const wanted = input.ReturnConsumedCapacity;
  if (wanted !== "TOTAL" && wanted !== "INDEXES") return {};
  const names = [...new Set(tables)];
  return {
    ConsumedCapacity: names.map((TableName) => {
      const CapacityUnits = tables.filter((name) => name === TableName).length * unitsEach;
      return {
        TableName,
        CapacityUnits,
        ...(wanted === "INDEXES" ? { Table: { CapacityUnits } } : {}),
      };
    }),
  };
}

/** JSON with members in order, so that the same request is the same text. */
function stable(value: unknown): string {
  return JSON.stringify(value, (_name, inner) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  );
}

function invalid(message: string): Refusal {
  return new Refusal("ValidationException", message);
}

const WRITES = {
  ConditionCheck: "DeleteItem",
  Delete: "DeleteItem",
  Put: "PutItem",
  Update: "UpdateItem",
} as const satisfies Record<string, Action>;

const READS = { Get: "GetItem" } as const;

/** Source: Amazon DynamoDB developer guide, transactions. */
const MOST_ITEMS = 100;
const MOST_BYTES = 4 * 1024 * 1024;
const TOKEN_MS = 10 * 60_000;
