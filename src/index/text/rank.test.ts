import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { madeFile, madeFiles, words } from '../../../test/made/corpus.ts';
import { seededRandom } from '../../base/mod.ts';
import { type ChunkKind, chunkKinds, termsOf } from '../../code/mod.ts';
import {
  createSegmentBuilder,
  docFlag,
  fieldFrequencies,
  fieldLengths,
  levelOf,
  memorySource,
  openSegment,
  rankText,
  type Segment,
  type SegmentView,
  saturation,
  type TextInput,
  type TextQuery,
  weightedFrequency,
  wtfOfLevel,
} from './mod.ts';

function segmentOf(files: readonly TextInput[]): Segment {
  const builder = createSegmentBuilder();
  for (const file of files) builder.add(file);
  return openSegment(memorySource(builder.finish()));
}

interface Placed {
  readonly file: TextInput;
  readonly live: boolean;
  readonly admitted: boolean;
}

const levelsKnown = new WeakMap<TextInput, Map<string, number>>();

/** Level of a term in a chunk, counted from the source. */
function levelIn(file: TextInput, at: number, term: string): number {
  let known = levelsKnown.get(file);
  if (known === undefined) {
    known = new Map();
    levelsKnown.set(file, known);
  }
  let level = known.get(`${at} ${term}`);
  if (level === undefined) {
    const frequencies = fieldFrequencies(file, at, term);
    const absent = Object.values(frequencies).every((count) => count === 0);
    level = absent ? 0 : levelOf(weightedFrequency(frequencies, fieldLengths(file, at)));
    known.set(`${at} ${term}`, level);
  }
  return level;
}

/** Scores every chunk from its source text, knowing nothing of segments. */
function bruteForce(files: readonly Placed[], query: TextQuery) {
  const docs = files
    .filter(({ live }) => live)
    .flatMap(({ file, admitted }) => file.facts.chunks.map((chunk, at) => ({ file, chunk, at, admitted })));
  const terms = query.terms.map(({ term, weight }) => {
    const levels = docs.map(({ file, at }) => levelIn(file, at, term));
    const holding = levels.filter((level) => level > 0).length;
    return { term, weight, levels, holding, idf: Math.log(1 + (docs.length - holding + 0.5) / (holding + 0.5)) };
  });
  const scored = docs.map(({ file, chunk, at, admitted }, doc) => {
    const { test, vendored, generated, example, documentation } = file.facts.traits;
    const flags =
      (test ? docFlag.test : 0) +
      (vendored ? docFlag.vendored : 0) +
      (generated ? docFlag.generated : 0) +
      (example ? docFlag.example : 0) +
      (documentation ? docFlag.documentation : 0) +
      (file.facts.symbols[chunk.symbol]?.exported ? docFlag.exported : 0) +
      (chunk.piece > 0 ? docFlag.continued : 0);
    let sum = 0;
    let holds = false;
    for (const { weight, idf, levels } of terms) {
      const wtf = wtfOfLevel[levels[doc] as number] as number;
      if (wtf > 0) holds = true;
      sum += weight * idf * (((saturation + 1) * wtf) / (saturation + wtf));
    }
    const factor = query.kindFactors[chunk.kind] * (query.factors[flags] as number);
    const fits = admitted && holds && (query.kinds === null || query.kinds.includes(chunk.kind));
    return { version: file.version, chunk: at, score: factor * sum, fits };
  });
  return {
    documents: docs.length,
    terms: terms.map(({ term, holding, idf }) => ({ term, documents: holding, idf })),
    docs: scored
      .filter(({ fits }) => fits)
      .sort((a, b) => b.score - a.score || a.version - b.version || a.chunk - b.chunk)
      .slice(0, query.k)
      .map(({ version, chunk, score }) => ({ version, chunk, score })),
  };
}

const kindFactors = fc
  .tuple(...chunkKinds.map(() => fc.constantFrom(1, 0.5, 0.9)))
  .map((factors) => Object.fromEntries(chunkKinds.map((kind, i) => [kind, factors[i]])) as Record<ChunkKind, number>);

const query: fc.Arbitrary<TextQuery> = fc.record({
  terms: fc
    .array(fc.tuple(fc.constantFrom(...words, 'absent'), fc.constantFrom(1, 0.3, 2)), { minLength: 1, maxLength: 5 })
    .map((chosen) => chosen.flatMap(([word, weight]) => termsOf(word).map((term) => ({ term, weight })))),
  k: fc.integer({ min: 1, max: 12 }),
  kinds: fc.option(fc.uniqueArray(fc.constantFrom(...chunkKinds), { minLength: 1 })),
  factors: fc.constantFrom(
    new Float64Array(256).fill(1),
    Float64Array.from(
      { length: 256 },
      (_, flags) => (flags & docFlag.test ? 0.4 : 1) * (flags & docFlag.vendored ? 0.3 : 1),
    ),
  ),
  kindFactors,
});

/** Files dealt to `parts` segments at random, each keeping its order. */
function deal(files: readonly TextInput[], parts: number, choices: readonly number[]): TextInput[][] {
  const dealt: TextInput[][] = Array.from({ length: parts }, () => []);
  for (const [i, file] of files.entries()) dealt[(choices[i % choices.length] as number) % parts]?.push(file);
  return dealt;
}

describe('rankText', () => {
  test('gives the documents and scores of an exhaustive scan, whatever is split, dead or filtered', () => {
    fc.assert(
      fc.property(
        madeFiles,
        query,
        fc.integer({ min: 1, max: 3 }),
        fc.array(fc.nat(), { minLength: 7, maxLength: 7 }),
        fc.constantFrom<'all' | 'live' | 'admitted'>('all', 'live', 'admitted'),
        (files, asked, parts, choices, masks) => {
          const pick = (i: number, salt: number): boolean => ((choices[(i + salt) % 7] as number) >> salt) % 3 !== 0;
          const placed = files.map((file, i) => {
            const live = masks === 'all' || pick(i, 1);
            return { file, live, admitted: live && (masks !== 'admitted' || pick(i, 2)) };
          });
          const byFile = new Map(placed.map((entry) => [entry.file, entry]));
          const dealt = deal(files, parts, choices);
          const views: SegmentView[] = dealt.map((part) => ({
            segment: segmentOf(part),
            live: masks === 'all' ? null : Uint8Array.from(part, (file) => (byFile.get(file)?.live ? 1 : 0)),
            admitted:
              masks !== 'admitted' ? null : Uint8Array.from(part, (file) => (byFile.get(file)?.admitted ? 1 : 0)),
          }));
          const answer = rankText(views, asked);
          const found = answer.docs.map(({ view, doc, score }) => {
            const { segment } = views[view] as SegmentView;
            const version = segment.versions[segment.versionIndex(doc)];
            return { version, chunk: segment.chunkOf(doc), score };
          });
          expect({ documents: answer.documents, terms: answer.terms, docs: found }).toEqual(bruteForce(placed, asked));
        },
      ),
      { numRuns: 300 },
    );
  });

  test('does so over many windows and blocks, with terms common and rare', () => {
    const random = seededRandom(5);
    const text = Array.from({ length: 3000 }, () => {
      const words = Array.from({ length: 1 + random.int(6) }, () => `w${Math.floor(40 * random.next() ** 3)}`);
      return `${words.join(' ')}\n`;
    });
    const [base] = fc.sample(madeFile, { numRuns: 1, seed: 3 });
    const files = Array.from({ length: 300 }, (_, i): TextInput => {
      const lines = text.slice(i * 10, i * 10 + 10);
      let at = 0;
      const chunks = lines.map((line) => {
        at += line.length;
        return { kind: 'text', symbol: -1, parts: [{ start: at - line.length, end: at }], piece: 0 } as const;
      });
      const facts = { ...(base as TextInput).facts, symbols: [], chunks };
      return { version: i + 1, path: 'a.txt', source: new TextEncoder().encode(lines.join('')), facts };
    });
    const dead = Uint8Array.from(files, () => (random.int(10) === 0 ? 0 : 1));
    const segment = segmentOf(files);
    const halves = [segmentOf(files.slice(0, 150)), segmentOf(files.slice(150))];
    const none = {
      kinds: null,
      factors: new Float64Array(256).fill(1),
      kindFactors: { function: 1, class: 1, module: 1, text: 1 },
    };
    for (const numbers of [[0], [39], [0, 1], [0, 30, 38], [5, 0, 12, 33, 20], [39, 38, 37, 36, 35, 34]])
      for (const k of [1, 10, 400])
        for (const live of [null, dead]) {
          const terms = numbers.map((n) => ({ term: `w${n}`, weight: 1 + (n % 3) }));
          const placed = files.map((file, i) => ({ file, live: live?.[i] !== 0, admitted: true }));
          const expected = bruteForce(placed, { terms, k, ...none });
          const at = (parts: readonly Segment[]) => {
            const views = parts.map((part, i) => ({
              segment: part,
              live: live === null ? null : parts.length === 1 ? live : live.slice(i * 150, i * 150 + 150),
              admitted: null,
            }));
            const { docs, ...rest } = rankText(views, { terms, k, ...none });
            return {
              ...rest,
              docs: docs.map(({ view, doc, score }) => {
                const part = parts[view] as Segment;
                return { version: part.versions[part.versionIndex(doc)], chunk: part.chunkOf(doc), score };
              }),
            };
          };
          expect(at([segment])).toEqual(expected);
          expect(at(halves)).toEqual(expected);
        }
  });

  test('puts equal scores in the order of versions, or the order asked for, also across segments', () => {
    const [file] = fc.sample(
      madeFile.filter(({ facts }) => facts.chunks.length === 1),
      { numRuns: 1, seed: 4 },
    );
    const copies = Array.from({ length: 20 }, (_, i): TextInput => ({ ...(file as TextInput), version: i + 1 }));
    const terms = termsOf((file as TextInput).path.slice(0, -3)).map((term) => ({ term, weight: 1 }));
    const factors = new Float64Array(256).fill(1);
    const kindFactors = { function: 1, class: 1, module: 1, text: 1 };
    for (const k of [1, 3, 20]) {
      const views = [
        copies.filter(({ version }) => version < 8 || version === 20),
        copies.filter(({ version }) => version >= 8 && version < 20),
      ]
        .map(segmentOf)
        .map((segment) => ({ segment, live: null, admitted: null }));
      const { docs } = rankText(views, { terms, k, kinds: null, factors, kindFactors });
      const versions = docs.map(({ view, doc }) => views[view]?.segment.versions[doc]);
      expect(versions).toEqual(copies.slice(0, k).map(({ version }) => version));
      // The later version first: neither the segments nor the order of arrival may show.
      const turned = rankText(views, { terms, k, kinds: null, factors, kindFactors, order: (a, b) => b - a }).docs;
      expect(turned.map(({ view, doc }) => views[view]?.segment.versions[doc])).toEqual(
        copies
          .toReversed()
          .slice(0, k)
          .map(({ version }) => version),
      );
    }
  });

  test('answers nothing over no views', () => {
    const asked = { terms: [{ term: 'x', weight: 1 }], k: 3, kinds: null, factors: new Float64Array(256).fill(1) };
    const answer = rankText([], { ...asked, kindFactors: { function: 1, class: 1, module: 1, text: 1 } });
    expect(answer.docs).toEqual([]);
    expect(answer.documents).toBe(0);
  });
});
