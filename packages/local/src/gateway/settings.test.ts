import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { CorsInputs } from "./parts.ts";
import { type Change, openRig, partsOf, type Rig } from "./testing.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());

const ofCors = (headers: object) =>
  Object.fromEntries(
    Object.entries(headers).filter(([name]) => name.startsWith("access-control-")),
  ) as Record<string, string>;

describe("pages of other origins", () => {
  const cors: CorsInputs = {
    allowOrigins: ["https://rushes.example", "https://*.never", "chrome-extension://*"],
    allowMethods: ["GET", "POST"],
    allowHeaders: ["authorization", "content-type"],
    exposeHeaders: ["etag"],
    allowCredentials: true,
    maxAge: 600,
  };
  const define = (corsConfiguration: CorsInputs | undefined, routes: Change["routes"]) =>
    rig.gateway.define(
      partsOf({
        ...(corsConfiguration ? { api: { corsConfiguration } } : {}),
        ...(routes ? { routes } : {}),
      }),
    );
  const preflight = (origin: string, path = "/films") =>
    rig.ask(path, {
      method: "OPTIONS",
      headers: { origin, "access-control-request-method": "POST" },
    });

  it("are answered by the gateway when they ask", async () => {
    define(cors, { "POST /films": "obey" });
    const told = await preflight("https://rushes.example");
    expect([told.status, told.text]).toEqual([204, ""]);
    expect(ofCors(told.headers)).toEqual({
      "access-control-allow-origin": "https://rushes.example",
      "access-control-allow-credentials": "true",
      "access-control-allow-methods": "GET,POST",
      "access-control-allow-headers": "authorization,content-type",
      "access-control-expose-headers": "etag",
      "access-control-max-age": "600",
    });
  });

  it("learn nothing when they are not allowed, and get nothing", async () => {
    define(cors, { "GET /films": "echo" });
    const told = await preflight("https://evil.example");
    expect([told.status, ofCors(told.headers)]).toEqual([204, {}]);
    const got = await rig.ask("/films", { headers: { origin: "https://evil.example" } });
    expect([got.status, ofCors(got.headers)]).toEqual([403, {}]);
  });

  it("get the API's headers, not the function's; with errors, too", async () => {
    define(cors, { "POST /films": "obey" });
    const answer = {
      statusCode: 200,
      headers: { "Access-Control-Allow-Origin": "*", "access-control-allow-methods": "PUT" },
    };
    const request = { method: "POST", body: JSON.stringify(answer) };
    const headers = { origin: "https://rushes.example" };
    const wanted = {
      "access-control-allow-origin": "https://rushes.example",
      "access-control-allow-credentials": "true",
      "access-control-expose-headers": "etag",
    };
    expect(ofCors((await rig.ask("/films", { ...request, headers })).headers)).toEqual(wanted);
    expect(ofCors((await rig.ask("/films", request)).headers)).toEqual({});
    expect(ofCors((await rig.ask("/nowhere", { headers })).headers)).toEqual(wanted);
  });

  it("of this machine are near, whatever the API allows", async () => {
    define(undefined, { "POST /films": "obey" });
    const answer = { statusCode: 200, headers: { "access-control-allow-origin": "*" } };
    const told = await rig.ask("/films", {
      method: "POST",
      headers: { origin: "http://127.0.0.1:4569" },
      body: JSON.stringify(answer),
    });
    expect(told.status).toBe(200);
    expect(ofCors(told.headers)).toEqual({ "access-control-allow-origin": "*" });
  });

  it.each(["OPTIONS /{proxy+}", "ANY /films", "$default"])(
    "ask %s, where there is one",
    async (key) => {
      define(cors, { "POST /films": "echo", [key]: "obey" });
      const told = await preflight("https://rushes.example");
      expect([told.status, told.text]).toEqual([200, "null"]);
      expect(told.headers["access-control-allow-origin"]).toBe("https://rushes.example");
    },
  );

  it("of every origin, or of a scheme", async () => {
    define({ allowOrigins: ["*"], allowMethods: ["*"] }, { "GET /films": "echo" });
    const every = await preflight("https://anybody.example");
    expect(ofCors(every.headers)).toEqual({
      "access-control-allow-origin": "*",
      "access-control-allow-methods": "*",
    });
    define(cors, { "GET /films": "echo" });
    const told = await preflight("chrome-extension://abc");
    expect(told.headers["access-control-allow-origin"]).toBe("chrome-extension://abc");
    expect(ofCors((await preflight("https://is.never")).headers)).toEqual({});
  });
});

describe("requests beyond a stage's limits", () => {
  const codes = async (path: string, times: number) => {
    const found: number[] = [];
    for (let time = 0; time < times; time += 1) found.push((await rig.ask(path)).status);
    return found;
  };
  it("are a 429 until time has passed, each route for itself", async () => {
    rig.gateway.define(
      partsOf({
        routes: { "GET /a": "echo", "GET /b": "echo", "GET /c": "echo" },
        stages: [
          {
            name: "$default",
            defaultRouteSettings: { throttlingBurstLimit: 2, throttlingRateLimit: 0.001 },
            routeSettings: [
              { routeKey: "GET /c", throttlingBurstLimit: 0, throttlingRateLimit: 0 },
            ],
          },
        ],
      }),
    );
    expect(await codes("/a", 3)).toEqual([200, 200, 429]);
    expect(await codes("/b", 3)).toEqual([200, 200, 429]);
    expect(await codes("/c", 1)).toEqual([429]);
    expect((await rig.ask("/a")).text).toBe('{"message":"Too Many Requests"}');
    rig.clock.aheadMs = 1_000_000;
    expect(await codes("/a", 2)).toEqual([200, 429]);
  });
});

describe("the access log", () => {
  const format = JSON.stringify({
    status: "$context.status",
    path: "$context.path",
    route: "$context.routeKey",
    agent: "$context.identity.userAgent",
    error: "$context.error.responseType",
    why: "$context.integrationErrorMessage",
    unknown: "$context.nothing.here",
  });
  beforeEach(() =>
    rig.gateway.define(
      partsOf({
        routes: { "GET /films/{id}": "echo", "GET /fail": "fail" },
        stages: [{ name: "dev", accessLogSettings: { destinationArn: "arn", format } }],
      }),
    ),
  );

  it("has a line for each request, without what the query and the headers hold", async () => {
    await rig.ask("/dev/films/1?token=secret", {
      headers: { authorization: "Bearer secret", cookie: "secret", "user-agent": 'x"y' },
    });
    await rig.ask("/dev/fail");
    await rig.ask("/dev/nowhere%0a{}");
    const file = join(rig.dataDir, "gateway", "films-api-dev.log");
    const lines = await vi.waitFor(() => {
      const found = readFileSync(file, "utf8").trimEnd().split("\n");
      expect(found).toHaveLength(3);
      return found;
    });
    const none = { agent: "-", error: "-", why: "-", unknown: "-" };
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { ...none, status: "200", path: "/dev/films/1", route: "GET /films/{id}", agent: 'x"y' },
      {
        ...none,
        status: "500",
        path: "/dev/fail",
        route: "GET /fail",
        error: "INTEGRATION_FAILURE",
        why: "the function failed",
      },
      { ...none, status: "404", path: "/dev/nowhere\n{}", route: "-", error: "RESOURCE_NOT_FOUND" },
    ]);
    expect(lines.join()).not.toContain("secret");
    expect(rig.said.join()).not.toContain("secret");
  });

  it("and a path without a stage is not found", async () => {
    expect((await rig.ask("/films/1")).status).toBe(404);
  });
});

describe("an API that the gateway does not do is refused by name", () => {
  const route = (more: object) => ({ "GET /x": { function: "echo", ...more } });
  const jwt = { authorizationType: "JWT", authorizerId: "people" };
  it.each<[string, Change]>([
    ["WEBSOCKET APIs", { api: { protocolType: "WEBSOCKET" } }],
    ["OpenAPI document", { api: { body: "{}" } }],
    ["custom domains alone", { api: { disableExecuteApiEndpoint: true } }],
    ["without automatic deployment", { stages: [{ name: "$default", autoDeploy: false }] }],
    [
      "reaches AWS as 0",
      { stages: [{ name: "$default", defaultRouteSettings: { throttlingBurstLimit: 5 } }] },
    ],
    ["AWS_IAM authorization", { routes: route({ authorizationType: "AWS_IAM" }) }],
    ["CUSTOM authorization", { routes: route({ authorizationType: "CUSTOM" }) }],
    ["API keys", { routes: route({ apiKeyRequired: true }) }],
    ["there is no authorizer people", { routes: route(jwt) }],
    ["scopes need an authorizer", { routes: route({ authorizationScopes: ["a"] }) }],
    ["there is no integration", { routes: route({ target: "integrations/other" }) }],
    ["a route GET /{a} already", { routes: { "GET /{b}": "echo", "GET /{a}": "echo" } }],
    ["must be https", { issuer: "http://login.example" }],
    ["is no address", { issuer: "login" }],
    ["names its audiences", { issuer: "https://login.example", audiences: [] }],
    ["no identity source", { issuer: "https://login.example", identity: "$context.x" }],
    [
      "to every origin",
      { api: { corsConfiguration: { allowOrigins: ["*"], allowCredentials: true } } },
    ],
  ])("%s", (why, change) => {
    expect(() => rig.gateway.define(partsOf(change))).toThrow(why);
  });

  it.each<[string, object]>([
    ["HTTP_PROXY", { integrationType: "HTTP_PROXY", integrationUri: "https://x.example" }],
    ["SQS-SendMessage", { integrationSubtype: "SQS-SendMessage" }],
    ["payload format 1.0", { payloadFormatVersion: undefined }],
    ["VPC links", { connectionType: "VPC_LINK" }],
    ["credentials", { credentialsArn: "arn:aws:iam::000000000000:role/x" }],
    ["parameter mapping", { requestParameters: { "append:header.x": "y" } }],
    ["is no function", { integrationUri: "arn:aws:sqs:us-east-1:000000000000:x" }],
    ["50 to 30000 ms", { timeoutMilliseconds: 30_001 }],
  ])("an integration with %s", (why, more) => {
    const parts = partsOf();
    const integrations = parts.integrations.map(({ id, inputs }) => ({
      id,
      inputs: { ...inputs, ...more },
    }));
    expect(() => rig.gateway.define({ ...parts, integrations })).toThrow(why);
  });

  it("a REQUEST authorizer, and a second API", () => {
    const parts = partsOf({ issuer: "https://login.example" });
    const authorizers = [{ id: "people", inputs: { authorizerType: "REQUEST" } }];
    expect(() => rig.gateway.define({ ...parts, authorizers })).toThrow("REQUEST authorizers");
    const other = { ...parts, api: { ...parts.api, id: "other" } };
    expect(() => rig.gateway.define(other)).toThrow("a second HTTP API");
  });

  it("and its invoke address is understood in both forms", async () => {
    const parts = partsOf();
    const uri =
      "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:echo/invocations";
    const integrations = parts.integrations.map(({ id, inputs }) => ({
      id,
      inputs: { ...inputs, integrationUri: uri },
    }));
    rig.gateway.define({ ...parts, integrations });
    expect((await rig.ask("/x")).status).toBe(200);
  });
});
