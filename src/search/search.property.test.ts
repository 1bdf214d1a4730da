/**
 * Indexed search equals a scan that knows nothing of segments, look-ups or signatures,
 * on random trees, edits, deletions and queries.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeTree, type Tree } from '../../test/trees.ts';
import { termsOf } from '../code/mod.ts';
import {
  docFlag,
  fieldFrequencies,
  fieldLengths,
  openRepository,
  type Snapshot,
  saturation,
  type TextAnswer,
  weightedFrequency,
  wtfOfLevel,
} from '../index/mod.ts';
import { askedSorts } from './asked.ts';
import { kindAdmitted, nameTest, pathTest } from './filters.ts';
import { asIdentifier } from './identifiershape.ts';
import { idOf } from './ids.ts';
import { closeMatch, fuzzyMatch, innerMatch, type NameMatch, namePattern } from './namematch.ts';
import { fileSorts, priorOf } from './prior.ts';
import { qualifierMatch } from './qualifiers.ts';
import { parseQuery } from './query.ts';
import { Reader } from './reader.ts';
import { search } from './search.ts';
import type { Query } from './types.ts';
import { nameBases, namePoints, qualifierFactors } from './weights.ts';
import { type Ranker, searchWords } from './words.ts';

const names = [
  'getReadyCount',
  'get_ready',
  'readyCount',
  'Cache',
  'cache',
  'evictOldest',
  'URLParser',
  'parse',
  'run',
];
const words = [...names, 'count', 'ready', 'oldest', 'cached', 'url', 'the', 'value', 'read file', 'sha256'];
const paths = ['a.py', 'src/cache.py', 'src/deep/run.py', 'tests/test_cache.py', 'vendor/parse.py', 'docs/readme.md'];

const name = fc.constantFrom(...names);
const word = fc.constantFrom(...words);
const sentence = fc.array(word, { minLength: 1, maxLength: 6 }).map((list) => list.join(' '));
const callable = (indent: string) =>
  fc.tuple(name, sentence, sentence).map(([called, doc, body]) => {
    const assigned = body.replace(/\W+/g, '_');
    return `${indent}def ${called}(value):\n${indent}    """${doc}."""\n${indent}    ${assigned} = "${body}"\n`;
  });
const type = fc
  .tuple(name, fc.array(callable('    '), { minLength: 1, maxLength: 3 }))
  .map(([called, methods]) => `class ${called}:\n${methods.join('\n')}`);
const constant = fc.tuple(name, sentence).map(([called, text]) => `${called} = "${text}"\n`);
const file = fc
  .array(fc.oneof(callable(''), type, constant), { minLength: 1, maxLength: 4 })
  .map((list) => list.join('\n'));
const edit = fc.record({ path: fc.constantFrom(...paths), content: fc.option(file) });

const filter = fc.constantFrom('', '', '', ' path:src/', ' -path:vendor', ' lang:python', ' -run', ' path:*cache*');
const wordQuery = fc.tuple(sentence, filter).map(([text, filtered]) => text + filtered);
const asked = fc.constantFrom(
  ...names,
  'gRC',
  'grc',
  'rc',
  'Cache.run',
  'cache.parse',
  'getRedyCount',
  'Ready',
  'cach',
  'prase',
);
const nameQuery = fc
  .tuple(asked, fc.constantFrom('', ' path:src/', ' kind:method', ' kind:class,function'))
  .map(([a, b]) => a + b);

function admits(query: Query, path: string, language: string): boolean {
  return (
    (query.paths.length === 0 || query.paths.some((pattern) => pathTest(pattern)(path))) &&
    !query.excludedPaths.some((pattern) => pathTest(pattern)(path)) &&
    (query.languages.length === 0 || query.languages.includes(language))
  );
}

/** Ranks by reading every file from the disk and counting its terms. */
function exhaustive(snapshot: Snapshot, query: Query): Ranker {
  return (views, asked): TextAnswer => {
    const docs = snapshot.files().flatMap((file) => {
      const facts = snapshot.facts(file.version);
      const input = {
        path: file.path,
        version: file.version,
        source: readFileSync(join(snapshot.root, file.path)),
        facts,
      };
      return facts.chunks.map((chunk, at) => ({ file, facts, input, chunk, at }));
    });
    const levels = asked.terms.map(({ term }) => docs.map(({ input, at }) => levelIn(input, at, term)));
    const terms = asked.terms.map(({ term }, i) => {
      const documents = (levels[i] as number[]).filter((level) => level > 0).length;
      return { term, documents, idf: Math.log(1 + (docs.length - documents + 0.5) / (documents + 0.5)) };
    });
    const scored = docs.flatMap(({ file, facts, chunk, at }, doc) => {
      let sum = 0;
      for (const [i, { weight }] of asked.terms.entries()) {
        const wtf = wtfOfLevel[levels[i]?.[doc] as number] as number;
        sum += (weight * (terms[i]?.idf ?? 0) * (saturation + 1) * wtf) / (saturation + wtf);
      }
      let flags = chunk.piece > 0 ? docFlag.continued : 0;
      for (const sort of fileSorts) if (facts.traits[sort]) flags |= docFlag[sort];
      if (facts.symbols[chunk.symbol]?.exported) flags |= docFlag.exported;
      if (sum === 0 || !admits(query, file.path, file.language)) return [];
      const view = views.findIndex(({ segment }) => segment.versions.includes(file.version));
      const { segment } = views[view] as (typeof views)[number];
      const first = segment.firstDoc[segment.versions.indexOf(file.version)] as number;
      expect(segment.flagsOf(first + at)).toBe(flags);
      const score = asked.kindFactors[chunk.kind] * (asked.factors[flags] as number) * sum;
      return [{ view, doc: first + at, score }];
    });
    return { docs: scored.sort((a, b) => b.score - a.score).slice(0, asked.k), documents: docs.length, terms };
  };
}

/** Nearest stored level by search through the table, not by logarithm. */
function levelIn(input: Parameters<typeof fieldFrequencies>[0], chunk: number, term: string): number {
  const wtf = weightedFrequency(fieldFrequencies(input, chunk, term), fieldLengths(input, chunk));
  if (wtf === 0) return 0;
  let best = 1;
  for (let level = 1; level < 256; level++) {
    if (
      Math.abs(Math.log((wtfOfLevel[level] as number) / wtf)) < Math.abs(Math.log((wtfOfLevel[best] as number) / wtf))
    )
      best = level;
  }
  return best;
}

describe('words', () => {
  const seen = { hits: 0 };

  async function check(tree: Tree, snapshot: Snapshot, text: string): Promise<void> {
    const query = parseQuery(text, { mode: 'words' });
    const views = snapshot.segments(({ path, language }) => admits(query, path, language));
    const request = { views, query, asked: askedSorts(query, ''), limit: 100, meaning: null, words: true };
    const view = (answer: ReturnType<typeof searchWords>) =>
      answer.hits.map(({ file, symbol, chunks, score }) => ({
        path: file.path,
        symbol,
        chunks,
        score: score.toFixed(9),
      }));
    const indexed = searchWords(new Reader(snapshot), request);
    const scanned = searchWords(new Reader(snapshot), request, exhaustive(snapshot, query));
    expect(view(indexed)).toEqual(view(scanned));
    seen.hits += indexed.hits.length;
    const hits = search(snapshot, text, { mode: 'words', limit: 100 }).hits;
    for (const hit of hits) {
      expect(admits(query, hit.path, hit.language)).toBe(true);
      const source = readFileSync(join(tree.root, hit.path), 'utf8');
      expect(source).toContain(hit.snippet[0]?.text);
      for (const excluded of query.excluded) {
        const facts = snapshot.facts(snapshot.file(hit.path)?.version as number);
        const chunk = facts.chunks.findIndex(({ symbol }) => symbol >= 0 && idOf(hit.path, facts, symbol) === hit.id);
        if (chunk < 0) continue;
        const input = { path: hit.path, version: 1, source: Buffer.from(source), facts };
        expect(fieldFrequencies(input, chunk, termsOf(excluded).at(-1) as string).body).toBe(0);
      }
    }
  }

  test('equal a scan, after every edit and deletion', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(edit, { minLength: 3, maxLength: 8 }),
        fc.array(edit, { minLength: 1, maxLength: 3 }),
        fc.array(wordQuery, { minLength: 4, maxLength: 4 }),
        async (first, second, queries) => {
          const tree = makeTree();
          const repository = openRepository(tree.root, { home: tree.home });
          try {
            for (const edits of [first, second]) {
              apply(tree, edits);
              await repository.refresh({ workers: 1 });
              const snapshot = repository.snapshot();
              for (const text of queries) await check(tree, snapshot, text);
              snapshot.close();
            }
          } finally {
            repository.close();
          }
        },
      ),
      { numRuns: 12 },
    );
    expect(seen.hits).toBeGreaterThan(100);
  });
});

describe('names', () => {
  /** Every symbol of every file, compared one by one. */
  function scan(snapshot: Snapshot, query: Query, limit: number) {
    const identifier = asIdentifier(query.words[0] as string);
    if (identifier === null) throw new Error('not a name');
    const pattern = namePattern(identifier.name);
    const named = nameTest(query.names);
    const sorts = askedSorts(query, '');
    const all = snapshot.files().flatMap((file) => {
      const facts = snapshot.facts(file.version);
      return admits(query, file.path, file.language)
        ? facts.symbols.map((symbol, at) => ({ file, facts, symbol, at }))
        : [];
    });
    const admitted = all.filter(
      ({ symbol }) => kindAdmitted(query.kinds, symbol.kind) && (named?.(symbol.name) ?? true),
    );
    const matching = (match: (name: string) => NameMatch | null) =>
      admitted.flatMap((item) => {
        const found = match(item.symbol.name);
        return found === null ? [] : [{ ...item, match: found }];
      });
    let found = matching((text) => closeMatch(pattern, text));
    if (found.length < limit) {
      found = matching((text) => closeMatch(pattern, text) ?? innerMatch(pattern, text));
      if (found.every(({ match }) => match.kind === 'looseHumps')) {
        found = matching((text) => fuzzyMatch(pattern, text) ?? innerMatch(pattern, text));
      }
    }
    return found
      .map(({ file, facts, symbol, at, match }) => {
        let flags = 0;
        for (const sort of fileSorts) if (facts.traits[sort]) flags |= docFlag[sort];
        const prior = priorOf({ ...symbol, path: file.path, flags }, sorts);
        const factor =
          qualifierFactors[qualifierMatch(identifier.qualifiers, file.path, symbol.qualifiedName, symbol.name)];
        const score = nameBases[match.kind] * factor + namePoints.fit * match.fit + namePoints.prior * prior;
        return { id: idOf(file.path, facts, at), score, path: file.path, at };
      })
      .sort((a, b) => b.score - a.score || (a.path < b.path ? -1 : a.path > b.path ? 1 : a.at - b.at));
  }

  test('equal a scan over all symbols', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(edit, { minLength: 4, maxLength: 8 }),
        fc.array(fc.tuple(nameQuery, fc.constantFrom(1, 3, 50)), { minLength: 8, maxLength: 8 }),
        async (edits, queries) => {
          const tree = makeTree();
          const repository = openRepository(tree.root, { home: tree.home });
          apply(tree, edits);
          await repository.refresh({ workers: 1 });
          const snapshot = repository.snapshot();
          try {
            for (const [text, limit] of queries) {
              const answer = search(snapshot, text, { mode: 'identifier', limit });
              const expected = scan(snapshot, parseQuery(text, { mode: 'identifier' }), limit);
              if (answer.query.mode === 'words') {
                expect(expected).toEqual([]);
                continue;
              }
              expect(answer.total.count).toBe(expected.length);
              const withCopies = answer.hits.flatMap((hit) => [hit.id, ...hit.duplicates]);
              const top = expected.slice(0, withCopies.length).map(({ id }) => id);
              expect(answer.hits.map(({ id }) => id)).toEqual(
                expected.map(({ id }) => id).filter((id) => answer.hits.some((hit) => hit.id === id)),
              );
              if (limit === 50) expect([...withCopies].sort()).toEqual([...top].sort());
              else expect(answer.hits[0]?.id).toBe(expected[0]?.id);
            }
          } finally {
            snapshot.close();
            repository.close();
          }
        },
      ),
      { numRuns: 12 },
    );
  });
});

function apply(tree: Tree, edits: readonly { readonly path: string; readonly content: string | null }[]): void {
  for (const { path, content } of edits) {
    if (content !== null) tree.write(path, content);
    else {
      try {
        tree.remove(path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      }
    }
  }
}
