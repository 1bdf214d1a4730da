import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { seededRandom } from '../../base/mod.ts';
import { loadGrammarFile } from '../../index/mod.ts';
import { epochOf, groupSize, pairsOf } from './batch.ts';
import { buildCorpus, type Corpus } from './corpus.ts';
import { mineAll } from './miners.ts';
import { look, refined } from './refine.ts';
import { exampleKinds } from './shard.ts';
import { trainFrom } from './train.ts';
import { usualSettings } from './trainer.ts';

const root = mkdtempSync(join(tmpdir(), 'winnow-refine-'));
afterAll(() => rmSync(root, { recursive: true }));

const said = ['removes', 'shows', 'sends', 'pays', 'locks', 'moves', 'waits for', 'sorts'];
const coded = ['unlink', 'bitmap', 'socket', 'amount', 'credential', 'dirent', 'mutex', 'quicksort'];
const things = ['user', 'order', 'page', 'report', 'cache', 'table', 'message', 'window'];
const verbs = ['apply', 'begin', 'commit', 'drain', 'enter', 'flush', 'grow', 'hold'];

/** @param turned by how many places sentences are away from their code */
function library(name: string, turned: number) {
  mkdirSync(join(root, name));
  for (const thing of things) {
    const text = coded.flatMap((word, j) =>
      verbs.map(
        (verb, k) =>
          `def ${thing}_${verb}_${word}(a):\n    """The ${thing} ${verb} step ${said[(j + turned) % 8]} what ${verbs[(k + turned) % 8]} left."""\n    ${word} = ${verb}_${word}(a, ${thing})\n    ${thing}.${verb}(${word})\n    return ${word}\n`,
      ),
    );
    writeFileSync(join(root, name, `${thing}.py`), text.join('\n\n'));
  }
  return { name, folder: join(root, name), version: '1' };
}

const mining = {
  shards: join(root, 'work'),
  most: 5000,
  seed: 0,
  workers: 1,
  kinds: exampleKinds,
  load: loadGrammarFile,
};
const pairsOfAll = (corpus: Corpus) =>
  pairsOf(
    corpus.train,
    Array.from({ length: corpus.train.count }, (_, i) => i),
  );
const middle = (values: Uint16Array): number => [...values].sort((a, b) => a - b)[values.length >> 1] as number;

test('sentences of other code are told from those of their own; hard wrong answers are asked together', async () => {
  const right = library('right', 0);
  const [training] = await trainFrom({
    ...{ ...usualSettings, batch: 64, epochs: 6, rate: 1e-2, askEvery: 10, dimensions: [16], kinds: exampleKinds },
    ...{ train: [right], held: [], away: [], vocabulary: 500, most: 5000, work: mining.shards, workers: 1 },
    ...{ consistent: 0, hard: 0, parts: [], checkpoint: join(root, 'checkpoint'), load: loadGrammarFile },
  });
  const first = training?.table;
  if (first === undefined) throw new Error('no table');
  const corpusOf = async (source: typeof right): Promise<Corpus> =>
    buildCorpus({ train: await mineAll([source], mining), held: [], away: [], vocabulary: 0, base: first.vocabulary });
  const [own, turned] = [await corpusOf(right), await corpusOf(library('turned', 3))];
  const [pairs, others] = [pairsOfAll(own), pairsOfAll(turned)];
  const looked = look(own, pairs, first, 1);
  const elsewhere = look(turned, others, first, 1);
  expect(middle(elsewhere.ranks)).toBeGreaterThan(4 * middle(looked.ranks));
  expect(look(own, pairs, first, 1)).toEqual(looked);

  const consistent = middle(elsewhere.ranks);
  const [kept, left] = [
    refined(pairs, looked, { consistent, hard: 0 }),
    refined(others, elsewhere, { consistent, hard: 0 }),
  ];
  expect(kept.asked.length / pairs.asked.length).toBeGreaterThan(0.8);
  expect(left.asked.length / others.asked.length).toBeLessThan(0.7);
  expect(kept.named).toEqual(pairs.named);

  const harder = refined(pairs, looked, { consistent: 0, hard: 1 });
  const epoch = epochOf(harder, own.train, 0, seededRandom(2));
  expect(new Set(epoch).size).toBe(epoch.length);
  expect(epoch.length).toBeGreaterThan(pairs.asked.length - groupSize);
  // Places of pairs and of their wrong answers in the same group of eight.
  const near = harder.hard?.near ?? new Int32Array();
  const groupOf = new Map(epoch.map((pair, at) => [pair, Math.floor(at / groupSize)]));
  const shared = [...pairs.asked].filter((pair, place) =>
    [0, 1, 2].some((k) => {
      const other = near[3 * place + k] as number;
      return other >= 0 && groupOf.get(pair) === groupOf.get(pairs.asked[other] as number);
    }),
  );
  expect(shared.length / pairs.asked.length).toBeGreaterThan(0.5);
});
