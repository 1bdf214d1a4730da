/**
 * Ends a script from within, so that what it printed is handed on: when its time is nearly over, or its files are full.
 *
 * The interpreter asks before every command and in most tools whether to go on. It never gives its thread back, so no timer
 * could fire; the answer is read off the clocks instead, the real ones. The host's own clocks stay behind these, for a
 * step that takes long without asking, as a loop inside `awk`; then the output is lost.
 */
import type { Limits } from '../../types.ts';

/** Time for handing the output on: a tenth, and no more than this. 32 MiB of text are joined and sent in 100 ms. */
const mostMarginMs = 200;
/** Reading the CPU's time takes 2 µs, a command about 5. */
const cpuEvery = 64;

export type StopReason = 'wall' | 'cpu' | 'full';

export class Stop {
  readonly #cpuStart = process.cpuUsage();
  readonly #wallEndMs: number;
  readonly #cpuEndMs: number;
  #asked = 0;
  #reason: StopReason | null = null;

  constructor({ wallMs, cpuMs }: Limits) {
    const early = (ms: number): number => ms - Math.min(mostMarginMs, ms / 10);
    this.#wallEndMs = performance.now() + early(wallMs);
    this.#cpuEndMs = early(cpuMs);
  }

  get reason(): StopReason | null {
    return this.#reason;
  }

  /** The first reason stands. */
  because(reason: StopReason): void {
    this.#reason ??= reason;
  }

  /** Whether to stop, by what the clocks say now. */
  isDue(): boolean {
    if (this.#reason !== null) return true;
    if (performance.now() > this.#wallEndMs) this.because('wall');
    else if (++this.#asked % cpuEvery === 0) {
      const { user, system } = process.cpuUsage(this.#cpuStart);
      if ((user + system) / 1000 > this.#cpuEndMs) this.because('cpu');
    }
    return this.#reason !== null;
  }
}
