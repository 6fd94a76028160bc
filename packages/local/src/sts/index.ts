import type { GetCallerIdentityCommandOutput } from "@aws-sdk/client-sts";
import { errorAnswer, send } from "../front/index.ts";
import { parseQuery, type QueryValue, queryAnswer } from "../front/query.ts";
import type { Caller } from "../kernel/caller.ts";
import type { Cloud } from "../kernel/cloud.ts";
import { NotPretended, Refusal } from "../kernel/refusal.ts";
import type { Exchange, Input, Operation, Service } from "../kernel/service.ts";

/** Opens STS: who am I, and may I be somebody else for a while. */
export function openSts(cloud: Cloud): Service {
  const operations: Record<string, Operation> = {
    GetCallerIdentity: { run: (_input: Input, caller) => identify(caller) },
    AssumeRole: { run: (input: Input, caller) => assumeRole(cloud, input, caller) },
  };

  async function serve({ body, caller, requestId, response }: Exchange): Promise<void> {
    try {
      const input = parseQuery(String(body ?? ""));
      const action = input.Action ?? "";
      if (!Object.hasOwn(operations, action)) throw new NotPretended({ service: "sts", action });
      const output = await cloud.call<Record<string, QueryValue>>("sts", action, input, caller);
      send(response, {
        status: 200,
        headers: { "content-type": "text/xml" },
        body: queryAnswer(action, NAMESPACE, output, requestId),
      });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      send(response, errorAnswer("query", error, requestId));
    }
  }

  const service: Service = { name: "sts", wire: { protocol: "own", serve }, operations };
  cloud.add(service);
  return service;
}

const NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/";

function identify(caller: Caller) {
  if (caller.arn === "anonymous") {
    throw new Refusal("MissingAuthenticationToken", "Request is missing Authentication Token", {
      httpStatus: 403,
    });
  }
  return {
    Arn: caller.arn,
    UserId: userId(caller.arn, caller.accountId),
    Account: caller.accountId,
  } satisfies Omit<GetCallerIdentityCommandOutput, "$metadata">;
}

/** `AROA...:session` for a role, the account's number for its root. */
function userId(arn: string, accountId: string): string {
  const [, role, session] = /:assumed-role\/([^/]+)\/(.+)$/.exec(arn) ?? [];
  return role ? `${roleId(role)}:${session}` : accountId;
}

function roleId(name: string): string {
  const letters = Buffer.from(name)
    .toString("hex")
    .toUpperCase()
    .replace(/[^A-Z2-7]/g, "A");
  return `AROA${letters.padEnd(16, "A").slice(0, 16)}`;
}

function assumeRole(cloud: Cloud, input: Input, caller: Caller) {
  const { RoleArn: roleArn, RoleSessionName: session } = input;
  for (const refused of [
    "Policy",
    "PolicyArns.member.1.arn",
    "SerialNumber",
    "ExternalId",
    "Tags.member.1.Key",
  ]) {
    if (input[refused] !== undefined) {
      throw new NotPretended({
        service: "sts",
        action: `AssumeRole with ${refused.split(".")[0]}`,
      });
    }
  }
  if (typeof roleArn !== "string" || !/^arn:aws:iam::\d{12}:role\/.+$/.test(roleArn)) {
    throw invalid("RoleArn must be the ARN of a role");
  }
  if (typeof session !== "string" || !/^[\w+=,.@-]{2,64}$/.test(session)) {
    throw invalid("RoleSessionName must have 2 to 64 letters, digits or characters of _+=,.@-");
  }
  const durationS = Number(input.DurationSeconds ?? 3600);
  if (!Number.isInteger(durationS) || durationS < 900 || durationS > 43_200) {
    throw invalid("DurationSeconds must be from 900 to 43200");
  }
  const expiresAtMs = cloud.now() + durationS * 1000;
  const keys = cloud.iam.assumeAs(caller, roleArn, session, expiresAtMs);
  const name = roleArn.slice(roleArn.lastIndexOf("/") + 1);
  return {
    Credentials: {
      AccessKeyId: keys.accessKeyId,
      SecretAccessKey: keys.secretAccessKey,
      SessionToken: keys.sessionToken,
      Expiration: new Date(expiresAtMs),
    },
    AssumedRoleUser: {
      AssumedRoleId: `${roleId(name)}:${session}`,
      Arn: `arn:aws:sts::${cloud.accountId}:assumed-role/${name}/${session}`,
    },
  };
}

const invalid = (message: string) => new Refusal("ValidationError", message);
