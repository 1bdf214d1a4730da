/**
 * How indexing and asking grow with the tree: one tree of real source that is made larger in steps, each holding the one before.
 *
 *   node perf/scale.ts DIR… --work DIR [--sizes 10000,30000,…] [--seed N] [--rg PROGRAM] [--reader SECONDS] [--at SIZES] [--keep]
 *   node perf/scale.ts --again --work DIR [--seed N] [--rg PROGRAM]
 *
 * Directories are drawn whole (three levels deep) in a seeded order and linked, not copied, into one tree below `--work`, which must be on
 * the same file system; files are only ever replaced there, never written to. At each size a process of its own brings one index up to date, so
 * that the sum of the steps is what indexing costs, and others ask it: a search that finds nothing changed, drawn queries by words and
 * by identifiers, twice, and `grep`. At the sizes of `--at` a reader asks alone, beside a process that only computes, and beside one that
 * edits, refreshes and merges. One JSON object a line for each. `--keep` copies the index at each size but the last, and `--again` asks all of them once
 * more, on a quieter machine: the copies as they are, without looking for changes and without ripgrep beside them, since the tree has grown since.
 * Exit codes: 0 measured, 2 bad use, 3 something failed.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { seededRandom } from '../src/base/mod.ts';
import { quantile } from '../src/bench/interval.ts';
import { openRepository, type Repository, type Snapshot } from '../src/index/mod.ts';
import { search } from '../src/search/mod.ts';
import { drawQueries } from './drawqueries.ts';
import { ours } from './grep-both.ts';
import { measure } from './measure.ts';

const usage =
  'usage: node perf/scale.ts DIR… --work DIR [--sizes N,N…] [--at N,N…] [--seed N] [--rg PROGRAM] [--reader SECONDS] [--keep], or --again --work DIR';

/** Bytes of a file a chunk stands for, before the first step has told. */
const usualChunkBytes = 770;

const round = (value: number): number => Math.round(value * 100) / 100;

function spread(values: readonly number[]): object {
  const sorted = Float64Array.from(values).sort();
  const at = (q: number): number => round(quantile(sorted, q));
  return { times: values.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}

async function lap<T>(work: () => T | Promise<T>): Promise<{ wallMs: number; cpuMs: number; result: T }> {
  const cpu = process.cpuUsage();
  const started = performance.now();
  const result = await work();
  const { user, system } = process.cpuUsage(cpu);
  return { wallMs: round(performance.now() - started), cpuMs: round((user + system) / 1000), result };
}

const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
const load = (): number => Number(readFileSync('/proc/loadavg', 'utf8').split(' ')[0]);
const peakBytes = (): number => process.resourceUsage().maxRSS * 1024;

function bytesUnder(directory: string, wanted: (name: string) => boolean = () => true): number {
  let sum = 0;
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true }))
    if (entry.isFile() && wanted(entry.name))
      sum += statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0;
  return sum;
}

/** A step of a process of its own. @returns what it wrote to its standard output */
function inOwnProcess(words: readonly string[]): Record<string, unknown> {
  const done = spawnSync(process.execPath, [fileURLToPath(import.meta.url), ...words], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (done.status !== 0) throw new Error(`${words[0]} failed`);
  return JSON.parse(done.stdout.trim().split('\n').at(-1) as string) as Record<string, unknown>;
}

/** Files of the sources, in groups that are taken whole, in the order in which they are. */
function groupsOf(sources: readonly string[], seed: number): { from: string; to: string; bytes: number }[][] {
  const groups = new Map<string, { from: string; to: string; bytes: number }[]>();
  for (const source of sources) {
    for (const entry of readdirSync(source, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const from = join(entry.parentPath, entry.name);
      const to = join(basename(source), from.slice(source.length + 1));
      if (to.split('/').includes('.git')) continue;
      const group = dirname(to).split('/').slice(0, 3).join('/');
      const known = groups.get(group) ?? [];
      groups.set(group, known);
      known.push({ from, to, bytes: statSync(from).size });
    }
  }
  return seededRandom(seed)
    .shuffle([...groups.keys()].sort())
    .map((name) => groups.get(name) ?? []);
}

/** One index, one more step. */
async function indexStep(root: string, home: string): Promise<void> {
  const repository = openRepository(root, { home });
  const first = await lap(() => repository.refresh());
  const refreshedPeak = peakBytes();
  const tidied = await lap(() => repository.tidy());
  const snapshot = repository.snapshot();
  const files = snapshot.files();
  const segments = snapshot.segments(null);
  say({
    files: files.length,
    lines: files.reduce((sum, file) => sum + file.lines, 0),
    bytes: files.reduce((sum, file) => sum + file.bytes, 0),
    chunks: segments.reduce((sum, { segment }) => sum + segment.docCount, 0),
    leftOut: snapshot.completeness.leftOut,
    refresh: {
      wallMs: first.wallMs,
      cpuMs: first.cpuMs,
      added: first.result.added,
      bytesParsed: first.result.bytesParsed,
    },
    refreshPeakMB: round(refreshedPeak / 1e6),
    tidy: { wallMs: tidied.wallMs, cpuMs: tidied.cpuMs },
    peakMB: round(peakBytes() / 1e6),
    indexMB: round(bytesUnder(repository.storeDir) / 1e6),
    segments: segments.length,
  });
  snapshot.close();
  repository.close();
}

function ask(
  snapshot: Snapshot,
  queries: readonly string[],
  mode: 'words' | 'identifier',
): { values: number[]; hits: number } {
  const values: number[] = [];
  let hits = 0;
  for (const query of queries) {
    const started = performance.now();
    hits += search(snapshot, query, { mode, limit: 10 }).hits.length;
    values.push(performance.now() - started);
  }
  return { values, hits };
}

async function lookings(repository: Repository): Promise<object> {
  const first = await lap(() => repository.refresh());
  const again: number[] = [];
  for (let times = 0; times < 5; times++) again.push((await lap(() => repository.refresh())).cpuMs);
  return { firstWallMs: first.wallMs, firstCpuMs: first.cpuMs, againCpuMs: spread(again) };
}

/** @param look false: the index as it is */
async function askStep(root: string, home: string, seed: number, look: boolean): Promise<void> {
  const repository = openRepository(root, { home });
  const looking = look ? await lookings(repository) : null;
  const opened = await lap(() => repository.snapshot());
  const snapshot = opened.result;
  const queries = drawQueries(snapshot, { words: 200, identifiers: 200 }, seed);
  const found: Record<string, unknown> = {};
  for (const [name, mode, list] of [
    ['words', 'words', queries.words],
    ['identifiers', 'identifier', queries.identifiers],
  ] as const) {
    for (const time of ['first', 'second']) {
      const asked = await lap(() => ask(snapshot, list, mode));
      found[`${name}, ${time} round`] = {
        ...spread(asked.result.values),
        cpuMs: round(asked.cpuMs / list.length),
        hits: asked.result.hits,
      };
    }
  }
  const chunks = snapshot.segments(null).reduce((sum, { segment }) => sum + segment.docCount, 0);
  snapshot.close();
  repository.close();
  say({
    chunks,
    looking,
    openedMs: opened.wallMs,
    ...found,
    peakMB: round(peakBytes() / 1e6),
  });
}

/** @param look false: the index as it is, never with a look */
async function grepStep(root: string, home: string, seed: number, look: boolean): Promise<void> {
  const repository = openRepository(root, { home });
  const snapshot = repository.snapshot();
  const names = drawQueries(snapshot, { words: 1, identifiers: 60 }, seed).identifiers;
  const files = snapshot.files().length;
  snapshot.close();
  repository.close();
  const asItIs = look ? [] : ['--no-refresh'];
  const first = await lap(() => ours(root, home, [...asItIs, '-F', 'zzqqxxyy', './'], false));
  const gramsMB = round(bytesUnder(home, (name) => /\.(grams|tree)$/.test(name)) / 1e6);
  const found: Record<string, unknown> = {};
  const looks = look ? [['grep', []] as const] : [];
  for (const [label, flags] of [...looks, ['grep, without a look', ['--no-refresh']] as const]) {
    const values: number[] = [];
    const asked = await lap(async () => {
      for (const name of names)
        values.push((await lap(() => ours(root, home, [...flags, '-nwF', '-e', name, './'], false))).wallMs);
    });
    found[label] = { ...spread(values), cpuMs: round(asked.cpuMs / names.length) };
  }
  say({
    files,
    building: { wallMs: first.wallMs, cpuMs: first.cpuMs },
    gramsMB,
    ...found,
    peakMB: round(peakBytes() / 1e6),
    names,
  });
}

/** Asks from when it is told to until it is told to stop, a snapshot a query, as processes do. */
async function readerStep(root: string, home: string, seconds: number, seed: number): Promise<void> {
  const repository = openRepository(root, { home });
  await repository.refresh({ waitMs: 0 });
  const drawn = repository.snapshot();
  const queries = drawQueries(drawn, { words: 300, identifiers: 1 }, seed).words;
  ask(drawn, queries.slice(0, 100), 'words');
  drawn.close();
  const values: number[] = [];
  const taking: number[] = [];
  const until = performance.now() + seconds * 1000;
  const all = await lap(() => {
    for (let at = 0; performance.now() < until; at++) {
      const started = performance.now();
      const snapshot = repository.snapshot();
      taking.push(performance.now() - started);
      search(snapshot, queries[at % queries.length] as string, { mode: 'words', limit: 10 });
      snapshot.close();
      values.push(performance.now() - started);
    }
  });
  repository.close();
  say({
    queries: values.length,
    latency: spread(values),
    ofWhichTheSnapshot: spread(taking),
    cpuMsEach: round(all.cpuMs / values.length),
  });
}

/** Edits, refreshes and merges until it is killed; says how often when asked by a file. */
async function writerStep(root: string, home: string, seed: number): Promise<void> {
  const repository: Repository = openRepository(root, { home });
  await repository.refresh();
  const random = seededRandom(seed);
  const snapshot = repository.snapshot();
  const paths = snapshot.files().map(({ path }) => path);
  snapshot.close();
  for (let round = 1; ; round++) {
    const many = round % 4 === 0 ? 400 : 10;
    for (let at = 0; at < many; at++) {
      const path = join(root, paths[random.int(paths.length)] as string);
      // Put in its place: what is linked elsewhere stays as it is.
      writeFileSync(`${path}.new`, `${readFileSync(path, 'latin1')}\n// round ${round}\n`, 'latin1');
      renameSync(`${path}.new`, path);
    }
    await repository.refresh();
    if (round % 4 === 0) await repository.tidy();
    writeFileSync(join(home, 'rounds'), String(round));
  }
}

function burn(): never {
  const bytes = Buffer.alloc(1 << 20);
  for (;;) createHash('sha256').update(bytes).digest();
}

async function beside(root: string, home: string, seconds: number, seed: number): Promise<object> {
  const self = fileURLToPath(import.meta.url);
  const alone = inOwnProcess(['--reader-step', root, home, String(seconds), String(seed)]);
  const with_ = async (words: readonly string[]): Promise<object> => {
    const other: ChildProcess = spawn(process.execPath, [self, ...words], { stdio: ['ignore', 'ignore', 'inherit'] });
    const ended = new Promise((done) => other.once('exit', done));
    try {
      await new Promise((done) => setTimeout(done, 3000));
      return inOwnProcess(['--reader-step', root, home, String(seconds), String(seed)]);
    } finally {
      other.kill('SIGKILL');
      await ended;
    }
  };
  const computing = await with_(['--burn']);
  const before = load();
  const writing = await with_(['--writer-step', root, home, String(seed)]);
  return { alone, computing, writing, rounds: Number(readFileSync(join(home, 'rounds'), 'utf8')), load: before };
}

/** @param look false: the index as it is */
async function sayGrep(
  root: string,
  home: string,
  seed: string,
  program: string,
  look: boolean,
  of: object,
): Promise<void> {
  const { names, ...grep } = inOwnProcess([look ? '--grep-step' : '--grep-again-step', root, home, seed]) as {
    names: string[];
  };
  const rg: { wallMs: number; cpuMs: number | null }[] = [];
  for (const name of look ? names.slice(0, 10) : [])
    rg.push(await measure({ argv: [program, '--no-config', '-nwF', '-e', name, './'], cwd: root }));
  say({
    ...of,
    step: 'grep',
    load: load(),
    ...grep,
    ripgrep: look
      ? {
          ...spread(rg.map(({ wallMs }) => wallMs)),
          cpuMs: round(rg.reduce((sum, { cpuMs }) => sum + (cpuMs ?? 0), 0) / rg.length),
        }
      : null,
  });
}

async function sayCommands(root: string, home: string, look: boolean, of: object): Promise<void> {
  const cli = [];
  const launcher = fileURLToPath(new URL('../bin/winnow.js', import.meta.url));
  for (const query of [
    'where are locks released',
    'parse the configuration file',
    'retry after a timeout',
    'copy pages to user',
    'visit each node',
  ])
    cli.push(
      await measure({
        argv: [
          '/usr/bin/env',
          `WINNOW_HOME=${home}`,
          process.execPath,
          launcher,
          'search',
          '--meaning',
          'off',
          ...(look ? [] : ['--no-refresh']),
          query,
          root,
        ],
        cwd: root,
      }),
    );
  say({
    ...of,
    step: 'command',
    load: load(),
    wall: spread(cli.map(({ wallMs }) => wallMs)),
    cpu: spread(cli.map(({ cpuMs }) => cpuMs ?? 0)),
    peakMB: round(Math.max(...cli.map(({ peakBytes }) => peakBytes ?? 0)) / 1e6),
  });
}

async function main(): Promise<number> {
  const [step, root, home, number, seed] = process.argv.slice(2) as [string, string, string, string, string];
  if (step === '--index-step') await indexStep(root, home);
  else if (step === '--ask-step') await askStep(root, home, Number(number), true);
  else if (step === '--ask-again-step') await askStep(root, home, Number(number), false);
  else if (step === '--grep-step') await grepStep(root, home, Number(number), true);
  else if (step === '--grep-again-step') await grepStep(root, home, Number(number), false);
  else if (step === '--reader-step') await readerStep(root, home, Number(number), Number(seed));
  else if (step === '--writer-step') await writerStep(root, home, Number(number));
  else if (step === '--burn') burn();
  else return await grow();
  return 0;
}

async function grow(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      work: { type: 'string' },
      sizes: { type: 'string', default: '10000,30000,100000,300000,1000000,2000000' },
      at: { type: 'string', default: '100000' },
      seed: { type: 'string', default: '1' },
      rg: { type: 'string', default: 'rg' },
      reader: { type: 'string', default: '20' },
      keep: { type: 'boolean', default: false },
      again: { type: 'boolean', default: false },
    },
  });
  if (values.work === undefined || (positionals.length === 0) !== values.again) {
    process.stderr.write(`${usage}\n`);
    return 2;
  }
  const work = resolve(values.work);
  const [root, home] = [join(work, 'tree'), join(work, 'home')];
  if (values.again) return await askAgain(work, root, values.seed, values.rg);
  for (const old of [root, ...homesIn(work)]) rmSync(old, { recursive: true, force: true });
  mkdirSync(root, { recursive: true });
  const groups = groupsOf(
    positionals.map((source) => resolve(source)),
    Number(values.seed),
  );
  let [taken, bytes, chunkBytes] = [0, 0, usualChunkBytes];
  const at = new Set(values.at.split(',').map(Number));
  const sizes = values.sizes.split(',').map(Number);
  for (const size of sizes) {
    while (taken < groups.length && bytes < size * chunkBytes) {
      for (const { from, to, bytes: ofFile } of groups[taken] ?? []) {
        mkdirSync(join(root, dirname(to)), { recursive: true });
        linkSync(from, join(root, to));
        bytes += ofFile;
      }
      taken++;
    }
    const indexed = inOwnProcess(['--index-step', root, home]);
    chunkBytes = bytes / (indexed.chunks as number);
    say({ size, step: 'index', all: taken === groups.length, load: load(), ...indexed });
    say({ size, step: 'ask', load: load(), ...inOwnProcess(['--ask-step', root, home, values.seed]) });
    await sayGrep(root, home, values.seed, values.rg, true, { size });
    await sayCommands(root, home, true, { size });
    if (at.has(size))
      say({ size, step: 'reader beside', ...(await beside(root, home, Number(values.reader), Number(values.seed))) });
    if (values.keep && size !== sizes.at(-1)) cpSync(home, `${home}-${size}`, { recursive: true });
  }
  return 0;
}

/** Indexes of a run: the last one, and the copies that were kept. */
const homesIn = (work: string): string[] =>
  existsSync(work)
    ? readdirSync(work)
        .filter((name) => /^home(-\d+)?$/.test(name))
        .map((name) => join(work, name))
    : [];

async function askAgain(work: string, root: string, seed: string, rg: string): Promise<number> {
  const homes = homesIn(work);
  if (homes.length === 0) {
    process.stderr.write(
      `${work} holds no index of an earlier run; make one with: node perf/scale.ts DIR… --work ${work}\n`,
    );
    return 2;
  }
  for (const home of homes) {
    const index = basename(home);
    const last = index === 'home';
    say({
      index,
      step: 'ask',
      load: load(),
      ...inOwnProcess([last ? '--ask-step' : '--ask-again-step', root, home, seed]),
    });
    await sayGrep(root, home, seed, rg, last, { index });
    await sayCommands(root, home, last, { index });
  }
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${(error as Error).stack}\n`);
  process.exitCode = 3;
}
