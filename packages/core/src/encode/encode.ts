export { abandon, halt, stop } from "./abandon.ts";
export { answer } from "./answer.ts";
export { hear, hearOfEnd } from "./hear.ts";
export { isOf, lookUp } from "./look-up.ts";
export { Spoke } from "./spoke.ts";
export { Asked, submit } from "./submit.ts";
