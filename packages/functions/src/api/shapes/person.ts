import * as z from "zod";
import { Person } from "./words.ts";

export const Me = z.object({ id: Person, groups: z.array(z.string()) }).meta({
  id: "Me",
  examples: [{ id: "33b596f8-5277-418d-93a1-40d64e688cf8", groups: ["editor"] }],
});

export const SignIn = z
  .object({
    issuer: z
      .string()
      .meta({ examples: ["https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab1Cd2Ef3"] }),
    userPool: z.boolean().meta({
      description:
        "a Cognito user pool of this stage, for SRP; otherwise the team's own, with its discovery document below the issuer",
    }),
    clientId: z
      .string()
      .optional()
      .meta({ examples: ["7f3k2j9q0example"] }),
    scopes: z.array(z.string()).meta({ description: "an access token needs one of these" }),
  })
  .meta({ id: "SignIn" });

export const Profile = z
  .object({
    name: z.string().meta({ examples: ["standard"] }),
    description: z.string(),
    maxLines: z.int().meta({ description: "no rendition has more on its shorter side" }),
  })
  .meta({ id: "Profile" });

export const Profiles = z.object({ items: z.array(Profile) }).meta({ id: "Profiles" });
