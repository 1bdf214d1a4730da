/**
 * Winnow beside other tools on one tree: time, processor time, memory and size of an index, and of a name looked up by a command.
 *
 *   node perf/peers.ts TREE --work DIR [--names N] [--seed N] [--rg PROGRAM] [--zoekt PROGRAM --zoekt-index PROGRAM] [--ast-grep PROGRAM]
 *
 * Names are drawn from Winnow's own index. The answers are not the same thing: ripgrep and `winnow grep` print every line, zoekt
 * ranked lines, `winnow search` ranked definitions, ast-grep the places in C where the name stands as a name, as `winnow search --pattern` does. Exit codes: 0 measured, 2 bad use.
 */
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { quantile } from '../src/bench/interval.ts';
import { openRepository } from '../src/index/mod.ts';
import { drawQueries } from './drawqueries.ts';
import { table } from './markdown.ts';
import { type Cost, measure } from './measure.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    work: { type: 'string' },
    names: { type: 'string', default: '15' },
    seed: { type: 'string', default: '1' },
    rg: { type: 'string', default: 'rg' },
    zoekt: { type: 'string' },
    'zoekt-index': { type: 'string' },
    'ast-grep': { type: 'string' },
  },
});
if (positionals[0] === undefined || values.work === undefined) {
  process.stderr.write(
    'usage: node perf/peers.ts TREE --work DIR [--names N] [--seed N] [--rg PROGRAM] [--zoekt P --zoekt-index P] [--ast-grep P]\n',
  );
  process.exit(2);
}
const [root, work] = [resolve(positionals[0]), resolve(values.work)];
const [home, zoektDir] = [join(work, 'home'), join(work, 'zoekt')];
mkdirSync(zoektDir, { recursive: true });

const bytesUnder = (dir: string): number =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
const launcher = fileURLToPath(new URL('../bin/winnow.js', import.meta.url));
const winnow = (...words: string[]): string[] => [
  '/usr/bin/env',
  `WINNOW_HOME=${home}`,
  process.execPath,
  launcher,
  ...words,
];
const seconds = (ms: number | null): string => (ms === null ? '?' : `${(ms / 1000).toFixed(1)} s`);
const costs = ({ wallMs, cpuMs, peakBytes }: Cost): string[] => [
  seconds(wallMs),
  seconds(cpuMs),
  `${Math.round((peakBytes ?? 0) / 1e6)} MB`,
];

const rows: string[][] = [['making the index', 'wall', 'processor', 'peak of one process', 'size']];
const made = await measure({ argv: winnow('index', root), cwd: root });
const searchBytes = bytesUnder(home);
rows.push(['winnow index', ...costs(made), `${(searchBytes / 1e6).toFixed(1)} MB`]);
const grams = await measure({ argv: winnow('grep', '-F', 'zzqqxxyy', root), cwd: root });
rows.push(['winnow grep, its first', ...costs(grams), `${((bytesUnder(home) - searchBytes) / 1e6).toFixed(1)} MB`]);
if (values['zoekt-index'] !== undefined) {
  const zoekt = await measure({ argv: [values['zoekt-index'], '-index', zoektDir, root], cwd: root });
  if (zoekt.exit !== 0) throw new Error(zoekt.stderr);
  rows.push(['zoekt-index', ...costs(zoekt), `${(bytesUnder(zoektDir) / 1e6).toFixed(1)} MB`]);
}

const repository = openRepository(root, { home });
const snapshot = repository.snapshot();
const { identifiers } = drawQueries(snapshot, { words: 1, identifiers: Number(values.names) }, Number(values.seed));
snapshot.close();
repository.close();

const tools: Record<string, (name: string) => string[]> = {
  'winnow search': (name) => winnow('search', '--mode', 'identifier', name, root),
  'winnow grep': (name) => winnow('grep', '-nwF', '-e', name, root),
  ripgrep: (name) => [values.rg, '--no-config', '-nwF', '-e', name, root],
  ...(values.zoekt === undefined
    ? {}
    : { zoekt: (name: string) => [values.zoekt as string, '-index_dir', zoektDir, name] }),
  ...(values['ast-grep'] === undefined
    ? {}
    : {
        'winnow search --pattern, C': (name: string) => winnow('search', '--pattern', name, '--lang', 'c', root),
        'ast-grep, C': (name: string) => [values['ast-grep'] as string, 'run', '-p', name, '-l', 'c', root],
      }),
};
const asked = new Map<string, Cost[]>(Object.keys(tools).map((tool) => [tool, []]));
// Interleaved: whatever else the machine does falls on all of them.
for (const name of identifiers)
  for (const [tool, argvOf] of Object.entries(tools))
    asked.get(tool)?.push(await measure({ argv: argvOf(name), cwd: root }));
const spread = (numbers: number[]): string => {
  const sorted = Float64Array.from(numbers).sort();
  return `${Math.round(quantile(sorted, 0.5))} / ${Math.round(quantile(sorted, 0.95))} ms`;
};
const lookups: string[][] = [['a name, a command each', 'wall p50 / p95', 'processor p50 / p95']];
for (const [tool, list] of asked)
  lookups.push([tool, spread(list.map(({ wallMs }) => wallMs)), spread(list.map(({ cpuMs }) => cpuMs ?? 0))]);
process.stdout.write(
  `${table(rows as [string, string][])}\n\n${table(lookups as [string, string][])}\n\nload ${readFileSync('/proc/loadavg', 'utf8')}`,
);
