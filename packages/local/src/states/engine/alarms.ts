/** Timers by key, for moments however far away. Setting one again replaces it. */
export function openAlarms(now: () => number) {
  const timers = new Map<string, NodeJS.Timeout>();

  function clear(key: string): void {
    clearTimeout(timers.get(key));
    timers.delete(key);
  }

  function set(key: string, atMs: number, ring: () => void): void {
    clear(key);
    const leftMs = Math.max(0, atMs - now());
    const timer = setTimeout(
      () => {
        timers.delete(key);
        // A timer may ring a moment early, and far moments are reached in several laps.
        if (now() < atMs) set(key, atMs, ring);
        else ring();
      },
      Math.min(leftMs, LONGEST_LAP_MS),
    );
    timer.unref();
    timers.set(key, timer);
  }

  return {
    set,
    clear,
    clearAll() {
      for (const key of [...timers.keys()]) clear(key);
    },
  };
}

export type Alarms = ReturnType<typeof openAlarms>;

/** The longest setTimeout takes. */
const LONGEST_LAP_MS = 2 ** 31 - 1;
