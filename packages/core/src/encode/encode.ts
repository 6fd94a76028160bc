export { abandon, halt, stop } from "./abandon.ts";
export { answer } from "./answer.ts";
export { hear, hearOfEnd } from "./hear.ts";
export { isOf, lookUp } from "./look-up.ts";
export { Detail, Spoke } from "./spoke.ts";
export { Asked, LEASE_MS, REPEAT_WITHIN_MS, submit } from "./submit.ts";
