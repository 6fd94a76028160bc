import { remove, set, the } from "./breaking.ts";
import { keep } from "./promises.ts";
import * as accounts from "./rules/accounts.ts";

keep([
  {
    promise: "tokens are of our accounts, and for our client",
    rule: accounts.tokensAreOfOurAccounts,
    broken: {
      "another pool": (graph) => remove(graph, "PeopleUserPool"),
      "an issuer in the clear": (graph) => {
        set(
          the(graph, "GatewayAuthorizerPeopleAuthorizer"),
          "jwtConfiguration.issuer",
          "http://id.example.com",
        );
      },
      "another client": (graph) => {
        set(the(graph, "GatewayAuthorizerPeopleAuthorizer"), "jwtConfiguration.audiences", ["x"]);
      },
      "any client": (graph) => {
        set(the(graph, "GatewayAuthorizerPeopleAuthorizer"), "jwtConfiguration.audiences", []);
      },
    },
  },
  {
    promise: "accounts are safe",
    rule: accounts.accountsAreSafe,
    broken: {
      "who has a user is told": (graph) => {
        the(graph, "RushesClientClient").inputs.preventUserExistenceErrors = "LEGACY";
      },
      "passwords are sent": (graph) => {
        the(graph, "RushesClientClient").inputs.explicitAuthFlows = ["ALLOW_USER_PASSWORD_AUTH"];
      },
      "nothing is said of flows": (graph) => {
        delete the(graph, "RushesClientClient").inputs.explicitAuthFlows;
      },
      "SST's pages": (graph) => {
        the(graph, "RushesClientClient").inputs.allowedOauthFlows = ["implicit", "code"];
      },
      "a secret": (graph) => {
        the(graph, "RushesClientClient").inputs.generateSecret = true;
      },
      "tokens for good": (graph) => {
        the(graph, "RushesClientClient").inputs.enableTokenRevocation = false;
      },
      "tokens for a day": (graph) => {
        set(the(graph, "RushesClientClient"), "tokenValidityUnits.accessToken", "days");
        the(graph, "RushesClientClient").inputs.accessTokenValidity = 1;
      },
      "short passwords": (graph) => {
        set(the(graph, "PeopleUserPool"), "passwordPolicy.minimumLength", 8);
      },
      "recovery by SMS": (graph) => {
        set(the(graph, "PeopleUserPool"), "accountRecoverySetting.recoveryMechanisms", [
          { name: "verified_phone_number", priority: 1 },
        ]);
      },
      "names with case": (graph) => {
        set(the(graph, "PeopleUserPool"), "usernameConfiguration.caseSensitive", true);
      },
      "addresses nobody looked at": (graph) => {
        delete the(graph, "PeopleUserPool").inputs.userAttributeUpdateSettings;
      },
    },
  },
  {
    promise: "the groups are there",
    rule: accounts.groupsAreThere,
    broken: {
      "no editors": (graph) => remove(graph, "Groupeditor"),
    },
  },
]);
