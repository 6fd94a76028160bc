import { createHash } from "node:crypto";

/** Where the graph is thought to be deployed. */
export interface Place {
  accountId: string;
  region: string;
  partition: "aws";
}

export interface Computed {
  id: string;
  state: Record<string, unknown>;
}

/**
 * What AWS would fill in for a new resource: its id, its ARN and what else the stacks read.
 * Addresses stay symbolic, `${EncodesQueue.url}`, for whoever deploys the graph to fill in.
 */
export function computed(
  place: Place,
  type: string,
  resource: string,
  inputs: Record<string, unknown>,
): Computed {
  const { accountId, region } = place;
  const name = textIn(inputs, "name") ?? resource;
  const at = (service: string, rest: string) => `arn:aws:${service}:${region}:${accountId}:${rest}`;
  const known = (id: string, arn: string, more: Record<string, unknown> = {}) => ({
    id,
    state: { name, arn, ...more },
  });

  switch (type) {
    case "aws:s3/bucket:Bucket": {
      const bucket = textIn(inputs, "bucket") ?? bucketName(inputs) ?? resource.toLowerCase();
      return {
        id: bucket,
        state: {
          bucket,
          arn: `arn:aws:s3:::${bucket}`,
          bucketDomainName: `${bucket}.s3.amazonaws.com`,
          bucketRegionalDomainName: `${bucket}.s3.${region}.amazonaws.com`,
        },
      };
    }
    case "aws:iam/role:Role":
      return known(name, `arn:aws:iam::${accountId}:role/${name}`);
    case "aws:lambda/function:Function": {
      const arn = at("lambda", `function:${name}`);
      return known(name, arn, { qualifiedArn: `${arn}:1`, version: "1" });
    }
    case "aws:dynamodb/table:Table":
      return known(name, at("dynamodb", `table/${name}`));
    case "aws:sqs/queue:Queue": {
      const url = `\${${resource}.url}`;
      return known(url, at("sqs", name), { url });
    }
    case "aws:sns/topic:Topic":
      return known(at("sns", name), at("sns", name));
    case "aws:sfn/stateMachine:StateMachine": {
      const arn = at("states", `stateMachine:${name}`);
      return known(arn, arn);
    }
    case "aws:cloudwatch/eventRule:EventRule":
      return known(name, at("events", `rule/${name}`));
    case "aws:cloudwatch/logGroup:LogGroup":
      return known(name, at("logs", `log-group:${name}`));
    case "aws:cloudwatch/metricAlarm:MetricAlarm":
      return known(name, at("cloudwatch", `alarm:${name}`));
    case "aws:scheduler/schedule:Schedule":
      return known(`default/${name}`, at("scheduler", `schedule/default/${name}`));
    case "aws:secretsmanager/secret:Secret": {
      const arn = at("secretsmanager", `secret:${name}`);
      return known(arn, arn);
    }
    case "aws:mediaconvert/queue:Queue":
      return known(name, at("mediaconvert", `queues/${name}`));
    case "aws:kms/key:Key": {
      const keyId = asUuid(place, type, resource);
      return known(keyId, at("kms", `key/${keyId}`), { keyId });
    }
    case "aws:cloudfront/distribution:Distribution": {
      const id = asCode("E", place, type, resource);
      const cdn = resource.replace(/Distribution$/, "");
      return known(id, `arn:aws:cloudfront::${accountId}:distribution/${id}`, {
        domainName: `\${${cdn}.domainName}`,
        hostedZoneId: "Z2FDTNDATAQYW2",
        etag: "ETAG",
      });
    }
    case "aws:cloudfront/publicKey:PublicKey":
      // a key is known by what it is: where secrets differ, or change places, so do ids
      return { id: `\${${resource}.id}`, state: {} };
    case "aws:cloudfront/originAccessControl:OriginAccessControl":
      return { id: asCode("E", place, type, resource), state: { name } };
    case "aws:apigatewayv2/api:Api": {
      const id = asCode("", place, type, resource).slice(0, 10).toLowerCase();
      const api = resource.replace(/(?<=.)Api$/, "");
      return known(id, `arn:aws:apigateway:${region}::/apis/${id}`, {
        apiEndpoint: `\${${api}.url}`,
        executionArn: at("execute-api", id),
      });
    }
    case "aws:apigatewayv2/authorizer:Authorizer":
    case "aws:apigatewayv2/integration:Integration":
    case "aws:apigatewayv2/route:Route":
      return { id: asCode("", place, type, resource).slice(0, 7).toLowerCase(), state: {} };
    case "aws:apigatewayv2/stage:Stage":
      return { id: name, state: { name } };
    case "aws:cognito/userPool:UserPool": {
      const id = `${region}_${asCode("", place, type, resource).slice(0, 9)}`;
      return known(id, at("cognito-idp", `userpool/${id}`), {
        endpoint: `\${${resource}.endpoint}`,
      });
    }
    case "aws:cognito/userPoolClient:UserPoolClient":
      return {
        id: BigInt(`0x${digest([place, type, resource])}`)
          .toString(36)
          .padStart(26, "0")
          .slice(-26),
        state: { name },
      };
    case "aws:cognito/userGroup:UserGroup":
      return { id: `${inputs.userPoolId}/${name}`, state: { name } };
    case "aws:cloudfront/keyGroup:KeyGroup":
    case "aws:cloudfront/cachePolicy:CachePolicy":
    case "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy":
    case "aws:lambda/eventSourceMapping:EventSourceMapping":
      return { id: asUuid(place, type, resource), state: { name } };
    case "random:index/randomBytes:RandomBytes":
      return { id: resource, state: { base64: Buffer.alloc(32, 1).toString("base64") } };
    case "pulumi-nodejs:dynamic:Resource":
      return { id: resource, state: { isDone: true } };
    default:
      return { id: name, state: {} };
  }
}

/** AWS completes a prefix with something random; here the prefix alone is the name. */
function bucketName(inputs: Record<string, unknown>): string | undefined {
  return textIn(inputs, "bucketPrefix")?.replace(/-$/, "");
}

function textIn(inputs: Record<string, unknown>, field: string): string | undefined {
  const value = inputs[field];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** An id in CloudFront's style, always the same for the same resource. */
function asCode(first: string, ...of: unknown[]): string {
  const digits = BigInt(`0x${digest(of)}`)
    .toString(36)
    .toUpperCase();
  return `${first}${digits.slice(0, 13)}`;
}

function asUuid(...of: unknown[]): string {
  const hex = digest(of);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}

function digest(of: unknown): string {
  return createHash("sha256").update(JSON.stringify(of)).digest("hex");
}
