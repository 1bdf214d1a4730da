/**
 * Turns: how many requests are answered at once, and how many may wait. Without an end to it a server dies of its queue; with it, the
 * request too many is told to come again.
 */
import { WinnowError } from '../../base/mod.ts';

export interface TurnsOptions {
  readonly atOnce: number;
  readonly waiting: number;
}

export class Turns {
  readonly #options: TurnsOptions;
  readonly #queue: (() => void)[] = [];
  #running = 0;

  constructor(options: TurnsOptions) {
    this.#options = options;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#queue.length;
  }

  /** @throws WinnowError `server-busy` when too many wait; `cancelled` when the asker has gone before its turn */
  async take<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
    if (signal.aborted) throw gone();
    if (this.#running >= this.#options.atOnce) {
      if (this.#queue.length >= this.#options.waiting)
        throw new WinnowError('server-busy', `${this.#queue.length} requests wait already. Ask again in a second.`);
      await this.#turn(signal);
    } else this.#running++;
    try {
      return await work();
    } finally {
      const next = this.#queue.shift();
      // The turn is handed on, so nobody who comes in between can take it.
      if (next === undefined) this.#running--;
      else next();
    }
  }

  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const mine = (): void => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = (): void => {
        this.#queue.splice(this.#queue.indexOf(mine), 1);
        reject(gone());
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#queue.push(mine);
    });
  }
}

const gone = (): WinnowError => new WinnowError('cancelled', 'Whoever asked has gone before its turn came.');
