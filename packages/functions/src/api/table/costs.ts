import * as z from "zod";
import { described } from "../../door/described.ts";
import {
  Budget,
  BudgetWish,
  Comparison,
  Estimate,
  EstimateWish,
  Month,
  MonthCosts,
} from "../shapes/cost.ts";
import { Person } from "../shapes/words.ts";

const tag = "Costs";
const query = z.strictObject({
  owner: Person.default("me").meta({ description: "me; for operators also a user's id" }),
  month: Month.optional().meta({ description: "this one, unless said otherwise" }),
});
const params = z.object({
  owner: Person.meta({ description: "me, or for operators a user's id", examples: ["me"] }),
});

export const estimate = described({
  id: "estimate",
  method: "post",
  path: "/estimates",
  tag,
  summary: "Says what a film would cost, before anything runs",
  access: "token",
  body: EstimateWish,
  answer: { status: 200, says: "The estimate.", shape: Estimate },
  problems: ["VideoNotFound", "Forbidden", "MoveForbidden", "SourceWithoutAudio"],
});

export const showCosts = described({
  id: "showCosts",
  method: "get",
  path: "/costs",
  tag,
  summary: "Adds up what an owner's films cost in a month",
  access: "token",
  query,
  answer: { status: 200, says: "The month.", shape: MonthCosts },
  problems: ["Forbidden"],
});

export const compareReserved = described({
  id: "compareReserved",
  method: "get",
  path: "/costs/reserved",
  tag,
  summary: "Says whether reserved slots would have been cheaper",
  access: "token",
  query,
  answer: { status: 200, says: "The comparison.", shape: Comparison },
  problems: ["Forbidden"],
});

export const showBudget = described({
  id: "showBudget",
  method: "get",
  path: "/budgets/{owner}",
  tag,
  summary: "Shows an owner's budget",
  access: "token",
  params,
  answer: { status: 200, says: "The budget.", shape: Budget },
  problems: ["Forbidden"],
});

export const setBudget = described({
  id: "setBudget",
  method: "put",
  path: "/budgets/{owner}",
  tag,
  summary: "Sets an owner's budget",
  description: "For operators.",
  access: "token",
  params,
  body: BudgetWish,
  answer: { status: 200, says: "The budget as it is now.", shape: Budget },
  problems: ["Forbidden"],
});
