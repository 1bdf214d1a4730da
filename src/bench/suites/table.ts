/** The suites, one line each. */
import { nearest, WinnowError } from '../../base/mod.ts';
import { coffe } from './coffe.ts';
import { cruxeval } from './cruxeval.ts';
import { enamel } from './enamel.ts';
import { evalplus } from './evalplus.ts';
import { humaneval } from './humaneval.ts';
import { humanevalpack } from './humanevalpack.ts';
import { mbpp } from './mbpp.ts';
import { quixbugs } from './quixbugs.ts';
import { quixbugsJava } from './quixbugsjava.ts';
import { stdin } from './stdin.ts';
import type { Suite } from './types.ts';

export const suites: readonly Suite[] = [
  humaneval,
  mbpp,
  evalplus,
  humanevalpack,
  cruxeval,
  quixbugs,
  quixbugsJava,
  enamel,
  coffe,
  stdin,
];

/** @throws WinnowError `bad-usage` with the nearest names */
export function suiteNamed(name: string): Suite {
  const found = suites.find((suite) => suite.name === name);
  if (found !== undefined) return found;
  const names = suites.map((suite) => suite.name);
  throw new WinnowError('bad-usage', `Expected a suite, one of ${names.join(', ')}; came ${JSON.stringify(name)}.`, {
    details: { nearest: nearest(name, names) },
  });
}
