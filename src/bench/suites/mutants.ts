/**
 * Programs that differ from the reference by one small change: whether the tests notice tells how much they hold.
 *
 * Changes of operators, comparisons, constants and truth, as in mutation testing of old (DeMillo et al. 1978), by text: what stands in strings or comments may be hit as well, and such
 * mutants survive; so a score is a lower bound.
 */
import { seededRandom } from '../../base/mod.ts';
import type { Program } from './types.ts';

const changes: readonly (readonly [RegExp, string])[] = [
  [/(?<![<>=!-])<(?![=<])/g, '<='],
  [/(?<![<>=-])>(?![=>])/g, '>='],
  [/<=/g, '<'],
  [/>=/g, '>'],
  [/==/g, '!='],
  [/!=/g, '=='],
  [/(?<=[\w)\]] )\+(?= )/g, '-'],
  [/(?<=[\w)\]] )-(?= )/g, '+'],
  [/(?<=[\w)\]] )\*(?= )/g, '+'],
  [/ and /g, ' or '],
  [/ or /g, ' and '],
  [/\bnot /g, ''],
  [/\bTrue\b/g, 'False'],
  [/\bFalse\b/g, 'True'],
  [/(?<![\w.])0(?![\w.])/g, '1'],
  [/(?<![\w.])1(?![\w.])/g, '2'],
  [/(?<![\w.])2(?![\w.])/g, '3'],
];

/** @param from where the part begins that may be changed: behind the prompt */
export function mutantsOf({ source, language }: Program, from: number, most: number, seed: number): readonly Program[] {
  const made = new Set<string>();
  const body = source.slice(from);
  for (const [what, by] of changes)
    for (const { index, 0: found } of body.matchAll(what))
      made.add(source.slice(0, from) + body.slice(0, index) + by + body.slice(index + found.length));
  return seededRandom(seed)
    .shuffle([...made])
    .slice(0, most)
    .map((text) => ({ source: text, language }));
}
