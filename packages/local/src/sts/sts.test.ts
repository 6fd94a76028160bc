import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  AssumeRoleCommand,
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
  STSClient,
} from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Front, openFront } from "../front/index.ts";
import { openIam } from "../iam/index.ts";
import type { Keys } from "../kernel/caller.ts";
import { testCloud } from "../kernel/testing.ts";
import { openSts } from "./index.ts";

const dataDir = mkdtempSync(join(tmpdir(), "rushes-sts-"));
let hand = Date.now();
const iam = openIam({ dataDir, accountId: "000000000000", region: "us-east-1", now: () => hand });
const { cloud, close } = testCloud({ iam, dataDir, now: () => hand });
const arn = (name: string) => `arn:aws:iam::000000000000:role/${name}`;
let front: Front;

beforeAll(async () => {
  for (const [name, Principal] of Object.entries({
    worker: { Service: "lambda.amazonaws.com" },
    guest: { AWS: arn("worker") },
    account: { AWS: "000000000000" },
  })) {
    iam.defineRole({
      name,
      arn: arn(name),
      trust: { Statement: { Effect: "Allow", Principal, Action: "sts:AssumeRole" } },
      policies: [],
    });
  }
  openSts(cloud);
  front = await openFront(cloud, { port: 0 });
});
afterAll(async () => {
  await front.close();
  await close();
  rmSync(dataDir, { recursive: true, force: true });
});

const sts = (keys: Keys = iam.operatorKeys) =>
  new STSClient({ endpoint: front.origin, region: "us-east-1", credentials: keys, maxAttempts: 1 });

describe("who am I", () => {
  it.each([
    { who: "the operator", keys: () => iam.operatorKeys, is: "arn:aws:iam::000000000000:root" },
    {
      who: "a function",
      keys: () => iam.keysFor(arn("worker"), "validate"),
      is: "arn:aws:sts::000000000000:assumed-role/worker/validate",
    },
  ])("$who", async ({ keys, is }) => {
    const answer = await sts(keys()).send(new GetCallerIdentityCommand({}));
    expect(answer).toMatchObject({ Arn: is, Account: "000000000000" });
    expect(answer.UserId).toBeTruthy();
  });
});

describe("being somebody else", () => {
  const assume = (keys: Keys, role: string, more = {}) =>
    sts(keys).send(
      new AssumeRoleCommand({ RoleArn: arn(role), RoleSessionName: "visit", ...more }),
    );

  it("gives keys that work until they expire", async () => {
    const { Credentials } = await assume(iam.keysFor(arn("worker"), "fn"), "guest", {
      DurationSeconds: 900,
    });
    const keys = {
      accessKeyId: Credentials?.AccessKeyId ?? "",
      secretAccessKey: Credentials?.SecretAccessKey ?? "",
      sessionToken: Credentials?.SessionToken ?? "",
    };
    const me = await sts(keys).send(new GetCallerIdentityCommand({}));
    expect(me.Arn).toBe("arn:aws:sts::000000000000:assumed-role/guest/visit");
    hand += 900_001;
    const late = new STSClient({
      endpoint: front.origin,
      region: "us-east-1",
      credentials: keys,
      maxAttempts: 1,
      systemClockOffset: 900_001,
    });
    await expect(late.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
      name: "ExpiredToken",
    });
    hand -= 900_001;
  });

  it.each([
    { what: "a role that does not trust it", role: "worker", name: "AccessDenied" },
    { what: "a role nobody has", role: "none", name: "AccessDenied" },
    {
      what: "a role that leaves it to the account, without a permission of its own",
      role: "account",
      name: "AccessDenied",
    },
    {
      what: "too short a visit",
      role: "guest",
      more: { DurationSeconds: 1 },
      name: "ValidationError",
    },
    {
      what: "a session's own policy",
      role: "guest",
      more: { Policy: "{}" },
      name: "NotImplemented",
    },
  ])("is refused for $what", async ({ role, more, name }) => {
    await expect(assume(iam.keysFor(arn("worker"), "fn"), role, more)).rejects.toMatchObject({
      name,
    });
  });

  it("what STS can besides is refused by name", async () => {
    await expect(sts().send(new GetSessionTokenCommand({}))).rejects.toMatchObject({
      name: "NotImplemented",
      message: expect.stringContaining("sts GetSessionToken"),
    });
  });
});
