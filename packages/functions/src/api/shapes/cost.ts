import * as Cost from "@rushes/core/cost";

/** What core says about money, by the names that the API's description gives it. */
export const EstimateWish = Cost.Wish.meta({
  id: "EstimateWish",
  description: "A source as it would be, or a film's own.",
});
export const Estimate = Cost.Estimate.meta({
  id: "Estimate",
  description: "US dollars, before anything runs; null where nobody knows the price.",
});
export const Month = Cost.Month.meta({ examples: ["2026-11"] });
export const Budget = Cost.Budget.meta({ id: "Budget" });
export const BudgetWish = Cost.BudgetWish.meta({ id: "BudgetWish" });
export const MonthCosts = Cost.MonthCosts.extend({ budget: Budget.optional() }).meta({
  id: "MonthCosts",
});
export const Comparison = Cost.Comparison.meta({
  id: "Comparison",
  description: "Reserved slots against paying by the minute.",
});
