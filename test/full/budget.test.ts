import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { DynamoDBDocumentClient, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Asking, asking } from "../support/asking.ts";
import { type TestLaptop, testLaptop } from "../support/laptop.ts";
import { uneven } from "../support/media.ts";
import { until } from "../support/until.ts";

let here: TestLaptop;
let editor: Asking;
let admin: Asking;
let file: string;
let oneUsd: number;
let table: DynamoDBDocumentClient;
let lambda: LambdaClient;
beforeAll(async () => {
  here = await testLaptop();
  table = DynamoDBDocumentClient.from(new DynamoDBClient(here.config));
  lambda = new LambdaClient(here.config);
  [editor, admin] = await Promise.all([asking(here, "editor"), asking(here, "admin")]);
  file = await uneven({ size: "160x90", rate: 10, pictureSeconds: 1, soundSeconds: 1 });
  const { body } = await editor.ask<{ encoding: { usd: number } }>("POST", "/estimates", {
    source: { durationSeconds: 1, width: 160, height: 90, frameRate: 10 },
  });
  oneUsd = body.encoding.usd;
});
afterAll(async () => {
  table?.destroy();
  lambda?.destroy();
  await here?.[Symbol.asyncDispose]();
});

const UPLOADS = 50;

interface Costs {
  totalUsd: number;
  reservedUsd: number;
  films: number;
}

interface Shown {
  status: string;
  phase: string;
  problem?: { code: string };
}

describe("a budget holds when 50 uploads land at once", () => {
  it("refuses what does not fit, and what fits is made", async () => {
    await allow(4.5 * oneUsd, "refuse");
    const ids = await landAtOnce();
    const films = await settled(ids, ["READY", "FAILED"], ids.length);
    expect(films.filter(({ status }) => status === "READY")).toHaveLength(4);
    const refused = films.filter(({ status }) => status === "FAILED");
    expect(new Set(refused.map(({ problem }) => problem?.code))).toEqual(
      new Set(["BudgetExceeded"]),
    );
    await billed(4);
  });

  it("holds what does not fit, and lets it go when the budget is raised", async () => {
    await allow(6.5 * oneUsd, "wait"); // four of it are spent
    const ids = await landAtOnce();
    const made = await settled(ids, ["READY"], 2);
    expect(made.filter(({ status }) => status === "READY")).toHaveLength(2);
    const waiting = await until("the others to wait", async () => {
      const all = await shown(ids);
      return all.filter(({ phase }) => phase === "waiting-for-budget").length === UPLOADS - 2
        ? all
        : undefined;
    });
    expect(waiting.some(({ status }) => status === "FAILED")).toBe(false);

    await allow(9.5 * oneUsd, "wait"); // room for three more
    const begun = new Set<string>();
    await until(
      "the sweeper to begin three",
      async () => {
        for (const id of await sweep(ids)) begun.add(id);
        const all = await shown(ids);
        return all.filter(({ status }) => status === "READY").length === 5;
      },
      300_000,
    );
    expect(begun.size).toBeGreaterThanOrEqual(3);
    await billed(9);
  });
});

async function allow(monthlyUsd: number, over: "wait" | "refuse"): Promise<void> {
  const { status } = await admin.ask("PUT", `/budgets/${editor.person.sub}`, { monthlyUsd, over });
  expect(status).toBe(200);
}

/** Five quiet minutes go by for those that wait, and the sweeper comes: what did it begin? */
async function sweep(ids: string[]): Promise<string[]> {
  const { Table: TableName, SweepFunction: FunctionName } = here.laptop.endpoints.resources;
  for (const id of ids) {
    const aged = new UpdateCommand({
      TableName,
      Key: { PK: `VIDEO#${id}`, SK: "META" },
      UpdateExpression: "SET updatedAtMs = updatedAtMs - :ms",
      ConditionExpression: "attribute_exists(held)",
      ExpressionAttributeValues: { ":ms": 6 * 60_000 },
    });
    await table.send(aged).catch((error: Error) => {
      if (error.name !== "ConditionalCheckFailedException") throw error;
    });
  }
  const { Payload } = await lambda.send(new InvokeCommand({ FunctionName }));
  const round = JSON.parse(new TextDecoder().decode(Payload)) as {
    cared: { videoId: string; did: string }[];
  };
  return round.cared.flatMap(({ videoId, did }) => (did === "begun" ? videoId : []));
}

/** Opens them one after another, and sends all sources together. */
async function landAtOnce(): Promise<string[]> {
  const opened: Awaited<ReturnType<Asking["open"]>>[] = [];
  for (let at = 0; at < UPLOADS; at += 1) opened.push(await editor.open(file));
  const sent = await Promise.all(opened.map((one) => editor.send(one, file)));
  expect(sent.every(({ ok }) => ok)).toBe(true);
  return opened.map(({ film }) => film.videoId);
}

async function shown(ids: string[]): Promise<Shown[]> {
  const all: Shown[] = [];
  for (const id of ids) all.push((await editor.show(id)).body);
  return all;
}

function settled(ids: string[], as: string[], atLeast: number, withinMs = 300_000) {
  return until(
    "the films to end",
    async () => {
      const all = await shown(ids);
      return all.filter(({ status }) => as.includes(status)).length >= atLeast ? all : undefined;
    },
    withinMs,
  );
}

/** So many films are billed, and nothing is set aside any more. */
async function billed(films: number): Promise<void> {
  const costs = await until("the bills", async () => {
    const { body } = await editor.ask<Costs>("GET", "/costs");
    return body.films >= films && body.reservedUsd === 0 && body;
  });
  expect(costs.films).toBe(films);
  expect(costs.totalUsd).toBeCloseTo(films * oneUsd, 6);
}
