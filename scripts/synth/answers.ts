import type { Place } from "./computed.ts";

/** Answers what components look up while they are made. */
export function answer(place: Place, token: string, inputs: Inputs): Record<string, unknown> {
  const { accountId, partition, region } = place;
  switch (token) {
    case "aws:index/getRegion:getRegion":
      return { id: region, name: region, region };
    case "aws:index/getPartition:getPartition":
      return { id: partition, partition, dnsSuffix: "amazonaws.com" };
    case "aws:index/getCallerIdentity:getCallerIdentity":
      return {
        id: accountId,
        accountId,
        userId: "synth",
        arn: `arn:${partition}:iam::${accountId}:user/synth`,
      };
    case "aws:iam/getPolicyDocument:getPolicyDocument":
      return { ...inputs, json: policyJson(inputs.statements as AskedStatement[] | undefined) };
    default:
      throw new Error(`The synth does not know what AWS answers to ${token}: add it to answers.ts`);
  }
}

type Inputs = Record<string, unknown>;

interface AskedStatement {
  sid?: string;
  effect?: string;
  actions?: string | string[];
  resources?: string | string[];
  principals?: { type: string; identifiers: string[] }[];
  conditions?: { test: string; variable: string; values: string[] }[];
}

/** The policy as IAM takes it: actions, resources and conditions can be asserted on. */
function policyJson(asked: AskedStatement[] = []): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: asked.map(statement) });
}

function statement({ sid, effect, actions, resources, principals, conditions }: AskedStatement) {
  return {
    ...(sid !== undefined && { Sid: sid }),
    Effect: effect ?? "Allow",
    ...(principals && { Principal: principal(principals) }),
    Action: actions && [actions].flat(),
    ...(resources && { Resource: [resources].flat() }),
    ...(conditions?.length && { Condition: condition(conditions) }),
  };
}

function principal(asked: NonNullable<AskedStatement["principals"]>) {
  if (asked.some(({ type }) => type === "*")) return "*";
  return Object.fromEntries(asked.map(({ type, identifiers }) => [type, identifiers]));
}

function condition(asked: NonNullable<AskedStatement["conditions"]>) {
  const all: Record<string, Record<string, string[]>> = {};
  for (const { test, variable, values } of asked) all[test] = { ...all[test], [variable]: values };
  return all;
}
