import type { Kind } from "./kind.ts";

export const wait: Kind = {
  retries: false,
  interruptible: true,
  async begin({ query, scene, strand }) {
    const seconds = await query.number(scene, "Seconds");
    if (seconds === undefined) return { to: "wait", untilMs: await query.instant(scene) };
    if (!Number.isInteger(seconds) || seconds < 0 || seconds > MOST_SECONDS) {
      throw query.wrong(
        `The Seconds field must be a whole number between 0 and ${MOST_SECONDS}: ${seconds}`,
        "Seconds",
      );
    }
    return { to: "wait", untilMs: strand.entered.atMs + seconds * 1000 };
  },
};

/** Source: Step Functions developer guide, Wait state. */
const MOST_SECONDS = 99_999_999;
