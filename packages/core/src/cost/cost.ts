export { budget, setBudget } from "./budget.ts";
export { hasRoom, reserve, settle } from "./ledger.ts";
export { Prices } from "./prices.ts";
export * from "./shapes.ts";
