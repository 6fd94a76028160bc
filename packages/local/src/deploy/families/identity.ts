import type { PolicyDocument } from "../../kernel/caller.ts";
import { type Family, list, text } from "../family.ts";

export const role: Family = {
  deploy(resource, site) {
    const { inputs } = resource;
    const name = text(inputs, "name");
    const attached = site
      .every("aws:iam/rolePolicy:RolePolicy")
      .filter((policy) => policy.inputs.role === name || policy.inputs.role === `${name}-id`);
    site.cloud.iam.defineRole({
      name,
      arn: `arn:aws:iam::${site.cloud.accountId}:role/${name}`,
      trust: document(inputs.assumeRolePolicy),
      policies: [
        ...list(inputs, "inlinePolicies").flatMap((policy) =>
          policy.policy ? [document(policy.policy)] : [],
        ),
        ...attached.map((policy) => document(policy.inputs.policy)),
        ...((inputs.managedPolicyArns as string[] | undefined) ?? []).map(managed),
      ],
    });
  },
};

/** Attached policies are read with their role. */
export const rolePolicy: Family = { deploy: () => undefined };

function document(policy: unknown): PolicyDocument {
  return (typeof policy === "string" ? JSON.parse(policy) : policy) as PolicyDocument;
}

/** AWS's own policies that the graph may name, with what they allow that means something here. */
function managed(arn: string): PolicyDocument {
  const known = MANAGED[arn.split("/").at(-1) ?? ""];
  if (!known) throw new Error(`the laptop does not know the managed policy ${arn}`);
  return {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: known, Resource: "*" }],
  };
}

// Source: AWS managed policy reference, November 2026.
const MANAGED: Record<string, string[]> = {
  AWSLambdaBasicExecutionRole: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
  AWSXRayDaemonWriteAccess: [
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "xray:GetSamplingStatisticSummaries",
  ],
  AWSLambdaSQSQueueExecutionRole: [
    "sqs:ReceiveMessage",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
  ],
};
