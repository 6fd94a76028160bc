/** One resource of the graph: its id and its inputs, as Pulumi's AWS provider takes them. */
export interface Part {
  id: string;
  inputs: Record<string, unknown>;
}

/** Everything an HTTP API is made of. */
export interface ApiParts {
  api: Part;
  stages: Part[];
  routes: Part[];
  integrations: Part[];
  authorizers: Part[];
}

/** The members of `aws.apigatewayv2.Api` that are read, or refused. */
export interface ApiInputs {
  protocolType?: string;
  corsConfiguration?: CorsInputs;
  disableExecuteApiEndpoint?: boolean;
  body?: string;
  routeKey?: string;
  target?: string;
  credentialsArn?: string;
}

export interface CorsInputs {
  allowCredentials?: boolean;
  allowHeaders?: string[];
  allowMethods?: string[];
  allowOrigins?: string[];
  exposeHeaders?: string[];
  /** seconds */
  maxAge?: number;
}

/** `aws.apigatewayv2.Stage`. */
export interface StageInputs {
  name: string;
  autoDeploy?: boolean;
  deploymentId?: string;
  clientCertificateId?: string;
  stageVariables?: Record<string, string>;
  accessLogSettings?: { destinationArn?: string; format?: string };
  defaultRouteSettings?: LimitInputs;
  routeSettings?: Array<LimitInputs & { routeKey: string }>;
}

export interface LimitInputs {
  /** requests at once */
  throttlingBurstLimit?: number;
  /** requests a second */
  throttlingRateLimit?: number;
}

/** `aws.apigatewayv2.Route`. */
export interface RouteInputs {
  routeKey: string;
  target?: string;
  authorizationType?: string;
  authorizerId?: string;
  authorizationScopes?: string[];
  apiKeyRequired?: boolean;
  modelSelectionExpression?: string;
  operationName?: string;
  requestModels?: unknown;
  requestParameters?: unknown[];
  routeResponseSelectionExpression?: string;
}

/** `aws.apigatewayv2.Integration`. */
export interface IntegrationInputs {
  integrationType: string;
  integrationUri?: string;
  integrationSubtype?: string;
  payloadFormatVersion?: string;
  connectionType?: string;
  connectionId?: string;
  credentialsArn?: string;
  timeoutMilliseconds?: number;
  requestParameters?: Record<string, string>;
  responseParameters?: unknown[];
  requestTemplates?: Record<string, string>;
  tlsConfig?: unknown;
}

/** `aws.apigatewayv2.Authorizer`. */
export interface AuthorizerInputs {
  authorizerType: string;
  identitySources?: string[];
  jwtConfiguration?: { audiences?: string[]; issuer?: string };
}
