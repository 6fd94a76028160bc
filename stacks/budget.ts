/**
 * What owners may spend in a month before anything is counted against them by name
 * (`PUT /budgets/{owner}`), and what happens to a film that would go beyond: it waits until there
 * is room, or it is refused.
 */
const budgets: Record<string, Budget> = {
  dev: { over: "refuse" },
};

interface Budget {
  over: "wait" | "refuse";
  /** of owners without a budget of their own; absent: no limit */
  monthlyUsd?: number;
  /** prices of this stage in place of those in `packages/core/src/cost/prices.json`; docs/operations.md */
  prices?: object;
}

export const budget = new sst.Linkable("Budget", {
  properties: { ...(budgets[$app.stage] ?? { over: "refuse" }) },
});
