import { describe, expect, it } from "vitest";
import { computed } from "./computed.ts";
import { type Evaluated, graphOf, textOf } from "./graph.ts";
import { plain, type Registered } from "./mocks.ts";

const place = { accountId: "000000000000", region: "us-east-1", partition: "aws" } as const;

function registered(type: string, name: string, inputs: Record<string, unknown> = {}): Registered {
  const { id, state } = computed(place, type, name, inputs);
  return { type, name, inputs, id, state: { ...inputs, ...state } };
}

function evaluated(about: Partial<Evaluated>): Evaluated {
  const app = { name: "rushes", stage: "dev" };
  return { app, ...place, registered: [], built: [], outputs: {}, ...about };
}

describe("a graph", () => {
  it("has the same bytes in whatever order things were registered and written down", () => {
    const one = registered("aws:sqs/queue:Queue", "A", { name: "a", delaySeconds: 0 });
    const other = registered("aws:sqs/queue:Queue", "B", { delaySeconds: 0, name: "b" });
    const text = textOf(graphOf(evaluated({ registered: [one, other] })));
    expect(textOf(graphOf(evaluated({ registered: [other, one] })))).toBe(text);
    expect(text.indexOf('"A"')).toBeLessThan(text.indexOf('"B"'));
    expect(text).toMatch(/"delaySeconds": 0,\s+"name": "a"/);
  });

  it("leaves out components, random keys and archives of code", () => {
    const { resources } = graphOf(
      evaluated({
        registered: [
          registered("sst:aws:Queue", "Encodes"),
          registered("random:index/randomBytes:RandomBytes", "Key"),
          registered("aws:s3/bucketObjectv2:BucketObjectv2", "Code"),
          registered("aws:sqs/queue:Queue", "EncodesQueue"),
        ],
      }),
    );
    expect(resources.map(({ name }) => name)).toEqual(["EncodesQueue"]);
  });

  it("names a bucket that was only given a prefix", () => {
    const bucket = registered("aws:s3/bucket:Bucket", "Streams", {
      bucketPrefix: "rushes-dev-streams-",
    });
    expect(graphOf(evaluated({ registered: [bucket] })).resources[0]).toMatchObject({
      id: "rushes-dev-streams",
      arn: "arn:aws:s3:::rushes-dev-streams",
      inputs: { bucket: "rushes-dev-streams" },
    });
  });

  it("has one symbolic address for whoever signs tokens: elsewhere it may be http", () => {
    const pool = registered("aws:cognito/userPool:UserPool", "PeopleUserPool");
    const authorizer = registered("aws:apigatewayv2/authorizer:Authorizer", "Authorizer", {
      jwtConfiguration: { issuer: `https://${String(pool.state.endpoint)}` },
    });
    const { resources } = graphOf(evaluated({ registered: [pool, authorizer] }));
    expect(resources[0]?.inputs).toEqual({
      jwtConfiguration: { issuer: "${PeopleUserPool.issuer}" },
    });
  });

  it.each([
    ["aws:cognito/userPool:UserPool", /^us-east-1_[0-9A-Z]{9}$/],
    ["aws:cognito/userPoolClient:UserPoolClient", /^[0-9a-z]{26}$/],
    ["aws:apigatewayv2/api:Api", /^[0-9a-z]{10}$/],
    ["aws:apigatewayv2/integration:Integration", /^[0-9a-z]{7}$/],
  ])("gives %s an id like AWS, the same each time", (type, shape) => {
    const { id } = registered(type, "Thing");
    expect(id).toMatch(shape);
    expect(registered(type, "Thing").id).toBe(id);
    expect(registered(type, "Other").id).not.toBe(id);
  });

  it("knows an API by its address and by what functions let in", () => {
    const { id, state } = registered("aws:apigatewayv2/api:Api", "GatewayApi");
    expect(state).toMatchObject({
      apiEndpoint: "${Gateway.url}",
      executionArn: `arn:aws:execute-api:us-east-1:000000000000:${id}`,
    });
  });

  it("takes keys and places of code from a function, and keeps the rest of its environment", () => {
    const fn = registered("aws:lambda/function:Function", "SubmitFunction", {
      name: "rushes-dev-Submit",
      s3Bucket: "assets",
      s3Key: "code.zip",
      environment: { variables: { SST_KEY: "k", SST_KEY_FILE: "f", LEVEL: "INFO" } },
    });
    expect(graphOf(evaluated({ registered: [fn] })).resources[0]?.inputs).toEqual({
      name: "rushes-dev-Submit",
      environment: { variables: { LEVEL: "INFO" } },
    });
  });

  it("says a distribution's address in one piece", () => {
    const { state } = computed(
      place,
      "aws:cloudfront/distribution:Distribution",
      "CdnDistribution",
      {},
    );
    const { outputs } = graphOf(evaluated({ outputs: { CdnUrl: `https://${state.domainName}` } }));
    expect(outputs).toEqual({ CdnUrl: "${Cdn.url}" });
  });

  it("keeps what happens to data when the app goes", () => {
    const app = { name: "rushes", stage: "production", removal: "retain" };
    const graph = graphOf(evaluated({ app, outputs: { _protect: true, Table: "films" } }));
    expect(graph).toMatchObject({ removal: "retain", protect: true, outputs: { Table: "films" } });
    expect(graph.outputs).not.toHaveProperty("_protect");
  });
});

describe("what AWS would fill in", () => {
  it.each([
    {
      type: "aws:sqs/queue:Queue",
      name: "EncodesQueue",
      attribute: "url",
      is: "${EncodesQueue.url}",
    },
    {
      type: "aws:sns/topic:Topic",
      name: "T",
      attribute: "arn",
      is: "arn:aws:sns:us-east-1:000000000000:T",
    },
    {
      type: "aws:iam/role:Role",
      name: "R",
      attribute: "arn",
      is: "arn:aws:iam::000000000000:role/R",
    },
    {
      type: "aws:dynamodb/table:Table",
      name: "T",
      attribute: "arn",
      is: "arn:aws:dynamodb:us-east-1:000000000000:table/T",
    },
  ])("$attribute of $type", ({ type, name, attribute, is }) => {
    expect(computed(place, type, name, {}).state[attribute]).toBe(is);
  });

  it("is the same every time, and another for every resource and account", () => {
    const type = "aws:cloudfront/originAccessControl:OriginAccessControl";
    const { id } = computed(place, type, "One", {});
    expect(id).toMatch(/^E[0-9A-Z]{13}$/);
    expect(computed(place, type, "One", {}).id).toBe(id);
    expect(computed(place, type, "Two", {}).id).not.toBe(id);
    expect(computed({ ...place, accountId: "111122223333" }, type, "One", {}).id).not.toBe(id);
  });
});

it("a public key's id is left open: it follows the key", () => {
  const type = "aws:cloudfront/publicKey:PublicKey";
  expect(computed(place, type, "SigningKey", {}).id).toBe("${SigningKey.id}");
});

it("secrets come out of Pulumi's envelopes, however deep", () => {
  const secret = (value: unknown) => ({
    "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
    value,
  });
  expect(plain({ a: [secret({ b: secret("c") })], d: null, e: 1 })).toEqual({
    a: [{ b: "c" }],
    d: null,
    e: 1,
  });
});
