/**
 * What guesses without looking at any use come to: a universal mock, what is most frequent, chance, and names alone.
 *
 * They learn from recordings of the other projects only, so that no project is guessed from itself; that is more than what is measured beside them has.
 */
import type { ValueKind, ValueSite } from '../../run/mod.ts';
import type { Recording } from './fidelityfile.ts';
import { type Words, withoutArguments } from './fidelitymatch.ts';

export const baselineKinds = ['instance', 'frequent', 'chance', 'names'] as const;
export type BaselineKind = (typeof baselineKinds)[number];

/** A guess, and how likely it is made. */
export interface Guess {
  readonly words: Words;
  readonly share: number;
}

type Counts = Map<string, number>;

export class Baselines {
  readonly #kinds = new Map<string, Counts>();
  readonly #names = new Map<string, Counts>();
  readonly #parts = new Map<string, Counts>();

  /** @param recordings of other projects than the one that is guessed */
  constructor(recordings: readonly Recording[]) {
    for (const { functions } of recordings)
      for (const { sites } of functions)
        for (const site of sites)
          for (const { type, truth, size } of site.values) {
            // Each kind of value that a site had counts once, however often it ran.
            const key = JSON.stringify({ type, truth, size } satisfies Words);
            add(this.#kinds, site.kind, key);
            add(this.#names, nameOf(site.what), key);
            for (const part of partsOf(nameOf(site.what)).slice(-1)) add(this.#parts, part, key);
          }
  }

  guesses(kind: BaselineKind, site: Pick<ValueSite, 'kind' | 'what'>): readonly Guess[] {
    if (kind === 'instance') return [{ words: { type: 'instance', truth: true, size: null }, share: 1 }];
    const all = this.#kinds.get(site.kind satisfies ValueKind) ?? new Map<string, number>();
    if (kind === 'frequent') return most(all);
    if (kind === 'chance') {
      const sum = [...all.values()].reduce((total, count) => total + count, 0);
      return [...all].map(([key, count]) => ({ words: JSON.parse(key) as Words, share: count / sum }));
    }
    const name = nameOf(site.what);
    return most(this.#names.get(name) ?? this.#parts.get(partsOf(name).at(-1) ?? '') ?? all);
  }
}

function add(counts: Map<string, Counts>, under: string, key: string): void {
  const known = counts.get(under) ?? new Map<string, number>();
  counts.set(under, known.set(key, (known.get(key) ?? 0) + 1));
}

function most(counts: Counts): Guess[] {
  const [best] = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  return best === undefined ? [] : [{ words: JSON.parse(best[0]) as Words, share: 1 }];
}

/** The last name of an expression; that of a call has its brackets, since what it gives is something else. */
export const nameOf = (what: string): string => /([\p{L}\p{N}_]+)((\(\))*)$/u.exec(withoutArguments(what))?.[0] ?? what;

const partsOf = (name: string): string[] =>
  name
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1_$2')
    .toLowerCase()
    .split('_')
    .filter((part) => part !== '');
