import type { components, operations } from "./api.gen.ts";

/** What the API speaks of, by the names of its description. */
type Schemas = components["schemas"];

export type Video = Schemas["Video"];
export type Status = Video["status"];
export type Phase = Video["phase"];
export type VideoWish = Schemas["VideoWish"];
export type VideoChange = Schemas["VideoChange"];
export type Making = Schemas["Making"];
export type Replacement = Schemas["Replacement"];
export type Opened = Schemas["Opened"];
export type Upload = Schemas["Upload"];
export type Happening = Schemas["Happening"];
export type Execution = Schemas["Execution"];
export type Grant = Schemas["Grant"];
export type Profile = Schemas["Profile"];
export type Options = Schemas["Options"];
export type Me = Schemas["Me"];
export type Estimate = Schemas["Estimate"];
export type EstimateWish = Schemas["EstimateWish"];
export type MonthCosts = Schemas["MonthCosts"];
export type Comparison = Schemas["Comparison"];
export type Budget = Schemas["Budget"];
export type BudgetWish = Schemas["BudgetWish"];
export type Webhook = Schemas["Webhook"];
export type WebhookWish = Schemas["WebhookWish"];
export type WebhookChange = Schemas["WebhookChange"];
export type WebhookWithSecret = Schemas["WebhookWithSecret"];
export type Delivery = Schemas["Delivery"];

/** Which films a list holds. */
export type VideoQuery = Omit<
  NonNullable<operations["listVideos"]["parameters"]["query"]>,
  "cursor"
>;
/** Whose costs, and of which month. */
export type CostQuery = NonNullable<operations["showCosts"]["parameters"]["query"]>;
