/**
 * What a job may use when it does not say, and the most it may ask for.
 *
 * The defaults are for a program that answers one task: enough for any honest one, little enough
 * that a hundred runaways cost minutes. The ranges refuse mistakes (a limit in seconds where
 * milliseconds are meant, NaN, minus one for "none"), not wishes.
 */
import { WinnowError } from '../base/mod.ts';
import type { Limits } from './types.ts';

const mebibyte = 1024 * 1024;
const gibibyte = 1024 * mebibyte;

export const defaultLimits: Limits = {
  // HumanEval, MBPP and CRUXEval programs end within 3 s; slow starters (R, the JVM) need one more on a busy machine.
  wallMs: 10_000,
  cpuMs: 10_000,
  fuel: null,
  // What contest judges grant most often is 256 MiB; the JVM and Node need some of it for themselves.
  memoryBytes: 512 * mebibyte,
  outputBytes: 16 * mebibyte,
  keepBytes: 1 * mebibyte,
  // A JVM has about 30 threads on two cores.
  processes: 64,
  fileBytes: 64 * mebibyte,
};

/** Compilers get more of everything: `rustc` and `kotlinc` take a gibibyte and many threads for a line. */
export const defaultCompileLimits: Limits = {
  ...defaultLimits,
  wallMs: 60_000,
  cpuMs: 120_000,
  memoryBytes: 2 * gibibyte,
  outputBytes: 4 * mebibyte,
  processes: 512,
  fileBytes: 512 * mebibyte,
};

/** Least and most of each, whole numbers in the unit of its name. */
export const limitRanges: Readonly<Record<keyof Limits, readonly [least: number, most: number]>> = {
  // A day: timers of Node end at 24.8 days.
  wallMs: [1, 86_400_000],
  cpuMs: [1, 86_400_000],
  fuel: [1, Number.MAX_SAFE_INTEGER],
  // Below this no interpreter starts.
  memoryBytes: [4 * mebibyte, 1024 * gibibyte],
  outputBytes: [0, 1 * gibibyte],
  // Kept bytes lie in this process's memory.
  keepBytes: [0, 256 * mebibyte],
  processes: [1, 32_768],
  fileBytes: [0, 1024 * gibibyte],
};

/** What a job may hold at all. */
export const jobLimits = {
  /** More files than any task of a known suite by a factor of ten; each costs every backend a call. */
  files: 10_000,
  /** All files and standard input together, bytes: they are held in memory, more than once. */
  bytes: 256 * mebibyte,
  /** Bytes of each stream that can be kept. */
  keepBytes: limitRanges.keepBytes[1],
  /** Least and most of each limit. */
  ranges: limitRanges,
} as const;

/**
 * @param which names the limits in complaints: `limits`, `compileLimits`
 * @throws WinnowError `bad-job` on an unknown name or a number out of its range
 */
export function checkLimits(given: Partial<Limits>, defaults: Limits, which: string): Limits {
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(limitRanges, name)) {
      throw new WinnowError(
        'bad-job',
        `${which} has no ${JSON.stringify(name)}. There are: ${Object.keys(limitRanges).join(', ')}.`,
        { details: { limit: name } },
      );
    }
    if (value === undefined || (name === 'fuel' && value === null)) continue;
    const [least, most] = limitRanges[name as keyof Limits];
    if (value === null || !Number.isSafeInteger(value) || value < least || value > most) {
      throw new WinnowError(
        'bad-job',
        `${which}.${name} must be a whole number from ${least} to ${most}; it was ${typeof value === 'number' ? value : JSON.stringify(value)}.`,
        { details: { limit: name, value: String(value), least, most } },
      );
    }
  }
  const defined = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(defined) };
}
