/** The door of a direct call, by a person's tool or another service: it opens as a step's does. */
export { task as invoke } from "./task.ts";
