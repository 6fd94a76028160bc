import { StateFailed } from "../failure.ts";
import type { Kind } from "./kind.ts";

export const pass: Kind = {
  retries: false,
  interruptible: false,
  async begin({ query, scene }) {
    const result = await query.made(scene);
    return { to: "finish", ...(result ? { result } : {}) };
  },
};

export const succeed: Kind = {
  retries: false,
  interruptible: false,
  begin: async () => ({ to: "finish" }),
};

export const fail: Kind = {
  retries: false,
  interruptible: false,
  async begin({ query, scene }) {
    const error = await query.text(scene, "Error");
    const cause = await query.text(scene, "Cause");
    return {
      to: "fail",
      failure: {
        ...(error === undefined ? {} : { error }),
        ...(cause === undefined ? {} : { cause }),
      },
    };
  },
};

export const choice: Kind = {
  retries: false,
  interruptible: false,
  async begin({ query, scene }) {
    const { next, ...outcome } = await query.choose(scene);
    if (next === undefined) {
      throw new StateFailed({
        error: "States.NoChoiceMatched",
        cause: `An error occurred while executing the state '${scene.name}' (entered at the event id #${scene.enteredEventId}). No choice matched and no default was given.`,
      });
    }
    return { to: "leave", next, outcome };
  },
};
