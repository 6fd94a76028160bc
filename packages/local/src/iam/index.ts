import type { Caller, Iam, Keys, Need, Role } from "../kernel/caller.ts";
import { Refusal } from "../kernel/refusal.ts";
import { type Keys as ContextKeys, join } from "./context.ts";
import { type Holder, type Keyring, openKeyring } from "./keys.ts";
import { checkPolicy, type Principal, weighIdentity, weighResource, weighTrust } from "./policy.ts";

export { checkPolicy } from "./policy.ts";

export interface IamOptions {
  dataDir: string;
  accountId: string;
  region: string;
  /** Milliseconds since 1970. */
  now?: () => number;
}

/** Opens the identities of one data folder. Roles are told to it at each start; it stores only its secret. */
export function openIam({ dataDir, accountId, region, now = Date.now }: IamOptions): Iam {
  const keyring: Keyring = openKeyring(dataDir);
  const roles = new Map<string, Role>();
  const holders = new Map<string, Holder>();
  const surroundings = (): ContextKeys => ({
    // Loopback only: nothing that a policy would call insecure transport can happen here.
    "aws:SecureTransport": "true",
    "aws:CurrentTime": new Date(now()).toISOString(),
    "aws:EpochTime": String(Math.floor(now() / 1000)),
    "aws:RequestedRegion": region,
    "aws:ResourceAccount": accountId,
  });

  function make(principal: Principal, own: ContextKeys, role?: () => Role | undefined): Caller {
    const arn = principal.arns[0] ?? "anonymous";
    return {
      arn,
      accountId: principal.accountId,
      check(need) {
        const context = join(surroundings(), need.context, own);
        const question = { action: need.action, resource: need.resource, principal, context };
        const mine = (role?.()?.policies ?? []).map((policy) => weighIdentity(policy, question));
        const theirs = need.policy ? weighResource(need.policy, question) : "silent";
        if (mine.includes("deny"))
          throw denied(arn, need, "with an explicit deny in an identity-based policy");
        if (theirs === "deny")
          throw denied(arn, need, "with an explicit deny in a resource-based policy");
        if (principal.kind === "root" || mine.includes("allow") || theirs === "allow") return;
        const missing = principal.kind === "role" ? "identity" : "resource";
        throw denied(
          arn,
          need,
          `because no ${missing}-based policy allows the ${need.action} action`,
        );
      },
    };
  }

  function sessionOf(roleArn: string, session: string, where: ContextKeys): Caller {
    const role = () => roles.get(roleArn);
    const name = role()?.name ?? roleArn.slice(roleArn.lastIndexOf("/") + 1);
    const arn = `arn:aws:sts::${accountId}:assumed-role/${name}/${session}`;
    return make(
      { kind: "role", arns: [arn, roleArn], accountId },
      {
        ...where,
        "aws:PrincipalArn": roleArn,
        "aws:PrincipalAccount": accountId,
        "aws:PrincipalType": "AssumedRole",
        "aws:PrincipalIsAWSService": "false",
      },
      role,
    );
  }

  const rootArn = `arn:aws:iam::${accountId}:root`;
  const fromHere = { "aws:SourceIp": "127.0.0.1" };
  const operator = make(
    { kind: "root", arns: [rootArn], accountId },
    {
      ...fromHere,
      "aws:PrincipalArn": rootArn,
      "aws:PrincipalAccount": accountId,
      "aws:PrincipalType": "Account",
      "aws:PrincipalIsAWSService": "false",
    },
  );

  const trusted = (roleArn: string, who: Principal, context: ContextKeys): Role => {
    const role = roles.get(roleArn);
    const question = {
      action: "sts:AssumeRole",
      resource: roleArn,
      principal: who,
      context: join(surroundings(), context),
    };
    const verdict = role ? weighTrust(role.trust, question) : "silent";
    if (!role || (verdict !== "allow" && verdict !== "account")) {
      throw denied(who.service ?? who.arns[0] ?? "anonymous", {
        action: "sts:AssumeRole",
        resource: roleArn,
      });
    }
    return role;
  };

  const held = (holder: Holder): Keys => {
    const keys = keyring.keysFor(holder);
    holders.set(keys.accessKeyId, holder);
    return keys;
  };

  return {
    operator,
    operatorKeys: held({ kind: "operator" }),
    anonymous: make(
      { kind: "anonymous", arns: ["anonymous"], accountId: "anonymous" },
      { ...fromHere, "aws:PrincipalType": "Anonymous" },
    ),
    assume(roleArn, service, context = {}) {
      const who: Principal = { kind: "service", arns: [service], accountId: service, service };
      trusted(roleArn, who, context);
      return sessionOf(roleArn, service.split(".")[0] ?? service, {});
    },
    assumeAs(caller, roleArn, session, expiresAtMs) {
      const own = callerPrincipal(caller, accountId);
      const role = trusted(roleArn, own, { "aws:PrincipalArn": own.arns.at(-1) ?? caller.arn });
      // Within one account a trust policy that names the principal itself is enough.
      caller.check({ action: "sts:AssumeRole", resource: roleArn, policy: asResource(role) });
      return held({ kind: "role", roleArn, session, expiresAtMs });
    },
    service(principal, context = {}) {
      return make(
        { kind: "service", arns: [principal], accountId: principal, service: principal },
        {
          ...context,
          "aws:PrincipalIsAWSService": "true",
          "aws:PrincipalServiceName": principal,
          "aws:PrincipalType": "Service",
        },
      );
    },
    keysFor: (roleArn, session) => held({ kind: "role", roleArn, session }),
    signer(accessKeyId, token) {
      const holder = holders.get(accessKeyId) ?? (token ? keyring.readToken(token) : undefined);
      if (!holder) return undefined;
      const keys = keyring.keysFor(holder);
      if (keys.accessKeyId !== accessKeyId) return undefined;
      if (holder.kind === "operator") return { ...keys, caller: operator };
      if (!roles.has(holder.roleArn)) return undefined;
      if (holder.expiresAtMs !== undefined && holder.expiresAtMs <= now()) {
        throw new Refusal("ExpiredToken", "The security token included in the request is expired", {
          httpStatus: 403,
        });
      }
      return { ...keys, caller: sessionOf(holder.roleArn, holder.session, fromHere) };
    },
    defineRole(role) {
      for (const document of [role.trust, ...role.policies]) checkPolicy(document);
      roles.set(role.arn, role);
    },
    secretFor: (purpose) => keyring.secretFor(purpose),
  };

  function callerPrincipal(caller: Caller, account: string): Principal {
    if (caller.arn === rootArn) return { kind: "root", arns: [rootArn], accountId: account };
    const name = /:assumed-role\/([^/]+)\//.exec(caller.arn)?.[1];
    const role = [...roles.values()].find((known) => known.name === name);
    if (!role) return { kind: "anonymous", arns: [caller.arn], accountId: "anonymous" };
    return { kind: "role", arns: [caller.arn, role.arn], accountId: account };
  }
}

/** A trust policy in the form of a resource's, whose every statement is about the role. */
function asResource(role: Role): Role["trust"] {
  return {
    Statement: [role.trust.Statement].flat().map((one) => ({ ...one, Resource: role.arn })),
  };
}

function denied(arn: string, need: Need, why?: string): Refusal {
  return new Refusal(
    "AccessDenied",
    `User: ${arn} is not authorized to perform: ${need.action} on resource: ${need.resource}${why ? ` ${why}` : ""}`,
    { httpStatus: 403 },
  );
}
