/**
 * The embedded backend: WebAssembly and in-process engines from npm, each in a child process of its own.
 *
 * It runs everywhere, with nothing installed. Processes are kept warm by language and memory cap: some engines write the cap
 * into their module when they open, and a cap rounded up for the sake of sharing would not be the job's. What holds a program is, from the inside out: the engine, its process without rights, and bubblewrap where there is one;
 * where there is none, every outcome says so.
 */
import { availableParallelism } from 'node:os';
import { WinnowError } from '../../base/mod.ts';
import { OutputCollector } from '../output.ts';
import { Pool } from '../pool.ts';
import type { Backend, CheckedJob, CompileReport, Outcome, RunSettings, Runtime, Usage } from '../types.ts';
import { ensureFilled, usableCache } from './cachefill.ts';
import { type ChildPlan, type Confinement, findConfinement } from './confine.ts';
import type { EngineResult } from './engine.ts';
import type { EngineRow } from './engines/table.ts';
import { type HostedEngine, startEngine } from './host.ts';
import type { HostedRun } from './jobrun.ts';

interface Kind {
  readonly language: string;
  readonly memoryBytes: number;
}

/** A process of Python holds some 300 MB, so idle ones go after a minute. */
const idleMs = 60_000;

/** @param table the module that lists the engines: `engines/table.ts` but for tests */
export function openEmbeddedBackend(
  settings: RunSettings,
  table: URL = new URL('./engines/table.ts', import.meta.url),
): Backend {
  const size = settings.parallelism ?? availableParallelism();
  const cacheDir = usableCache(settings.cacheDir);
  let confinement: Promise<Confinement> | null = null;
  const confined = (): Promise<Confinement> => {
    confinement ??= findConfinement(settings.path);
    return confinement;
  };
  let rows: Promise<readonly EngineRow[]> | null = null;
  const listed = (): Promise<readonly EngineRow[]> => {
    rows ??= import(table.href).then((module: { engines: readonly EngineRow[] }) => module.engines);
    return rows;
  };

  /** By language, why the cache could not be filled; it is tried once. */
  const unkept = new Map<string, string | null>();
  const noticesFor = (language: string): readonly string[] => {
    const reason = unkept.get(language) ?? null;
    if (reason === null) return [];
    return [`Nothing more can be kept in ${cacheDir} (${reason}), so ${language} starts slowly each time.`];
  };

  const pool = new Pool<Kind, HostedEngine>(
    {
      name: ({ language, memoryBytes }) => `${language} ${memoryBytes}`,
      start: async ({ language, memoryBytes }, signal) => {
        const plan: ChildPlan = { confinement: await confined(), table, cacheDir, fillsCache: false, memoryBytes };
        if (!unkept.has(language)) unkept.set(language, await ensureFilled(plan, language, signal));
        return startEngine(plan, language, signal);
      },
      end: (engine) => engine.end(),
      usable: (engine) => engine.usable,
    },
    // Room for a spare of every language in use, and for some that were used before.
    { size, processes: 2 * size + 4, spares: 1, idleMs },
  );

  return {
    name: 'embedded',
    availability: async () => ({ state: 'ready', caveats: (await confined()).caveats }),
    runtimes: async () => Promise.all((await listed()).map(runtimeOf)),
    run: async (checked, signal) => {
      const job = withData(checked);
      refuse(job);
      if (!(await listed()).some((row) => row.language === job.language)) {
        throw new WinnowError(
          'unsupported-job',
          `The embedded backend has no engine for ${job.language}. Run it on the native backend, where its tools are installed.`,
          { details: { language: job.language } },
        );
      }
      const outcome = await pool.use<Outcome | null>(
        { language: job.language, memoryBytes: job.limits.memoryBytes },
        async (engine, stop) => {
          if (job.limits.fuel !== null && !engine.ready.counts) return { value: null, keep: true };
          const run = await engine.run(job, stop);
          return {
            value: outcomeOf(job, engine, run, (await confined()).caveats, noticesFor(job.language)),
            keep: engine.usable,
          };
        },
        signal,
      );
      if (outcome === null) throw cannotCount(job);
      return outcome;
    },
    close: () => pool.close(),
  };
}

/** An engine compiles and runs in one go, so data are files like others, and C is compiled anew when they differ. */
const withData = ({ data = [], ...job }: CheckedJob): CheckedJob =>
  data.length === 0 ? job : { ...job, files: [...job.files, ...data] };

function refuse(job: CheckedJob): void {
  const asked = job.grants.network ? 'the network' : job.grants.read.length > 0 ? 'directories of this machine' : null;
  if (asked === null) return;
  throw new WinnowError(
    'unsupported-job',
    `The job asks for ${asked}, which the embedded backend never gives. Run it on the native backend.`,
  );
}

function cannotCount(job: CheckedJob): WinnowError {
  return new WinnowError(
    'unsupported-job',
    `The engine of ${job.language} does not count instructions, so it cannot limit fuel. Limit cpuMs or wallMs.`,
  );
}

async function runtimeOf(row: EngineRow): Promise<Runtime> {
  const engine = await row.load();
  const probed = await engine.probe();
  const { language } = row;
  const counts = engine.counts ? 'wasm' : null;
  return 'missing' in probed
    ? {
        backend: 'embedded',
        language,
        state: 'missing',
        version: null,
        reason: probed.missing,
        install: probed.install,
        counts,
      }
    : { backend: 'embedded', language, state: 'ready', version: probed.version, reason: null, install: null, counts };
}

function outcomeOf(
  job: CheckedJob,
  engine: HostedEngine,
  run: HostedRun,
  caveats: readonly string[],
  notices: readonly string[],
): Outcome {
  const { result } = run;
  return {
    backend: 'embedded',
    language: job.language,
    ending: run.inCompile ? { kind: 'compile-failed' } : run.ending,
    stdout: run.stdout.output(),
    stderr: run.stderr.output(),
    usage: usage(run.wallMs, run.cpuMs, result),
    compile: compileReport(job, run),
    files: result?.files ?? [],
    unpinned: engine.ready.unpinned,
    caveats: process.platform === 'linux' ? caveats : [...caveats, 'CPU time is not watched here; wall clock is.'],
    notices,
  };
}

function usage(wallMs: number, cpuMs: number | null, result: EngineResult | null): Usage {
  const instructions = result?.instructions ?? null;
  return {
    wallMs,
    cpuMs,
    peakMemoryBytes: result?.peakMemoryBytes ?? null,
    instructions,
    countUnit: instructions === null ? null : 'wasm',
  };
}

function compileReport(job: CheckedJob, run: HostedRun): CompileReport | null {
  const kept = (bytes: Uint8Array) => {
    const collector = new OutputCollector(job.compileLimits.keepBytes);
    collector.add(bytes);
    return collector.output();
  };
  const none = new Uint8Array(0);
  if (run.inCompile)
    return {
      ending: run.ending,
      stdout: kept(none),
      stderr: kept(none),
      usage: usage(run.wallMs, run.cpuMs, null),
      cached: false,
    };
  const compile = run.result?.compile;
  if (compile === undefined) return null;
  const { ending, stdout, stderr, wallMs, cached } = compile;
  return { ending, stdout: kept(stdout), stderr: kept(stderr), usage: usage(wallMs, null, null), cached };
}
