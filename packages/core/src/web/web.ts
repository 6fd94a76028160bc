/** The one door to addresses that people give us. Nothing else in the house calls them. */
export { type Answer, fetchFrom, type Request, type Resolve } from "./fetch.ts";
export { check, type Rules } from "./rules.ts";
export { Unreachable, type Why } from "./unreachable.ts";
