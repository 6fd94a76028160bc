/** A gate in a flow: while it is shut, what is under way stops and nothing begins. */
export interface Gate {
  readonly isShut: boolean;
  shut(): void;
  open(): void;
  /** fires when the gate is shut next; as it is now, when it is shut already */
  readonly shutting: AbortSignal;
  /** Waits until the gate is open. */
  pass(signal: AbortSignal): Promise<void>;
}

export function openGate(): Gate {
  let shutting = new AbortController();
  let waiting: Array<() => void> = [];
  return {
    get isShut() {
      return shutting.signal.aborted;
    },
    get shutting() {
      return shutting.signal;
    },
    shut() {
      shutting.abort();
    },
    open() {
      if (!shutting.signal.aborted) return;
      shutting = new AbortController();
      const through = waiting;
      waiting = [];
      for (const go of through) go();
    },
    async pass(signal) {
      while (shutting.signal.aborted) {
        signal.throwIfAborted();
        await new Promise<void>((resolve, reject) => {
          const stop = () => reject(signal.reason);
          signal.addEventListener("abort", stop, { once: true });
          waiting.push(() => {
            signal.removeEventListener("abort", stop);
            resolve();
          });
        });
      }
    },
  };
}
