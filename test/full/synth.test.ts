import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Graph } from "../../scripts/synth/graph.ts";
import { ensurePlatform } from "../../scripts/synth/platform.ts";
import { fieldOf, ofType, policies, principals } from "../policy/policies.ts";

// Unpacks SST's platform when it is missing: half a minute and npm's registry.
const ROOT = path.resolve(import.meta.dirname, "../..");
beforeAll(() => ensurePlatform(ROOT), 300_000);

/** Runs the program as `npm run synth` does, in a process of its own: a failed run leaves debris. */
function run(root: string, ...options: string[]) {
  const program = path.join(root, "scripts/synth/main.ts");
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...options], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 16 * 1024 ** 2,
  });
  return { status, stdout, stderr };
}

it("the committed files are what the stacks evaluate to, byte for byte", () => {
  expect(run(ROOT, "--check")).toEqual({ status: 0, stdout: "", stderr: "" });
});

describe("under sst dev", () => {
  let graph: Graph;
  beforeAll(() => {
    graph = JSON.parse(run(ROOT, "--stage", "dev", "--dev").stdout);
  });

  it("a breakpoint may hold a handler as long as Lambda allows", () => {
    const timeouts = ofType(graph, "aws:lambda/function:Function").map(
      ({ inputs }) => inputs.timeout,
    );
    expect(new Set(timeouts)).toEqual(new Set([15 * 60]));
  });

  it("a task waits longer than its handler may take", () => {
    const machine = ofType(graph, "aws:sfn/stateMachine:StateMachine")[0];
    const { States } = JSON.parse(String(machine?.inputs.definition));
    expect(States.Validate.TimeoutSeconds).toBe("{% 930 %}");
  });

  it("a message stays hidden while its handler is held", () => {
    for (const { inputs } of ofType(graph, "aws:sqs/queue:Queue")) {
      // a pull's own is longer on every stage: its handler may take all that Lambda allows
      if (inputs.redrivePolicy) expect(inputs.visibilityTimeoutSeconds).toBeGreaterThanOrEqual(900);
    }
  });

  it("the developer's machine may take on the roles, as sst dev needs", () => {
    const trust = policies(graph).filter(
      ({ of, kind }) => kind === "trust" && of.name === "ValidateRole",
    );
    const trusted = trust.flatMap(({ statements }) =>
      statements.flatMap((statement) => principals(statement, "AWS")),
    );
    expect(trusted).toEqual([`arn:aws:iam::${graph.accountId}:root`]);
  });
});

const PARTS = [
  "sst.config.ts",
  "stacks",
  "statemachines",
  "packages/functions/src",
  "scripts/synth",
];

describe("says what stands in the way", () => {
  const copy = mkdtempSync(path.join(tmpdir(), "rushes-synth-"));
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  beforeAll(() => {
    for (const part of PARTS) {
      cpSync(path.join(ROOT, part), path.join(copy, part), { recursive: true });
    }
    for (const part of ["node_modules", ".sst"])
      symlinkSync(path.join(ROOT, part), path.join(copy, part), "junction");
  });

  it.each([
    {
      obstacle: "a handler that is not there",
      file: "stacks/playback.ts",
      from: "api/playback.handler",
      to: "api/elsewhere.handler",
      says: "Handler not found: Playback wants packages/functions/src/api/elsewhere.ts",
    },
    {
      obstacle: "a name in the state machine that nothing is bound to",
      file: "statemachines/video-workflow.asl.json",
      from: "${TopicArn}",
      to: "${TopicName}",
      says: "statemachines/video-workflow.asl.json: nothing is bound to ${TopicName}",
    },
    {
      obstacle: "two components of one name",
      file: "stacks/queues.ts",
      from: 'dead("JobEventsDead")',
      to: 'dead("EncodesLost")',
      says: "EncodesLost",
    },
    {
      obstacle: "sizes that no rule can compare",
      file: "stacks/intake.ts",
      from: "startBytes: undefined",
      to: "startBytes: { least: 1, most: 6_000_000_000 }",
      says: "a rule cannot compare sizes above 5000000000 bytes",
    },
  ])("$obstacle", ({ file, from, to, says }) => {
    const place = path.join(copy, file);
    const before = readFileSync(place, "utf8");
    expect(before).toContain(from);
    writeFileSync(place, before.replaceAll(from, to));
    try {
      const { status, stderr } = run(copy, "--stage", "dev");
      expect(stderr).toContain(says);
      expect(status).toBe(1);
    } finally {
      writeFileSync(place, before);
    }
  });

  it("a graph that is not what the stacks evaluate to, and where they part", () => {
    const place = path.join(copy, "stacks/graph/dev.gen.json");
    const before = readFileSync(place, "utf8");
    writeFileSync(place, before.replace('"timeout": 60', '"timeout": 61'));
    try {
      const { status, stderr } = run(copy, "--check");
      expect(status).toBe(1);
      expect(stderr).toMatch(/dev\.gen\.json is not .* From line \d+:\n +committed: "timeout": 61/);
    } finally {
      writeFileSync(place, before);
    }
  });

  it.each([
    { words: "every name", suffixes: "[]", keys: [{ prefix: "uploads/" }, { prefix: "inbox/" }] },
    {
      words: "some endings",
      suffixes: '[".mp4"]',
      keys: [{ prefix: "uploads/" }, { wildcard: "inbox/*.mp4" }, { wildcard: "inbox/*.MP4" }],
    },
  ])("or, with $words in the inbox, makes the rule of it", ({ suffixes, keys }) => {
    const place = path.join(copy, "stacks/intake.ts");
    const before = readFileSync(place, "utf8");
    writeFileSync(place, before.replace("inboxSuffixes: []", `inboxSuffixes: ${suffixes}`));
    try {
      const graph: Graph = JSON.parse(run(copy, "--stage", "dev").stdout);
      const rule = graph.resources.find(({ name }) => name === "SourceArrived");
      const pattern = JSON.parse(fieldOf(rule?.inputs, "eventPattern", "{}"));
      expect(pattern.detail.object.key).toEqual(keys);
    } finally {
      writeFileSync(place, before);
    }
  });
});
