/** So many at once and no more; the others wait in the order in which they came. */
export interface Gate {
  /** @throws what the signal was aborted with, while waiting */
  pass<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T>;
}

/** @param most at once, ≥ 1 */
export function openGate(most: number): Gate {
  let inside = 0;
  const waiting = new Set<() => void>();
  const enter = (signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted();
    if (inside < most) {
      inside++;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        waiting.delete(next);
        reject(signal.reason);
      };
      const next = (): void => {
        waiting.delete(next);
        signal.removeEventListener('abort', leave);
        resolve();
      };
      waiting.add(next);
      signal.addEventListener('abort', leave, { once: true });
    });
  };
  return {
    async pass(work, signal) {
      await enter(signal);
      try {
        return await work();
      } finally {
        // The place is handed on: who waits first comes next.
        const [next] = waiting;
        if (next === undefined) inside--;
        else next();
      }
    },
  };
}
