import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Change, echo, openServerRig, partsWith, type ServerRig } from "./server.testing.ts";
import { openRig } from "./testing.ts";

let rig: ServerRig;
beforeAll(async () => {
  rig = await openServerRig();
});
afterAll(() => rig.close());

describe("a server behind the edge", () => {
  beforeAll(() => {
    rig.define({
      origin: { originPath: "/v1", customHeaders: [{ name: "X-Edge", value: "yes" }] },
    });
    rig.behind.answer = echo;
  });

  it("is asked as the viewer asked, under its own name", async () => {
    const told = await rig.seen(
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
        host: rig.behind.host,
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
    expect((await rig.seen("/api/x", { origin: "https://a.example" }, method)).method).toBe(method);
  });

  it("a GET with a body does not", async () => {
    const { status } = await rig.ask("/api/x", { "content-length": "1" }, "GET", "x");
    expect(status).toBe(403);
  });

  it("answers with what it likes, cookies and all", async () => {
    rig.behind.answer = (_request, response) => {
      response.writeHead(422, {
        "content-type": "application/problem+json",
        "set-cookie": ["a=1", "b=2"],
        "x-films": "1",
        "keep-alive": "timeout=9",
        via: "1.1 somebody",
      });
      response.end('{"title":"no"}');
    };
    const { status, headers, text } = await rig.ask("/api/x");
    expect([status, text]).toEqual([422, '{"title":"no"}']);
    expect(headers).toMatchObject({
      "content-type": "application/problem+json",
      "set-cookie": ["a=1", "b=2"],
      "x-films": "1",
      "x-cache": "Error from cloudfront",
      via: "1.1 laptop.cloudfront.net (CloudFront)",
    });
    expect(headers["keep-alive"]).not.toBe("timeout=9");
    rig.behind.answer = echo;
  });

  it("streams both ways: the first bytes come before the last are sent", async () => {
    rig.behind.answer = (request, response) => {
      response.writeHead(200, { "content-type": "text/plain" });
      request.on("data", (part: Buffer) => response.write(part));
      request.on("end", () => response.end());
    };
    const socket = connect(Number(new URL(rig.cdn.origin).port), "127.0.0.1");
    let heard = "";
    socket.on("data", (part: Buffer) => {
      heard += part.toString();
    });
    const { host: edge } = new URL(rig.cdn.origin);
    socket.write(`POST /api/x HTTP/1.1\r\nhost: ${edge}\r\ntransfer-encoding: chunked\r\n\r\n`);
    socket.write("5\r\nfirst\r\n");
    await vi.waitFor(() => expect(heard).toContain("first"));
    socket.write("4\r\nlast\r\n0\r\n\r\n");
    await vi.waitFor(() => expect(heard).toContain("last"));
    socket.destroy();
    rig.behind.answer = echo;
  });

  it("hears when the viewer goes away", async () => {
    let gone = false;
    let began = false;
    rig.behind.answer = (_request, response) => {
      began = true;
      response.on("close", () => {
        gone = true;
      });
    };
    const socket = connect(Number(new URL(rig.cdn.origin).port), "127.0.0.1");
    socket.write(`GET /api/x HTTP/1.1\r\nhost: ${new URL(rig.cdn.origin).host}\r\n\r\n`);
    await vi.waitFor(() => expect(began).toBe(true));
    socket.destroy();
    await vi.waitFor(() => expect(gone).toBe(true));
    rig.behind.answer = echo;
  });

  it("that says no early is heard, whatever is still on its way", async () => {
    rig.behind.answer = (request, response) => {
      request.resume();
      response.writeHead(413);
      response.end("no");
    };
    const { status } = await rig.ask("/api/x", {}, "POST", "x".repeat(8 * 1024 * 1024));
    expect(status).toBe(413);
    rig.behind.answer = echo;
  });
});

describe("when the server", () => {
  it("hangs up, it is a 502", async () => {
    rig.define();
    rig.behind.answer = (request) => request.socket.destroy();
    const { status, code } = await rig.ask("/api/x", {}, "POST", "body");
    expect([status, code]).toEqual([502, "OriginError"]);
  });

  it("is silent, it is a 504", async () => {
    rig.define({ origin: { customOriginConfig: { originReadTimeout: 0.1 } } });
    rig.behind.answer = () => undefined;
    const { status, code } = await rig.ask("/api/x");
    expect([status, code]).toEqual([504, "OriginTimeout"]);
  });
});

it("a page may stand in for what the server says, as for all origins", async () => {
  const edge = await openRig({ serverAt: () => `http://${rig.behind.host}` });
  const customErrorResponses = [
    { errorCode: 404, responseCode: 200, responsePagePath: "/index.html" },
    { errorCode: 409, responseCode: 200, responsePagePath: "/missing.html" },
  ];
  edge.cdn.define(partsWith({ distribution: { customErrorResponses } }));
  const saying = async (status: number) => {
    rig.behind.answer = (_request, response) => response.writeHead(status).end("from the server");
    const told = await edge.ask("/api/x");
    return [told.status, told.text];
  };
  expect(await saying(404)).toEqual([200, "<h1>site</h1>"]);
  expect(await saying(409)).toEqual([409, "from the server"]);
  expect(await saying(410)).toEqual([410, "from the server"]);
  await edge.close();
});

describe("a server is refused by name", () => {
  it.each<[string, Change]>([
    ["servers other than S3 and the gateway", { origin: { domainName: "films.example" } }],
    [
      "an error page of a server, /api/lost",
      {
        distribution: {
          customErrorResponses: [{ errorCode: 404, responsePagePath: "/api/lost" }],
        },
      },
    ],
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
    expect(() => rig.define(change)).toThrow(why);
  });
});
