import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Event } from "./event.ts";
import { openRig, partsOf, type Rig } from "./testing.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());

const echoed = async (path: string, options?: Parameters<Rig["ask"]>[1]): Promise<Event> => {
  const { text, status } = await rig.ask(path, options);
  expect([status, text]).toEqual([200, text]);
  return JSON.parse(text) as Event;
};

describe("a function is given the event of payload format 2.0", () => {
  beforeAll(() =>
    rig.gateway.define(
      partsOf({
        routes: { "ANY /films/{id}/{proxy+}": "echo", $default: "echo" },
        stages: [{ name: "$default", stageVariables: { colour: "red" } }, { name: "dev" }],
      }),
    ),
  );

  it("whole", async () => {
    const event = await echoed("/films/v%201/a/b?x=1&y=a%20b&x=2", {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "User-Agent": "test/1",
        "X-Many": ["one", "two"],
        cookie: "a=1; b=2",
        "x-forwarded-for": "203.0.113.9",
      },
      body: '{"ü":1}',
    });
    const host = new URL(rig.gateway.origin).host;
    const { time, timeEpoch, requestId } = event.requestContext;
    expect(event).toEqual({
      version: "2.0",
      routeKey: "ANY /films/{id}/{proxy+}",
      rawPath: "/films/v 1/a/b",
      rawQueryString: "x=1&y=a%20b&x=2",
      cookies: ["a=1", "b=2"],
      headers: {
        "content-length": "8",
        "content-type": "application/json",
        host,
        "user-agent": "test/1",
        "x-amzn-trace-id": expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/),
        "x-forwarded-for": "203.0.113.9, 127.0.0.1",
        "x-forwarded-port": host.split(":")[1],
        "x-forwarded-proto": "http",
        "x-many": "one,two",
      },
      queryStringParameters: { x: "1,2", y: "a b" },
      requestContext: {
        accountId: "000000000000",
        apiId: "films-api",
        domainName: host,
        domainPrefix: "127",
        http: {
          method: "POST",
          path: "/films/v 1/a/b",
          protocol: "HTTP/1.1",
          sourceIp: "127.0.0.1",
          userAgent: "test/1",
        },
        requestId,
        routeKey: "ANY /films/{id}/{proxy+}",
        stage: "$default",
        time,
        timeEpoch,
      },
      pathParameters: { id: "v 1", proxy: "a/b" },
      stageVariables: { colour: "red" },
      body: '{"ü":1}',
      isBase64Encoded: false,
    });
    expect(time).toMatch(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/);
    expect(requestId).toMatch(/^[\w-]{15}=$/);
  });

  it("and without what there is not", async () => {
    const event = await echoed("/dev/x");
    for (const absent of ["cookies", "queryStringParameters", "pathParameters", "body"]) {
      expect(event).not.toHaveProperty(absent);
    }
    expect(event).not.toHaveProperty("stageVariables");
    expect(event).toMatchObject({ rawQueryString: "", routeKey: "$default", rawPath: "/dev/x" });
    expect(event.requestContext).toMatchObject({ stage: "dev", http: { path: "/dev/x" } });
  });

  it.each([
    ["application/json; charset=utf-8", Buffer.from("{}"), false],
    ["text/vtt", Buffer.from("WEBVTT"), false],
    [undefined, Buffer.from("plain"), true],
    ["application/merge-patch+json", Buffer.from("{}"), true],
    ["application/x-www-form-urlencoded", Buffer.from("a=1"), true],
    ["application/octet-stream", Buffer.from([0, 255, 1]), true],
    ["text/plain", Buffer.from([0xff, 0xfe]), true],
  ])("a body of type %s", async (type, body, isBase64Encoded) => {
    const headers = type === undefined ? {} : { "content-type": type };
    const event = await echoed("/x", { method: "PUT", headers, body });
    expect(event.isBase64Encoded).toBe(isBase64Encoded);
    expect(Buffer.from(event.body ?? "", isBase64Encoded ? "base64" : "utf8")).toEqual(body);
  });

  it("whatever is asked: the path decoded, the query as it was sent", async () => {
    const part = fc.string({ unit: fc.constantFrom("a", "/", ".", "%", "+", "é", "\u0000", '"') });
    await fc.assert(
      fc.asyncProperty(part, part, async (path, value) => {
        const target = `/x${encodeURIComponent(path)}?q=${encodeURIComponent(value)}`;
        const event = await echoed(target);
        expect(event.rawPath).toBe(`/x${path}`);
        expect(event.rawQueryString).toBe(`q=${encodeURIComponent(value)}`);
        expect(event.queryStringParameters).toEqual({ q: value });
      }),
      { numRuns: 60 },
    );
  });

  it("a compressed body stays bytes", async () => {
    const headers = { "content-type": "application/json", "content-encoding": "gzip" };
    const event = await echoed("/x", { method: "PUT", headers, body: "{}" });
    expect(event.isBase64Encoded).toBe(true);
  });
});

describe("an answer of a function", () => {
  beforeAll(() => rig.gateway.define(partsOf({ routes: { "ANY /{proxy+}": "obey" } })));

  const obeyed = (answer: unknown, method = "POST") => {
    const body = JSON.stringify(answer);
    const headers = { "content-type": "application/json", "content-length": String(body.length) };
    return rig.ask("/x", { method, headers, body });
  };

  it.each([
    [{ film: 1 }, 200, "application/json", '{"film":1}'],
    ["hello", 200, "application/json", "hello"],
    [[1, 2], 200, "application/json", "[1,2]"],
    [null, 200, "application/json", "null"],
    [{ statusCode: 201, body: "made" }, 201, "text/plain; charset=utf-8", "made"],
    [{ statusCode: 204 }, 204, undefined, ""],
    [
      {
        statusCode: 200,
        headers: { "Content-Type": "image/x" },
        body: "aGk=",
        isBase64Encoded: true,
      },
      200,
      "image/x",
      "hi",
    ],
    [
      { statusCode: 404, body: '{"a":1}', headers: null, cookies: null },
      404,
      "text/plain; charset=utf-8",
      '{"a":1}',
    ],
  ])("%j", async (answer, status, type, text) => {
    const told = await obeyed(answer);
    expect([told.status, told.headers["content-type"], told.text]).toEqual([status, type, text]);
    expect(told.headers["apigw-requestid"]).toMatch(/=$/);
  });

  it("sets cookies and headers", async () => {
    const { headers } = await obeyed({
      statusCode: 200,
      headers: { "X-Film": 7, "set-cookie": "c=3", connection: "close, x" },
      cookies: ["a=1; Path=/", "b=2"],
    });
    expect(headers["set-cookie"]).toEqual(["c=3", "a=1; Path=/", "b=2"]);
    expect(headers["x-film"]).toBe("7");
    expect(headers.connection).not.toContain("x");
  });

  it("to HEAD has no body, and says how long it would be", async () => {
    const told = await obeyed({ statusCode: 200, body: "12345" }, "HEAD");
    expect([told.status, told.headers["content-length"], told.text]).toEqual([200, "5", ""]);
  });

  it.each([
    { statusCode: "200" },
    { statusCode: 200.5 },
    { statusCode: 99 },
    { statusCode: 200, body: { a: 1 } },
    { statusCode: 200, headers: [], body: 1 },
    { statusCode: 200, headers: { "bad name": "x" } },
    { statusCode: 200, headers: { ok: "a\r\nset-cookie: x=1" } },
    { statusCode: 200, headers: { ok: { a: 1 } } },
    { statusCode: 200, cookies: "a=1" },
    { statusCode: 200, cookies: ["a=1\nx: y"] },
    { statusCode: 200, body: "not base64!", isBase64Encoded: true },
    { statusCode: 200, isBase64Encoded: "yes" },
  ])("that is none is a 500: %j", async (answer) => {
    const told = await obeyed(answer);
    expect([told.status, told.text]).toEqual([500, '{"message":"Internal Server Error"}']);
  });
});

describe("without an answer of a function", () => {
  beforeAll(() =>
    rig.gateway.define(
      partsOf({
        routes: {
          "GET /fail": "fail",
          "GET /slow": "slow",
          "GET /full": "full",
          "GET /closed": "closed",
          "GET /missing": "missing",
          "GET /narrow/{id}": "narrow",
          "POST /narrow/{id}": "narrow",
          "POST /echo": "echo",
          "GET /echo": "echo",
        },
      }),
    ),
  );

  it.each([
    ["GET", "/fail", 500, "Internal Server Error"],
    ["GET", "/closed", 500, "Internal Server Error"],
    ["GET", "/missing", 500, "Internal Server Error"],
    ["POST", "/narrow/1", 500, "Internal Server Error"],
    ["GET", "/slow", 503, "Service Unavailable"],
    ["GET", "/full", 503, "Service Unavailable"],
    ["GET", "/nowhere", 404, "Not Found"],
    ["DELETE", "/fail", 404, "Not Found"],
    ["GET", "/%zz", 400, "Bad Request"],
  ])("%s %s is %d", async (method, path, status, message) => {
    const told = await rig.ask(path, { method });
    expect([told.status, JSON.parse(told.text)]).toEqual([status, { message }]);
    expect(told.headers["content-type"]).toBe("application/json");
  });

  it("a permission is for the route that it names", async () => {
    expect((await rig.ask("/narrow/1")).status).toBe(200);
  });

  it("a body over 10 MB is a 413, said or found out", async () => {
    const body = Buffer.alloc(10 * 1024 * 1024 + 1, "x");
    const chunked = { "transfer-encoding": "chunked" };
    for (const headers of [{}, chunked]) {
      const told = await rig.ask("/echo", { method: "POST", headers, body });
      expect([told.status, told.text]).toEqual([413, '{"message":"Request Entity Too Large"}']);
    }
  });

  it("so is an event over the 6 MB that a function may be given", async () => {
    const body = Buffer.alloc(7 * 1024 * 1024, "x");
    const told = await rig.ask("/echo", { method: "POST", body });
    expect(told.status).toBe(413);
  });

  it("headers over 10,240 bytes are a 431", async () => {
    const ask = (bytes: number) => rig.ask("/echo", { headers: { "x-big": "x".repeat(bytes) } });
    expect((await ask(9_000)).status).toBe(200);
    expect((await ask(10_240)).status).toBe(431);
    expect((await ask(30_000)).status).toBe(431);
  });

  it("a Host that is not this machine's is turned away", async () => {
    const told = await rig.ask("/echo", { headers: { host: "films.example.com" } });
    expect([told.status, told.text]).toEqual([403, '{"message":"Forbidden"}']);
  });
});
