import { createHash, createHmac } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openIam } from "../iam/index.ts";
import type { Keys } from "../kernel/caller.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Exchange, Service } from "../kernel/service.ts";
import { testCloud } from "../kernel/testing.ts";
import { openFront } from "./index.ts";
import { queryAnswer } from "./query.ts";

export const roleArn = "arn:aws:iam::000000000000:role/reader";

/** A front with one small service for each way of talking, for tests of the front alone. */
export async function openRig() {
  const dataDir = mkdtempSync(join(tmpdir(), "rushes-front-"));
  const iam = openIam({ dataDir, accountId: "000000000000", region: "us-east-1" });
  iam.defineRole({
    name: "reader",
    arn: roleArn,
    trust: {
      Statement: {
        Effect: "Allow",
        Principal: { Service: "lambda.amazonaws.com" },
        Action: "sts:AssumeRole",
      },
    },
    policies: [{ Statement: { Effect: "Allow", Action: "states:Describe*", Resource: "*" } }],
  });
  const { cloud, close } = testCloud({ iam, dataDir });
  const told: string[] = [];
  cloud.tell = (line) => void told.push(line);
  const seen: Exchange[] = [];
  const bodies: Buffer[] = [];
  for (const service of [states, dynamodb, secretsmanager, lambda]) cloud.add(service);
  for (const name of ["s3", "sns"]) cloud.add(recorder(name, seen, bodies));
  const front = await openFront(cloud, { port: 0 });
  return {
    dataDir,
    iam,
    front,
    /** what services that read the wire themselves were handed */
    seen,
    bodies,
    /** lines for the person at the terminal */
    told,
    /** options of an SDK client */
    at: (keys: Keys = iam.operatorKeys) => ({
      endpoint: front.origin,
      region: "us-east-1",
      credentials: keys,
      maxAttempts: 1,
    }),
    /** Sends a request exactly as given: no client straightens its path or headers. */
    raw: (options: RawRequest) => raw(front.origin, options),
    async close() {
      await front.close();
      await close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export type Rig = Awaited<ReturnType<typeof openRig>>;

const states: Service = {
  name: "states",
  wire: { protocol: "json", version: "1.0", target: "AWSStepFunctions" },
  operations: {
    DescribeExecution: {
      needs: (input) => ({ action: "states:DescribeExecution", resource: input.executionArn }),
      run: (input) => ({
        executionArn: input.executionArn,
        startDate: new Date(1_700_000_000_500),
      }),
    },
    StopExecution: {
      needs: () => ({ action: "states:StopExecution", resource: "x" }),
      run: () => undefined,
    },
    ListExecutions: {
      run: () => {
        throw new TypeError("a secret value");
      },
    },
  },
};

const dynamodb: Service = {
  name: "dynamodb",
  wire: { protocol: "json", version: "1.0", target: "DynamoDB_20120810" },
  operations: { GetItem: { run: () => ({ Item: { a: { B: new Uint8Array([1, 2]) } } }) } },
};

const secretsmanager: Service = {
  name: "secretsmanager",
  wire: { protocol: "json", version: "1.1", target: "secretsmanager" },
  operations: {
    GetSecretValue: {
      run: () => {
        throw new Refusal("ResourceNotFoundException", "Secrets Manager can't find it.");
      },
    },
  },
};

const lambda: Service = {
  name: "lambda",
  wire: {
    protocol: "rest-json",
    route: (method, path) =>
      method === "POST" && path.endsWith("/invocations")
        ? {
            operation: "Invoke",
            params: { FunctionName: decodeURIComponent(path.split("/")[3] ?? "") },
            payload: "Payload",
          }
        : undefined,
  },
  operations: {
    Invoke: {
      run: (input) => {
        if (input.FunctionName === "gone") {
          throw new Refusal("ResourceNotFoundException", "Function not found", {
            httpStatus: 404,
          });
        }
        const { Payload, ...rest } = input;
        return {
          StatusCode: input.InvocationType === "Event" ? 202 : 200,
          FunctionError: "Unhandled",
          Payload: Buffer.from(JSON.stringify({ rest, payload: String(Payload) })),
        };
      },
    },
  },
};

function recorder(name: string, seen: Exchange[], bodies: Buffer[]): Service {
  return {
    name,
    operations: {},
    wire: {
      protocol: "own",
      async serve(exchange) {
        seen.push(exchange);
        if (exchange.rawPath.endsWith("/boom")) throw new Error("a secret value");
        const parts: Buffer[] = [];
        for await (const part of exchange.request) parts.push(part as Buffer);
        bodies.push(exchange.body ?? Buffer.concat(parts));
        exchange.response.setHeader("content-type", "text/xml");
        exchange.response.end(
          name === "sns"
            ? queryAnswer(
                "ListTopics",
                "http://sns.amazonaws.com/doc/2010-03-31/",
                { Topics: [{ TopicArn: "t" }] },
                exchange.requestId,
              )
            : "",
        );
      },
    },
  };
}

interface RawRequest {
  method?: string;
  path: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

function raw(origin: string, options: RawRequest) {
  return new Promise<{ status: number; headers: Record<string, unknown>; text: string }>(
    (resolve, reject) => {
      const sent = httpRequest(
        { host: "127.0.0.1", port: new URL(origin).port, agent: false, ...options },
        (response) => {
          const parts: Buffer[] = [];
          response.on("data", (part: Buffer) => parts.push(part));
          response.on("end", () =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              text: String(Buffer.concat(parts)),
            }),
          );
        },
      );
      sent.on("error", reject);
      sent.end(options.body);
    },
  );
}

/** A request to be signed: path and query as sent, headers in order and lower case. */
export interface Unsigned {
  method: string;
  rawPath: string;
  rawQuery: string;
  headers: Record<string, string>;
  payloadHash: string;
  service: string;
}

/** Signs as a client would, written apart from what it tests. For paths that no service but S3 escapes twice. */
export function authorize(request: Unsigned, keys: Keys): string {
  const { headers, payloadHash } = request;
  const names = Object.keys(headers);
  const date = headers["x-amz-date"] ?? "";
  const pairs = request.rawQuery ? request.rawQuery.split("&") : [];
  const canonical = [
    request.method,
    request.rawPath,
    pairs.sort((a, b) => (a.replace("=", "\0") < b.replace("=", "\0") ? -1 : 1)).join("&"),
    ...names.map((name) => `${name}:${headers[name]?.trim().replace(/ +/g, " ")}`),
    "",
    names.join(";"),
    payloadHash,
  ].join("\n");
  const scope = `${date.slice(0, 8)}/us-east-1/${request.service}/aws4_request`;
  const hash = createHash("sha256").update(canonical).digest("hex");
  let signature: Buffer = Buffer.from(`AWS4${keys.secretAccessKey}`);
  for (const part of [...scope.split("/"), `AWS4-HMAC-SHA256\n${date}\n${scope}\n${hash}`]) {
    signature = createHmac("sha256", signature).update(part).digest();
  }
  return `AWS4-HMAC-SHA256 Credential=${keys.accessKeyId}/${scope}, SignedHeaders=${names.join(";")}, Signature=${signature.toString("hex")}`;
}

/** Everything but unreserved characters escaped, byte by byte. */
export function escaped(text: string): string {
  return [...Buffer.from(text)]
    .map((byte) => String.fromCharCode(byte))
    .map((letter) =>
      /[A-Za-z0-9_.~-]/.test(letter)
        ? letter
        : `%${letter.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
    )
    .join("");
}
