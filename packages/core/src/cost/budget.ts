import * as Actor from "../actor/index.ts";
import * as Table from "../aws/table.ts";
import * as Config from "../config/index.ts";
import { Problem } from "../problem/index.ts";
import * as Money from "./money.ts";
import { budgetKey } from "./rows.ts";
import type { Budget, BudgetWish } from "./shapes.ts";

/** What an owner may spend in a month; a limit that is absent is none. */
export async function budgetOf(ownerId: string): Promise<Omit<Budget, "owner">> {
  const usual = Config.budget();
  const row = await Table.read(budgetKey(ownerId));
  if (!row) {
    const { over, monthlyUsd } = usual;
    return { over, ...(monthlyUsd === undefined ? {} : { monthlyUsd }) };
  }
  return {
    over: row.over === "wait" || row.over === "refuse" ? row.over : usual.over,
    ...(typeof row.monthlyMicroUsd === "number"
      ? { monthlyUsd: Money.usd(row.monthlyMicroUsd) }
      : {}),
  };
}

/**
 * @param owner `me`, or a user's `sub`
 * @throws Problem `Forbidden`
 */
export async function budget(actor: Actor.Actor, owner: string): Promise<Budget> {
  const ownerId = ownerFor(actor, owner);
  return { owner: ownerId, ...(await budgetOf(ownerId)) };
}

/**
 * Sets what an owner may spend in a month. What is running goes on; films that wait begin when
 * there is room.
 *
 * @throws Problem `Forbidden` for everybody but operators
 */
export async function setBudget(
  actor: Actor.Actor,
  owner: string,
  wish: BudgetWish,
): Promise<Budget> {
  if (!Actor.mayOperate(actor)) throw new Problem("Forbidden");
  const ownerId = ownerFor(actor, owner);
  const { monthlyUsd, over } = wish;
  await Table.put({
    ...budgetKey(ownerId),
    ...(monthlyUsd === null ? {} : { monthlyMicroUsd: Money.micro(monthlyUsd) }),
    ...(over ? { over } : {}),
  });
  return budget(actor, ownerId);
}

/**
 * Whose money somebody may look at: their own, and operators everybody's.
 *
 * @throws Problem `Forbidden`
 */
export function ownerFor(actor: Actor.Actor, owner: string): string {
  if (owner === "me" || owner === actor.sub) return actor.sub;
  if (!Actor.mayOperate(actor)) throw new Problem("Forbidden");
  return owner;
}
