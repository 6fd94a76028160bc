import type { Graph, Resource } from "../../../scripts/synth/graph.ts";
import { fieldOf, ofType, type Rule } from "../policies.ts";

/** Tokens of our accounts, or of the issuer that a team names, and for our client. */
export const tokensAreOfOurAccounts: Rule = (graph) =>
  ofType(graph, "aws:apigatewayv2/authorizer:Authorizer").flatMap(({ name, inputs }) => {
    const issuer = fieldOf(inputs, "jwtConfiguration.issuer", "");
    const pool = /^\$\{(\w+)\.issuer\}$/.exec(issuer)?.[1];
    const clients = ofType(graph, "aws:cognito/userPoolClient:UserPoolClient").map(({ id }) => id);
    const audiences = fieldOf<string[]>(inputs, "jwtConfiguration.audiences", []);
    return [
      ...((pool ? known(graph, pool) : issuer.startsWith("https://"))
        ? []
        : [`${name} trusts ${issuer}`]),
      ...(audiences.length > 0 && (!pool || audiences.every((one) => clients.includes(one)))
        ? []
        : [`${name} takes tokens that are for others`]),
    ];
  });

/** Who signs in proves a password without sending it, and a stranger learns nothing of who is here. */
export const accountsAreSafe: Rule = (graph) => [
  ...ofType(graph, "aws:cognito/userPoolClient:UserPoolClient").flatMap(({ name, inputs }) => {
    const flows = fieldOf<string[]>(inputs, "explicitAuthFlows", []);
    return [
      ...(inputs.preventUserExistenceErrors === "ENABLED" ? [] : [`${name} tells who has a user`]),
      ...flows.filter((flow) => !SAFE_FLOWS.has(flow)).map((flow) => `${name} allows ${flow}`),
      ...(flows.length > 0 ? [] : [`${name} allows Cognito's own choice`]),
      ...(inputs.enableTokenRevocation === true ? [] : [`${name} cannot take tokens back`]),
      ...(inputs.generateSecret === true ? [`${name} has a secret that every browser knows`] : []),
      ...(fieldOf<string[]>(inputs, "allowedOauthFlows", []).length > 0
        ? [`${name} allows sign-in on pages that nobody made`]
        : []),
      ...(lifetimeMinutes(inputs) <= 60 ? [] : [`tokens of ${name} live for long`]),
    ];
  }),
  ...ofType(graph, "aws:cognito/userPool:UserPool").flatMap(({ name, inputs }) => [
    ...(fieldOf(inputs, "passwordPolicy.minimumLength", 8) >= 12 ? [] : [`${name}: short ones`]),
    ...(fieldOf<{ name: string }[]>(inputs, "accountRecoverySetting.recoveryMechanisms", []).every(
      (one) => one.name === "verified_email",
    )
      ? []
      : [`${name} gives accounts back by SMS`]),
    ...(fieldOf(inputs, "usernameConfiguration.caseSensitive", true)
      ? [`${name} takes Anna and anna for two`]
      : []),
    ...(fieldOf<string[]>(
      inputs,
      "userAttributeUpdateSettings.attributesRequireVerificationBeforeUpdates",
      [],
    ).includes("email")
      ? []
      : [`${name} believes every new address`]),
  ]),
];

const SAFE_FLOWS = new Set(["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]);

/** People are known by these groups, in the API and in the console. */
export const groupsAreThere: Rule = (graph) =>
  ofType(graph, "aws:cognito/userPool:UserPool").flatMap(({ id, name }) =>
    ["admin", "editor", "viewer"]
      .filter(
        (group) =>
          !ofType(graph, "aws:cognito/userGroup:UserGroup").some(
            ({ inputs }) => inputs.userPoolId === id && inputs.name === group,
          ),
      )
      .map((group) => `${name} has no group ${group}`),
  );

function lifetimeMinutes(inputs: Resource["inputs"]): number {
  const unit = fieldOf(inputs, "tokenValidityUnits.accessToken", "hours");
  const minutes = { seconds: 1 / 60, minutes: 1, hours: 60, days: 24 * 60 }[unit] ?? 60;
  return fieldOf(inputs, "accessTokenValidity", 1) * minutes;
}

function known(graph: Graph, pool: string): boolean {
  return ofType(graph, "aws:cognito/userPool:UserPool").some(({ name }) => name === pool);
}
