import type { Cloud } from "../kernel/cloud.ts";

/** Wakes up when something is due. */
export interface Clockwork {
  /** What is due soonest may have changed. */
  look(): void;
  start(): void;
  stop(): void;
}

/**
 * @param soonestMs the next moment at which something is due
 * @param fire does everything that is due and moves it to its next moment
 */
export function openClockwork(
  cloud: Cloud,
  soonestMs: () => number | undefined,
  fire: (nowMs: number) => void,
): Clockwork {
  let timer: NodeJS.Timeout | undefined;
  let isRunning = false;
  const look = () => {
    clearTimeout(timer);
    if (!isRunning) return;
    const at = soonestMs();
    if (at === undefined) return;
    const waitMs = at - cloud.now();
    if (waitMs <= 0) return tick();
    // A machine that slept, or a clock turned by hand, is noticed within a second.
    timer = setTimeout(look, Math.min(waitMs, LOOK_AGAIN_MS));
  };
  const tick = () => {
    try {
      fire(cloud.now());
      timer = setTimeout(look, 0);
    } catch (error) {
      cloud.tell(`a schedule could not fire (${error instanceof Error ? error.name : "error"})`);
      timer = setTimeout(look, LOOK_AGAIN_MS);
    }
  };
  return {
    look,
    start() {
      isRunning = true;
      look();
    },
    stop() {
      isRunning = false;
      clearTimeout(timer);
    },
  };
}

const LOOK_AGAIN_MS = 1000;
