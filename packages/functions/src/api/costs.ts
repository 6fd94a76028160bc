import * as Cost from "@rushes/core/cost";
import { type Served, serve } from "../door/described.ts";
import { compareReserved, estimate, setBudget, showBudget, showCosts } from "./table/costs.ts";

export const costs: readonly Served[] = [
  serve(estimate, ({ actor, body }) => Cost.estimate(actor, body)),
  serve(showCosts, ({ actor, query }) => Cost.month(actor, query)),
  serve(compareReserved, ({ actor, query }) => Cost.compare(actor, query)),
  serve(showBudget, ({ actor, params }) => Cost.budget(actor, params.owner)),
  serve(setBudget, ({ actor, params, body }) => Cost.setBudget(actor, params.owner, body)),
];
