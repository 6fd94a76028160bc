import { decodeJwt, decodeProtectedHeader, generateKeyPair, SignJWT } from "jose";
import type { TestLaptop } from "./laptop.ts";
import { ofHoursAgo, type Person } from "./people.ts";

/** Tokens that must not open anything, each one step from a good one. */
export const wrong = ["expired", "edited", "ID", "of a foreign issuer"] as const;
export type Wrong = (typeof wrong)[number];

export async function wrongTokens(
  here: TestLaptop,
  person: Person,
): Promise<Record<Wrong, string>> {
  const { access: expired } = await ofHoursAgo(here, person, 3);
  return {
    expired,
    edited: promoted(person.access),
    ID: person.id,
    "of a foreign issuer": await foreign(person.access),
  };
}

/** The same token, whose holder is another and an admin now; its signature is the old one. */
function promoted(token: string): string {
  const [head, , signature] = token.split(".");
  const claims = { ...decodeJwt(token), sub: "somebody-else", "cognito:groups": ["admin"] };
  return [head, Buffer.from(JSON.stringify(claims)).toString("base64url"), signature].join(".");
}

/** Somebody else's issuer says all the same, under the same name of a key. */
async function foreign(token: string): Promise<string> {
  const { privateKey } = await generateKeyPair("RS256");
  const { kid } = decodeProtectedHeader(token);
  const claims = { ...decodeJwt(token), iss: "https://id.elsewhere.example" };
  return new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: kid ?? "" }).sign(privateKey);
}
