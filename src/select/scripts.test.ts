/** Functions of JavaScript and TypeScript on both backends: what they gave, what is asked of it where they do not run, and how their rows end. */
import { afterAll, describe, expect, test } from 'vitest';
import { loadGrammarFile } from '../../test/grammarfiles.ts';
import { keptCache } from '../../test/keptcache.ts';
import { createAlikeReader } from '../code/mod.ts';
import { openRunner } from '../run/mod.ts';
import { check } from './check.ts';
import { fillMatrix } from './matrix.ts';
import { cellStates, type Matrix } from './types.ts';

const runner = openRunner({ cacheDir: keptCache, path: (process.env.PATH ?? '').split(':') });
const { signal } = new AbortController();
afterAll(async () => {
  await runner.close();
});
const offers = (await runner.offers()).flatMap(({ runtimes }) => runtimes.filter(({ state }) => state === 'ready'));
const has = (backend: string, language: string): boolean =>
  offers.some((one) => one.backend === backend && one.language === language);

const fill = (
  sources: readonly string[],
  probes: readonly string[],
  backend: 'native' | 'embedded',
  language = 'javascript',
): Promise<Matrix> =>
  fillMatrix(
    {
      id: 't',
      language,
      entryPoint: 'add',
      context: '',
      candidates: sources.map((source, at) => ({ id: `${at}`, source, drawn: 1 })),
      probes: probes.map((source, at) => ({ id: `${at}`, source, drawn: 1 })),
    },
    { runner, signal, callMs: 100, backend },
  );
const row = ({ states, outputs, texts, columns }: Matrix, at: number): string[] =>
  columns.map((_, column) => {
    const cell = at * columns.length + column;
    return `${cellStates[states[cell] as number]} ${texts[outputs[cell] as number] ?? '-'}`;
  });

const candidates = [
  'export function add(a, b) { return a + b; }',
  'exports.add = async (a, b) => a - b;',
  'function add(a, b) { if (a === 2) while (true); throw new TypeError("no"); }',
  'const add = () => process.exit(0)',
  // Nothing of what it changes is there where tests are asked.
  'const assert = require("assert"); assert.strictEqual = () => {}; JSON.stringify = () => "[1]"; const add = (a, b) => ({ valueOf: () => a + b });',
  'function add(a, b {',
];
const probes = [
  'assert.strictEqual(add(1, 2), 3)',
  'const x = add(2, 2); expect(add(x, 1)).toEqual(5)',
  'assert.throws(() => add(-1, 1), TypeError)',
  'add(5, 6)',
  'const y = add(5, 7)',
  'assert.equal(await add(3, 2), 1)',
  'assert(add(1, 2)',
  'chai.expect(add(1, 2)).to.equal(3)',
  'assert.equal(add(1, 2), three)',
];

for (const backend of ['native', 'embedded'] as const) {
  const isThere = has(backend, 'javascript');
  (isThere ? describe : describe.skip)(
    `functions of JavaScript, ${backend}${isThere ? '' : ' (skipped: it does not run here)'}`,
    () => {
      test('tests are asked where no candidate runs', async () => {
        const matrix = await fill(candidates, probes, backend);
        expect(matrix.columns.map(({ way }) => way)).toEqual([
          'outside',
          'outside',
          'outside',
          'input',
          'input',
          'outside',
          'invalid',
          'invalid',
          'outside',
        ]);
        expect(row(matrix, 0)).toEqual([
          'passed 3',
          'passed 4, 5',
          'failed 0',
          'returned 11',
          'returned 12',
          'failed 5',
          'not-run -',
          'not-run -',
          'unjudged 3',
        ]);
        expect(row(matrix, 1)[0]).toBe('failed Promise(-1)');
        expect(row(matrix, 1)[5]).toBe('passed Promise(1)');
        expect(row(matrix, 2).slice(0, 4)).toEqual([
          'raised !TypeError',
          'timed-out -',
          'passed !TypeError',
          'raised !TypeError',
        ]);
        expect(row(matrix, 3)[0]).toBe('raised !exit');
        expect(row(matrix, 4)[0]).toBe('failed {"valueOf": opaque("function")}');
        expect(matrix.rows.map(({ ending }) => ending)).toEqual([
          'whole',
          'whole',
          'whole',
          'left',
          'whole',
          'invalid',
        ]);
      });
    },
  );
}

const typed = has('native', 'typescript') ? 'native' : has('embedded', 'typescript') ? 'embedded' : null;
(typed === null ? test.skip : test)(
  `functions of TypeScript${typed === null ? ' (skipped: it does not run here)' : ''}`,
  async () => {
    const matrix = await fill(
      [
        'export const add = (a: number, b: number): number => a + b;',
        'type N = number;\nfunction add(a: N, b: N): { x: N } { return { x: a + b } }',
      ],
      ['assert.equal(add(1, 2), 3)', 'assert(add((x) => x, 1))', 'assert.equal(add(1, 2).length, 3)'],
      typed as 'native',
      'typescript',
    );
    expect(matrix.columns.map(({ way }) => way)).toEqual(['outside', 'inside', 'outside']);
    expect(row(matrix, 0)).toEqual(['passed 3', 'passed passed', 'failed 3']);
    expect(row(matrix, 1)).toEqual(['failed {"x": 3}', 'passed passed', 'failed {"x": 3}']);
  },
);

test.skipIf(!has('embedded', 'javascript'))(
  'programs that differ in nothing but how they are laid out run once',
  async () => {
    const sources = [
      "function add(a,b){return a+b+''}",
      '// adds\nfunction add(a, b) {\n  return a + b + "";\n}',
      'function add(a, b) { return a + b; }',
      'function add(a, b {',
      'function add(a, b {',
    ];
    const task = {
      ...{ id: 't', language: 'javascript', entryPoint: 'add', context: '' },
      candidates: sources.map((source, at) => ({ id: `${at}`, source, drawn: 1 })),
      probes: [{ id: 'p', source: 'assert.equal(add(1, 2), 3)', drawn: 1 }],
    };
    const options = {
      runner,
      signal,
      callMs: null,
      memoryBytes: null,
      patient: false,
      jobs: 1,
      out: null,
      onRow: () => {},
    };
    const alikeForm = await createAlikeReader(loadGrammarFile);
    const { matrices, alike } = await check([task], { ...options, backend: 'embedded', alikeForm });
    expect(alike).toBe(2);
    expect(matrices[0]?.task.candidates.map(({ id, drawn }) => [id, drawn])).toEqual([
      ['0', 2],
      ['2', 1],
      ['3', 2],
    ]);
  },
);
