import type { Cognito } from "../../cognito/index.ts";
import { ensure, type Family, given, list, pascal, text } from "../family.ts";
import type { Resource } from "../graph.ts";

/** A pool keeps the id that the graph gives it: issuers and functions are told by it. */
export function userPool(cognito: Pick<Cognito, "adoptPool">): Family {
  return {
    async deploy(resource) {
      const { name, passwordPolicy, signInPolicy, schemas, tags, ...inputs } = resource.inputs;
      await cognito.adoptPool(
        idOf(resource),
        given({
          ...pascal(inputs),
          PoolName: name ?? resource.name,
          Policies: pascal({ passwordPolicy, signInPolicy }),
          Schema: schemas && pascal(schemas),
          UserPoolTags: tags,
        }),
      );
    },
  };
}

export function userPoolClient(cognito: Pick<Cognito, "adoptClient">): Family {
  return {
    deploy(resource) {
      const { name, userPoolId, ...inputs } = resource.inputs;
      cognito.adoptClient(
        text({ userPoolId }, "userPoolId"),
        idOf(resource),
        given({ ...spelled(pascal(inputs)), ClientName: name ?? resource.name }),
      );
    },
    physical: (resource) => `${resource.inputs.userPoolId} ${idOf(resource)}`,
    async remove(physical, { call }) {
      const [UserPoolId, ClientId] = physical.split(" ");
      await gone(() => call("cognito-idp", "DeleteUserPoolClient", { UserPoolId, ClientId }));
    },
  };
}

export const userGroup: Family = {
  async deploy({ name, inputs }, { call }) {
    const { name: GroupName = name, ...rest } = inputs;
    const wanted = { ...pascal(rest), GroupName };
    await ensure(
      ["GroupExistsException"],
      () => call("cognito-idp", "CreateGroup", wanted),
      () => call("cognito-idp", "UpdateGroup", wanted),
    );
  },
  physical: ({ name, inputs }) => `${inputs.userPoolId} ${inputs.name ?? name}`,
  async remove(physical, { call }) {
    const [UserPoolId, GroupName] = physical.split(" ");
    await gone(() => call("cognito-idp", "DeleteGroup", { UserPoolId, GroupName }));
  },
};

export const resourceServer: Family = {
  async deploy({ inputs }, { call }) {
    const wanted = { ...pascal(inputs), Scopes: list(inputs, "scopes").map(pascal) };
    const [UserPoolId, Identifier] = [text(inputs, "userPoolId"), text(inputs, "identifier")];
    const { ResourceServers } = await call("cognito-idp", "ListResourceServers", {
      UserPoolId,
      MaxResults: 50,
    });
    const isThere = ResourceServers.some(
      (server: { Identifier?: string }) => server.Identifier === Identifier,
    );
    await call("cognito-idp", isThere ? "UpdateResourceServer" : "CreateResourceServer", wanted);
  },
};

function idOf({ id }: Resource): string {
  if (id === undefined) throw new Error("the graph gives no id");
  return id;
}

/** Members whose spelling in the SDK is not Pulumi's with a capital. */
function spelled(members: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(members).map(([name, value]) => [SPELLINGS[name] ?? name, value]),
  );
}

const SPELLINGS: Readonly<Record<string, string>> = {
  AllowedOauthFlows: "AllowedOAuthFlows",
  AllowedOauthFlowsUserPoolClient: "AllowedOAuthFlowsUserPoolClient",
  AllowedOauthScopes: "AllowedOAuthScopes",
  CallbackUrls: "CallbackURLs",
  LogoutUrls: "LogoutURLs",
  DefaultRedirectUri: "DefaultRedirectURI",
};

/** What is gone already need not go again. */
async function gone(remove: () => Promise<unknown>): Promise<void> {
  await ensure(["ResourceNotFoundException"], remove, () => undefined);
}
