import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { GetQueueAttributesCommand, ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { Place } from "@rushes/cli/operator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { askingAt, type Shown } from "../support/asking.ts";
import { born, placeOf } from "../support/born.ts";
import { left } from "../support/left.ts";
import type { Film } from "../support/meddle.ts";
import { clip } from "../support/media.ts";
import type { Moment } from "../support/mortal.ts";
import { gives, graphNear, type Neighbour, openNeighbour } from "../support/neighbour.ts";
import { until } from "../support/until.ts";

/** `kill -9` while a film is taken away, and while one is fetched: the next start goes on with it. */

const MIB = 1024 ** 2;
const RETURNS_SECONDS = 15;

let folder: string;
let graph: string;
let source: string;
let neighbour: Neighbour;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "rushes-kill-delete-"));
  source = await clip({ seconds: 1 });
  neighbour = await openNeighbour();
  const near = graphNear(neighbour);
  // what a dead process had received comes again after this long; in the stacks it takes minutes
  for (const { name, inputs } of near.resources) {
    if (name === "RemovingQueue" || name === "PullingQueue") {
      inputs.visibilityTimeoutSeconds = RETURNS_SECONDS;
    }
    if (name === "RemoveFunction" || name === "PullFunction") inputs.timeout = RETURNS_SECONDS;
  }
  graph = join(folder, "graph.json");
  writeFileSync(graph, JSON.stringify(near));
});
afterAll(() => {
  neighbour?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function dead(laptop: ChildProcess): Promise<void> {
  if (laptop.signalCode === null) {
    const gone = once(laptop, "exit");
    laptop.kill("SIGKILL");
    await gone;
  }
}

const ready = (show: () => Promise<{ body: Shown }>) =>
  until("the film to be READY", async () => (await show()).body.status === "READY", 120_000);

/** Messages that wait, are delayed, or are in somebody's hands, whatever the queue. */
async function messages({ aws: endpoint, region, credentials }: Place): Promise<number> {
  const sqs = new SQSClient({ endpoint, region, credentials });
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}));
  let count = 0;
  for (const QueueUrl of QueueUrls) {
    const { Attributes = {} } = await sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl,
        AttributeNames: [
          "ApproximateNumberOfMessages",
          "ApproximateNumberOfMessagesDelayed",
          "ApproximateNumberOfMessagesNotVisible",
        ],
      }),
    );
    for (const each of Object.values(Attributes)) count += Number(each);
  }
  sqs.destroy();
  return count;
}

/** Five quiet minutes go by, and the sweeper comes. */
async function sweep(place: Place, { videoId }: Film): Promise<void> {
  const { aws: endpoint, region, credentials, resources } = place;
  const table = DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint, region, credentials }));
  await table.send(
    new UpdateCommand({
      TableName: resources.Table,
      Key: { PK: `VIDEO#${videoId}`, SK: "META" },
      UpdateExpression: "SET updatedAtMs = updatedAtMs - :ms",
      ExpressionAttributeValues: { ":ms": 6 * 60_000 },
    }),
  );
  table.destroy();
  const lambda = new LambdaClient({ endpoint, region, credentials });
  await lambda.send(new InvokeCommand({ FunctionName: resources.SweepFunction }));
  lambda.destroy();
}

describe("kill -9 while a film is removed", () => {
  let whole: string;
  let film: Film;

  /** A film with all that one can have: shares, a key of its request, another upload that is open. */
  beforeAll(async () => {
    whole = mkdtempSync(join(folder, "whole-"));
    const laptop = await born(whole, "none", graph);
    const editor = await askingAt(placeOf(whole), "editor");
    const opened = await editor.open(source, {}, { "idempotency-key": "holiday" });
    film = opened.film;
    const { videoId } = film;
    await editor.send(opened, source);
    await ready(() => editor.show(videoId));
    const path = `/videos/${videoId}`;
    const sharedWith = [(await askingAt(placeOf(whole), "admin")).person.sub];
    expect((await editor.ask("PATCH", path, { sharedWith })).status).toBe(200);
    const large = { filename: "b.mp4", type: "video/mp4", sizeBytes: 300 * MIB };
    const next = await editor.ask<{ upload: { id: string } }>("PUT", `${path}/source`, large);
    const parts = [{ number: 1 }];
    const at = `${path}/uploads/${next.body.upload.id}/addresses`;
    expect((await editor.ask("POST", at, { parts })).status).toBe(200);
    await until("all to be quiet", async () => (await messages(placeOf(whole))) === 0);
    await dead(laptop);
  }, 180_000);

  it.each([
    { moment: "after a film's tombstone", isHeard: false },
    { moment: "after its upload was aborted", isHeard: true },
    { moment: "between its source and its files", isHeard: true },
    { moment: "after its files went", isHeard: true },
    { moment: "between two of its records", isHeard: true },
    { moment: "before its last record goes", isHeard: true },
    { moment: "after its last record went", isHeard: true },
  ] satisfies { moment: Moment; isHeard: boolean }[])(
    "$moment: after a restart nothing is left",
    async ({ moment, isHeard }) => {
      const dataDir = mkdtempSync(join(folder, "mortal-"));
      cpSync(whole, dataDir, { recursive: true });
      const first = await born(dataDir, moment, graph);
      const before = await askingAt(placeOf(dataDir), "editor");
      expect((await left(placeOf(dataDir), film)).length).toBeGreaterThan(10);
      await before.ask("DELETE", `/videos/${film.videoId}`).catch(() => undefined);
      await until("the laptop to die", () => first.signalCode === "SIGKILL");

      const second = await born(dataDir, "none", graph);
      try {
        const place = placeOf(dataDir);
        const editor = await askingAt(place, "editor");
        expect((await editor.show(film.videoId)).status).toBe(404);
        if (!isHeard) await sweep(place, film);
        await until("nothing to be left", async () => (await left(place, film)).length === 0);
        await until("no message to be left", async () => (await messages(place)) === 0);
        expect(await left(place, film)).toEqual([]);
        expect((await editor.ask("DELETE", `/videos/${film.videoId}`)).status).toBe(404);
      } finally {
        await dead(second);
      }
    },
  );
});

describe("kill -9 while a film is fetched", () => {
  it.each([
    { moment: "between two parts of a pull", path: "/parts.mp4", asked: 2 },
    { moment: "after a pull is whole", path: "/whole.mp4", asked: 1 },
  ] satisfies { moment: Moment; path: string; asked: number }[])(
    "$moment: after a restart it goes on, and can be watched",
    async ({ moment, path, asked }) => {
      const content = padded(readFileSync(source), 13 * MIB);
      neighbour.does(path, gives(content));
      const dataDir = mkdtempSync(join(folder, "pull-"));
      const first = await born(dataDir, moment, graph);
      const before = await askingAt(placeOf(dataDir), "editor");
      const { body } = await before.ask<{ video: Shown }>("POST", "/videos", {
        url: `${neighbour.url}${path}`,
      });
      const { id } = body.video;
      await until("the laptop to die", () => first.signalCode === "SIGKILL");

      const second = await born(dataDir, "none", graph);
      try {
        const place = placeOf(dataDir);
        const editor = await askingAt(place, "editor");
        await ready(() => editor.show(id));
        expect((await editor.show(id)).body).toMatchObject({ attempt: 1 });
        await until("no message to be left", async () => (await messages(place)) === 0, 120_000);
        const objects = (await left(place, { videoId: id, key: "" })).filter((one) =>
          one.startsWith("uploads/"),
        );
        expect(objects).toEqual([expect.stringMatching(/\/source$/)]);
        const heard = neighbour.heard.filter((one) => one.path === path);
        expect(heard).toHaveLength(asked);
        // and what had arrived is not fetched again
        if (asked > 1) expect(heard.at(-1)?.headers.range).toBe(`bytes=${5 * MIB}-`);
      } finally {
        await dead(second);
      }
    },
  );
});

/** A film of that size: what a player does not know it passes over. */
function padded(bytes: Buffer, sizeBytes: number): Buffer {
  const box = Buffer.alloc(sizeBytes - bytes.length, 7);
  box.writeUInt32BE(box.length, 0);
  box.write("free", 4);
  return Buffer.concat([bytes, box]);
}
