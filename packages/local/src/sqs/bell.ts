/** Wakes those who wait at a queue. */
export interface Bell {
  ring(queue: string): void;
  /** Resolves when the bell rings, when the time is over or when the machine stops. */
  wait(queue: string, ms: number): Promise<void>;
  /** Wakes everybody, for the last time. */
  silence(): void;
  readonly silent: boolean;
}

export function openBell(): Bell {
  const waiting = new Map<string, Set<() => void>>();
  let silent = false;
  const ring = (queue: string) => {
    for (const wake of waiting.get(queue) ?? []) wake();
  };
  return {
    ring,
    get silent() {
      return silent;
    },
    wait(queue, ms) {
      if (silent) return Promise.resolve();
      return new Promise((resolve) => {
        const here = waiting.get(queue) ?? new Set();
        waiting.set(queue, here);
        const wake = () => {
          clearTimeout(timer);
          here.delete(wake);
          if (here.size === 0) waiting.delete(queue);
          resolve();
        };
        const timer = setTimeout(wake, ms);
        here.add(wake);
      });
    },
    silence() {
      silent = true;
      for (const queue of [...waiting.keys()]) ring(queue);
    },
  };
}
