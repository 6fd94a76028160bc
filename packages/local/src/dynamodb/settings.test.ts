import { afterAll, expect, it } from "vitest";
import { testCloud } from "../kernel/testing.ts";
import { openEngine } from "./engine.ts";
import { openDynamodb } from "./index.ts";
import { openSettings } from "./settings.ts";
import { openTables } from "./tables.ts";
import { call, makeTable, TableName } from "./testing.ts";

let nowMs = Date.UTC(2030, 0, 1);
const { cloud, close } = testCloud({ now: () => nowMs });
openDynamodb(cloud);
afterAll(close);

it("forgets items that have expired, and only those, in the index too", async () => {
  await makeTable(cloud);
  await call(cloud, "UpdateTimeToLive", {
    TableName,
    TimeToLiveSpecification: { Enabled: true, AttributeName: "expiresAtS" },
  });
  const inSeconds = nowMs / 1000 + 60;
  for (const [id, expiresAtS] of Object.entries({
    soon: { N: String(inSeconds) },
    late: { N: String(inSeconds + 3600) },
    never: { S: String(inSeconds) },
    ancient: { N: "1000" },
  })) {
    await call(cloud, "PutItem", { TableName, Item: { id: { S: id }, n: { N: "1" }, expiresAtS } });
  }
  const engine = openEngine(cloud);
  const settings = openSettings(cloud, engine, openTables(cloud, engine));
  const ids = async (more = {}) => {
    const { Items } = await call<{ Items: Array<{ id: { S: string } }> }>(cloud, "Scan", {
      TableName,
      ...more,
    });
    return Items.map((item) => item.id.S).sort();
  };
  settings.sweep();
  expect(await ids()).toEqual(["ancient", "late", "never", "soon"]);
  nowMs += 61_000;
  settings.sweep();
  expect(await ids()).toEqual(["ancient", "late", "never"]);
  expect(await ids({ IndexName: "byN" })).toEqual(["ancient", "late", "never"]);
});

it("keeps a table that is protected, and its tags while it is there", async () => {
  const name = "guarded";
  await makeTable(cloud, name);
  const { Table } = await call(cloud, "DescribeTable", { TableName: name });
  const ResourceArn = Table.TableArn;
  await call(cloud, "TagResource", { ResourceArn, Tags: [{ Key: "app", Value: "rushes" }] });
  expect(await call(cloud, "ListTagsOfResource", { ResourceArn })).toEqual({
    Tags: [{ Key: "app", Value: "rushes" }],
  });
  await call(cloud, "UpdateTable", { TableName: name, DeletionProtectionEnabled: true });
  await expect(call(cloud, "DeleteTable", { TableName: name })).rejects.toThrow(
    "currently protected against deletion",
  );
  await call(cloud, "UpdateTable", { TableName: name, DeletionProtectionEnabled: false });
  await call(cloud, "PutItem", { TableName: name, Item: { id: { S: "a" }, n: { N: "1" } } });
  await call(cloud, "DeleteTable", { TableName: name });
  await makeTable(cloud, name);
  expect((await call(cloud, "Scan", { TableName: name })).Count).toBe(0);
  expect((await call(cloud, "Scan", { TableName: name, IndexName: "byN" })).Count).toBe(0);
  expect((await call(cloud, "ListTagsOfResource", { ResourceArn })).Tags).toEqual([]);
});
