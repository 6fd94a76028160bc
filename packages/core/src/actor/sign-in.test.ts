import { expect, it } from "vitest";
import { signIn } from "./index.ts";

const accounts = {
  issuer: "https://id.example.com",
  audiences: ["films"],
  groupsClaim: "groups",
  scopes: ["films"],
};

it.each([
  { of: "our own pool", more: { userPoolId: "eu-west-1_a", clientId: "c" }, userPool: true },
  { of: "a team's own issuer", more: {}, userPool: false },
  { of: "an issuer with a client of its own", more: { clientId: "c" }, userPool: false },
])("people of $of are told where to sign in", ({ more, userPool }) => {
  const { issuer, scopes } = accounts;
  const client = "clientId" in more ? { clientId: more.clientId } : {};
  expect(signIn({ ...accounts, ...more })).toEqual({ issuer, userPool, scopes, ...client });
});
