import type { Cloud } from "../kernel/cloud.ts";
import { NotPretended } from "../kernel/refusal.ts";
import { type Authorizer, jwtAuthorizer } from "./authorizer.ts";
import { type Cors, readCors } from "./cors.ts";
import { checkIssuer, type Issuer } from "./issuer.ts";
import type {
  ApiInputs,
  ApiParts,
  AuthorizerInputs,
  IntegrationInputs,
  Part,
  RouteInputs,
  StageInputs,
} from "./parts.ts";
import { parseRouteKey, type RouteKey } from "./route.ts";
import { openThrottle, type Throttle } from "./throttle.ts";

/** An HTTP API, ready to answer. */
export interface Api {
  id: string;
  /** `arn:aws:execute-api:REGION:ACCOUNT:ID` */
  arn: string;
  cors: Cors | undefined;
  stages: ReadonlyMap<string, Stage>;
  routes: readonly Route[];
}

export interface Stage {
  name: string;
  variables: Record<string, string> | undefined;
  throttle: Throttle;
  /** what a line of the access log looks like; undefined where none is kept */
  logFormat: string | undefined;
}

export interface Route {
  key: RouteKey;
  /** name or ARN */
  functionName: string;
  timeoutMs: number;
  authorizer: Authorizer | undefined;
  scopes: readonly string[];
}

/**
 * Reads an API with all that it refers to.
 *
 * @param issuerOf gives the same issuer for the same address, so that its keys are kept
 * @throws NotPretended naming what this gateway does not do
 * @throws Error when a reference leads nowhere, or API Gateway would not take it
 */
export function read(parts: ApiParts, cloud: Cloud, issuerOf: (url: string) => Issuer): Api {
  const { id } = parts.api;
  const inputs = parts.api.inputs as ApiInputs;
  const type = inputs.protocolType ?? "HTTP";
  refuse(`${type} APIs`, type !== "HTTP");
  refuse("an API from an OpenAPI document", inputs.body !== undefined);
  const isQuick = [inputs.routeKey, inputs.target, inputs.credentialsArn].some(Boolean);
  refuse("quick create", isQuick);
  refuse("an API on custom domains alone", inputs.disableExecuteApiEndpoint === true);
  const authorizers = new Map(
    parts.authorizers.map((one) => [one.id, readAuthorizer(one, issuerOf)]),
  );
  const routes = parts.routes.map((one) => readRoute(one, parts.integrations, authorizers));
  const keys = new Set<string>();
  for (const { key } of routes) {
    const shape = shapeOf(key);
    if (keys.has(shape)) throw new Error(`there is a route ${key.text} already`);
    keys.add(shape);
  }
  return {
    id,
    arn: `arn:aws:execute-api:${cloud.region}:${cloud.accountId}:${id}`,
    cors: readCors(inputs.corsConfiguration),
    stages: new Map(
      parts.stages.map((one) => {
        const stage = readStage(one);
        return [stage.name, stage];
      }),
    ),
    routes,
  };
}

function readStage({ inputs: given }: Part): Stage {
  const inputs = given as unknown as StageInputs;
  const { name } = inputs;
  refuse(`stage ${name}: without automatic deployment`, inputs.autoDeploy !== true);
  refuse(`stage ${name}: client certificates`, Boolean(inputs.clientCertificateId));
  return {
    name,
    variables: inputs.stageVariables,
    throttle: openThrottle(inputs),
    logFormat: inputs.accessLogSettings?.format,
  };
}

function readRoute(
  { inputs: given }: Part,
  integrations: readonly Part[],
  authorizers: ReadonlyMap<string, Authorizer>,
): Route {
  const inputs = given as unknown as RouteInputs;
  const key = parseRouteKey(inputs.routeKey);
  const name = `route ${key.text}:`;
  refuse(`${name} API keys`, inputs.apiKeyRequired === true);
  refuse(`${name} models`, Boolean(inputs.requestModels ?? inputs.modelSelectionExpression));
  refuse(`${name} request parameters`, (inputs.requestParameters ?? []).length > 0);
  const type = inputs.authorizationType ?? "NONE";
  refuse(`${name} ${type} authorization`, type !== "NONE" && type !== "JWT");
  const scopes = inputs.authorizationScopes ?? [];
  const authorizer = type === "JWT" ? authorizers.get(inputs.authorizerId ?? "") : undefined;
  if (type === "JWT" && !authorizer) {
    throw new Error(`${name} there is no authorizer ${inputs.authorizerId}`);
  }
  if (type === "NONE" && scopes.length > 0) throw new Error(`${name} scopes need an authorizer`);
  const target = inputs.target?.replace(/^integrations\//, "");
  const integration = integrations.find((one) => one.id === target);
  if (!integration) throw new Error(`${name} there is no integration ${target}`);
  return { key, ...readIntegration(integration), authorizer, scopes };
}

function readIntegration({ id, inputs: given }: Part): Pick<Route, "functionName" | "timeoutMs"> {
  const inputs = given as unknown as IntegrationInputs;
  const name = `integration ${id}:`;
  const { integrationType: type, payloadFormatVersion: version = "1.0" } = inputs;
  refuse(`${name} ${type}`, type !== "AWS_PROXY");
  refuse(`${name} ${inputs.integrationSubtype}`, Boolean(inputs.integrationSubtype));
  refuse(`${name} payload format ${version}`, version !== "2.0");
  const isPrivate = inputs.connectionType === "VPC_LINK" || Boolean(inputs.connectionId);
  refuse(`${name} VPC links`, isPrivate);
  refuse(`${name} credentials (use a permission of the function)`, Boolean(inputs.credentialsArn));
  const maps = [inputs.requestParameters, inputs.responseParameters, inputs.requestTemplates];
  refuse(
    `${name} parameter mapping`,
    maps.some((map) => Object.keys(map ?? {}).length > 0),
  );
  refuse(`${name} TLS settings`, inputs.tlsConfig !== undefined);
  const uri = inputs.integrationUri ?? "";
  const functionName = /:lambda:path\/[^/]+\/functions\/(.+)\/invocations$/.exec(uri)?.[1] ?? uri;
  if (!functionName.includes(":function:")) throw new Error(`${name} ${uri} is no function`);
  const timeoutMs = inputs.timeoutMilliseconds ?? MOST_TIMEOUT_MS;
  if (timeoutMs < 50 || timeoutMs > MOST_TIMEOUT_MS) {
    throw new Error(`${name} a timeout is 50 to ${MOST_TIMEOUT_MS} ms, not ${timeoutMs}`);
  }
  return { functionName, timeoutMs };
}

function readAuthorizer(
  { id, inputs: given }: Part,
  issuerOf: (url: string) => Issuer,
): Authorizer {
  const inputs = given as unknown as AuthorizerInputs;
  const name = `authorizer ${id}:`;
  refuse(`${name} ${inputs.authorizerType} authorizers`, inputs.authorizerType !== "JWT");
  const { audiences = [], issuer = "" } = inputs.jwtConfiguration ?? {};
  if (audiences.length === 0) throw new Error(`${name} a JWT authorizer names its audiences`);
  checkIssuer(issuer);
  const [source, ...others] = inputs.identitySources ?? [];
  if (!source || others.length > 0) throw new Error(`${name} a JWT authorizer has one source`);
  return jwtAuthorizer(source, issuerOf(issuer), audiences);
}

/** Two routes that differ in the names of their variables are the same route. */
function shapeOf({ method, segments }: RouteKey): string {
  const path = segments.map((one) => (one.kind === "text" ? `=${one.text}` : one.kind));
  return `${method} ${path.join("/")}`;
}

function refuse(what: string, found: boolean): void {
  if (found) throw new NotPretended({ service: "apigateway", action: what });
}

/** Source: API Gateway, quotas of HTTP APIs. */
const MOST_TIMEOUT_MS = 30_000;
