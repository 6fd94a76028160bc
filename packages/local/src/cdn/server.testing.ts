import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { testCloud } from "../kernel/testing.ts";
import { openCdn } from "./index.ts";
import type { BehaviorInputs, DistributionInputs, OriginInputs, Parts } from "./parts.ts";
import { askAt, partsOf } from "./testing.ts";

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
const ALL_BUT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac";

export interface Change {
  behavior?: Partial<BehaviorInputs>;
  origin?: Partial<OriginInputs>;
  distribution?: Partial<DistributionInputs>;
  parts?: Partial<Parts>;
}

/** The parts of a distribution with a server at `/api/*`. */
export function partsWith({ behavior, origin, distribution, parts }: Change = {}): Parts {
  const api: BehaviorInputs = {
    pathPattern: "/api/*",
    targetOriginId: "api",
    allowedMethods: ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"],
    cachePolicyId: CACHING_DISABLED,
    originRequestPolicyId: ALL_BUT_HOST,
    ...behavior,
  };
  const plain = partsOf();
  const inputs = plain.distribution.inputs as unknown as { origins: OriginInputs[] };
  return {
    ...partsOf({
      distribution: {
        origins: [
          ...inputs.origins,
          { originId: "api", domainName: "api.films", customOriginConfig: {}, ...origin },
        ],
        orderedCacheBehaviors: [api],
        customErrorResponses: [],
        ...distribution,
      },
    }),
    ...parts,
  };
}

/** What a server was asked. */
export interface Seen {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string;
}

/** Answers with what it was asked. */
export const echo: Answer = async (request, response) => {
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  const { method, url, headers } = request;
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ method, url, headers, body: Buffer.concat(parts).toString() }));
};

/** An edge before a server, which does what `answer` says. */
export async function openServerRig() {
  const behind = { answer: echo, host: "" };
  const server = createServer((request, response) => behind.answer(request, response));
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  behind.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const machine = testCloud();
  const serverAt = (domain: string) =>
    domain === "api.films" ? `http://${behind.host}` : undefined;
  const cdn = await openCdn(machine.cloud, { port: 0, serverAt });
  const ask = (path: string, headers = {}, method = "GET", body?: string) =>
    askAt(cdn.origin, { path, headers, method }, body);
  return {
    behind,
    cdn,
    define: (change?: Change) => cdn.define(partsWith(change)),
    ask,
    /** Asks a server that echoes. */
    seen: async (...asked: Parameters<typeof ask>) =>
      JSON.parse((await ask(...asked)).text) as Seen,
    async close() {
      await cdn.close();
      server.closeAllConnections();
      server.close();
      await machine.close();
    },
  };
}

export type ServerRig = Awaited<ReturnType<typeof openServerRig>>;
