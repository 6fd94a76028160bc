import { described } from "../../door/described.ts";
import { Me, Profiles, SignIn } from "../shapes/person.ts";

const tag = "People";

export const showMe = described({
  id: "showMe",
  method: "get",
  path: "/me",
  tag,
  summary: "Tells who the token says you are",
  access: "token",
  answer: { status: 200, says: "You.", shape: Me },
  problems: [],
});

export const showSignIn = described({
  id: "showSignIn",
  method: "get",
  path: "/sign-in",
  tag,
  summary: "Tells where people of this stage sign in",
  description: "For clients that know the API's address alone. It may be kept for some minutes.",
  access: "none",
  answer: { status: 200, says: "The issuer of the tokens that are good here.", shape: SignIn },
  problems: [],
});

export const listProfiles = described({
  id: "listProfiles",
  method: "get",
  path: "/profiles",
  tag,
  summary: "Lists the encoding profiles a film may have",
  access: "token",
  answer: { status: 200, says: "The profiles.", shape: Profiles },
  problems: [],
});
