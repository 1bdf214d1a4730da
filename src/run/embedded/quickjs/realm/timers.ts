/**
 * Timers, immediates and ticks of Node's event loop, in virtual time.
 *
 * Nothing waits: when all that is ready has run, the clock is set to when the next timer is due. So a program that
 * sleeps ten seconds takes none, and the order of timers depends on their times alone.
 */
import { door } from './door.ts';

type Task = () => void;

const now = (() => {
  const { performance } = globalThis as { performance: { now(): number } };
  const read = performance.now.bind(performance);
  return () => read();
})();

let sequence = 0;

export class Timeout {
  readonly id = ++sequence;
  readonly run: Task;
  readonly delayMs: number;
  readonly repeats: boolean;
  dueMs: number;
  order: number;
  isRef = true;

  constructor(run: Task, delayMs: number, repeats: boolean) {
    this.run = run;
    // Node: a delay that is no number from 1 to 2^31 - 1 becomes 1.
    this.delayMs = delayMs >= 1 && delayMs <= 2 ** 31 - 1 ? Math.trunc(delayMs) : 1;
    this.repeats = repeats;
    this.dueMs = Math.floor(now()) + this.delayMs;
    this.order = ++sequence;
    timers.add(this);
  }
  ref(): this {
    this.isRef = true;
    return this;
  }
  unref(): this {
    this.isRef = false;
    return this;
  }
  hasRef(): boolean {
    return this.isRef;
  }
  refresh(): this {
    this.dueMs = Math.floor(now()) + this.delayMs;
    this.order = ++sequence;
    timers.add(this);
    return this;
  }
  close(): this {
    timers.delete(this);
    return this;
  }
  [Symbol.toPrimitive](): number {
    return this.id;
  }
  [Symbol.dispose](): void {
    timers.delete(this);
  }
}

const timers = new Set<Timeout>();
const immediates = new Set<{ run: Task }>();
const ticks: Task[] = [];

function checked(callback: unknown): (...args: unknown[]) => unknown {
  if (typeof callback === 'function') return callback as never;
  throw Object.assign(new TypeError('The "callback" argument must be of type function.'), {
    code: 'ERR_INVALID_ARG_TYPE',
  });
}

export function setTimeout(callback: unknown, delayMs = 1, ...args: unknown[]): Timeout {
  const call = checked(callback);
  return new Timeout(() => call(...args), Number(delayMs), false);
}
export function setInterval(callback: unknown, delayMs = 1, ...args: unknown[]): Timeout {
  const call = checked(callback);
  return new Timeout(() => call(...args), Number(delayMs), true);
}
export function clearTimeout(timer: unknown): void {
  if (timer instanceof Timeout) timers.delete(timer);
  else for (const known of timers) if (known.id === Number(timer)) timers.delete(known);
}
export function setImmediate(callback: unknown, ...args: unknown[]): { run: Task } {
  const call = checked(callback);
  const immediate = { run: () => void call(...args) };
  immediates.add(immediate);
  return immediate;
}
export function clearImmediate(immediate: unknown): void {
  immediates.delete(immediate as never);
}
export function nextTick(callback: unknown, ...args: unknown[]): void {
  const call = checked(callback);
  ticks.push(() => void call(...args));
}

/** One phase of the loop, as the host asks for it. @returns whether anything ran */
export function runTicks(): boolean {
  const ready = ticks.splice(0);
  while (ready.length > 0) {
    const task = ready.shift() as Task;
    try {
      task();
    } catch (error) {
      // What is left runs after the error was seen, if the program goes on.
      ticks.unshift(...ready);
      throw error;
    }
  }
  return ticks.length > 0;
}

export function hasTicks(): boolean {
  return ticks.length > 0;
}

let immediatesOfTurn: { run: Task }[] = [];

/**
 * The next timer or immediate. Each runs in a turn of its own, with ticks and promises between, as in Node.
 *
 * @returns false when nothing is left that keeps the program alive
 */
export function runNext(): boolean {
  const immediate = immediatesOfTurn.shift();
  if (immediate !== undefined) {
    if (immediates.delete(immediate)) immediate.run();
    return true;
  }
  const next = nextTimer();
  if (next !== null && (immediates.size === 0 || next.dueMs <= now())) {
    runTimer(next);
    return true;
  }
  if (immediates.size > 0) {
    immediatesOfTurn = [...immediates];
    return true;
  }
  return false;
}

function nextTimer(): Timeout | null {
  let next: Timeout | null = null;
  let isKept = false;
  for (const timer of timers) {
    if (timer.isRef) isKept = true;
    if (next === null || timer.dueMs < next.dueMs || (timer.dueMs === next.dueMs && timer.order < next.order))
      next = timer;
  }
  return isKept || immediates.size > 0 ? next : null;
}

function runTimer(timer: Timeout): void {
  door('sleep-until', timer.dueMs);
  if (timer.repeats) {
    timer.dueMs = Math.floor(now()) + timer.delayMs;
    timer.order = ++sequence;
  } else timers.delete(timer);
  timer.run();
}

export const promises = {
  setTimeout: <T>(delayMs: number, value?: T): Promise<T | undefined> =>
    new Promise((resolve) => {
      setTimeout(() => resolve(value), delayMs);
    }),
  setImmediate: <T>(value?: T): Promise<T | undefined> =>
    new Promise((resolve) => {
      setImmediate(() => resolve(value));
    }),
};
