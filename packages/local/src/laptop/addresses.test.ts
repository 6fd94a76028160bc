import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Graph } from "../deploy/graph.ts";
import { lookupOf } from "./addresses.ts";

const dataDir = mkdtempSync(join(tmpdir(), "rushes-addresses-"));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const graph: Graph = {
  app: "films",
  stage: "dev",
  region: "us-east-1",
  accountId: "000000000000",
  resources: [
    { type: "aws:sqs/queue:Queue", name: "EncodesQueue", inputs: { name: "films-Encodes" } },
    { type: "aws:apigatewayv2/api:Api", name: "GatewayApi", inputs: {} },
    { type: "aws:cognito/userPool:UserPool", name: "People", id: "us-east-1_A", inputs: {} },
    ...["SigningPublicKey", "SigningPublicKeyOther"].map((secret) => ({
      type: "aws:cloudfront/publicKey:PublicKey",
      name: secret,
      inputs: { encodedKey: `\${Secret.${secret}}\n` },
    })),
  ],
  functions: {},
  outputs: {},
};
const lookup = (reference: string) =>
  lookupOf(graph, {
    origin: "http://127.0.0.1:1",
    cdn: "http://127.0.0.1:3",
    gateway: "http://127.0.0.1:2",
    dataDir,
  })(reference);

describe("what a graph leaves open", () => {
  it.each([
    ["EncodesQueue.url", "http://127.0.0.1:1/000000000000/films-Encodes"],
    ["Cdn.url", "http://127.0.0.1:3"],
    ["Gateway.url", "http://127.0.0.1:2"],
    ["GatewayApi.host", "127.0.0.1:2"],
    ["People.issuer", "http://127.0.0.1:1/us-east-1_A"],
    ["People.arn", undefined],
    ["Nobody.issuer", undefined],
    ["SigningPublicKey.issuer", undefined],
  ])("%s is %s", (reference, is) => {
    expect(lookup(reference)).toBe(is);
  });

  it("two keys are two pairs, each the same at the next start", () => {
    const [one, other] = [
      lookup("Secret.SigningPublicKey"),
      lookup("Secret.SigningPublicKeyOther"),
    ];
    expect(one).toContain("BEGIN PUBLIC KEY");
    expect(other).toContain("BEGIN PUBLIC KEY");
    expect(other).not.toBe(one);
    expect(lookup("Secret.SigningPublicKey")).toBe(one);
    const kept = JSON.parse(readFileSync(join(dataDir, "secrets.json"), "utf8"));
    expect(kept.SigningKeyOther).toContain("BEGIN PRIVATE KEY");
  });

  it("a key keeps its id when keys change places", () => {
    const ids = ["SigningPublicKey.id", "SigningPublicKeyOther.id"].map(lookup);
    expect(ids[0]).toMatch(/^K[0-9A-Z]{13}$/);
    const file = join(dataDir, "secrets.json");
    const kept = JSON.parse(readFileSync(file, "utf8"));
    const turned = {
      ...kept,
      SigningPublicKey: kept.SigningPublicKeyOther,
      SigningPublicKeyOther: kept.SigningPublicKey,
    };
    writeFileSync(file, JSON.stringify(turned));
    expect(["SigningPublicKeyOther.id", "SigningPublicKey.id"].map(lookup)).toEqual(ids);
  });
});
