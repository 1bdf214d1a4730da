/**
 * Gram indexes that stay open between searches, for a process that answers many: their trees and segments are read once, not for each.
 *
 * Each search looks at the disk all the same. Whoever closes one gives it back; those that nobody asked for longest are closed.
 */
import { type Grams, type GramsOptions, openGrams } from './grams.ts';

/** Kept although nobody uses them: some 30 MB of tree and blocks for one of 50,000 files. */
const idleGrams = 4;

export interface KeptGrams {
  /** As `openGrams`; closing gives it back. @throws what that throws */
  readonly open: (directory: string, options?: GramsOptions) => Grams;
  close(): void;
}

export function keptGrams(): KeptGrams {
  /** Least lately used first. */
  const kept = new Map<string, { readonly grams: Grams; users: number }>();
  const trim = (): void => {
    const idle = [...kept].filter(([, { users }]) => users === 0);
    for (const [key, { grams }] of idle.slice(0, Math.max(0, idle.length - idleGrams))) {
      kept.delete(key);
      grams.end();
    }
  };
  return {
    open: (directory, options = {}) => {
      // Nothing is opened before the first look, so one that is not needed holds nothing.
      const opened = openGrams(directory, options);
      const key = `${opened.directory}\0${opened.root}`;
      const one = kept.get(key) ?? { grams: opened, users: 0 };
      one.grams.onClose = () => {
        one.users--;
        trim();
      };
      one.users++;
      kept.delete(key);
      kept.set(key, one);
      return one.grams;
    },
    close: () => {
      for (const { grams } of kept.values()) grams.end();
      kept.clear();
    },
  };
}
