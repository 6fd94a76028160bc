import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Graph } from "../deploy/graph.ts";
import { ask, openTestIssuer, type TestIssuer } from "../gateway/testing.ts";
import { type Laptop, openLaptop } from "./index.ts";

const accountId = "000000000000";
const roleArn = `arn:aws:iam::${accountId}:role/films`;
const apiId = "films-api";

/** A graph like SST's `ApiGatewayV2` and `Cdn` make one, with one function behind them. */
const graphOf = (issuer: string): Graph => ({
  app: "films",
  stage: "dev",
  region: "us-east-1",
  accountId,
  resources: [
    {
      type: "aws:iam/role:Role",
      name: "Role",
      inputs: {
        name: "films",
        assumeRolePolicy: JSON.stringify({
          Statement: [
            {
              Effect: "Allow",
              Principal: { Service: "lambda.amazonaws.com" },
              Action: "sts:AssumeRole",
            },
          ],
        }),
      },
    },
    {
      type: "aws:lambda/function:Function",
      name: "EchoFunction",
      inputs: { name: "echo", role: roleArn, timeout: 10, memorySize: 128 },
    },
    {
      type: "aws:lambda/permission:Permission",
      name: "EchoPermission",
      inputs: {
        action: "lambda:InvokeFunction",
        function: `arn:aws:lambda:us-east-1:${accountId}:function:echo`,
        principal: "apigateway.amazonaws.com",
        sourceArn: `arn:aws:execute-api:us-east-1:${accountId}:${apiId}/*`,
      },
    },
    {
      type: "aws:apigatewayv2/api:Api",
      name: "ApiApi",
      id: apiId,
      inputs: { protocolType: "HTTP" },
    },
    {
      type: "aws:apigatewayv2/stage:Stage",
      name: "ApiStage",
      inputs: {
        apiId,
        autoDeploy: true,
        name: "$default",
        accessLogSettings: { destinationArn: "arn", format: '{"status":$context.status}' },
      },
    },
    {
      type: "aws:apigatewayv2/integration:Integration",
      name: "ApiIntegration",
      id: "echo-integration",
      inputs: {
        apiId,
        integrationType: "AWS_PROXY",
        integrationUri: `arn:aws:lambda:us-east-1:${accountId}:function:echo`,
        payloadFormatVersion: "2.0",
      },
    },
    {
      type: "aws:apigatewayv2/authorizer:Authorizer",
      name: "ApiAuthorizer",
      id: "people",
      inputs: {
        apiId,
        authorizerType: "JWT",
        identitySources: ["$request.header.Authorization"],
        jwtConfiguration: { issuer, audiences: ["app"] },
      },
    },
    {
      type: "aws:apigatewayv2/route:Route",
      name: "ApiRoute",
      inputs: {
        apiId,
        routeKey: "ANY /api/{proxy+}",
        target: "integrations/echo-integration",
        authorizationType: "JWT",
        authorizerId: "people",
        authorizationScopes: ["films/read"],
      },
    },
    {
      type: "aws:cloudfront/distribution:Distribution",
      name: "CdnDistribution",
      id: "E1",
      inputs: {
        enabled: true,
        origins: [
          {
            originId: "api",
            domainName: "${Api.host}",
            customOriginConfig: { originProtocolPolicy: "https-only" },
          },
        ],
        defaultCacheBehavior: {
          targetOriginId: "api",
          allowedMethods: ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"],
          cachePolicyId: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
          originRequestPolicyId: "b689b0a8-53d0-40ab-baf2-68738e2966ac",
        },
      },
    },
  ],
  functions: {
    Echo: {
      resource: "EchoFunction",
      handler: "packages/local/src/gateway/fixtures/handlers.echo",
      links: {},
      nodejs: {},
    },
  },
  outputs: { ApiUrl: "${Api.url}" },
});

const dataDir = mkdtempSync(join(tmpdir(), "rushes-api-"));
let issuer: TestIssuer;
let laptop: Laptop;
beforeAll(async () => {
  issuer = await openTestIssuer();
  laptop = await openLaptop({
    graph: graphOf(issuer.url),
    root: fileURLToPath(new URL("../../../..", import.meta.url)),
    dataDir: join(dataDir, "data"),
    port: 0,
  });
});
afterAll(async () => {
  await laptop.close();
  await issuer.close();
  rmSync(dataDir, { recursive: true, force: true });
});

describe("a graph with an API", () => {
  it("says where it is", () => {
    const { apiDirect, resources } = laptop.endpoints;
    expect(apiDirect).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(resources.ApiUrl).toBe(apiDirect);
  });

  it.each(["apiDirect", "cdn"] as const)("answers those who have a token, at %s", async (place) => {
    const at = laptop.endpoints[place] ?? "";
    expect((await ask(at, "/api/films")).status).toBe(401);
    const headers = {
      authorization: `Bearer ${await issuer.token()}`,
      "content-type": "application/json",
      cookie: "a=1",
    };
    const told = await ask(at, "/api/films?x=1&Policy=p", { method: "POST", headers, body: "{}" });
    expect(told.status).toBe(200);
    expect(JSON.parse(told.text)).toMatchObject({
      routeKey: "ANY /api/{proxy+}",
      rawPath: "/api/films",
      rawQueryString: "x=1&Policy=p",
      cookies: ["a=1"],
      body: "{}",
      headers: { host: new URL(laptop.endpoints.apiDirect ?? "").host },
      requestContext: { authorizer: { jwt: { scopes: ["films/read"] } } },
    });
  });

  it("is known behind the edge by its name at execute-api, too", async () => {
    const graph = graphOf(issuer.url);
    const edge = graph.resources.find(({ type }) => type.includes("distribution"));
    const [origin] = (edge?.inputs.origins ?? []) as Array<{ domainName: string }>;
    if (origin) origin.domainName = `${apiId}.execute-api.us-east-1.amazonaws.com`;
    const other = await openLaptop({
      graph,
      root: fileURLToPath(new URL("../../../..", import.meta.url)),
      dataDir: join(dataDir, "other"),
      port: 0,
    });
    try {
      expect((await ask(other.endpoints.cdn, "/api/x")).status).toBe(401);
    } finally {
      await other.close();
    }
  });
});
