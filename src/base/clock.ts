/** Time as an argument, so that tests and replays can hold it still. */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  nowMs(): number;
  /** Milliseconds since an arbitrary start; never goes back. */
  elapsedMs(): number;
}

declare const performance: { now(): number };

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  elapsedMs: () => performance.now(),
};

/** A clock that stands at `startMs` until told otherwise. */
export function fixedClock(startMs: number): Clock & { advance(byMs: number): void } {
  let now = startMs;
  return {
    nowMs: () => now,
    elapsedMs: () => now - startMs,
    advance: (byMs) => {
      now += byMs;
    },
  };
}
