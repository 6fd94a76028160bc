import type { Need } from "../kernel/caller.ts";
import type { Cloud } from "../kernel/cloud.ts";
import type { Input } from "../kernel/service.ts";
import type { Checked, Item } from "./dynalite.ts";
import { type Engine, tableName, wired } from "./engine.ts";

/** What a caller must be allowed, by kind of operation. */
export function openNeeds(cloud: Cloud, engine: Engine) {
  const arn = (name: unknown, index?: unknown): string =>
    `arn:aws:dynamodb:${cloud.region}:${cloud.accountId}:table/${tableName(name)}${index ? `/index/${index}` : ""}`;

  const hashKey = (name: unknown): string | undefined =>
    engine.shelf.table(String(tableName(name)))?.KeySchema[0]?.AttributeName;

  /** The partition keys that are touched, for `dynamodb:LeadingKeys`. */
  const leading = (name: unknown, items: Input): Pick<Need, "context"> => {
    const hash = hashKey(name);
    const keys = listed(items).flatMap((item) => (hash && item?.[hash] ? textOf(item[hash]) : []));
    return keys.length > 0 ? { context: { "dynamodb:LeadingKeys": keys } } : {};
  };

  const parsed = (input: Input): Checked | undefined => {
    try {
      return engine.check("Query", input);
    } catch {
      return undefined; // the operation itself will say what is wrong
    }
  };

  return {
    arn,

    /** @param action as in IAM, without `dynamodb:` */
    table:
      (action: string) =>
      (input: Input): Need => ({
        action: `dynamodb:${action}`,
        resource: arn(input?.TableName ?? input?.ResourceArn),
      }),

    item:
      (action: string) =>
      (input: Input): Need => ({
        action: `dynamodb:${action}`,
        resource: arn(input?.TableName),
        ...leading(input?.TableName, [input?.Key ?? input?.Item]),
      }),

    query(input: Input): Need {
      const table = engine.shelf.table(String(tableName(input?.TableName)));
      const index = [
        ...(table?.GlobalSecondaryIndexes ?? []),
        ...(table?.LocalSecondaryIndexes ?? []),
      ].find((one) => one.IndexName === input?.IndexName);
      const hash = (index ?? table)?.KeySchema[0]?.AttributeName ?? "";
      const value = parsed(input)?.KeyConditions?.[hash]?.AttributeValueList[0];
      return {
        action: "dynamodb:Query",
        resource: arn(input?.TableName, input?.IndexName),
        ...(value ? { context: { "dynamodb:LeadingKeys": textOf(value) } } : {}),
      };
    },

    scan: (input: Input): Need => ({
      action: "dynamodb:Scan",
      resource: arn(input?.TableName, input?.IndexName),
    }),

    batch:
      (action: "BatchGetItem" | "BatchWriteItem") =>
      (input: Input): Need[] =>
        Object.entries<Input>(input?.RequestItems ?? {}).map(([name, asked]) => {
          const items =
            action === "BatchGetItem"
              ? asked?.Keys
              : listed(asked).map((one) => one?.PutRequest?.Item ?? one?.DeleteRequest?.Key);
          return { action: `dynamodb:${action}`, resource: arn(name), ...leading(name, items) };
        }),

    transaction: (input: Input): Need[] =>
      listed(input?.TransactItems).flatMap((one) =>
        Object.entries<Input>(one ?? {}).map(([kind, asked]) => ({
          action: `dynamodb:${kind}Item`,
          resource: arn(asked?.TableName),
          ...leading(asked?.TableName, [asked?.Key ?? asked?.Item]),
        })),
      ),
  };
}

/** What is not a list is refused by the operation itself, for the right reason. */
const listed = (value: unknown): Input[] => (Array.isArray(value) ? value : []);

function textOf(value: Item[string]): string[] {
  const [text] = Object.values(wired(value) ?? {});
  return typeof text === "string" ? [text] : [];
}
