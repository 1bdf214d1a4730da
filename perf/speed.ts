/**
 * How fast Winnow is on a tree: indexing from nothing, refreshing, updating, searching.
 *
 * ```
 * node perf/speed.ts DIR… [--seed N] [--words N] [--identifiers N] [--workers N] [--in-place] [--json]
 * ```
 *
 * Several directories are measured together, as one tree. They are copied (without
 * `.git`) to a temporary directory first, so that a file can be changed; `--in-place`
 * leaves one directory where it is and skips that measurement. The copy has just been
 * written, so files come from the page cache: what is measured is Winnow, not the disk.
 *
 * ripgrep runs on the same queries where it is installed. It answers another question
 * (every line that matches, unranked), so it is there for perspective only.
 *
 * Exit codes: 0 measured, 2 bad use, 3 something failed.
 */
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  constants,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
} from 'node:fs';
import { arch, cpus, platform, tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { quantile } from '../src/bench/interval.ts';
import { openRepository, type RefreshReport, type Repository, type Snapshot } from '../src/index/mod.ts';
import { type SearchOptions, search } from '../src/search/mod.ts';
import { type DrawnQueries, drawQueries } from './drawqueries.ts';
import { megabytes, milliseconds, table } from './markdown.ts';
import { type Cost, measure } from './measure.ts';

const usage =
  'usage: node perf/speed.ts DIR… [--seed N] [--words N] [--identifiers N] [--workers N] [--cli-runs N] [--in-place] [--json]';

class BadUse extends Error {}

const options = {
  seed: { type: 'string', default: '1' },
  words: { type: 'string', default: '200' },
  identifiers: { type: 'string', default: '100' },
  workers: { type: 'string' },
  'cli-runs': { type: 'string', default: '10' },
  'in-place': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

function read(argv: readonly string[]) {
  let parsed: ReturnType<typeof parseArgs<{ options: typeof options; allowPositionals: true }>>;
  try {
    parsed = parseArgs({ args: [...argv], options, allowPositionals: true });
  } catch (cause) {
    throw new BadUse((cause as Error).message);
  }
  const { values, positionals } = parsed;
  const whole = (name: string, text: string): number => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < 0) throw new BadUse(`--${name}: expected a whole number; came ${text}`);
    return value;
  };
  const dirs = positionals.map((dir) => resolve(dir));
  if (dirs.length === 0) throw new BadUse('expected a directory');
  for (const dir of dirs)
    if (!statSync(dir, { throwIfNoEntry: false })?.isDirectory()) throw new BadUse(`expected a directory; came ${dir}`);
  if (values['in-place'] && dirs.length > 1) throw new BadUse('--in-place takes one directory');
  return {
    dirs,
    inPlace: values['in-place'],
    json: values.json,
    seed: whole('seed', values.seed),
    words: whole('words', values.words),
    identifiers: whole('identifiers', values.identifiers),
    cliRuns: whole('cli-runs', values['cli-runs']),
    workers: values.workers === undefined ? null : whole('workers', values.workers),
  };
}

interface Times {
  readonly runs: number;
  readonly minMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly maxMs: number;
  /** Processor time of a run, mean; on a busy machine it says more than the wall does. `null`: not measured. */
  readonly cpuMs: number | null;
}

function times(values: readonly number[], cpuMs: number | null = null): Times | null {
  if (values.length === 0) return null;
  const sorted = Float64Array.from(values).sort();
  const at = (q: number): number => quantile(sorted, q);
  return { runs: values.length, minMs: at(0), p50Ms: at(0.5), p95Ms: at(0.95), maxMs: at(1), cpuMs };
}

function bytesUnder(dir: string): number {
  let sum = 0;
  for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) sum += statSync(join(entry.parentPath, entry.name)).size;
  return sum;
}

const say = (text: string): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
};

/** Copies by reference where the file system can. */
function copyTrees(dirs: readonly string[], into: string): void {
  for (const [i, dir] of dirs.entries()) {
    const to = join(
      into,
      dirs.filter((other) => basename(other) === basename(dir)).length > 1 ? `${i}` : basename(dir),
    );
    const filter = (from: string): boolean => basename(from) !== '.git';
    cpSync(dir, to, { recursive: true, mode: constants.COPYFILE_FICLONE, filter, verbatimSymlinks: true });
  }
}

/** Times each query once, after a tenth of them as warm-up. @returns hits too, so that no work can be skipped */
function timeQueries(snapshot: Snapshot, queries: readonly string[], asked: SearchOptions) {
  for (const query of queries.slice(0, Math.ceil(queries.length / 10))) search(snapshot, query, asked);
  let hits = 0;
  const values: number[] = [];
  const cpu = process.cpuUsage();
  for (const query of queries) {
    const started = performance.now();
    hits += search(snapshot, query, asked).hits.length;
    values.push(performance.now() - started);
  }
  const { user, system } = process.cpuUsage(cpu);
  return { times: times(values, (user + system) / 1000 / values.length), hits };
}

/** Appends a function of a new name to one file, then asks for it: edit on disk to answer, and the answer's own part. */
async function timeUpdates(repository: Repository, path: string) {
  const visible: number[] = [];
  const beyond: number[] = [];
  const file = join(repository.root, path);
  for (let i = 0; i < 7; i++) {
    const name = `zephyrQuokka${'abcdefg'[i]}Probe`;
    appendFileSync(file, `\n# ${name}\n`);
    const started = performance.now();
    await repository.refresh();
    const snapshot = repository.snapshot();
    const asked = performance.now();
    const answer = search(snapshot, `${name} zephyr`, { mode: 'words' });
    const ended = performance.now();
    snapshot.close();
    if (!answer.hits.some((hit) => hit.path === path)) throw new Error(`the edit of ${path} is not visible`);
    visible.push(ended - started);
    beyond.push(asked - started);
  }
  return { visible: times(visible), beyondSearch: times(beyond) };
}

async function timeRefreshes(repository: Repository) {
  const values: number[] = [];
  for (let i = 0; i < 7; i++) {
    const started = performance.now();
    await repository.refresh();
    values.push(performance.now() - started);
  }
  return times(values);
}

/** A process per query, as from a shell. */
async function timeCli(root: string, home: string, queries: readonly string[]): Promise<Times | null> {
  const program = join(dirname(dirname(fileURLToPath(import.meta.url))), 'bin', 'winnow.js');
  if (!existsSync(program)) return null;
  const costs: Cost[] = [];
  for (const query of queries) {
    const argv = ['/usr/bin/env', `WINNOW_HOME=${home}`, process.execPath, program, 'search', '--', query, root];
    const cost = await measure({ argv, cwd: root });
    if (cost.exit > 1) throw new Error(`winnow search exited with ${cost.exit}: ${cost.stderr}`);
    costs.push(cost);
  }
  const cpu = costs.map((cost) => cost.cpuMs ?? Number.NaN);
  const cpuMs = cpu.reduce((sum, ms) => sum + ms, 0) / cpu.length;
  return times(
    costs.map((cost) => cost.wallMs),
    Number.isNaN(cpuMs) ? null : cpuMs,
  );
}

const ripgrep = 'rg';

function timeRipgrep(root: string, queries: DrawnQueries) {
  if (spawnSync(ripgrep, ['--version']).status !== 0) return null;
  const run = (args: readonly string[]): number => {
    const started = performance.now();
    const done = spawnSync(ripgrep, [...args, root], { maxBuffer: 1 << 30 });
    if (done.error !== undefined) throw done.error;
    return performance.now() - started;
  };
  const words = queries.words
    .slice(0, 20)
    .map((query) => run(['-ci', ...query.split(' ').flatMap((word) => ['-e', word])]));
  const identifiers = queries.identifiers.slice(0, 20).map((name) => run(['-nwF', '-e', name]));
  return { words: times(words), identifiers: times(identifiers) };
}

/** Indexing from nothing. Peak memory is the whole process's, workers included; nothing large ran before. */
async function timeCold(repository: Repository, workers: number | null) {
  const started = performance.now();
  const cpu = process.cpuUsage();
  const report: RefreshReport = await repository.refresh({
    ...(workers === null ? {} : { workers }),
    onProgress: (step) => say(`${step.phase} ${step.filesDone} of ${step.filesTotal}`),
  });
  const elapsedMs = performance.now() - started;
  const { user, system } = process.cpuUsage(cpu);
  return { report, elapsedMs, cpuMs: (user + system) / 1000, peakBytes: process.resourceUsage().maxRSS * 1024 };
}

async function run(args: ReturnType<typeof read>) {
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'winnow-speed-')));
  const home = join(scratch, 'home');
  const root = args.inPlace ? (args.dirs[0] as string) : join(scratch, 'tree');
  let repository: Repository | null = null;
  try {
    say('copying');
    if (!args.inPlace) copyTrees(args.dirs, root);
    repository = openRepository(root, { home });
    const cold = await timeCold(repository, args.workers);
    say('merging');
    const tidied = performance.now();
    await repository.tidy();
    const tidyMs = performance.now() - tidied;
    const refresh = await timeRefreshes(repository);
    const snapshot = repository.snapshot();
    const files = snapshot.files();
    const sourceBytes = files.reduce((sum, file) => sum + file.bytes, 0);
    const indexBytes = bytesUnder(repository.storeDir);
    const queries = drawQueries(snapshot, args, args.seed);
    say('searching');
    const words = timeQueries(snapshot, queries.words, { mode: 'words', limit: 10 });
    const identifiers = timeQueries(snapshot, queries.identifiers, { mode: 'identifier', limit: 10 });
    const chunks = snapshot.segments(null).reduce((sum, { segment }) => sum + segment.docCount, 0);
    const lines = files.reduce((sum, file) => sum + file.lines, 0);
    const languages = Object.fromEntries(
      Object.entries(Object.groupBy(files, (file) => file.language)).map(([name, all]) => [name, all?.length ?? 0]),
    );
    snapshot.close();
    say('asking the CLI');
    const cli = await timeCli(root, home, queries.words.slice(0, args.cliRuns));
    say('ripgrep');
    const ripgrep = timeRipgrep(root, queries);
    say('updating');
    const edited = files.find((file) => file.language === 'python') ?? files[0];
    const update = args.inPlace || edited === undefined ? null : await timeUpdates(repository, edited.path);
    say('');
    return {
      date: new Date().toISOString(),
      machine: {
        node: process.version,
        platform: platform(),
        arch: arch(),
        cpu: cpus()[0]?.model,
        cpus: cpus().length,
      },
      settings: args,
      tree: { files: files.length, lines, chunks, sourceBytes, languages, leftOut: cold.report.leftOut },
      cold: {
        elapsedMs: cold.elapsedMs,
        cpuMs: cold.cpuMs,
        megabytesPerSecond: sourceBytes / 1e3 / cold.elapsedMs,
        peakBytes: cold.peakBytes,
        tidyMs,
      },
      indexBytes,
      refresh,
      update,
      words: words.times,
      identifiers: identifiers.times,
      hits: words.hits + identifiers.hits,
      cli,
      ripgrep,
    };
  } finally {
    repository?.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}

function render(found: Awaited<ReturnType<typeof run>>): string {
  const { tree, cold } = found;
  const line = (value: Times | null): string =>
    value === null
      ? '–'
      : `${milliseconds(value.p50Ms)} / ${milliseconds(value.p95Ms)} (min ${milliseconds(value.minMs)}${value.cpuMs === null ? '' : `, processor ${milliseconds(value.cpuMs)}`}, ${value.runs} runs)`;
  const rows: [string, string][] = [
    ['what', 'figure'],
    ['tree', `${tree.files} files, ${tree.lines} lines, ${megabytes(tree.sourceBytes)}, ${tree.chunks} chunks`],
    [
      'cold index',
      `${milliseconds(cold.elapsedMs)}, ${cold.megabytesPerSecond.toFixed(2)} MB/s, processor ${milliseconds(cold.cpuMs)}`,
    ],
    ['peak memory', megabytes(cold.peakBytes)],
    ['tidy after it', milliseconds(cold.tidyMs)],
    ['index size', `${megabytes(found.indexBytes)}, ${(found.indexBytes / tree.sourceBytes).toFixed(2)} of the source`],
    ['refresh, nothing changed, p50 / p95', line(found.refresh)],
    ['one file changed, to answer, p50 / p95', line(found.update?.visible ?? null)],
    ['… beyond the search itself', line(found.update?.beyondSearch ?? null)],
    ['search, 3–8 words, p50 / p95', line(found.words)],
    ['search, identifier, p50 / p95', line(found.identifiers)],
    ['CLI query, a process each, p50 / p95', line(found.cli)],
    ['ripgrep, same words, p50 / p95', line(found.ripgrep?.words ?? null)],
    ['ripgrep, same identifiers, p50 / p95', line(found.ripgrep?.identifiers ?? null)],
  ];
  const { machine } = found;
  return `${machine.cpus} × ${machine.cpu}, Node ${machine.node}, ${found.date}\n\n${table(rows)}\n`;
}

try {
  const args = read(process.argv.slice(2));
  const found = await run(args);
  process.stdout.write(args.json ? `${JSON.stringify(found, null, 2)}\n` : render(found));
} catch (error) {
  process.stderr.write(error instanceof BadUse ? `${error.message}\n${usage}\n` : `${(error as Error).stack}\n`);
  process.exitCode = error instanceof BadUse ? 2 : 3;
}
