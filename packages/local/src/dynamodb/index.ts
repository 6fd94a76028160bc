import type { Cloud } from "../kernel/cloud.ts";
import type { Operation, Service } from "../kernel/service.ts";
import { openEngine } from "./engine.ts";
import { write } from "./items.ts";
import { openNeeds } from "./needs.ts";
import { openSettings, SETTINGS } from "./settings.ts";
import { openTables } from "./tables.ts";
import { openTransactions } from "./transact.ts";

/** DynamoDB: dynalite's rules and expressions over the one store, where a call is a transaction. */
export function openDynamodb(cloud: Cloud): Service {
  const engine = openEngine(cloud);
  cloud.store.schema(SETTINGS);
  const needs = openNeeds(cloud, engine);
  const tables = openTables(cloud, engine);
  const settings = openSettings(cloud, engine, tables);
  const transactions = openTransactions(cloud, engine);

  const ofTable = (action: string, run: Operation["run"]) => ({
    [action]: { needs: needs.table(action), run },
  });

  const service: Service = {
    name: "dynamodb",
    wire: { protocol: "json", version: "1.0", target: "DynamoDB_20120810" },
    operations: {
      GetItem: { needs: needs.item("GetItem"), run: (input) => engine.run("GetItem", input) },
      PutItem: { needs: needs.item("PutItem"), run: write(engine, "PutItem") },
      UpdateItem: { needs: needs.item("UpdateItem"), run: write(engine, "UpdateItem") },
      DeleteItem: { needs: needs.item("DeleteItem"), run: write(engine, "DeleteItem") },
      Query: { needs: needs.query, run: (input) => engine.run("Query", input) },
      Scan: { needs: needs.scan, run: (input) => engine.run("Scan", input) },
      BatchGetItem: {
        needs: needs.batch("BatchGetItem"),
        run: (input) => engine.run("BatchGetItem", input),
      },
      BatchWriteItem: {
        needs: needs.batch("BatchWriteItem"),
        run: (input) => engine.run("BatchWriteItem", input),
      },
      TransactWriteItems: { needs: needs.transaction, run: transactions.write },
      TransactGetItems: { needs: needs.transaction, run: transactions.read },
      ListTables: {
        needs: () => ({ action: "dynamodb:ListTables", resource: "*" }),
        run: tables.list,
      },
      ...ofTable("CreateTable", tables.create),
      ...ofTable("DescribeTable", tables.describe),
      ...ofTable("UpdateTable", tables.update),
      ...ofTable("DeleteTable", tables.remove),
      ...ofTable("ListTagsOfResource", tables.tags),
      ...ofTable("TagResource", tables.tag),
      ...ofTable("UntagResource", tables.untag),
      ...ofTable("DescribeTimeToLive", settings.describeExpiry),
      ...ofTable("UpdateTimeToLive", settings.updateExpiry),
      ...ofTable("DescribeContinuousBackups", settings.describeBackups),
      ...ofTable("UpdateContinuousBackups", settings.updateBackups),
      ...ofTable("DescribeContributorInsights", (input) => ({
        TableName: tables.require(input.TableName).TableName,
        ContributorInsightsStatus: "DISABLED",
      })),
    },
    start: settings.start,
    async stop() {
      settings.stop();
    },
  };
  cloud.add(service);
  return service;
}
