import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { madeFile, madeFiles } from '../../../test/made/corpus.ts';
import { WinnowError } from '../../base/mod.ts';
import { termsOf } from '../../code/mod.ts';
import {
  createSegmentBuilder,
  docFlag,
  fieldFrequencies,
  fileSource,
  memorySource,
  mergeSegments,
  openSegment,
  type Segment,
  type TextInput,
  verifySegment,
  weightsFingerprint,
} from './mod.ts';
import { pageBytes } from './pages.ts';

function build(files: readonly TextInput[]): Uint8Array {
  const builder = createSegmentBuilder();
  for (const file of files) builder.add(file);
  return builder.finish();
}

/** One of everything that can be read. */
function readAll(segment: Segment) {
  const terms = segment.termsWithPrefix('', Number.POSITIVE_INFINITY);
  const names: string[] = [];
  segment.names.scan((name) => names.push(name) > 0);
  return {
    docs: segment.docCount,
    versions: segment.versions,
    firstDoc: segment.firstDoc,
    kinds: segment.kinds,
    flags: segment.flags,
    terms: terms.map((term) => [term, segment.stat(term), segment.postings(term)]),
    names: names.map((name, at) => [name, segment.names.entries(at)]),
  };
}

/** A corpus of several pages, long lists and long dictionaries. */
function largeCorpus(): TextInput[] {
  const [base] = fc.sample(madeFile, { numRuns: 1, seed: 7 });
  const files: TextInput[] = [];
  const encoder = new TextEncoder();
  for (let version = 1; version <= 60; version++) {
    const lines = Array.from(
      { length: 50 },
      (_, i) => `common word${version * i} item${(version * 31 + i * 7) % 977} x`,
    );
    let at = 0;
    const chunks = lines.map((line) => {
      const start = at;
      at += line.length + 1;
      return { kind: 'text', symbol: -1, parts: [{ start, end: at - 1 }], piece: 0 } as const;
    });
    const symbols = lines.map((line, i) => ({
      kind: 'function' as const,
      name: `name${(version * i) % 800}`,
      qualifiedName: `name${(version * i) % 800}`,
      span: { start: 0, end: line.length },
      nameSpan: { start: 0, end: 1 },
      signature: { start: 0, end: 1 },
      doc: null,
      parent: -1,
      exported: true,
      decorators: [],
    }));
    const facts = { ...(base as TextInput).facts, symbols, chunks };
    files.push({ version, path: `src/file${version}.ts`, source: encoder.encode(lines.join('\n')), facts });
  }
  return files;
}

describe('a segment', () => {
  test('holds what was put in', () => {
    fc.assert(
      fc.property(madeFiles, (files) => {
        const segment = openSegment(memorySource(build(files)));
        const chunks = files.flatMap((file) => file.facts.chunks.map((chunk, at) => ({ file, chunk, at })));
        expect(segment.docCount).toBe(chunks.length);
        expect([...segment.versions]).toEqual(files.map((file) => file.version));
        expect(segment.weights).toBe(weightsFingerprint());
        for (const [doc, { file, chunk, at }] of chunks.entries()) {
          expect(segment.versions[segment.versionIndex(doc)]).toBe(file.version);
          expect(segment.chunkOf(doc)).toBe(at);
          expect(segment.kindOf(doc)).toBe(chunk.kind);
        }
        for (const term of segment.termsWithPrefix('', 1000)) {
          const holding = chunks.flatMap(({ file, at }, doc) =>
            Object.values(fieldFrequencies(file, at, term)).some((count) => count > 0) ? [doc] : [],
          );
          const postings = segment.postings(term);
          expect([...(postings?.docs ?? [])]).toEqual(holding);
          expect(segment.stat(term)).toEqual({ docs: holding.length, maxLevel: Math.max(...(postings?.levels ?? [])) });
        }
        expect(segment.stat('absent')).toBeNull();
        expect(segment.postings('absent')).toBeNull();
      }),
      { numRuns: 60 },
    );
  });

  test('lists terms by prefix in byte order', () => {
    const segment = openSegment(memorySource(build(largeCorpus())));
    const all = segment.termsWithPrefix('', 1e9);
    expect(all).toEqual([...new Set(all)].sort());
    expect(all.length).toBeGreaterThan(2000);
    for (const prefix of ['word1', 'item97', 'common', 'zz', 'it'])
      expect(segment.termsWithPrefix(prefix, 1e9)).toEqual(all.filter((term) => term.startsWith(prefix)));
    expect(segment.termsWithPrefix('word', 3)).toEqual(all.filter((term) => term.startsWith('word')).slice(0, 3));
  });

  test('finds names as a scan over the symbols does', () => {
    fc.assert(
      fc.property(
        madeFiles,
        fc.constantFrom('get', 'sum', 's', 'café', '𝒳', '数', '', 'zz'),
        fc.integer({ min: 1, max: 9 }),
        (files, text, limit) => {
          const { names } = openSegment(memorySource(build(files)));
          const all = files
            .flatMap(({ version, facts }) =>
              facts.symbols.map(({ name, kind }, symbol) => ({ name, version, symbol, kind })),
            )
            .map((entry) => ({ entry, folded: entry.name.toLowerCase() }))
            .sort((a, b) => compare(a.folded, b.folded) || compare(a.entry.name, b.entry.name));
          const pick = (fits: (folded: string) => boolean) =>
            all.filter(({ folded }) => fits(folded)).map(({ entry }) => entry);
          expect(names.exact(text)).toEqual(pick((folded) => folded === text));
          expect(names.exact('getreadycount')).toEqual(pick((folded) => folded === 'getreadycount'));
          expect(names.prefix(text, limit)).toEqual(pick((folded) => folded.startsWith(text)).slice(0, limit));
          const scanned: string[] = [];
          names.scan((name, at) => {
            expect(names.entries(at)).toEqual(all.filter(({ entry }) => entry.name === name).map(({ entry }) => entry));
            return scanned.push(name) > 0;
          });
          expect(scanned).toEqual([...new Set(all.map(({ entry }) => entry.name))]);
          expect(names.size).toBe(scanned.length);
        },
      ),
      { numRuns: 100 },
    );
  });

  test('refuses versions that do not ascend', () => {
    const [file] = largeCorpus();
    const builder = createSegmentBuilder();
    builder.add(file as TextInput);
    expect(() => builder.add(file as TextInput)).toThrow(/ascend/);
  });
});

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

describe('merging', () => {
  test('gives the bytes of a fresh build from the kept versions', () => {
    fc.assert(
      fc.property(
        madeFiles,
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.nat(), { minLength: 5, maxLength: 5 }),
        fc.integer({ min: 1, max: 5 }),
        (files, parts, choices, drop) => {
          const dealt: TextInput[][] = Array.from({ length: parts }, () => []);
          for (const [i, file] of files.entries()) dealt[(choices[i % 5] as number) % parts]?.push(file);
          const keep = (version: number): boolean => drop === 5 || version % 4 !== drop;
          const merged = mergeSegments(
            dealt.map((part) => openSegment(memorySource(build(part)))),
            keep,
          );
          expect(merged).toEqual(build(files.filter(({ version }) => keep(version))));
        },
      ),
      { numRuns: 150 },
    );
  });

  test('does so for long lists in interleaved segments', () => {
    const files = largeCorpus();
    const dealt = [0, 1, 2].map((part) => files.filter(({ version }) => version % 3 === part));
    const segments = dealt.map((part) => openSegment(memorySource(build(part))));
    expect(mergeSegments(segments, () => true)).toEqual(build(files));
    expect(mergeSegments(segments, (version) => version > 20)).toEqual(build(files.slice(20)));
    expect(mergeSegments([...segments, ...segments], () => true)).toEqual(build(files));
    expect(mergeSegments(segments, () => false)).toEqual(build([]));
  });
});

/**
 * A segment of each format that was ever written still opens. `text-segment-1` holds two
 * files, versions 3 and 8, `lib/cart.ts` and `lib/till.ts`, each one function:
 * `addItem` and `sumItems`, with the bodies `add one item` and `sum items`.
 */
test('opens a segment written by the first version', () => {
  const path = fileURLToPath(new URL('../../../test/fixtures/text-segment-1', import.meta.url));
  expect(verifySegment(fileSource(path))).toEqual([]);
  const segment = openSegment(fileSource(path));
  expect(segment.format).toBe(1);
  expect([...segment.versions]).toEqual([3, 8]);
  expect([...segment.firstDoc]).toEqual([0, 1, 2]);
  expect(segment.kindOf(1)).toBe('function');
  expect(segment.flagsOf(0)).toBe(docFlag.exported);
  expect(segment.termsWithPrefix('', 100)).toEqual([
    'add',
    'additem',
    'cart',
    'item',
    'lib',
    'on',
    'sum',
    'sumitem',
    'till',
  ]);
  expect([...(segment.postings('item')?.docs ?? [])]).toEqual([0, 1]);
  expect(segment.names.prefix('s', 9)).toEqual([{ name: 'sumItems', version: 8, symbol: 0, kind: 'function' }]);
  segment.close();
});

describe('damage', () => {
  const bytes = build(largeCorpus());
  const whole = readAll(openSegment(memorySource(bytes)));

  test('of a single byte is found or changes nothing', () => {
    expect(bytes.length).toBeGreaterThan(2 * pageBytes);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = bytes.slice();
        damaged[at] = (damaged[at] as number) ^ change;
        expect(found(() => readAll(openSegment(memorySource(damaged))))).toBe(true);
        expect(found(() => verifySegment(memorySource(damaged)))).toBe(true);
      }),
      {
        numRuns: 120,
        examples: [
          [0, 1],
          [bytes.length - 1, 1],
          [bytes.length - 12, 1],
          [bytes.length - 20, 255],
        ],
      },
    );
  });

  /** Whether reading threw a damage error or told of problems; false when it gave the whole content. */
  function found(read: () => unknown): boolean {
    try {
      const result = read();
      if (Array.isArray(result)) return result.length > 0;
      expect(result).toEqual(whole);
      return true;
    } catch (error) {
      if (!(error instanceof WinnowError)) throw error;
      expect(['index-corrupt', 'index-too-new']).toContain(error.code);
      return true;
    }
  }

  test('by cutting short is found at opening', () => {
    for (const length of [0, 1, 100, 143, 144, pageBytes, bytes.length - 1])
      expect(() => openSegment(memorySource(bytes.subarray(0, length)))).toThrow(WinnowError);
  });

  test('in a file is found, and a missing file is told', () => {
    const folder = mkdtempSync(join(tmpdir(), 'winnow-text-'));
    try {
      const path = join(folder, 'segment');
      writeFileSync(path, bytes);
      const segment = openSegment(fileSource(path));
      expect(readAll(segment)).toEqual(whole);
      expect(verifySegment(fileSource(path))).toEqual([]);
      truncateSync(path, 1000);
      expect(() => openSegment(fileSource(path))).toThrow(/damaged/);
      segment.close();
      expect(() => fileSource(join(folder, 'absent'))).toThrow(/does not exist/);
      expect(() => fileSource(folder).read(0, 1)).toThrow(WinnowError);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

test('a term of a word is the term of a query', () => {
  const [file] = largeCorpus();
  const segment = openSegment(memorySource(build([file as TextInput])));
  for (const term of termsOf('common')) expect(segment.stat(term)?.docs).toBe(50);
});
