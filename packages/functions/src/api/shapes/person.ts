import * as z from "zod";
import { Person } from "./words.ts";

export const Me = z
  .object({ id: Person, groups: z.array(z.string()) })
  .meta({ id: "Me", examples: [{ id: "3b0c…", groups: ["editor"] }] });

export const Profile = z
  .object({
    name: z.string().meta({ examples: ["standard"] }),
    description: z.string(),
    maxLines: z.int().meta({ description: "no rendition has more on its shorter side" }),
  })
  .meta({ id: "Profile" });

export const Profiles = z.object({ items: z.array(Profile) }).meta({ id: "Profiles" });
