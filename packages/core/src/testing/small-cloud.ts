import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import dynalite from "dynalite";
import { type Jobs, smallEncoder } from "./small-encoder.ts";
import { type Machine, smallMachine } from "./small-machine.ts";
import { type Multipart, smallMultipart } from "./small-multipart.ts";
import { type Queues, smallQueues } from "./small-queues.ts";
import { type Removing, smallRemoving } from "./small-removal.ts";
import { type Shelf, smallShelf } from "./small-shelf.ts";
import { type Conflicts, withTransactions } from "./small-transactions.ts";

/**
 * A cloud for tests of core: a real DynamoDB (dynalite), and of the other services just the
 * behaviour that core leans on. The SDK talks to it over the wire as it does to AWS.
 */
export interface SmallCloud {
  machine: Machine;
  jobs: Jobs;
  shelf: Shelf;
  multipart: Multipart;
  queues: Queues;
  removing: Removing;
  conflicts: Conflicts;
  close(): Promise<void>;
}

export const links = {
  App: { name: "rushes", stage: "test" },
  Films: { table: "films" },
  Uploads: { bucket: "sources" },
  Streams: { bucket: "streams" },
  Workflow: { arn: "arn:aws:states:us-east-1:000000000000:stateMachine:workflow" },
  Encoder: {
    queueArn: "arn:aws:mediaconvert:us-east-1:000000000000:queues/films",
    roleArn: "arn:aws:iam::000000000000:role/encoder",
  },
  Signer: { secretArn: "arn:aws:secretsmanager:us-east-1:000000000000:secret:signer" },
  Edge: { url: "https://edge.example" },
  Intake: {
    uploadsPrefix: "uploads/",
    inboxPrefix: "inbox/",
    maxBytes: 1_000_000,
    types: ["video/*", "audio/*"],
    pull: { schemes: ["https"], hosts: ["*"], maxBytes: 1_000_000 },
  },
  Distribution: { id: "E1" },
  Budget: { over: "refuse" },
};

/** What SST would hand to a function. Call it before anything reads the configuration. */
export function link(): void {
  for (const [name, value] of Object.entries(links)) {
    process.env[`SST_RESOURCE_${name}`] = JSON.stringify(value);
  }
}

export async function openSmallCloud(): Promise<SmallCloud> {
  link();
  const tables = dynalite({ createTableMs: 0 });
  const conflicts = withTransactions(tables);
  await listen(tables);
  const machine = smallMachine();
  const jobs = smallEncoder();
  const shelf = smallShelf();
  const multipart = smallMultipart(shelf);
  const queues = smallQueues();
  const removing = smallRemoving(shelf, multipart);
  const others = createServer((request, response) => {
    void answer(request, response, { machine, jobs, shelf, multipart, queues, removing });
  });
  await listen(others);
  for (const queue of ["Pulls", "Removals"]) {
    const queueUrl = `${address(others)}/000000000000/${queue}`;
    process.env[`SST_RESOURCE_${queue}`] = JSON.stringify({ queueUrl });
  }
  Object.assign(process.env, {
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "AKIATEST",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_MAX_ATTEMPTS: "1", // what a test breaks is not mended behind its back
    AWS_ENDPOINT_URL: address(others),
    AWS_ENDPOINT_URL_DYNAMODB: address(tables),
  });
  await createTable(address(tables));
  return {
    machine,
    jobs,
    shelf,
    multipart,
    queues,
    removing,
    conflicts,
    async close() {
      // a handler that a test left behind may still be writing: what runs is let finish
      await conflicts.settled();
      for (const server of [tables, others] as Server[]) {
        const closed = new Promise((done) => server.close(done));
        server.closeIdleConnections();
        await closed;
      }
    },
  };
}

/** dynalite wants a signature but checks none. */
async function createTable(at: string): Promise<void> {
  const answer = await fetch(at, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": "DynamoDB_20120810.CreateTable",
      "x-amz-date": "20300101T000000Z",
      authorization: "AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders=host, Signature=f",
    },
    body: JSON.stringify({
      TableName: links.Films.table,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [
        { AttributeName: "PK", AttributeType: "S" },
        { AttributeName: "SK", AttributeType: "S" },
        { AttributeName: "inFlight", AttributeType: "S" },
        { AttributeName: "updatedAtMs", AttributeType: "N" },
        { AttributeName: "ownerId", AttributeType: "S" },
        { AttributeName: "titleKey", AttributeType: "S" },
        { AttributeName: "kind", AttributeType: "S" },
        { AttributeName: "createdAtMs", AttributeType: "N" },
      ],
      KeySchema: [
        { AttributeName: "PK", KeyType: "HASH" },
        { AttributeName: "SK", KeyType: "RANGE" },
      ],
      GlobalSecondaryIndexes: [
        index("byOwner", "ownerId", "createdAtMs"),
        index("byTitle", "ownerId", "titleKey"),
        index("byTime", "kind", "createdAtMs"),
        index("inFlight", "inFlight", "updatedAtMs"),
      ],
    }),
  });
  if (!answer.ok) throw new Error(`The table was not made: ${await answer.text()}`);
}

function index(IndexName: string, hash: string, range: string) {
  return {
    IndexName,
    KeySchema: [
      { AttributeName: hash, KeyType: "HASH" },
      { AttributeName: range, KeyType: "RANGE" },
    ],
    Projection: { ProjectionType: "ALL" },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { machine, jobs, shelf, multipart, queues, removing }: Omit<SmallCloud, "conflicts" | "close">,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString("utf8");
  const url = new URL(request.url ?? "/", "http://127.0.0.1");
  const target = String(request.headers["x-amz-target"] ?? "");
  try {
    if (target.startsWith("AWSStepFunctions.")) {
      json(response, 200, machine.call(target.split(".")[1] ?? "", JSON.parse(body)));
    } else if (url.pathname.startsWith("/2017-08-29/")) {
      json(response, 200, jobs.call(request.method ?? "", url, body ? JSON.parse(body) : {}));
    } else if (target.startsWith("AmazonSQS.")) {
      json(response, 200, queues.call(target.split(".")[1] ?? "", JSON.parse(body)));
    } else if (
      !removing.serve(request, response, url, body) &&
      !(await multipart.serve(request, response, url, body))
    ) {
      shelf.serve(request, response, url);
    }
  } catch (error) {
    if (error instanceof Lost) {
      request.socket.destroy();
      return;
    }
    const { name, message } = error as Error;
    const status =
      name === "TooManyRequestsException" ? 429 : name === "NotFoundException" ? 404 : 400;
    response.setHeader("x-amzn-errortype", name);
    json(response, status, { __type: name, message });
  }
}

/** The answer got lost on its way: nobody knows what happened. */
export class Lost extends Error {}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

async function listen(server: { listen(port: number, host: string, done: () => void): unknown }) {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
}

function address(server: unknown): string {
  return `http://127.0.0.1:${((server as Server).address() as AddressInfo).port}`;
}
