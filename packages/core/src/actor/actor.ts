import * as z from "zod";
import type { Video } from "../video/film.ts";
import type { relations } from "../video/limits.ts";

/** Somebody, as an issuer names them. Source: OpenID Connect Core, at most 255 ASCII characters. */
export const Sub = z.string().regex(/^[\x20-\x7e]{1,255}$/);

/** Who is asking: a person with groups, as their token says. */
export const Actor = z.object({
  sub: z.string().min(1),
  groups: z.array(z.string()).default([]),
});
export type Actor = z.infer<typeof Actor>;

/** Owns what came through the inbox. Nobody can sign in as it. */
export const OPERATORS = "operators";

/** What somebody may do here, by the highest of their groups. */
export type Role = "admin" | "editor" | "viewer" | "none";

export function role(actor: Actor | undefined): Role {
  return roles.find((each) => actor?.groups.includes(each)) ?? "none";
}

const roles = ["admin", "editor", "viewer"] as const;

/** What somebody is to a film; `none` must not even learn that it exists. */
export type Relation = (typeof relations)[number] | "none";

/** The part of a film that says who may do what. */
export type Subject = Pick<Video, "ownerId" | "visibility" | "sharedWith" | "deletedAtMs">;

/** What the actor is to a film; without one it is somebody nobody knows. */
export function relation(actor: Actor | undefined, film: Subject): Relation {
  if (film.deletedAtMs !== undefined) return "none";
  if (actor && film.ownerId !== OPERATORS && film.ownerId === actor.sub) return "own";
  if (mayOperate(actor)) return "operator";
  if (actor && film.sharedWith.includes(actor.sub)) return "shared";
  return film.visibility === "public" ? "public" : "none";
}

/** See it, and be granted to watch it. */
export function mayWatch(actor: Actor | undefined, film: Subject): boolean {
  return relation(actor, film) !== "none";
}

/** Look closer: its source, cost, problem, timeline, uploads, and whom it is shared with. */
export function mayInspect(actor: Actor | undefined, film: Subject): boolean {
  const is = relation(actor, film);
  return is === "own" || is === "operator";
}

/** Change, replace, make again, cancel or delete it. */
export function mayChange(actor: Actor | undefined, film: Subject): boolean {
  const is = relation(actor, film);
  return is === "operator" || (is === "own" && mayMake(actor));
}

/** Open new films. */
export function mayMake(actor: Actor | undefined): boolean {
  const is = role(actor);
  return is === "admin" || is === "editor";
}

/** Everything: all films, executions, budgets. */
export function mayOperate(actor: Actor | undefined): boolean {
  return role(actor) === "admin";
}
