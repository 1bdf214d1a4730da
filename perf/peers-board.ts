/**
 * The board's queries asked of Winnow and of zoekt, by file: how early the first file that holds an answer comes.
 *
 *   node perf/peers-board.ts BOARD DIR --work DIR --zoekt PROGRAM --zoekt-index PROGRAM
 *
 * BOARD is `test/boards/repositories.jsonl`; DIR holds its repositories by their short names, at the board's commits, without git. Files, not
 * definitions, are judged, since zoekt names no definitions; the first 20 count. zoekt is asked for files with all the words of a query, and for files
 * with any word of three letters or more. One table, by kind of query. Exit codes: 0 measured, 2 bad use.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type BoardRow, readBoard } from '../src/bench/boardfile.ts';
import { type Estimate, estimate } from '../src/bench/interval.ts';
import { table } from './markdown.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { work: { type: 'string' }, zoekt: { type: 'string' }, 'zoekt-index': { type: 'string' } },
});
const [board, trees] = positionals;
const { work, zoekt, 'zoekt-index': zoektIndex } = values;
if (board === undefined || trees === undefined || work === undefined || !zoekt || !zoektIndex) {
  process.stderr.write('usage: node perf/peers-board.ts BOARD DIR --work DIR --zoekt PROGRAM --zoekt-index PROGRAM\n');
  process.exit(2);
}

/** Files that count. */
const most = 20;
const home = join(resolve(work), 'home');
const launcher = fileURLToPath(new URL('../bin/winnow.js', import.meta.url));
const rootOf = ({ repo }: BoardRow): string => join(resolve(trees), basename(repo));
const shardsOf = ({ repo }: BoardRow): string => join(resolve(work), 'zoekt', basename(repo));

function outputOf([program, ...words]: readonly string[]): string {
  const done = spawnSync(program as string, words, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (done.status !== 0 && done.status !== 1) throw new Error(`${program} ${words.join(' ')}: ${done.stderr}`);
  return done.stdout;
}

const distinct = (paths: readonly string[]): string[] => [...new Set(paths)].slice(0, most);

function winnow(row: BoardRow, ...flags: string[]): string[] {
  const words = ['search', '--json', '--limit', '60', ...flags, '--', row.query, rootOf(row)];
  const out = outputOf(['/usr/bin/env', `WINNOW_HOME=${home}`, process.execPath, launcher, ...words]);
  return distinct((JSON.parse(out) as { hits: { path: string }[] }).hits.map(({ path }) => path));
}

const wordsOf = ({ query }: BoardRow): string[] => query.match(/[\p{L}\p{N}_]+/gu) ?? [];

function ofZoekt(row: BoardRow, query: string): string[] {
  const out = outputOf([zoekt as string, '-l', '-index_dir', shardsOf(row), query]);
  return distinct(out.split('\n').filter((line) => line !== ''));
}

const tools: Record<string, (row: BoardRow) => string[]> = {
  winnow: (row) => winnow(row),
  'winnow, by words alone': (row) => winnow(row, '--meaning', 'off'),
  'zoekt, all words': (row) => ofZoekt(row, wordsOf(row).join(' ')),
  'zoekt, any word': (row) => {
    const words = wordsOf(row).filter((word) => word.length > 2);
    return ofZoekt(row, words.length > 1 ? `(${words.join(' or ')})` : wordsOf(row).join(' '));
  },
};

const rows = await readBoard(board);
for (const row of new Map(rows.map((one) => [one.repo, one])).values()) {
  mkdirSync(shardsOf(row), { recursive: true });
  outputOf([zoektIndex, '-index', shardsOf(row), rootOf(row)]);
}
const ranks = new Map<string, { kind: string; rank: number }[]>(Object.keys(tools).map((tool) => [tool, []]));
for (const row of rows) {
  const right = new Set(row.answers.map(({ at }) => at.split(':')[0] as string));
  for (const [tool, ask] of Object.entries(tools)) {
    const files = ask(row);
    ranks.get(tool)?.push({ kind: row.kind, rank: files.findIndex((file) => right.has(file)) + 1 });
  }
}
const shown = ({ value, low, high }: Estimate): string => `${value.toFixed(3)} (${low.toFixed(3)}–${high.toFixed(3)})`;
const lines: string[][] = [['kind', 'tool', 'n', 'MRR', 'first', 'among five', 'nothing']];
for (const kind of ['all', ...new Set(rows.map((row) => row.kind))])
  for (const [tool, list] of ranks) {
    const of = list.filter((one) => kind === 'all' || one.kind === kind).map(({ rank }) => rank);
    const share = (test: (rank: number) => boolean): string =>
      (of.filter((rank) => test(rank)).length / of.length).toFixed(3);
    lines.push([
      kind,
      tool,
      String(of.length),
      shown(estimate(of.map((rank) => (rank === 0 ? 0 : 1 / rank)))),
      share((rank) => rank === 1),
      share((rank) => rank > 0 && rank <= 5),
      share((rank) => rank === 0),
    ]);
  }
process.stdout.write(`${table(lines as [string, string][])}\n`);
