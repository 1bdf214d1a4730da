import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clarify, type Placed } from './clarify.ts';
import { definitionTest } from './filters.ts';
import { filterText, parseQuery } from './query.ts';

const hit = (path: string, name: string | null, score: number, kind: Placed['kind'] = 'function'): Placed => ({
  path,
  name,
  kind,
  score,
});
/** Eight hits of nearly equal scores, in turn from the folders given. */
const spread = (...folders: string[]): Placed[] =>
  Array.from({ length: 8 }, (_, at) => hit(`${folders[at % folders.length]}/f${at}.ts`, 'go', 1 - at / 1000));
const asked = (text: string, hits: readonly Placed[]) => clarify(parseQuery(text), hits);

test('hits of two folders: the question is where, and the next query is ready', () => {
  const found = asked('open file', spread('src/disk', 'src/net'));
  expect(found?.asks).toBe('module');
  expect(found?.choices).toEqual([
    { narrowing: 'path:src/disk/', query: 'open file path:src/disk/', hits: 4 },
    { narrowing: 'path:src/net/', query: 'open file path:src/net/', hits: 4 },
  ]);
});

test('nothing is asked where the first hit stands out, few came, or the hits are alike', () => {
  const clear = spread('a', 'b').map((one, at) => ({ ...one, score: at === 0 ? 2 : 1 }));
  expect(asked('open file', clear)).toBeNull();
  expect(asked('open file', spread('a', 'b').slice(0, 5))).toBeNull();
  const alike = spread('a').map((one) => ({ ...one, path: 'a/same.ts' }));
  expect(asked('open file', alike)).toBeNull();
});

test('what the query has a filter for is not asked about again', () => {
  const hits = spread('src/disk', 'src/net');
  expect(asked('open file path:src/', hits)).toBeNull();
  const named = hits.map((one, at) => ({ ...one, name: at % 2 === 0 ? 'readConfig' : 'writeLog' }));
  expect(asked('open file path:src/', named)?.choices.map(({ narrowing }) => narrowing)).toEqual([
    'name:read',
    'name:log',
  ]);
  expect(asked('open file path:src/ name:o', named)).toBeNull();
});

test('kinds separate what neither place nor name does', () => {
  const hits = Array.from({ length: 8 }, (_, at) =>
    hit('a.ts', null, 1 - at / 1000, at % 2 === 0 ? 'function' : 'class'),
  );
  const found = asked('open', hits);
  expect(found?.asks).toBe('kind');
  expect(found?.choices[0]?.narrowing).toBe('kind:function');
});

test('a folder found within other paths, or with signs in its name, becomes a pattern from the root', () => {
  const within = asked('open', spread('core', 'app/core'));
  expect(within?.choices.map(({ narrowing }) => narrowing)).toEqual(['path:/core/**', 'path:app/']);
  const signs = asked('open', spread('app/[id]', 'my notes, old'));
  expect(signs?.choices.map(({ narrowing }) => narrowing)).toEqual(['path:app/', 'path:"my notes, old/"']);
  const routes = asked('open', spread('app/[id]', 'app/{x,y}'));
  expect(routes?.choices.map(({ narrowing }) => narrowing)).toEqual(['path:/app/?id?/**', 'path:"/app/?x,y?/**"']);
});

test('every choice lets through the hits that it counts, and no hit is in two', () => {
  const place = fc.constantFrom('src', 'lib', 'a b', 'x,y', '[id]', 'Src', '"q"', 'tests');
  const one = fc.record({
    path: fc.array(place, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/')),
    name: fc.constantFrom(null, 'readFile', 'parse_config', 'Größe', 'x'),
    kind: fc.constantFrom<Placed['kind']>('function', 'class', 'field', 'section', 'method'),
    score: fc.double({ min: 0.9, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(one, { minLength: 6, maxLength: 40 }), (unsorted) => {
      const hits = [...unsorted].sort((a, b) => b.score - a.score);
      const found = asked('some words', hits);
      if (found === null) return;
      const held = found.choices.map(({ query, hits: count }) => {
        const through = hits.filter(definitionTest(parseQuery(query)));
        expect(through).toHaveLength(count);
        return through;
      });
      expect(new Set(held.flat()).size).toBe(held.flat().length);
      expect(found.choices.length).toBeGreaterThan(1);
    }),
  );
});

test('a filter written for a value gives the value back', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (value) => {
      fc.pre(value.trim() === value);
      expect(parseQuery(filterText('path', value)).paths).toEqual([value]);
    }),
  );
});
