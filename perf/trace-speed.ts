/**
 * What tracing costs: programs run plain and at each level, taking turns, in the sandbox; CPU time of the program's own processes.
 *
 * node perf/trace-speed.ts [--backend native|embedded] [--rounds 3] [--levels coverage,lines,values] [--unbounded] PROGRAM…
 *
 * `--unbounded` lets every event be recorded (2,000,000, 512 MiB) instead of the default limits. The time of an empty program of the language, plain and
 * traced, is measured too and subtracted: it is paid once, not per line. A row: CPU seconds plain, then times as much at each level.
 */
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, extname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadGrammarFile } from '../src/index/mod.ts';
import {
  detectLanguage,
  type Job,
  openRunner,
  type TraceLevel,
  type TraceLimits,
  takeTrace,
  traceJob,
  traceLevels,
} from '../src/run/mod.ts';

const { positionals: programs, values } = parseArgs({
  allowPositionals: true,
  options: {
    backend: { type: 'string', default: 'native' },
    rounds: { type: 'string', default: '3' },
    levels: { type: 'string', default: 'coverage,counts,lines,values' },
    unbounded: { type: 'boolean', default: false },
  },
});
const backend = values.backend as 'native' | 'embedded';
const levels = values.levels.split(',').map((name) => traceLevels.find((level) => level === name) as TraceLevel);
const limits: Partial<TraceLimits> = values.unbounded
  ? { events: 2_000_000, firstHits: 2_000_000, bytes: 512 * 1024 * 1024 }
  : {};
const runner = openRunner({
  cacheDir: join(tmpdir(), 'winnow-perf'),
  path: (process.env.PATH ?? '').split(':'),
  parallelism: 1,
});

interface Cost {
  readonly cpuMs: number;
  readonly events: number;
  readonly skipped: number;
  readonly printed: string;
}

async function cost(job: Job, level: TraceLevel | null): Promise<Cost> {
  const traced = level === null ? job : (await traceJob(job, { level, limits }, loadGrammarFile)).job;
  const { outcome, traces } = takeTrace(await runner.run(traced, { backend }));
  const printed = new TextDecoder().decode(outcome.stdout.head);
  if (outcome.ending.kind !== 'exited' || outcome.ending.code !== 0)
    throw new Error(
      `${job.entry} at ${level}: ${JSON.stringify(outcome.ending)} ${new TextDecoder().decode(outcome.stderr.head)}`,
    );
  return {
    cpuMs: outcome.usage.cpuMs ?? outcome.usage.wallMs,
    events: traces[0]?.events.length ?? 0,
    skipped: traces[0]?.gaps.skippedLines ?? 0,
    printed,
  };
}

const least = (all: readonly Cost[]): Cost => all.reduce((a, b) => (b.cpuMs < a.cpuMs ? b : a));

async function measure(job: Job): Promise<Cost[]> {
  const all: Cost[][] = [null, ...levels].map(() => []);
  for (let round = 0; round < Number(values.rounds); round++)
    for (const [at, level] of [null, ...levels].entries()) all[at]?.push(await cost(job, level));
  const best = all.map(least);
  for (const one of best)
    if (one.printed !== best[0]?.printed) throw new Error(`${job.entry} prints something else when traced`);
  return best;
}

const unlimited = { wallMs: 600_000, cpuMs: 600_000, memoryBytes: 4 * 1024 ** 3 };
const jobOf = (path: string, bytes: Uint8Array): Job => {
  const language = detectLanguage(path, bytes)?.name ?? '';
  const entry = `main${extname(path)}`;
  return { language, files: [{ path: entry, bytes }], entry, limits: unlimited };
};
const empty = new Map<string, Cost[]>();
const shares: number[][] = levels.map(() => []);
console.log(`| program | plain, s | ${levels.join(' | ')} | events at ${levels.at(-1)} | lines not kept |`);
console.log(`|---|---|${levels.map(() => '---|').join('')}---|---|`);
for (const path of programs) {
  const job = jobOf(path, readFileSync(path));
  const nothing = empty.get(job.language) ?? (await measure(jobOf(path, new Uint8Array(0))));
  empty.set(job.language, nothing);
  const [plain, ...traced] = (await measure(job)).map((one, at) => ({
    ...one,
    cpuMs: Math.max(0.1, one.cpuMs - (nothing[at]?.cpuMs ?? 0)),
  }));
  const times = traced.map(({ cpuMs }, at) => {
    const share = cpuMs / (plain?.cpuMs ?? 1);
    shares[at]?.push(share);
    return share.toFixed(2);
  });
  const last = traced.at(-1);
  console.log(
    `| ${basename(path)} | ${((plain?.cpuMs ?? 0) / 1000).toFixed(2)} | ${times.join(' | ')} | ${last?.events} | ${last?.skipped} |`,
  );
}
const mean = (all: readonly number[]): string =>
  Math.exp(all.reduce((sum, one) => sum + Math.log(one), 0) / Math.max(1, all.length)).toFixed(2);
console.log(`| geometric mean | | ${shares.map(mean).join(' | ')} | | |`);
for (const [language, costs] of empty)
  console.log(`\nStart of ${language}: ${costs.map(({ cpuMs }) => `${cpuMs.toFixed(0)} ms`).join(', ')}`);
await runner.close();
