export { Died, settle, videoOf } from "./settle.ts";
export { QUIET_MS, sweep } from "./sweep.ts";
export { unsent } from "./unsent.ts";
