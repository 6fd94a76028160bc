import { named, production } from "./stage.ts";

/** Whose tokens are good, and what they say about people. */
interface Issuer {
  /** `iss` of its tokens; discovery and keys are found below this address */
  issuer: $util.Input<string>;
  /** `aud` of its access tokens, or `client_id` where they have no `aud` */
  audiences: $util.Input<string>[];
  /**
   * the claim that lists the groups of whoever asks: admin, editor, viewer. The gateway hands a list
   * on as words with spaces between: no group of the issuer's may have a space in its name.
   */
  groupsClaim: string;
  /** an access token has one of these; an ID token has none, and opens nothing */
  scopes: string[];
  /** the pool, where the accounts are ours */
  userPoolId?: $util.Input<string>;
  /** what clients call themselves when they sign in; the API tells it to whoever asks */
  clientId?: $util.Input<string>;
}

/**
 * A team that has accounts of its own names its issuer here, and no user pool is made:
 * `{ issuer: "https://id.example.com", audiences: ["rushes"], groupsClaim: "groups",
 * scopes: ["rushes"] }`. It signs with RSA and has a discovery document: API Gateway wants both.
 */
const own = undefined as Issuer | undefined;

export const accounts: Issuer = own ?? userPool();

export const accountsLink = new sst.Linkable("Accounts", {
  properties: {
    issuer: accounts.issuer,
    audiences: accounts.audiences,
    groupsClaim: accounts.groupsClaim,
    scopes: accounts.scopes,
    ...(accounts.userPoolId && { userPoolId: accounts.userPoolId }),
    ...(accounts.clientId && { clientId: accounts.clientId }),
  },
});

/** Our own accounts. Whoever signs up belongs to no group, and watches what is shown to them. */
function userPool(): Issuer {
  const pool = new sst.aws.CognitoUserPool("People", {
    usernames: ["email"],
    verify: {
      emailSubject: "Your code for Rushes",
      emailMessage: "Your code for Rushes is {####}.",
    },
    transform: {
      userPool: (args) => {
        args.name = named("People");
        args.deletionProtection = production ? "ACTIVE" : "INACTIVE";
        args.passwordPolicy = {
          minimumLength: 12,
          requireLowercase: true,
          requireUppercase: true,
          requireNumbers: true,
          requireSymbols: false,
          temporaryPasswordValidityDays: 3,
        };
        // SST would offer recovery by SMS as well: costly, and weaker
        args.accountRecoverySetting = {
          recoveryMechanisms: [{ name: "verified_email", priority: 1 }],
        };
        // an address is somebody's name here: it changes when it has been shown to be theirs
        args.userAttributeUpdateSettings = {
          attributesRequireVerificationBeforeUpdates: ["email"],
        };
      },
    },
  });
  const { userPool } = pool.nodes;

  for (const [precedence, [name, description]] of [
    ["admin", "Operators: everything"],
    ["editor", "Make films and own them"],
    ["viewer", "Watch what is shared with them"],
  ].entries()) {
    new aws.cognito.UserGroup(`Group${name}`, {
      name,
      description,
      precedence,
      userPoolId: pool.id,
    });
  }

  const client = pool.addClient("RushesClient", {
    transform: {
      client: (args) => {
        // nobody signs in on a page of Cognito's, so there is nowhere to come back to
        delete args.allowedOauthFlows;
        delete args.allowedOauthFlowsUserPoolClient;
        delete args.allowedOauthScopes;
        delete args.callbackUrls;
        args.explicitAuthFlows = ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"];
        args.generateSecret = false;
        args.preventUserExistenceErrors = "ENABLED";
        args.enableTokenRevocation = true;
        args.tokenValidityUnits = {
          accessToken: "minutes",
          idToken: "minutes",
          refreshToken: "days",
        };
        args.accessTokenValidity = 60;
        args.idTokenValidity = 60;
        args.refreshTokenValidity = 30;
        args.readAttributes = ["email", "email_verified", "name"];
        args.writeAttributes = ["email", "name"];
      },
    },
  });

  return {
    issuer: $interpolate`https://${userPool.endpoint}`,
    audiences: [client.id],
    groupsClaim: "cognito:groups",
    // what Cognito puts into every access token of somebody who has signed in
    scopes: ["aws.cognito.signin.user.admin"],
    userPoolId: pool.id,
    clientId: client.id,
  };
}
