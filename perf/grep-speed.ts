/**
 * How long `winnow grep` takes beside ripgrep, on one tree, interleaved: literals, selective patterns, unselective ones.
 *
 *   node perf/grep-speed.ts TREE [--rg PROGRAM] [--rounds N] [--home DIR] [--kept-only] [--from N]
 *
 * Four ways of ours: in this process with the index kept open and watched, as a server does; with the index opened and a look for changed
 * files; without a look; and a command of its own (left out with --kept-only, as are the two before it). For each the least wall time and the least and the median processor time
 * (user and system, all threads) of the rounds: on a busy machine the latter are the steadier ones. Output is made and thrown away.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { keptGrams } from '../src/index/mod.ts';
import { ours } from './grep-both.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rg: { type: 'string', default: 'rg' },
    rounds: { type: 'string', default: '5' },
    home: { type: 'string' },
    'kept-only': { type: 'boolean', default: false },
    // The first searches are left out.
    from: { type: 'string', default: '0' },
  },
});
const tree = positionals[0];
if (tree === undefined) throw new Error('give a tree');
const home = values.home ?? mkdtempSync(path.join(tmpdir(), 'winnow-grep-'));
const launcher = fileURLToPath(new URL('../bin/winnow.js', import.meta.url));

const searches: readonly (readonly [string, ...string[]])[] = [
  ['literal, nowhere', '-F', 'zzqqxxyy'],
  ['literal, rare', 'parseConfig'],
  ['literal, ignoring case', '-i', 'deadlock_detect'],
  ['selective', 'fn \\w+_test_\\w+\\('],
  ['selective', 'raise \\w+Error\\(.*timeout'],
  ['selective, a choice', '(?:ECONNRESET|EPIPE|ETIMEDOUT)'],
  ['selective, across lines', '-U', 'catch \\(\\w*Interrupted\\w* \\w+\\) \\{\\s*\\}'],
  ['literal, common', '-c', 'return'],
  ['a word, common', '-cw', 'fn'],
  ['unselective, counted', '-c', '\\w+\\s*=\\s*\\w+'],
  ['unselective, counted', '-c', '[a-z]+_[a-z]+_[a-z]+_[a-z]+\\('],
  ['unselective, files', '-l', '[a-z]{3}'],
  ['unselective, all lines', '-n', '^\\s*return'],
  ['unselective, all lines', '\\w+\\s+\\w+'],
];

interface Cost {
  readonly wallMs: number;
  readonly processorMs: number;
}

const kept = keptGrams();

async function inProcess(words: readonly string[], open?: typeof kept.open): Promise<Cost> {
  const before = process.cpuUsage();
  const startedMs = performance.now();
  await ours(tree as string, home, words, false, open);
  const used = process.cpuUsage(before);
  return { wallMs: performance.now() - startedMs, processorMs: (used.user + used.system) / 1000 };
}

function command(program: string, words: readonly string[]): Cost {
  const script = 'TIMEFORMAT="%R %U %S"; time "$0" "$@" > /dev/null 2>/dev/null';
  const run = spawnSync('bash', ['-c', script, program, ...words], {
    cwd: tree,
    encoding: 'utf8',
    env: { ...process.env, WINNOW_HOME: home, LC_ALL: 'C' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [real = 0, user = 0, system = 0] = (run.stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  return { wallMs: real * 1000, processorMs: (user + system) * 1000 };
}

function summary(costs: readonly Cost[]): string {
  if (costs.length === 0) return '';
  const wall = Math.min(...costs.map((cost) => cost.wallMs));
  return [wall, least(costs), median(costs)].map((ms) => ms.toFixed(0)).join(' / ');
}

const least = (costs: readonly Cost[]): number => Math.min(...costs.map((cost) => cost.processorMs));

function median(costs: readonly Cost[]): number {
  const sorted = costs.map((cost) => cost.processorMs).sort((a, b) => a - b);
  return sorted[sorted.length >> 1] as number;
}

const built = await inProcess(['-F', 'zzqqxxyy', './']);
process.stdout.write(
  `first search, with indexing: ${built.wallMs.toFixed(0)} ms wall, ${built.processorMs.toFixed(0)} ms processor\n`,
);
let indexBytes = 0;
const gramsOf = (directory: string): void => {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const full = path.join(directory, entry.name);
    if (entry.isDirectory()) gramsOf(full);
    else if (/\.(grams|tree)$/.test(entry.name)) indexBytes += statSync(full).size;
  }
};
gramsOf(home);
process.stdout.write(`index: ${(indexBytes / 1e6).toFixed(1)} MB\n\n`);
process.stdout.write(
  '| search | index kept | index opened | … without a look | command | ripgrep | kept ÷ ripgrep |\n|---|---|---|---|---|---|---|\n',
);
// The third look of a kept index is the first that is spared by watching.
for (let time = 0; time < 3; time++) await inProcess(['-F', 'zzqqxxyy', './'], kept.open);
for (const [label, ...words] of searches.slice(Number(values.from))) {
  const costs = [[], [], [], [], []] as [Cost[], Cost[], Cost[], Cost[], Cost[]];
  const full = [...words, './'];
  for (let round = 0; round < Number(values.rounds); round++) {
    costs[0].push(await inProcess(full, kept.open));
    if (!values['kept-only']) {
      costs[1].push(await inProcess(full));
      costs[2].push(await inProcess(['--no-refresh', ...full]));
      costs[3].push(command(process.execPath, [launcher, 'grep', ...full]));
    }
    costs[4].push(command(values.rg, ['--no-config', ...full]));
  }
  const shown = words.map((word) => word.replaceAll('|', '\\|')).join(' ');
  const factors = [least, median].map((of) => (of(costs[0]) / of(costs[4])).toFixed(2)).join(' / ');
  process.stdout.write(`| ${label}: \`${shown}\` | ${costs.map(summary).join(' | ')} | ${factors} |\n`);
}
kept.close();
if (values.home === undefined) rmSync(home, { recursive: true });
