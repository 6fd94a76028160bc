import type { Brought } from "./gateway.ts";

export interface Said {
  body?: string | object;
  headers?: Record<string, string>;
  claims?: Record<string, string>;
  base64?: true;
}

/** A request as API Gateway brings it: payload format 2.0, the path decoded, texts for claims. */
export function brought(line: string, { body, headers = {}, claims, base64 }: Said = {}): Brought {
  const [method = "GET", target = "/"] = line.split(" ");
  const [path = "/", rawQueryString = ""] = target.split("?");
  const rawPath = decodeURIComponent(path);
  const text = typeof body === "object" ? JSON.stringify(body) : body;
  return {
    version: "2.0",
    routeKey: `${method} /api/{proxy+}`,
    rawPath,
    rawQueryString,
    headers: { ...(text === undefined ? {} : { "content-type": "application/json" }), ...headers },
    requestContext: {
      accountId: "000000000000",
      apiId: "api",
      ...(claims
        ? { authorizer: { principalId: "", integrationLatency: 0, jwt: { claims, scopes: [] } } }
        : {}),
      domainName: "api.example",
      domainPrefix: "api",
      http: { method, path: rawPath, protocol: "HTTP/1.1", sourceIp: "192.0.2.1", userAgent: "" },
      requestId: "JKJaXmPLvHcESHA=",
      routeKey: `${method} /api/{proxy+}`,
      stage: "$default",
      time: "22/Nov/2026:11:48:57 +0000",
      timeEpoch: 1_795_347_737_000,
    },
    ...(text === undefined ? {} : { body: base64 ? Buffer.from(text).toString("base64") : text }),
    isBase64Encoded: base64 ?? false,
  };
}

export const accounts = {
  issuer: "https://issuer.example/pool",
  audiences: ["client"],
  groupsClaim: "cognito:groups",
  scopes: ["aws.cognito.signin.user.admin"],
};
