/**
 * What searching a set of repositories costs and finds, beside one repository that holds them all as folders.
 *
 *     node perf/repository-sets.ts --repos DIR --scratch DIR [--board FILE] [--rounds 5] [--only-ranks]
 *
 * Every directory of DIR is a repository. Costs are those of whole commands: an index is made (cold), vectors are made, and then each kind of
 * question is asked as often as told, the two in turns, so that what else the machine does meets both alike; processor time is what to compare. With a
 * board its dev queries are asked of both, and judged, with a repository's name as the first folder of each answer.
 */
import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readBoard } from '../src/bench/boardfile.ts';
import { scoreBoardHits } from '../src/bench/boardjudge.ts';
import { type Estimate, estimate, pairedDifference, quantile } from '../src/bench/interval.ts';
import { shippedTable } from '../src/embed/mod.ts';
import { searchMany } from '../src/search/mod.ts';
import { megabytes, milliseconds, table } from './markdown.ts';
import { type Cost, measure } from './measure.ts';

const { values } = parseArgs({
  options: {
    repos: { type: 'string' },
    scratch: { type: 'string' },
    board: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    'only-ranks': { type: 'boolean', default: false },
  },
});
if (values.repos === undefined || values.scratch === undefined) throw new Error('--repos and --scratch are needed');
const repos = resolve(values.repos);
const scratch = resolve(values.scratch);
const rounds = Number(values.rounds);
const program = join(dirname(dirname(fileURLToPath(import.meta.url))), 'bin', 'winnow.js');
const homes = { set: join(scratch, 'home-set'), merged: join(scratch, 'home-merged') };
const merged = join(scratch, 'merged');
const names = readdirSync(repos);

async function winnow(home: string, ...words: string[]): Promise<Cost> {
  const argv = ['/usr/bin/env', `WINNOW_HOME=${home}`, process.execPath, program, ...words];
  const cost = await measure({ argv, cwd: repos });
  if (cost.exit > 1) throw new Error(`winnow ${words.join(' ')}: ${cost.stderr}`);
  return cost;
}

const middle = (numbers: readonly number[]): number => quantile(Float64Array.from(numbers).sort(), 0.5);

function row(what: string, costs: readonly Cost[]): string[] {
  return [
    what,
    milliseconds(middle(costs.map(({ cpuMs }) => cpuMs ?? Number.NaN))),
    milliseconds(middle(costs.map(({ wallMs }) => wallMs))),
    megabytes(Math.max(...costs.map(({ peakBytes }) => peakBytes ?? 0))),
  ];
}

async function costs(): Promise<void> {
  for (const home of Object.values(homes)) rmSync(home, { recursive: true, force: true });
  if (!existsSync(merged)) cpSync(repos, merged, { recursive: true });
  await winnow(homes.set, 'add', ...names.map((name) => join(repos, name)));
  const both = {
    set: (...words: string[]) => winnow(homes.set, 'search', ...words, '--repos', 'default'),
    merged: (...words: string[]) => winnow(homes.merged, 'search', words[0] as string, merged, ...words.slice(1)),
  };
  const rows: string[][] = [];
  const asked: [string, string[], number][] = [
    ['cold: the indexes are made', ['where are requests retried', '--meaning', 'off'], 1],
    ['the vectors are made', ['where are requests retried'], 1],
    ['a question, with meaning', ['where are routes matched to handlers'], rounds],
    ['a question, words alone', ['where are routes matched to handlers', '--meaning', 'off'], rounds],
    ['a name', ['addRoute'], rounds],
    ['a question, indexes as they are', ['where are routes matched', '--meaning', 'off', '--no-refresh'], rounds],
  ];
  for (const [what, words, times] of asked) {
    const found: Record<keyof typeof both, Cost[]> = { set: [], merged: [] };
    for (let round = 0; round < times; round++)
      for (const which of ['set', 'merged'] as const) found[which].push(await both[which](...words));
    for (const which of ['set', 'merged'] as const) rows.push(row(`${what}, ${which}`, found[which]));
  }
  process.stdout.write(`${table([['command', 'CPU', 'wall', 'peak memory'], ...rows])}\n`);
}

/** Ids as paths from the folder of all repositories. */
const asFolders = (id: string): string => id.replace(/^merged\/\//, '').replace('//', '/');

async function ranks(board: string): Promise<void> {
  const queries = (await readBoard(board)).filter(({ split }) => split === 'dev');
  const encoder = shippedTable('usual');
  const ask = async (
    home: string,
    which: readonly { name: string; root: string }[],
    query: string,
    by: 'auto' | 'off',
  ) => {
    const options = { home, refresh: false, deadlineMs: null, limit: 20, by, openEncoder: async () => encoder };
    const { answer } = await searchMany(which, query, options);
    return answer.hits.map((hit) => ({
      ...hit,
      id: asFolders(hit.id),
      path: asFolders(hit.path),
      duplicates: hit.duplicates.map(asFolders),
    }));
  };
  const set = names.map((name) => ({ name, root: join(repos, name) }));
  const one = [{ name: 'merged', root: merged }];
  /** What ranking each by itself would give: hits of all by scores that were made with statistics of their own. */
  const apart = async (query: string, by: 'auto' | 'off') => {
    const hits = [];
    for (const member of set) hits.push(...(await ask(homes.set, [member], query, by)));
    return hits.sort((a, b) => b.score - a.score).slice(0, 20);
  };
  const rows: string[][] = [];
  for (const by of ['off', 'auto'] as const) {
    const scores = { set: [] as number[], merged: [] as number[], apart: [] as number[] };
    const alike = { first: [] as number[], ten: [] as number[] };
    for (const { id, query, answers } of queries) {
      const judged = answers.map((answer) => ({ ...answer, at: `${id.replace(/-\d+$/, '')}/${answer.at}` }));
      const [ofSet, ofMerged] = [await ask(homes.set, set, query, by), await ask(homes.merged, one, query, by)];
      scores.set.push(scoreBoardHits(ofSet, judged).mrr);
      scores.merged.push(scoreBoardHits(ofMerged, judged).mrr);
      scores.apart.push(scoreBoardHits(await apart(query, by), judged).mrr);
      alike.first.push(ofSet[0]?.id === ofMerged[0]?.id ? 1 : 0);
      const top = new Set(ofMerged.slice(0, 10).map((hit) => hit.id));
      alike.ten.push(ofSet.slice(0, 10).filter((hit) => top.has(hit.id)).length / Math.max(1, top.size));
    }
    const shown = ({ value, low, high }: Estimate): string =>
      `${value.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`;
    rows.push([
      by === 'off' ? 'words' : 'words and meaning',
      shown(estimate(scores.set)),
      shown(estimate(scores.merged)),
      shown(pairedDifference(scores.merged, scores.set)),
      shown(estimate(scores.apart)),
      shown(pairedDifference(scores.apart, scores.set)),
      shown(estimate(alike.first)),
      shown(estimate(alike.ten)),
    ]);
  }
  const head = [
    'ranked by',
    'set',
    'merged',
    'set − merged',
    'apart',
    'set − apart',
    'same first hit',
    'shared of ten',
  ];
  process.stdout.write(`\n${queries.length} queries, MRR\n\n${table([head, ...rows])}\n`);
}

// The indexes of an earlier run are asked then.
if (!values['only-ranks']) await costs();
if (values.board !== undefined) await ranks(values.board);
