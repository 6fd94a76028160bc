import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { testCloud } from "../kernel/testing.ts";
import { type Cdn, openCdn } from "./index.ts";
import type { BehaviorInputs, OriginInputs, Parts } from "./parts.ts";
import { askAt, by, partsOf } from "./testing.ts";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** What the server behind the edge does next. */
let answer: Answer;
const server = createServer((request, response) => answer(request, response));
const machine = testCloud();
let cdn: Cdn;
let host = "";

const CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
const ALL_BUT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac";

beforeAll(async () => {
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const serverAt = (domain: string) => (domain === "api.films" ? `http://${host}` : undefined);
  cdn = await openCdn(machine.cloud, { port: 0, serverAt });
});
afterAll(async () => {
  await cdn.close();
  server.closeAllConnections();
  server.close();
  await machine.close();
});

interface Change {
  behavior?: Partial<BehaviorInputs>;
  origin?: Partial<OriginInputs>;
  parts?: Partial<Parts>;
}

function partsWith({ behavior, origin, parts }: Change = {}): Parts {
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
      },
    }),
    ...parts,
  };
}

const define = (change?: Change) => cdn.define(partsWith(change));

interface Seen {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string;
}

const echo: Answer = async (request, response) => {
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  const { method, url, headers } = request;
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ method, url, headers, body: Buffer.concat(parts).toString() }));
};

const ask = (path: string, headers = {}, method = "GET", body?: string) =>
  askAt(cdn.origin, { path, headers, method }, body);

const seen = async (...asked: Parameters<typeof ask>) =>
  JSON.parse((await ask(...asked)).text) as Seen;

describe("a server behind the edge", () => {
  beforeAll(() => {
    define({ origin: { originPath: "/v1", customHeaders: [{ name: "X-Edge", value: "yes" }] } });
    answer = echo;
  });

  it("is asked as the viewer asked, under its own name", async () => {
    const told = await seen(
      "/api/a%20b/../c?x=1&x=2&Policy=p&e=%zz",
      {
        authorization: "Bearer t",
        cookie: "a=1; b=2",
        "accept-language": "de",
        "x-forwarded-for": "203.0.113.9",
        "user-agent": "test/1",
        "if-none-match": '"e"',
      },
      "PATCH",
      "{}",
    );
    expect(told).toMatchObject({
      method: "PATCH",
      url: "/v1/api/a%20b/../c?x=1&x=2&Policy=p&e=%zz",
      body: "{}",
      headers: {
        host,
        authorization: "Bearer t",
        cookie: "a=1; b=2",
        "accept-language": "de",
        "user-agent": "test/1",
        "if-none-match": '"e"',
        "x-edge": "yes",
        "x-forwarded-for": "203.0.113.9, 127.0.0.1",
        via: "1.1 laptop.cloudfront.net (CloudFront)",
      },
    });
    expect(told.headers["x-amz-cf-id"]).toMatch(/^[\w-]{32}$/);
  });

  it.each(["DELETE", "OPTIONS", "PUT", "POST"])("%s reaches it", async (method) => {
    expect((await seen("/api/x", { origin: "https://a.example" }, method)).method).toBe(method);
  });

  it("a GET with a body does not", async () => {
    const { status } = await ask("/api/x", { "content-length": "1" }, "GET", "x");
    expect(status).toBe(403);
  });

  it("answers with what it likes, cookies and all", async () => {
    answer = (_request, response) => {
      response.writeHead(422, {
        "content-type": "application/problem+json",
        "set-cookie": ["a=1", "b=2"],
        "x-films": "1",
        "keep-alive": "timeout=9",
        via: "1.1 somebody",
      });
      response.end('{"title":"no"}');
    };
    const { status, headers, text } = await ask("/api/x");
    expect([status, text]).toEqual([422, '{"title":"no"}']);
    expect(headers).toMatchObject({
      "content-type": "application/problem+json",
      "set-cookie": ["a=1", "b=2"],
      "x-films": "1",
      "x-cache": "Error from cloudfront",
      via: "1.1 laptop.cloudfront.net (CloudFront)",
    });
    expect(headers["keep-alive"]).not.toBe("timeout=9");
    answer = echo;
  });

  it("streams both ways: the first bytes come before the last are sent", async () => {
    answer = (request, response) => {
      response.writeHead(200, { "content-type": "text/plain" });
      request.on("data", (part: Buffer) => response.write(part));
      request.on("end", () => response.end());
    };
    const socket = connect(Number(new URL(cdn.origin).port), "127.0.0.1");
    let heard = "";
    socket.on("data", (part: Buffer) => {
      heard += part.toString();
    });
    const { host: edge } = new URL(cdn.origin);
    socket.write(`POST /api/x HTTP/1.1\r\nhost: ${edge}\r\ntransfer-encoding: chunked\r\n\r\n`);
    socket.write("5\r\nfirst\r\n");
    await vi.waitFor(() => expect(heard).toContain("first"));
    socket.write("4\r\nlast\r\n0\r\n\r\n");
    await vi.waitFor(() => expect(heard).toContain("last"));
    socket.destroy();
    answer = echo;
  });

  it("hears when the viewer goes away", async () => {
    let gone = false;
    let began = false;
    answer = (_request, response) => {
      began = true;
      response.on("close", () => {
        gone = true;
      });
    };
    const socket = connect(Number(new URL(cdn.origin).port), "127.0.0.1");
    socket.write(`GET /api/x HTTP/1.1\r\nhost: ${new URL(cdn.origin).host}\r\n\r\n`);
    await vi.waitFor(() => expect(began).toBe(true));
    socket.destroy();
    await vi.waitFor(() => expect(gone).toBe(true));
    answer = echo;
  });

  it("that says no early is heard, whatever is still on its way", async () => {
    answer = (request, response) => {
      request.resume();
      response.writeHead(413);
      response.end("no");
    };
    const { status } = await ask("/api/x", {}, "POST", "x".repeat(8 * 1024 * 1024));
    expect(status).toBe(413);
    answer = echo;
  });
});

describe("when the server", () => {
  it("hangs up, it is a 502", async () => {
    define();
    answer = (request) => request.socket.destroy();
    const { status, code } = await ask("/api/x", {}, "POST", "body");
    expect([status, code]).toEqual([502, "OriginError"]);
  });

  it("is silent, it is a 504", async () => {
    define({ origin: { customOriginConfig: { originReadTimeout: 0.1 } } });
    answer = () => undefined;
    const { status, code } = await ask("/api/x");
    expect([status, code]).toEqual([504, "OriginTimeout"]);
  });
});

describe("policies say what the server sees", () => {
  const policy = (inputs: Record<string, unknown>): Change => ({
    behavior: { originRequestPolicyId: "mine" },
    parts: { originRequestPolicies: [{ id: "mine", inputs }] },
  });
  const request = { authorization: "t", "x-a": "1", "x-b": "2", cookie: "a=1; b=2" };

  it("nothing but what a request needs, when there is none", async () => {
    define({ behavior: { originRequestPolicyId: "" } });
    answer = echo;
    const told = await seen("/api/x?a=1", { ...request, range: "bytes=0-1" });
    expect(told.url).toBe("/api/x");
    expect(told.headers).toMatchObject({ "user-agent": "Amazon CloudFront", range: "bytes=0-1" });
    for (const name of ["authorization", "x-a", "cookie"]) {
      expect(told.headers).not.toHaveProperty(name);
    }
    expect((await seen("/api/x", request, "POST")).headers.authorization).toBe("t");
  });

  it("those that are listed", async () => {
    define(policy({
      headersConfig: { headerBehavior: "whitelist", headers: { items: ["X-A"] } },
      cookiesConfig: { cookieBehavior: "whitelist", cookies: { items: ["b"] } },
      queryStringsConfig: { queryStringBehavior: "allExcept", queryStrings: { items: ["a"] } },
    }));
    const told = await seen("/api/x?a=1&b=2&c", request);
    expect(told.url).toBe("/api/x?b=2&c");
    expect(told.headers).toMatchObject({ "x-a": "1", cookie: "b=2" });
    expect(told.headers).not.toHaveProperty("x-b");
  });

  it("with the viewer's Host, when all of the viewer is asked for", async () => {
    define(policy({ headersConfig: { headerBehavior: "allViewer" } }));
    expect((await seen("/api/x", request)).headers.host).toBe(new URL(cdn.origin).host);
  });

  it("and the parameters that sign stay at the edge where it asks for a signature", async () => {
    define({ behavior: { trustedKeyGroups: ["signers"] } });
    expect((await ask("/api/x")).status).toBe(403);
    const { getSignedUrl } = await import("@aws-sdk/cloudfront-signer");
    const url = `${cdn.origin}/api/x?a=1`;
    const dateLessThan = new Date(Date.now() + 60_000).toISOString();
    const signed = getSignedUrl({ url, dateLessThan, ...by("KEC"), algorithm: "SHA256" });
    expect((await seen(signed.slice(cdn.origin.length))).url).toBe("/api/x?a=1");
  });
});

describe("a server is refused by name", () => {
  it.each<[string, Change]>([
    ["servers other than S3 and the gateway", { origin: { domainName: "films.example" } }],
    ["origin access control of a server", { origin: { originAccessControlId: "oac" } }],
    [
      "no-such-policy, which is not in the graph",
      { behavior: { cachePolicyId: "no-such-policy" } },
    ],
    [
      "CloudFront-Viewer-Country",
      {
        behavior: { originRequestPolicyId: "mine" },
        parts: {
          originRequestPolicies: [
            {
              id: "mine",
              inputs: {
                headersConfig: {
                  headerBehavior: "whitelist",
                  headers: { items: ["CloudFront-Viewer-Country"] },
                },
              },
            },
          ],
        },
      },
    ],
  ])("%s", (why, change) => {
    expect(() => define(change)).toThrow(why);
  });
});
