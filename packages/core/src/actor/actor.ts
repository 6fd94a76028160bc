import * as z from "zod";

/** Who is asking: a person with groups, as their token says. */
export const Actor = z.object({
  sub: z.string().min(1),
  groups: z.array(z.string()).default([]),
});
export type Actor = z.infer<typeof Actor>;

/** Owns what came through the inbox. Nobody can sign in as it. */
export const OPERATORS = "operators";

/** Admins are the operators. Without an actor the caller was let in by IAM, which is the same. */
export function isOperator(actor: Actor | undefined): boolean {
  return actor === undefined || actor.groups.includes("admin");
}

/** Whether somebody may watch what `ownerId` owns. */
export function mayWatch(actor: Actor | undefined, ownerId: string): boolean {
  return isOperator(actor) || (ownerId !== OPERATORS && actor?.sub === ownerId);
}
