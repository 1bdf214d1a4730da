/**
 * Time for programs: held still so that two runs see the same, or the machine's own.
 *
 * A pinned clock starts where it is told and moves only when it is read (so that a loop that waits for it ends)
 * and when the program sleeps, which then takes no time at all.
 */

/** What a reading moves a pinned clock: 1 µs. A loop that waits a second for it turns a million times, some 0.2 s. */
const tickNs = 1000n;

export interface WasiClock {
  /** Nanoseconds since 1970. */
  realNs(): bigint;
  /** Nanoseconds since the program started. */
  elapsedNs(): bigint;
  /** The time without moving it: for the times of files. */
  peekNs(): bigint;
  sleep(ns: bigint): void;
  /** A clock that goes on from here by itself. */
  copy(): WasiClock;
}

/** @param clockMs where it starts, ms since 1970; null: the real clock */
export function wasiClock(clockMs: number | null): WasiClock {
  return clockMs === null ? realClock() : pinnedClock(BigInt(Math.trunc(clockMs)) * 1_000_000n);
}

function pinnedClock(start: bigint, from = 0n): WasiClock {
  let elapsed = from;
  const read = () => {
    elapsed += tickNs;
    return elapsed;
  };
  return {
    realNs: () => start + read(),
    elapsedNs: read,
    peekNs: () => start + elapsed,
    sleep: (ns) => {
      elapsed += ns;
    },
    copy: () => pinnedClock(start, elapsed),
  };
}

function realClock(started = process.hrtime.bigint()): WasiClock {
  const real = () => BigInt(Date.now()) * 1_000_000n;
  const lock = new Int32Array(new SharedArrayBuffer(4));
  return {
    realNs: real,
    elapsedNs: () => process.hrtime.bigint() - started,
    peekNs: real,
    sleep: (ns) => {
      Atomics.wait(lock, 0, 0, Number(ns) / 1e6);
    },
    copy: () => realClock(started),
  };
}
