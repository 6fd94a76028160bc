import {
  CloudFrontClient,
  type CloudFrontServiceException,
  CreateInvalidationCommand,
  GetInvalidationCommand,
  ListInvalidationsCommand,
  ListKeyGroupsCommand,
  UpdateDistributionCommand,
} from "@aws-sdk/client-cloudfront";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Front, openFront } from "../front/index.ts";
import { openRig, type Rig } from "./testing.ts";

const DistributionId = "E1";
const roleArn = "arn:aws:iam::000000000000:role/remover";
let rig: Rig;
let front: Front;
let client: CloudFrontClient;
let guest: CloudFrontClient;

beforeAll(async () => {
  rig = await openRig();
  front = await openFront(rig.cloud, { port: 0 });
  const { iam } = rig.cloud;
  iam.defineRole({
    name: "remover",
    arn: roleArn,
    trust: {
      Statement: {
        Effect: "Allow",
        Principal: { Service: "lambda.amazonaws.com" },
        Action: "sts:AssumeRole",
      },
    },
    policies: [
      {
        Statement: {
          Effect: "Allow",
          Action: "cloudfront:CreateInvalidation",
          Resource: `arn:aws:cloudfront::000000000000:distribution/${DistributionId}`,
        },
      },
    ],
  });
  const at = { endpoint: front.origin, region: "us-east-1", maxAttempts: 1 };
  client = new CloudFrontClient({ ...at, credentials: iam.operatorKeys });
  guest = new CloudFrontClient({ ...at, credentials: iam.keysFor(roleArn, "remove") });
});
afterAll(async () => {
  client.destroy();
  guest.destroy();
  await front.close();
  await rig.close();
});

const invalidate = (
  reference: string,
  paths: string[],
  { id = DistributionId, quantity = paths.length, as = client } = {},
) =>
  as.send(
    new CreateInvalidationCommand({
      DistributionId: id,
      InvalidationBatch: {
        CallerReference: reference,
        Paths: { Quantity: quantity, Items: paths },
      },
    }),
  );

/** "done", or the status and the code of the refusal. */
const verdict = (sent: Promise<unknown>): Promise<string> =>
  sent.then(
    () => "done",
    (error: CloudFrontServiceException) =>
      `${error.$metadata.httpStatusCode} ${error.name.replace(/Exception$/, "")}`,
  );

describe("an invalidation", () => {
  it("is complete at once, and found again", async () => {
    const paths = ["/videos/v1/*", "/a & b/<c>"];
    const { Invalidation, Location } = await invalidate("first", paths);
    expect(Invalidation).toMatchObject({
      Status: "Completed",
      CreateTime: expect.any(Date),
      InvalidationBatch: { CallerReference: "first", Paths: { Quantity: 2, Items: paths } },
    });
    const Id = Invalidation?.Id ?? "";
    expect(Location).toMatch(new RegExp(`/2020-05-31/distribution/E1/invalidation/${Id}$`));
    const found = await client.send(new GetInvalidationCommand({ DistributionId, Id }));
    expect(found.Invalidation).toEqual(Invalidation);
  });

  it("asked for twice is made once, and a reference is good for one set of paths", async () => {
    const once = await invalidate("twice", ["/a"]);
    const again = await invalidate("twice", ["/a"]);
    expect(again.Invalidation).toEqual(once.Invalidation);
    expect(await verdict(invalidate("twice", ["/b"]))).toBe("400 InvalidationBatchAlreadyExists");
  });

  it("is listed with the others, newest first, a page at a time", async () => {
    for (const name of ["x", "y", "z"]) await invalidate(`list-${name}`, ["/*"]);
    const seen: string[] = [];
    let Marker: string | undefined;
    do {
      const { InvalidationList: page } = await client.send(
        new ListInvalidationsCommand({ DistributionId, MaxItems: 2, ...(Marker && { Marker }) }),
      );
      for (const { Id = "" } of page?.Items ?? []) seen.push(Id);
      Marker = page?.NextMarker;
    } while (Marker);
    expect(new Set(seen).size).toBe(seen.length);
    const { Invalidation } = await invalidate("list-z", ["/*"]);
    expect(seen[0]).toBe(Invalidation?.Id);
  });

  it.each([
    ["no slash", () => invalidate("r1", ["videos/*"]), "400 InvalidArgument"],
    ["a star within", () => invalidate("r2", ["/videos/*/1"]), "400 InvalidArgument"],
    ["no paths", () => invalidate("r3", []), "400 InvalidArgument"],
    ["no reference", () => invalidate("", ["/a"]), "400 InvalidArgument"],
    [
      "a wrong count",
      () => invalidate("r4", ["/a"], { quantity: 2 }),
      "400 InconsistentQuantities",
    ],
    [
      "another distribution",
      () => invalidate("r5", ["/a"], { id: "E2" }),
      "404 NoSuchDistribution",
    ],
    [
      "an id nobody has",
      () => client.send(new GetInvalidationCommand({ DistributionId, Id: "I0" })),
      "404 NoSuchInvalidation",
    ],
  ])("is refused with %s", async (_words, send, said) => {
    expect(await verdict(send())).toBe(said);
  });

  it("needs a right, on this distribution", async () => {
    expect(await verdict(invalidate("role", ["/a"], { as: guest }))).toBe("done");
    expect(await verdict(invalidate("role-2", ["/a"], { as: guest, id: "E2" }))).toBe(
      "403 AccessDenied",
    );
    const list = guest.send(new ListInvalidationsCommand({ DistributionId }));
    expect(await verdict(list)).toBe("403 AccessDenied");
  });
});

it.each([
  ["ListKeyGroups", () => client.send(new ListKeyGroupsCommand({}))],
  [
    "UpdateDistribution",
    () =>
      client.send(
        new UpdateDistributionCommand({
          Id: DistributionId,
          IfMatch: "1",
          DistributionConfig: {
            CallerReference: "c",
            Comment: "",
            Enabled: true,
            Origins: { Quantity: 0, Items: [] },
            DefaultCacheBehavior: { TargetOriginId: "o", ViewerProtocolPolicy: "https-only" },
          },
        }),
      ),
  ],
])("the rest of CloudFront's API is refused by name: %s", async (name, send) => {
  const refused = await send().catch((error: CloudFrontServiceException) => error);
  expect(refused).toMatchObject({ name: "NotImplemented", message: expect.stringContaining(name) });
});
