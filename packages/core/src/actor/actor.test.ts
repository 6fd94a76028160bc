import { describe, expect, it } from "vitest";
import * as Actor from "./actor.ts";

const film = (about: Partial<Actor.Subject> = {}): Actor.Subject => ({
  ownerId: "ann",
  visibility: "private",
  sharedWith: [],
  ...about,
});
const who = (sub: string, ...groups: string[]): Actor.Actor => ({ sub, groups });

describe("what somebody is to a film", () => {
  it.each([
    { actor: who("ann"), of: film(), is: "own" },
    { actor: who("ann", "admin"), of: film(), is: "own" },
    { actor: who("bob", "admin"), of: film(), is: "operator" },
    { actor: who("bob", "editor"), of: film(), is: "none" },
    { actor: who("bob"), of: film({ sharedWith: ["eve", "bob"] }), is: "shared" },
    { actor: who("bob"), of: film({ sharedWith: ["bob"], visibility: "public" }), is: "shared" },
    { actor: who("bob"), of: film({ visibility: "public" }), is: "public" },
    { actor: undefined, of: film({ visibility: "public" }), is: "public" },
    { actor: undefined, of: film({ sharedWith: ["undefined"] }), is: "none" },
    // nobody is the operators, whatever their token says
    { actor: who(Actor.OPERATORS), of: film({ ownerId: Actor.OPERATORS }), is: "none" },
    { actor: who("bob", "admin"), of: film({ ownerId: Actor.OPERATORS }), is: "operator" },
    // and on its way out it is nothing to anybody
    { actor: who("ann", "admin"), of: film({ deletedAtMs: 1, visibility: "public" }), is: "none" },
  ])("$actor to $of: $is", ({ actor, of, is }) => {
    expect(Actor.relation(actor, of)).toBe(is);
  });
});

describe("what somebody may do", () => {
  const shared = film({ sharedWith: ["bob"] });
  const open = film({ visibility: "public" });
  it.each([
    { actor: who("ann", "editor"), of: film(), may: "watch inspect change" },
    { actor: who("ann", "admin"), of: film(), may: "watch inspect change" },
    { actor: who("ann", "viewer"), of: film(), may: "watch inspect" },
    { actor: who("ann"), of: film(), may: "watch inspect" },
    { actor: who("bob", "admin"), of: film(), may: "watch inspect change" },
    { actor: who("bob", "editor"), of: film(), may: "" },
    { actor: who("bob", "editor"), of: shared, may: "watch" },
    { actor: who("bob", "editor"), of: open, may: "watch" },
    { actor: undefined, of: open, may: "watch" },
    { actor: undefined, of: film(), may: "" },
  ])("$actor with $of: $may", ({ actor, of, may }) => {
    const able = [
      Actor.mayWatch(actor, of) ? "watch" : "",
      Actor.mayInspect(actor, of) ? "inspect" : "",
      Actor.mayChange(actor, of) ? "change" : "",
    ];
    expect(able.filter(Boolean).join(" ")).toBe(may);
  });

  it.each([
    { groups: ["viewer", "admin"], role: "admin", make: true, operate: true },
    { groups: ["editor"], role: "editor", make: true, operate: false },
    { groups: ["viewer"], role: "viewer", make: false, operate: false },
    { groups: ["administrators", "Admin"], role: "none", make: false, operate: false },
    { groups: [], role: "none", make: false, operate: false },
  ])("in $groups: $role", ({ groups, role, make, operate }) => {
    const actor = who("ann", ...groups);
    expect([Actor.role(actor), Actor.mayMake(actor), Actor.mayOperate(actor)]).toEqual([
      role,
      make,
      operate,
    ]);
  });
});
