/**
 * How fast queries by words and by meaning are: words alone, the nearest chunks alone, and both, over one index in one process.
 *
 *   node perf/meaning-speed.ts ROOT --home DIR [--encoder TABLE] [--queries N] [--rounds N] [--seed N] [--dataset FILE] [--exact]
 *     [--again] [--answers FILE] [--ways words,nearest,opening,both]
 *
 * Queries of 3 to 8 words are drawn from the index (`drawqueries.ts`), or taken from a file with one a line. Every round asks so many in each way, one way
 * after the other, and other queries than the rounds before it, unless `--again` has all rounds ask the same, which flatters whatever is remembered; the first round holds what a process pays once, compilation and reading. Each line of output is one way in one round: elapsed and
 * processor time (all threads) of a query in milliseconds. `opening` is what a server does before each query: it brings the vectors of a fresh
 * snapshot up to date. `--answers` writes what `both` found, with every digit of the scores, so that two versions of the program can be compared;
 * `--exact` adds how many of the exact 10, 50 and 100 nearest are kept. The index and its vectors are made first where they are missing.
 * Exit codes: 0 measured, 2 bad use, 3 something failed.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { quantile } from '../src/bench/interval.ts';
import { openTable, shippedTable } from '../src/embed/mod.ts';
import { openRepository } from '../src/index/mod.ts';
import { openMeaning, search } from '../src/search/mod.ts';
import { drawQueries } from './drawqueries.ts';

const usage =
  'usage: node perf/meaning-speed.ts ROOT --home DIR [--encoder TABLE] [--queries N] [--rounds N] [--seed N] [--dataset FILE] [--exact] [--again] [--answers FILE] [--ways NAMES]';

const round = (value: number): number => Math.round(value * 100) / 100;
const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
const load = (): number => Number(readFileSync('/proc/loadavg', 'utf8').split(' ')[0]);

function spread(values: readonly number[]): object {
  const sorted = Float64Array.from(values).sort();
  const at = (q: number): number => round(quantile(sorted, q));
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean: round(mean), p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      home: { type: 'string' },
      encoder: { type: 'string' },
      queries: { type: 'string', default: '200' },
      rounds: { type: 'string', default: '5' },
      seed: { type: 'string', default: '1' },
      dataset: { type: 'string' },
      again: { type: 'boolean', default: false },
      exact: { type: 'boolean', default: false },
      answers: { type: 'string' },
      ways: { type: 'string', default: 'words,nearest,opening,both' },
    },
  });
  const [root] = positionals;
  if (root === undefined || values.home === undefined) {
    process.stderr.write(`${usage}\n`);
    return 2;
  }
  const repository = openRepository(resolve(root), { home: resolve(values.home) });
  if (repository.snapshot().files().length === 0) await repository.refresh();
  const snapshot = repository.snapshot();
  const encoder = values.encoder === undefined ? shippedTable('usual') : openTable(resolve(values.encoder));
  const started = performance.now();
  const meaning = await openMeaning(snapshot, encoder);
  const { vectors } = meaning;
  const each = Number(values.queries);
  const wanted = each * (values.again ? 1 : Number(values.rounds));
  const queries =
    values.dataset === undefined
      ? drawQueries(snapshot, { words: wanted, identifiers: 1 }, Number(values.seed)).words
      : readFileSync(values.dataset, 'utf8').split('\n').filter(Boolean).slice(0, wanted);
  const asked = await Promise.all(queries.map((text) => meaning.ask(text)));
  say({
    chunks: vectors.count,
    files: snapshot.files().length,
    encoder: encoder.id,
    queries: queries.length,
    openedMs: round(performance.now() - started),
  });

  const answers = new Map<string, string>();
  const ways: Record<string, (at: number) => Promise<unknown> | unknown> = {
    words: (at) => search(snapshot, queries[at] as string, { mode: 'words' }),
    nearest: (at) => {
      const one = asked[at];
      return one && vectors.nearest(one.query, 101, null);
    },
    opening: async () => {
      const fresh = repository.snapshot();
      await openMeaning(fresh, encoder);
      fresh.close();
    },
    both: async (at) => {
      const text = queries[at] as string;
      const one = await meaning.ask(text);
      const found = search(snapshot, text, { mode: 'words', ...(one === null ? {} : { meaning: one }) });
      if (values.answers !== undefined && !answers.has(text)) answers.set(text, JSON.stringify(found));
      return found;
    },
  };
  for (let turn = 1; turn <= Number(values.rounds); turn++) {
    for (const way of values.ways.split(',')) {
      const ask = ways[way];
      if (ask === undefined) throw new Error(`expected a way of ${Object.keys(ways)}; came ${way}`);
      const wall: number[] = [];
      const cpu: number[] = [];
      const first = values.again ? 0 : (turn - 1) * each;
      for (let at = first; at < Math.min(first + each, queries.length); at++) {
        const before = process.cpuUsage();
        const from = performance.now();
        const found = ask(at);
        if (found instanceof Promise) await found;
        wall.push(performance.now() - from);
        const { user, system } = process.cpuUsage(before);
        cpu.push((user + system) / 1000);
      }
      say({ round: turn, way, load: load(), wallMs: spread(wall), cpuMs: spread(cpu) });
    }
  }
  const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
  const mb = (bytes: number): number => round(bytes / 1e6);
  say({ rssMB: mb(rss), heapMB: mb(heapUsed), externalMB: mb(external), buffersMB: mb(arrayBuffers) });
  if (values.answers !== undefined)
    writeFileSync(values.answers, [...answers].map(([text, found]) => `${text}\t${found}\n`).join(''));
  if (values.exact) {
    const exact = (await openMeaning(snapshot, encoder, { mostExact: Number.POSITIVE_INFINITY })).vectors;
    const kept: Record<string, number> = {};
    for (const one of asked) {
      if (one === null) continue;
      const key = ({ version, chunk }: { version: number; chunk: number }): string => `${version} ${chunk}`;
      const truth = exact.nearest(one.query, 100, null).map(key);
      const found = vectors.nearest(one.query, 100, null).map(key);
      for (const k of [10, 50, 100]) {
        const among = new Set(found.slice(0, k));
        kept[k] = (kept[k] ?? 0) + truth.slice(0, k).filter((one) => among.has(one)).length / k / asked.length;
      }
    }
    say({ keptPercent: Object.fromEntries(Object.entries(kept).map(([k, share]) => [k, round(100 * share)])) });
  }
  snapshot.close();
  repository.close();
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${(error as Error).stack}\n`);
  process.exitCode = 3;
}
