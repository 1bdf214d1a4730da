/** Choosing among patches: Agentless's order, what is rejected, and which patches say the same. */
import { beforeAll, describe, expect, test } from 'vitest';
import { createSyntaxReader, type SyntaxReader } from '../../code/mod.ts';
import { loadGrammarFile } from '../../index/mod.ts';
import { normalForm } from './normal.ts';
import { rejection, rerank } from './rerank.ts';
import type { PatchCandidate, PatchEvidence } from './types.ts';

const fine: PatchEvidence = { regressions: [], mended: [], reproduction: null, problem: null, flaky: [] };
const patch = (sample: number, evidence: Partial<PatchEvidence> = {}, drawn = 1): PatchCandidate => ({
  patch: '',
  files: [],
  form: `${sample}`,
  sample,
  drawn,
  review: null,
  evidence: { ...fine, ...evidence },
});
const broken = (...names: string[]): Partial<PatchEvidence> => ({
  regressions: names.map((name) => ({ name, message: '' })),
});

describe('rerank', () => {
  const check = (patches: readonly PatchCandidate[], expected: readonly number[], preferMended = true): void =>
    expect(rerank(patches, { preferMended }).map(({ sample }) => sample)).toEqual(expected);

  test('fewest regressions, the reproduction test, the most drawn, the earliest', () => {
    check([patch(0, broken('a', 'b')), patch(1, broken('a')), patch(2)], [2, 1, 0]);
    check([patch(0, { reproduction: 'fails' }, 9), patch(1, { reproduction: 'passes' })], [1, 0]);
    check([patch(0, { ...broken('a'), reproduction: 'passes' }), patch(1, { reproduction: 'fails' })], [1, 0]);
    check([patch(0), patch(1, {}, 3), patch(2, {}, 3)], [1, 2, 0]);
  });

  test('mended tests stand before the reproduction test where that is wanted; what did not end stands last', () => {
    const two = [patch(0, { reproduction: 'passes' }), patch(1, { mended: ['a'], reproduction: 'fails' })];
    check(two, [1, 0]);
    check(two, [0, 1], false);
    check([patch(0, { problem: 'stopped by the limit of wall' }), patch(1, broken('a'))], [1, 0]);
    check([patch(0, { regressions: null }), patch(1, broken('a'))], [1, 0]);
  });
});

test('what is rejected, and why', () => {
  const of = (evidence: Partial<PatchEvidence>, hasFailing = false, reproduces = false): string | null =>
    rejection(patch(0, evidence), { hasFailing, reproduces });
  expect(of({})).toBeNull();
  expect(of(broken('a'))).toBe('a test that passed fails with it: a');
  expect(of(broken('a', 'b', 'c', 'd'))).toBe('4 tests that passed fail with it: a, b, c');
  expect(of({ problem: 'stopped by the limit of wall' })).toBe('stopped by the limit of wall');
  expect(of({ reproduction: 'fails' }, false, true)).toBe('the reproduction test still fails');
  expect(of({}, true)).toBe('no failing test passes with it');
  expect(of({ mended: ['a'] }, true)).toBeNull();
  expect(of({ reproduction: 'passes' }, true, true)).toBeNull();
});

describe('normal forms', () => {
  let syntax: SyntaxReader;
  beforeAll(async () => {
    syntax = await createSyntaxReader(loadGrammarFile);
  });
  const form = (text: string, path = 'a.py'): Promise<string> =>
    normalForm(syntax, [{ path, before: null, after: Buffer.from(text) }]);

  test('comments, docstrings and layout do not count; values and blocks do', async () => {
    const plain = await form('def f(a):\n    if a:\n        a = 1\n    return a\n');
    expect(await form('# x\ndef f( a ):\n    """Doc."""\n    if a:  # y\n        a = 1\n\n    return a\n')).toBe(plain);
    expect(await form('def f(a):\n    if a:\n        a = 2\n    return a\n')).not.toBe(plain);
    expect(await form('def f(a):\n    if a:\n        a = 1\n        return a\n')).not.toBe(plain);
    expect(await form('def f(a):\n    if a:\n        a = 1\n    return a\n', 'b.py')).not.toBe(plain);
    expect(await form('x = "a"\n')).not.toBe(await form('x = "b"\n'));
    expect(await form('let a = 1; // x\n', 'a.js')).toBe(await form('let a = 1;\n', 'a.js'));
  });
});
