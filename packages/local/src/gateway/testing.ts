import { mkdtempSync, rmSync } from "node:fs";
import { createServer, request as httpRequest, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { exportJWK, generateKeyPair, importJWK, SignJWT } from "jose";
import { openIam } from "../iam/index.ts";
import type { PolicyDocument, Statement } from "../kernel/caller.ts";
import { openCloud } from "../kernel/cloud.ts";
import { type FunctionDefinition, openLambda } from "../lambda/index.ts";
import { type ApiParts, openGateway } from "./index.ts";
import type { ApiInputs, RouteInputs, StageInputs } from "./parts.ts";

export interface Change {
  api?: Partial<ApiInputs>;
  stages?: Array<Partial<StageInputs> & { name: string }>;
  /** a function by its export and what else a route says, by route key */
  routes?: Record<string, string | (Partial<RouteInputs> & { function: string })>;
  issuer?: string;
  identity?: string;
  audiences?: string[];
}

/** The parts of an API like the graph's. */
export function partsOf(change: Change = {}): ApiParts {
  const routes = Object.entries(change.routes ?? { "ANY /{proxy+}": "echo" });
  const targets = new Set(
    routes.map(([, said]) => (typeof said === "string" ? said : said.function)),
  );
  const apiId = "films-api";
  return {
    api: { id: apiId, inputs: { protocolType: "HTTP", ...change.api } },
    stages: (change.stages ?? [{ name: "$default" }]).map((stage) => ({
      id: stage.name,
      inputs: { apiId, autoDeploy: true, ...stage },
    })),
    routes: routes.map(([routeKey, said]) => {
      const { function: target, ...more } = typeof said === "string" ? { function: said } : said;
      const inputs = { apiId, routeKey, target: `integrations/to-${target}`, ...more };
      return { id: routeKey, inputs };
    }),
    integrations: [...targets].map((target) => ({
      id: `to-${target}`,
      inputs: {
        apiId,
        integrationType: "AWS_PROXY",
        integrationUri: `arn:aws:lambda:us-east-1:000000000000:function:${target}`,
        payloadFormatVersion: "2.0",
        ...(target === "slow" ? { timeoutMilliseconds: 200 } : {}),
      },
    })),
    authorizers: change.issuer
      ? [
          {
            id: "people",
            inputs: {
              apiId,
              authorizerType: "JWT",
              identitySources: [change.identity ?? "$request.header.Authorization"],
              jwtConfiguration: { issuer: change.issuer, audiences: change.audiences ?? ["app"] },
            },
          },
        ]
      : [],
  };
}

/** A gateway before real functions. `clock` moves the time. */
export async function openRig() {
  const dataDir = mkdtempSync(join(tmpdir(), "rushes-gateway-"));
  const clock = { aheadMs: 0 };
  const now = () => Date.now() + clock.aheadMs;
  const said: string[] = [];
  const place = { dataDir, accountId: "000000000000", region: "us-east-1" };
  const iam = openIam({ ...place, now });
  const cloud = openCloud({ ...place, iam, now, tell: (line) => said.push(line) });
  const lambda = openLambda(cloud);
  iam.defineRole({
    name: "films",
    arn: roleArn,
    trust: allow({ Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }),
    policies: [],
  });
  for (const name of ["echo", "obey", "fail", "slow", "full", "closed", "narrow"]) {
    await lambda.define(functionOf(name));
  }
  const gateway = await openGateway(cloud, { port: 0 });
  return {
    cloud,
    gateway,
    clock,
    dataDir,
    /** what was told to the person at the terminal */
    said,
    lambda,
    ask: (path: string, options?: Parameters<typeof ask>[2]) => ask(gateway.origin, path, options),
    async close() {
      await gateway.close();
      await lambda.stop?.();
      cloud.store.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export type Rig = Awaited<ReturnType<typeof openRig>>;

const roleArn = "arn:aws:iam::000000000000:role/films";

/** `closed` gives the API no permission, `narrow` for one route; `full` has no room. */
function functionOf(name: string): FunctionDefinition {
  const isOwn = !["full", "closed", "narrow"].includes(name);
  const what = name === "narrow" ? "$default/GET/narrow/{id}" : "*";
  const permission = {
    Principal: { Service: "apigateway.amazonaws.com" },
    Action: "lambda:InvokeFunction",
    Resource: "*",
    Condition: {
      ArnLike: { "AWS:SourceArn": `arn:aws:execute-api:us-east-1:000000000000:films-api/${what}` },
    },
  };
  return {
    name,
    arn: `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
    roleArn,
    entry: fileURLToPath(new URL("./fixtures/handlers", import.meta.url)),
    exportName: isOwn ? name : "echo",
    environment: {},
    links: {},
    timeoutSeconds: 10,
    memoryMb: 128,
    ...(name === "full" ? { reservedConcurrency: 0 } : {}),
    ...(name === "closed" ? {} : { policy: [allow(permission).Statement].flat() }),
  };
}

const allow = (statement: Omit<Statement, "Effect">): PolicyDocument => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", ...statement }],
});

export interface Told {
  status: number;
  headers: IncomingHttpHeaders;
  bytes: Buffer;
  text: string;
}

/** Asks exactly as given: no client straightens the path or joins headers. */
export function ask(
  origin: string,
  path: string,
  options: {
    method?: string;
    headers?: Record<string, string | string[]>;
    body?: string | Buffer;
  } = {},
): Promise<Told> {
  const { method = "GET", headers = {}, body } = options;
  const { port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      { host: "127.0.0.1", port, agent: false, path, method, headers },
      (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("error", reject);
        response.on("end", () => {
          const bytes = Buffer.concat(parts);
          const { statusCode: status = 0 } = response;
          resolve({ status, headers: response.headers, bytes, text: bytes.toString() });
        });
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

/** Somebody who signs tokens and publishes the keys. */
export async function openTestIssuer() {
  const asked: string[] = [];
  let keys = [await signer("first")];
  const answers: { document?: object; jwks?: object } = {};
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.setHeader("content-type", "application/json");
    const isKeys = request.url === "/pool/keys";
    const said = isKeys
      ? (answers.jwks ?? { keys: keys.map((key) => key.jwk) })
      : (answers.document ?? { issuer: url, jwks_uri: `${url}/keys` });
    response.end(JSON.stringify(said));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/pool`;
  return {
    url,
    asked,
    answers,
    async rotate(kid: string) {
      keys = [await signer(kid)];
    },
    /** A good access token, changed where a test wants it. */
    async token(
      claims: Record<string, unknown> = {},
      header: { alg?: string; kid?: string } = {},
      nowMs = Date.now(),
    ): Promise<string> {
      const [key] = keys;
      if (!key) throw new Error("an issuer has a key");
      const nowS = Math.floor(nowMs / 1000);
      const payload = {
        iss: url,
        sub: "user-1",
        client_id: "app",
        token_use: "access",
        scope: "films/read films/write",
        "cognito:groups": ["admin", "editor"],
        iat: nowS,
        exp: nowS + 600,
        ...claims,
      };
      return new SignJWT(payload)
        .setProtectedHeader({ alg: "RS256", kid: key.jwk.kid, ...header })
        .sign(await importJWK(key.privateJwk, header.alg ?? "RS256"));
    },
    close: () =>
      new Promise<void>((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

export type TestIssuer = Awaited<ReturnType<typeof openTestIssuer>>;

/** Making a key takes a while, and a test does not care whose it is. */
function signer(kid: string): Promise<Signer> {
  const known = signers.get(kid) ?? makeSigner(kid);
  signers.set(kid, known);
  return known;
}

const signers = new Map<string, Promise<Signer>>();

type Signer = Awaited<ReturnType<typeof makeSigner>>;

async function makeSigner(kid: string) {
  const { publicKey, privateKey } = await generateKeyPair("RS256", { extractable: true });
  const { kty, n, e } = await exportJWK(publicKey);
  const jwk = { kty, n, e, kid, alg: "RS256", use: "sig" };
  return { privateJwk: await exportJWK(privateKey), jwk };
}
