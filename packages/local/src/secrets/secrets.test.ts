import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  RotateSecretCommand,
  SecretsManagerClient,
  UpdateSecretCommand,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Front, openFront } from "../front/index.ts";
import { openIam } from "../iam/index.ts";
import type { Keys } from "../kernel/caller.ts";
import { testCloud } from "../kernel/testing.ts";
import { openSecrets } from "./index.ts";

const dataDir = mkdtempSync(join(tmpdir(), "rushes-secrets-"));
let hand = Date.now();
const iam = openIam({ dataDir, accountId: "000000000000", region: "us-east-1" });
const { cloud, close } = testCloud({ iam, dataDir, now: () => hand });
let front: Front;
let names = 0;

beforeAll(async () => {
  openSecrets(cloud);
  // The clients sign with the real time; only the secrets' days pass faster.
  front = await openFront({ ...cloud, now: Date.now }, { port: 0 });
});
afterAll(async () => {
  await front.close();
  await close();
  rmSync(dataDir, { recursive: true, force: true });
});

const secrets = (keys: Keys = iam.operatorKeys) =>
  new SecretsManagerClient({
    endpoint: front.origin,
    region: "us-east-1",
    credentials: keys,
    maxAttempts: 1,
  });

async function create(SecretString?: string) {
  names += 1;
  const made = await secrets().send(
    new CreateSecretCommand({
      Name: `films/key-${names}`,
      ...(SecretString === undefined ? {} : { SecretString }),
    }),
  );
  return { SecretId: made.Name ?? "", arn: made.ARN ?? "", version: made.VersionId };
}

const value = async (input: { SecretId: string; VersionStage?: string; VersionId?: string }) =>
  (await secrets().send(new GetSecretValueCommand(input))).SecretString;

describe("a request of the wrong kinds", () => {
  it.each([
    ["ListSecrets", { Filters: "name" }],
    ["ListSecrets", { Filters: [{ Key: "name", Values: [1] }] }],
    ["GetSecretValue", { SecretId: {} }],
  ])("is refused before %s looks at it", async (operation, input) => {
    await expect(
      cloud.call("secretsmanager", operation, input, iam.operator),
    ).rejects.toMatchObject({ code: "SerializationException" });
  });
});

describe("values and their stages", () => {
  it("the newest is current, the one before it previous", async () => {
    const { SecretId, version } = await create("one");
    const put = await secrets().send(new PutSecretValueCommand({ SecretId, SecretString: "two" }));
    expect(put.VersionStages).toEqual(["AWSCURRENT"]);
    expect(await value({ SecretId })).toBe("two");
    expect(await value({ SecretId, VersionStage: "AWSPREVIOUS" })).toBe("one");
    expect(await value({ SecretId, VersionId: version ?? "" })).toBe("one");
    await secrets().send(
      new UpdateSecretCommand({ SecretId, SecretString: "three", Description: "d" }),
    );
    expect(await value({ SecretId, VersionStage: "AWSPREVIOUS" })).toBe("two");
    const shown = await secrets().send(new DescribeSecretCommand({ SecretId }));
    expect(
      Object.values(shown.VersionIdsToStages ?? {})
        .flat()
        .sort(),
    ).toEqual(["AWSCURRENT", "AWSPREVIOUS"]);
    expect(shown.Description).toBe("d");
  });

  it("a value can wait under a stage of its own until it is made current by hand", async () => {
    const { SecretId, version } = await create("old");
    const { VersionId } = await secrets().send(
      new PutSecretValueCommand({ SecretId, SecretString: "new", VersionStages: ["AWSPENDING"] }),
    );
    expect(await value({ SecretId })).toBe("old");
    const move = { SecretId, VersionStage: "AWSCURRENT", MoveToVersionId: VersionId };
    await expect(secrets().send(new UpdateSecretVersionStageCommand(move))).rejects.toMatchObject({
      name: "InvalidParameterException",
    });
    await secrets().send(
      new UpdateSecretVersionStageCommand({ ...move, RemoveFromVersionId: version }),
    );
    expect(await value({ SecretId })).toBe("new");
    expect(await value({ SecretId, VersionStage: "AWSPREVIOUS" })).toBe("old");
    const listed = await secrets().send(new ListSecretVersionIdsCommand({ SecretId }));
    expect(listed.Versions).toHaveLength(2);
  });

  it("bytes come back as bytes", async () => {
    const { SecretId } = await create();
    const SecretBinary = new Uint8Array([0, 255, 7]);
    await secrets().send(new PutSecretValueCommand({ SecretId, SecretBinary }));
    expect((await secrets().send(new GetSecretValueCommand({ SecretId }))).SecretBinary).toEqual(
      SecretBinary,
    );
    const inside = await cloud.call<{ SecretBinary: Uint8Array }>(
      "secretsmanager",
      "GetSecretValue",
      { SecretId },
      iam.operator,
    );
    expect(inside.SecretBinary).toEqual(SecretBinary);
  });

  it("the same token twice is one version, and another value under it is refused", async () => {
    const { SecretId } = await create("one");
    const ClientRequestToken = "a".repeat(32);
    const put = (SecretString: string) =>
      secrets().send(new PutSecretValueCommand({ SecretId, ClientRequestToken, SecretString }));
    expect((await put("two")).VersionId).toBe((await put("two")).VersionId);
    await expect(put("three")).rejects.toMatchObject({ name: "ResourceExistsException" });
  });

  it("never lie readable in the data folder", async () => {
    await create("a most telling value");
    for (const file of readdirSync(dataDir).filter((name) => name.startsWith("cloud.sqlite"))) {
      expect(readFileSync(join(dataDir, file)).includes("a most telling value")).toBe(false);
    }
  });
});

describe("finding", () => {
  it("by name and by ARN, which is the name's", async () => {
    const { SecretId, arn } = await create("x");
    expect(arn).toBe(`arn:aws:secretsmanager:us-east-1:000000000000:secret:${SecretId}`);
    for (const id of [SecretId, arn]) expect(await value({ SecretId: id })).toBe("x");
  });

  it.each([
    {
      what: "a secret nobody made",
      input: { SecretId: "none" },
      says: "can't find the specified secret.",
    },
    {
      what: "a stage nothing is at",
      input: { VersionStage: "AWSPREVIOUS" },
      says: "for staging label: AWSPREVIOUS",
    },
    {
      what: "a version nobody made",
      input: { VersionId: "v".repeat(32) },
      says: "for VersionId: vvv",
    },
  ])("$what is said so", async ({ input, says }) => {
    const { SecretId } = await create("x");
    await expect(value({ SecretId, ...input })).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: expect.stringContaining(says),
    });
  });

  it("in pages, by the beginning of the name", async () => {
    for (const Name of ["list/a", "list/b", "list/c"])
      await secrets().send(new CreateSecretCommand({ Name, SecretString: "x" }));
    const Filters = [{ Key: "name" as const, Values: ["list/"] }];
    const first = await secrets().send(
      new ListSecretsCommand({ Filters, MaxResults: 2, SortOrder: "asc" }),
    );
    const rest = await secrets().send(
      new ListSecretsCommand({
        Filters,
        MaxResults: 2,
        SortOrder: "asc",
        NextToken: first.NextToken,
      }),
    );
    expect(
      [...(first.SecretList ?? []), ...(rest.SecretList ?? [])].map((one) => one.Name),
    ).toEqual(["list/a", "list/b", "list/c"]);
    expect(rest.NextToken).toBeUndefined();
  });
});

describe("deleting", () => {
  it("leaves days to think again", async () => {
    const { SecretId } = await create("x");
    const { DeletionDate } = await secrets().send(
      new DeleteSecretCommand({ SecretId, RecoveryWindowInDays: 7 }),
    );
    expect(DeletionDate?.getTime()).toBeCloseTo(hand + 7 * 86_400_000, -4);
    await expect(value({ SecretId })).rejects.toMatchObject({ name: "InvalidRequestException" });
    await expect(secrets().send(new CreateSecretCommand({ Name: SecretId }))).rejects.toMatchObject(
      { name: "InvalidRequestException" },
    );
    await secrets().send(new RestoreSecretCommand({ SecretId }));
    expect(await value({ SecretId })).toBe("x");
  });

  it("is for good when they are over", async () => {
    const { SecretId } = await create("x");
    await secrets().send(new DeleteSecretCommand({ SecretId, RecoveryWindowInDays: 7 }));
    hand += 8 * 86_400_000;
    await expect(secrets().send(new RestoreSecretCommand({ SecretId }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
    hand -= 8 * 86_400_000;
    await secrets().send(new CreateSecretCommand({ Name: SecretId, SecretString: "y" }));
    expect(await value({ SecretId })).toBe("y");
  });

  it("can be at once, even of what is not there", async () => {
    const { SecretId } = await create("x");
    const gone = { SecretId, ForceDeleteWithoutRecovery: true };
    await secrets().send(new DeleteSecretCommand(gone));
    await secrets().send(new DeleteSecretCommand(gone));
    await expect(value({ SecretId })).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });
});

describe("what is refused", () => {
  it.each([
    {
      what: "a second secret of a name",
      run: (SecretId: string) => new CreateSecretCommand({ Name: SecretId, SecretString: "other" }),
      name: "ResourceExistsException",
    },
    {
      what: "text and bytes at once",
      run: (SecretId: string) =>
        new PutSecretValueCommand({ SecretId, SecretString: "a", SecretBinary: new Uint8Array(1) }),
      name: "InvalidParameterException",
    },
    {
      what: "neither",
      run: (SecretId: string) => new PutSecretValueCommand({ SecretId }),
      name: "InvalidRequestException",
    },
    {
      what: "too much",
      run: (SecretId: string) =>
        new PutSecretValueCommand({ SecretId, SecretString: "x".repeat(65_537) }),
      name: "InvalidParameterException",
    },
    {
      what: "two days of grace",
      run: (SecretId: string) => new DeleteSecretCommand({ SecretId, RecoveryWindowInDays: 2 }),
      name: "InvalidParameterException",
    },
    {
      what: "a name with a space",
      run: () => new CreateSecretCommand({ Name: "a b" }),
      name: "ValidationException",
    },
    {
      what: "rotation by a function",
      run: (SecretId: string) => new RotateSecretCommand({ SecretId }),
      name: "NotImplemented",
    },
  ])("$what: $name", async ({ run, name }) => {
    const { SecretId } = await create("x");
    const client = secrets() as { send(command: object): Promise<unknown> };
    await expect(client.send(run(SecretId))).rejects.toMatchObject({ name });
  });

  it("a role without the permission, and nothing but that", async () => {
    const { SecretId, arn } = await create("x");
    const { SecretId: other } = await create("y");
    iam.defineRole({
      name: "reader",
      arn: "arn:aws:iam::000000000000:role/reader",
      trust: { Statement: [] },
      policies: [
        { Statement: { Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: arn } },
      ],
    });
    const reader = secrets(iam.keysFor("arn:aws:iam::000000000000:role/reader", "fn"));
    expect((await reader.send(new GetSecretValueCommand({ SecretId }))).SecretString).toBe("x");
    await expect(reader.send(new GetSecretValueCommand({ SecretId: other }))).rejects.toMatchObject(
      { name: "AccessDeniedException" },
    );
    await expect(
      reader.send(new PutSecretValueCommand({ SecretId, SecretString: "z" })),
    ).rejects.toMatchObject({ name: "AccessDeniedException" });
  });
});
