import { describe, expect, test } from 'vitest';
import { WinnowError } from '../base/mod.ts';
import { growthOf } from './growth.ts';
import type { MatrixTask } from './types.ts';

const known: MatrixTask = {
  ...{ id: 't', language: 'python', entryPoint: 'f', context: '' },
  candidates: [
    { id: 'a', source: 'A', drawn: 3, alike: ['b'] },
    { id: 'c', source: 'C', drawn: 1, alike: [] },
  ],
  probes: [{ id: '1', source: 'assert f(1) == 1', drawn: 1 }],
};
/** Programs are alike whose texts are so in upper case. */
const grow = (given: Partial<MatrixTask>): unknown => {
  try {
    return growthOf(known, { ...known, candidates: [], probes: [], ...given }, (text) => text.toUpperCase(), 'm');
  } catch (error) {
    return (error as WinnowError).code === 'bad-data' && error instanceof WinnowError ? error.message : error;
  }
};
const one = (id: string, source: string, drawn = 1): MatrixTask['candidates'][number] => ({ id, source, drawn });
const none = { candidates: [], probes: [], alike: [] };

describe('what a task in a file is given besides', () => {
  test('what is known adds nothing, whole or in part, and in whatever order', () => {
    expect(grow({})).toEqual(none);
    expect(grow({ candidates: [one('b', 'a', 2), one('c', 'c'), one('a', 'A')], probes: known.probes })).toEqual(none);
    expect(grow({ candidates: [one('b', 'A', 2)] })).toEqual(none);
  });

  test('new ids are added: of programs that are new, of copies of known ones, and of copies among the new', () => {
    const probe = { id: '2', source: 'f(2)', drawn: 2 };
    expect(grow({ candidates: [one('d', 'D'), one('e', 'a', 4), one('g', 'd', 2)], probes: [probe] })).toEqual({
      candidates: [{ id: 'd', source: 'D', drawn: 3, alike: ['g'] }],
      probes: [probe],
      alike: [{ candidate: 'a', id: 'e', drawn: 4 }],
    });
  });

  test.each([
    ['another program of a known id', { candidates: [one('c', 'D')] }, 'another candidate "c"'],
    ['a copy that is one no more', { candidates: [one('b', 'C')] }, 'another candidate "b"'],
    ['another count', { candidates: [one('c', 'C', 2)] }, 'candidate "c" drawn 1 times, not 2'],
    ['another test', { probes: [{ id: '1', source: 'assert f(1) == 2', drawn: 1 }] }, 'another probe "1"'],
    ['another function', { entryPoint: 'g' }, 'entryPoint "f", not "g"'],
  ])('%s is refused', (_, given, expected) => {
    expect(grow(given)).toContain(`m has a task "t" with ${expected}. Give new candidates`);
  });
});
