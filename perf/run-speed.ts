/**
 * How fast programs run: starting, many small ones, slowdown, memory, endurance, and whether counts repeat.
 *
 * ```
 * node perf/run-speed.ts [--short] [--part start|throughput|slowdown|endurance|fuel]… [--go-judge PROGRAM] [--json]
 * ```
 *
 * Peers run in the same run, interleaved round by round, best and median round shown. What is printed by every program is
 * captured and compared with what it should print, by us and by peers alike. `--short`: a tenth of the work, to see that it works.
 *
 * Exit codes: 0 measured, 1 something grew or differed that must not, 2 bad use, 3 something failed.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { quantile } from '../src/bench/interval.ts';
import { type BackendName, type Job, type Outcome, openRunner, type Runner } from '../src/run/mod.ts';
import { milliseconds, table } from './markdown.ts';
import { bubblewrapped, goJudge, type Peer, plainProcess } from './run-speed-peers.ts';
import { candidate, work } from './run-speed-programs.ts';

const usage =
  'usage: node perf/run-speed.ts [--short] [--part start|throughput|slowdown|endurance|fuel]… [--go-judge PROGRAM] [--json]';
const parts = ['start', 'throughput', 'slowdown', 'endurance', 'fuel'] as const;
const backends = ['native', 'embedded'] as const;
/** Two: the machines that the goals are stated for have two cores. */
const workers = 2;

interface Part {
  readonly title: string;
  readonly rows: readonly (readonly string[])[];
  /** What must not be. */
  readonly faults: readonly string[];
}

interface Setting {
  readonly short: boolean;
  readonly cacheDir: string;
  readonly goJudge: string | null;
  open(parallelism?: number): Runner;
}

const job = (language: string, source: string, more: Partial<Job> = {}): Job => {
  const entry = { python: 'main.py', javascript: 'main.js', c: 'main.c' }[language] as string;
  return { language, entry, files: [{ path: entry, bytes: Buffer.from(source) }], ...more };
};

const printed = ({ stdout }: Outcome): string => Buffer.concat([stdout.head, stdout.tail]).toString('utf8');

async function ran(runner: Runner, backend: BackendName, what: Job): Promise<Outcome> {
  const outcome = await runner.run(what, { backend });
  if (outcome.ending.kind === 'exited' && outcome.ending.code === 0) return outcome;
  throw new Error(`${backend} ${what.language}: ${JSON.stringify(outcome.ending)} ${Buffer.from(outcome.stderr.head)}`);
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await act();
  return performance.now() - started;
}

function quantiles(values: readonly number[]): string[] {
  const sorted = Float64Array.from(values).sort();
  return [0, 0.5, 0.99].map((q) => milliseconds(quantile(sorted, q))).concat(String(values.length));
}

async function ready(runner: Runner, language: string): Promise<BackendName[]> {
  const offers = await runner.offers();
  return backends.filter((name) =>
    offers.some(
      (offer) =>
        offer.backend === name && offer.runtimes.some((one) => one.language === language && one.state === 'ready'),
    ),
  );
}

/** One program that prints a line: with nothing running before it, and with everything warm. */
async function start(setting: Setting): Promise<Part> {
  const hello = job('python', 'print("hello")\n');
  const rows: string[][] = [['one program, alone', 'min', 'p50', 'p99', 'runs']];
  const probe = setting.open(1);
  const names = await ready(probe, 'python');
  for (const backend of names) await ran(probe, backend, hello);
  const peers = [
    plainProcess(),
    bubblewrapped(),
    ...(setting.goJudge === null ? [] : [await goJudge(setting.goJudge, workers)]),
  ];
  const cold = new Map<string, number[]>();
  const warm = new Map<string, number[]>();
  const note = (into: Map<string, number[]>, name: string, ms: number): void =>
    void into.set(name, [...(into.get(name) ?? []), ms]);
  for (let round = 0; round < (setting.short ? 3 : 30); round++) {
    for (const backend of names) {
      const runner = setting.open(1);
      // Asking what there is belongs to opening a program, not to a run.
      await runner.offers();
      note(cold, backend, await timed(() => ran(runner, backend, hello)));
      await runner.close();
      for (let again = 0; again < 10; again++) note(warm, backend, await timed(() => ran(probe, backend, hello)));
    }
    for (const peer of peers) note(cold, peer.name, await timed(() => peer.run('print("hello")\n')));
  }
  await probe.close();
  await Promise.all(peers.map((peer) => peer.close()));
  for (const [name, values] of cold)
    rows.push([names.includes(name as BackendName) ? `${name}, first job of a new pool` : name, ...quantiles(values)]);
  for (const [name, values] of warm) rows.push([`${name}, warm`, ...quantiles(values)]);
  return { title: 'Start', rows, faults: [] };
}

/** 100 candidates × 100 asserts, every line captured. */
async function throughput(setting: Setting): Promise<Part> {
  const candidates = Array.from({ length: setting.short ? 20 : 100 }, (_, number) => candidate(number));
  const expected = Array.from({ length: 100 }, (_, line) => `${line}\n`).join('');
  const faults: string[] = [];
  const runner = setting.open(workers);
  const contestants: { name: string; run(): Promise<void> }[] = [];
  for (const backend of await ready(runner, 'python'))
    contestants.push({
      name: `${backend} backend`,
      run: async () => {
        for await (const entry of runner.runAll(
          candidates.map((source) => job('python', source)),
          { backend, parallelism: workers },
        ))
          if ('error' in entry) throw entry.error;
          else if (printed(entry.outcome) !== expected)
            faults.push(`${backend}: candidate ${entry.index} printed something else`);
      },
    });
  const peers: Peer[] = [
    plainProcess(),
    bubblewrapped(),
    ...(setting.goJudge === null ? [] : [await goJudge(setting.goJudge, workers)]),
  ];
  for (const peer of peers)
    contestants.push({
      name: peer.name,
      run: async () => {
        const waiting = candidates.values();
        const worker = async (): Promise<void> => {
          for (const source of waiting)
            if ((await peer.run(source)) !== expected) faults.push(`${peer.name}: printed something else`);
        };
        await Promise.all(Array.from({ length: workers }, worker));
      },
    });
  const rates = new Map<string, number[]>(contestants.map(({ name }) => [name, []]));
  for (const { run } of contestants) await run();
  for (let round = 0; round < (setting.short ? 2 : 7); round++)
    for (const { name, run } of contestants) rates.get(name)?.push((candidates.length * 1000) / (await timed(run)));
  await runner.close();
  await Promise.all(peers.map((peer) => peer.close()));
  const rows = [['two workers', 'programs/s, best', 'median', 'worst', '(program, test) pairs/s, median']];
  for (const [name, values] of rates) {
    const sorted = Float64Array.from(values).sort();
    const at = [1, 0.5, 0].map((q) => quantile(sorted, q));
    rows.push([name, ...at.map((rate) => rate.toFixed(0)), ((at[1] as number) * 100).toFixed(0)]);
  }
  return { title: 'Many small programs', rows, faults };
}

/** Processor work on the embedded backend against the native one: best of the rounds, by the outcome's own CPU time. */
async function slowdown(setting: Setting): Promise<Part> {
  const runner = setting.open(1);
  const rows = [['program', 'native', 'embedded', 'ratio', 'instructions']];
  const faults: string[] = [];
  for (const { name, language, source } of work) {
    const names = await ready(runner, language);
    if (names.length < 2) continue;
    const best = new Map<BackendName, number>();
    const texts = new Set<string>();
    const counts = new Set<number | null>();
    for (let round = 0; round < (setting.short ? 1 : 3); round++)
      for (const backend of backends) {
        const what = job(language, source, { limits: { wallMs: 120_000, cpuMs: 120_000 } });
        const outcome = await ran(runner, backend, what);
        texts.add(printed(outcome));
        best.set(backend, Math.min(best.get(backend) ?? Infinity, outcome.usage.cpuMs ?? outcome.usage.wallMs));
        if (backend === 'embedded') counts.add(outcome.usage.instructions);
      }
    if (texts.size > 1)
      faults.push(`${language} ${name} prints ${[...texts].map((text) => JSON.stringify(text)).join(' and ')}`);
    if (counts.size > 1) faults.push(`${language} ${name} counts ${[...counts].join(' and ')}`);
    const native = best.get('native') as number;
    const embedded = best.get('embedded') as number;
    rows.push([
      `${language} ${name}`,
      milliseconds(native),
      milliseconds(embedded),
      (embedded / native).toFixed(2),
      [...counts].join(', '),
    ]);
  }
  await runner.close();
  return { title: 'Slowdown (CPU time, best of the rounds)', rows, faults };
}

/** Of all descendants: resident memory, processes, descriptors; and directories left in the temporary one. */
function footprint(): { rssMb: number; ownRssMb: number; processes: number; descriptors: number; directories: number } {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc'))
    if (/^\d+$/.test(name)) {
      const stat = read(`/proc/${name}/stat`);
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    }
  const family = [...parents.keys()].filter((pid) => {
    for (let at: number | undefined = pid; at !== undefined && at > 1; at = parents.get(at))
      if (at === process.pid) return pid !== process.pid;
    return false;
  });
  const rss = (pid: number): number => Number(/Rss:\s+(\d+)/.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) / 1000;
  return {
    rssMb: family.reduce((sum, pid) => sum + rss(pid), 0),
    ownRssMb: rss(process.pid),
    processes: family.length,
    descriptors: readdirSync('/proc/self/fd').length,
    directories: readdirSync(tmpdir()).length,
  };
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // It has ended since it was listed.
  }
}

/** Ten thousand jobs in a row, a tenth of them failing in some way, must cost no more at the end than in the middle. */
async function endurance(setting: Setting): Promise<Part> {
  const rows = [
    ['backend', 'jobs', 'memory of workers', 'own memory', 'processes', 'descriptors', 'directories', 'time'],
  ];
  const faults: string[] = [];
  const total = setting.short ? 300 : 10_000;
  const kinds = [
    'print("hello")\n',
    'import json\nprint(json.dumps([1] * 100))\n',
    'x = [0] * 1000000\nprint(len(x))\n',
    'open("a", "w").write("x")\n',
    'raise SystemExit(3)\n',
  ];
  for (const backend of await available(setting)) {
    const runner = setting.open(workers);
    const started = performance.now();
    const seen: ReturnType<typeof footprint>[] = [];
    const step = total / 10;
    for (let done = 0; done < total; done += step) {
      const jobs = Array.from({ length: step }, (_, at) => job('python', kinds[at % kinds.length] as string));
      for await (const entry of runner.runAll(jobs, { backend, parallelism: workers }))
        if ('error' in entry) throw entry.error;
      const now = footprint();
      seen.push(now);
      if ([1, 5, 10].includes(seen.length))
        rows.push([
          backend,
          String(done + step),
          `${now.rssMb.toFixed(0)} MB`,
          `${now.ownRssMb.toFixed(0)} MB`,
          String(now.processes),
          String(now.descriptors),
          String(now.directories),
          milliseconds(performance.now() - started),
        ]);
    }
    await runner.close();
    // Engines warm up over thousands of jobs; from the middle on, nothing may grow.
    const [first, last] = [seen[4], seen.at(-1)] as [(typeof seen)[0], (typeof seen)[0]];
    // A worker more or less is the pool's doing; a fifth of its memory is the garbage collector's.
    if (last.rssMb > first.rssMb * 1.25 + 60)
      faults.push(`${backend}: workers grew from ${first.rssMb.toFixed(0)} to ${last.rssMb.toFixed(0)} MB`);
    if (last.ownRssMb > first.ownRssMb * 1.25 + 60)
      faults.push(`${backend}: this process grew from ${first.ownRssMb.toFixed(0)} to ${last.ownRssMb.toFixed(0)} MB`);
    if (last.processes > first.processes + 4)
      faults.push(`${backend}: processes grew from ${first.processes} to ${last.processes}`);
    if (last.descriptors > first.descriptors + 8)
      faults.push(`${backend}: descriptors grew from ${first.descriptors} to ${last.descriptors}`);
    if (last.directories > first.directories)
      faults.push(`${backend}: directories grew from ${first.directories} to ${last.directories}`);
  }
  return { title: 'Ten thousand jobs in a row', rows, faults };
}

async function available(setting: Setting): Promise<BackendName[]> {
  const runner = setting.open(1);
  const names = await ready(runner, 'python');
  await runner.close();
  return names;
}

/** The counts of all programs, by a fresh process that uses the cache of the one before, and by one that has none. */
async function fuel(setting: Setting): Promise<Part> {
  const runs = [setting.cacheDir, setting.cacheDir, mkdtempSync(join(tmpdir(), 'winnow-speed-'))].map((cache) => {
    const done = spawnSync(
      process.execPath,
      [import.meta.filename, '--count-only', cache, ...(setting.short ? ['--short'] : [])],
      { encoding: 'utf8', maxBuffer: 1 << 26 },
    );
    if (cache !== setting.cacheDir) rmSync(cache, { recursive: true, force: true });
    if (done.status !== 0) throw new Error(done.stderr);
    return JSON.parse(done.stdout) as Record<string, number | null>;
  });
  const [first = {}, ...others] = runs;
  const faults = Object.entries(first).flatMap(([name, count]) =>
    others.every((other) => other[name] === count) && count !== null
      ? []
      : [`${name}: ${runs.map((run) => run[name]).join(', ')}`],
  );
  const rows = [
    ['programs', 'processes', 'identical'],
    [String(Object.keys(first).length), String(runs.length), String(Object.keys(first).length - faults.length)],
  ];
  return { title: 'Instruction counts in fresh processes, the last without a cache', rows, faults };
}

async function counts(setting: Setting): Promise<Record<string, number | null>> {
  const runner = setting.open(workers);
  const found: Record<string, number | null> = {};
  const programs = [
    ...Array.from({ length: setting.short ? 3 : 40 }, (_, number) => ({
      name: `candidate ${number}`,
      language: 'python',
      source: candidate(number),
    })),
    ...work.filter(({ language }) => !setting.short || language === 'python').slice(0, setting.short ? 2 : undefined),
  ];
  for (const { name, language, source } of programs) {
    if (!(await ready(runner, language)).includes('embedded')) continue;
    const outcome = await ran(
      runner,
      'embedded',
      job(language, source, { limits: { wallMs: 120_000, cpuMs: 120_000 } }),
    );
    found[`${language} ${name}`] = outcome.usage.instructions;
  }
  await runner.close();
  return found;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      short: { type: 'boolean', default: false },
      part: { type: 'string', multiple: true, default: [...parts] },
      'go-judge': { type: 'string' },
      json: { type: 'boolean', default: false },
      'count-only': { type: 'string' },
    },
  });
  const unknown = values.part.filter((name) => !(parts as readonly string[]).includes(name));
  if (unknown.length > 0) {
    process.stderr.write(`no part ${unknown.join(', ')}\n${usage}\n`);
    return 2;
  }
  // A temporary directory of its own, so that what is left in it is ours.
  const scratch = mkdtempSync(join(tmpdir(), 'winnow-speed-'));
  process.env.TMPDIR = scratch;
  const cacheDir = values['count-only'] ?? join(scratch, 'cache');
  const path = (process.env.PATH ?? '').split(':');
  const setting: Setting = {
    short: values.short,
    cacheDir,
    goJudge: values['go-judge'] ?? null,
    open: (parallelism = workers) => openRunner({ cacheDir, path, parallelism }),
  };
  try {
    if (values['count-only'] !== undefined) {
      process.stdout.write(JSON.stringify(await counts(setting)));
      return 0;
    }
    const measures = { start, throughput, slowdown, endurance, fuel };
    const found: Part[] = [];
    for (const name of parts.filter((name) => values.part.includes(name))) found.push(await measures[name](setting));
    const machine = `${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}, ${new Date().toISOString()}`;
    const text = found.map(
      ({ title, rows, faults }) => `## ${title}\n\n${table(rows)}\n${faults.map((fault) => `\n- ${fault}`).join('')}`,
    );
    process.stdout.write(
      values.json ? `${JSON.stringify({ machine, found }, null, 2)}\n` : `${machine}\n\n${text.join('\n')}\n`,
    );
    return found.some(({ faults }) => faults.length > 0) ? 1 : 0;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

try {
  process.exit(await main());
} catch (error) {
  process.stderr.write(`${(error as Error).stack}\n`);
  process.exit(3); // What is still open must not keep it alive.
}
