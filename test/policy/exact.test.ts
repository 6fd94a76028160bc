import { readFileSync } from "node:fs";
import { rolldown } from "rolldown";
import { describe, expect, it } from "vitest";
import type { Graph } from "../../scripts/synth/graph.ts";
import { fieldOf, ofType, policies, several } from "./policies.ts";

const production: Graph = JSON.parse(readFileSync("stacks/graph/production.gen.json", "utf8"));

describe.each(Object.keys(production.functions).sort())("%s", (name) => {
  const asked = reached(name);

  it("may do what its code can ask for", async () => {
    const needs = (await asked).commands.flatMap((command) => rightsOf(command).needs);
    expect(granted(name)).toEqual(expect.arrayContaining(needs));
  });

  it("may do nothing else", async () => {
    const rights = (await asked).commands.map(rightsOf);
    const explained = new Set([
      ...rights.flatMap(({ needs, beside = [] }) => [...needs, ...beside]),
      ...ofTheHouse(name),
    ]);
    expect(granted(name).filter((action) => !explained.has(action))).toEqual([]);
  });

  it("is linked to what it reads of its configuration", async () => {
    const links = Object.keys(production.functions[name]?.links ?? {});
    // SST gives App to every function
    expect([...links, "App"].sort()).toEqual([...new Set([...(await asked).links, "App"])].sort());
  });
});

it("the workflow may do what its tasks are, be traced, and log", () => {
  const machine = ofType(production, "aws:sfn/stateMachine:StateMachine")[0];
  const { States } = JSON.parse(String(machine?.inputs.definition)) as {
    States: Record<string, { Resource?: string }>;
  };
  const tasks = Object.values(States).flatMap(({ Resource }) => (Resource ? [Resource] : []));
  const rights = actionsOf(String(machine?.inputs.roleArn)).filter(
    (it) => !/^(xray|logs):/.test(it),
  );
  expect(rights.sort()).toEqual([...new Set(tasks.map(rightOfTask))].sort());
});

interface Rights {
  needs: string[];
  /** goes with it where the code looks at versions, or wants to hear 404 instead of 403 */
  beside?: string[];
}

function rightsOf(command: string): Rights {
  const rights = RIGHTS[command];
  if (!rights) throw new Error(`Which rights does ${command} need? Add it to RIGHTS`);
  return rights;
}

const read: Rights = {
  needs: ["s3:GetObject"],
  beside: ["s3:GetObjectVersion", "s3:ListBucket"],
};

/** Source: the service authorization reference. */
const RIGHTS: Record<string, Rights> = {
  GetCommand: { needs: ["dynamodb:GetItem"] },
  PutCommand: { needs: ["dynamodb:PutItem"] },
  UpdateCommand: { needs: ["dynamodb:UpdateItem"] },
  QueryCommand: { needs: ["dynamodb:Query"] },
  GetObjectCommand: read,
  HeadObjectCommand: read,
  ListObjectsV2Command: { needs: ["s3:ListBucket"] },
  ProbeCommand: { needs: ["mediaconvert:Probe"] },
  CreateJobCommand: { needs: ["mediaconvert:CreateJob", "iam:PassRole"] },
  GetJobCommand: { needs: ["mediaconvert:GetJob"] },
  ListJobsCommand: { needs: ["mediaconvert:ListJobs"] },
  SearchJobsCommand: { needs: ["mediaconvert:SearchJobs"] },
  CancelJobCommand: { needs: ["mediaconvert:CancelJob"] },
  SendTaskSuccessCommand: { needs: ["states:SendTaskSuccess"] },
  SendTaskFailureCommand: { needs: ["states:SendTaskFailure"] },
  StartExecutionCommand: { needs: ["states:StartExecution"] },
  DescribeExecutionCommand: { needs: ["states:DescribeExecution"] },
  GetSecretValueCommand: { needs: ["secretsmanager:GetSecretValue"] },
};

function rightOfTask(resource: string): string {
  const [, service, api = ""] = /^arn:aws:states:::(\w+):(\w+)/.exec(resource) ?? [];
  if (service === "lambda") return "lambda:InvokeFunction";
  return `${service}:${api.charAt(0).toUpperCase()}${api.slice(1)}`;
}

/** Logs, traces, the queue that feeds it and the place for what it failed on. */
function ofTheHouse(name: string): string[] {
  const fn = functionOf(name);
  const fed = ofType(production, "aws:lambda/eventSourceMapping:EventSourceMapping").some(
    ({ inputs }) => inputs.functionName === fn.arn,
  );
  const fails = ofType(
    production,
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
  ).some(({ inputs }) => inputs.functionName === fn.inputs.name);
  return [
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    ...(fed ? ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"] : []),
    ...(fails ? ["sqs:SendMessage"] : []),
  ];
}

function granted(name: string): string[] {
  return actionsOf(fieldOf(functionOf(name).inputs, "role", ""));
}

function actionsOf(roleArn: string): string[] {
  return policies(production)
    .filter(({ of, kind }) => kind === "identity" && of.arn === roleArn)
    .flatMap(({ statements }) => statements.flatMap(({ Action }) => several(Action)));
}

function functionOf(name: string) {
  const resource = production.functions[name]?.resource;
  const found = production.resources.find((one) => one.name === resource);
  if (!found) throw new Error(`${name} has no function in the graph`);
  return found;
}

/** The SDK commands and links that are left of a handler once everything it cannot reach is cut off. */
async function reached(name: string): Promise<{ commands: string[]; links: string[] }> {
  const file = production.functions[name]?.handler.replace(/\.\w+$/, ".ts") ?? "";
  const build = await rolldown({
    input: file,
    platform: "node",
    external: [/^@aws-/, "sst", "zod"],
    treeshake: { moduleSideEffects: false },
    logLevel: "silent",
  });
  const { output } = await build.generate({ format: "esm" });
  await build.close();
  const { code } = output[0];
  return {
    commands: all(code, /new (\w+Command)\(/g),
    links: all(code, /\blink\("(\w+)"/g),
  };
}

function all(text: string, shape: RegExp): string[] {
  return [...new Set(Array.from(text.matchAll(shape), ([, found = ""]) => found))];
}
