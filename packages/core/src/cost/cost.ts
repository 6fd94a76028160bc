export { budget, setBudget } from "./budget.ts";
export { compare } from "./compare.ts";
export { estimate } from "./estimate.ts";
export { hasRoom, reserve, settle } from "./ledger.ts";
export { month } from "./month.ts";
export { Prices } from "./prices.ts";
export * from "./shapes.ts";
