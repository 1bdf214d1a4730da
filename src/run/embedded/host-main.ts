/**
 * The child process of one engine: reads jobs from descriptor 3, runs them one at a time, writes what comes out to it.
 *
 * Reads and writes are synchronous: output is with the host before the engine goes on, so a program that is then killed in
 * an endless loop has lost nothing of it. Between jobs the process sleeps in a read and no timer of an earlier job
 * can run.
 *
 * It starts with the rights to open the engine and gives up what it can before the first job: its user, where it was
 * root, and the ways to the network and to other processes. That is a belt, and a thin one: the walls are the engine's realm inside
 * and bubblewrap outside.
 */
import type { CheckedJob } from '../types.ts';
import { fail, read, send } from './channel.ts';
import { type Engine, type EngineModule, type EngineOutput, type EngineResult, OutputLimit } from './engine.ts';
import { pack } from './frames.ts';
import { keepingFailure } from './kept/kept.ts';
import { type Failed, type JobResult, kinds, type OpenRequest, outputFrameBytes, type Ready } from './protocol.ts';
import { giveUpRights } from './rights.ts';

// Node has read what it needs of it.
const { env } = process;
for (const name of Object.keys(env)) delete env[name];

/** What a table of engines exports; see `engines/table.ts`. */
interface EngineTable {
  readonly engines: readonly { readonly language: string; load(): Promise<EngineModule> }[];
}

await main();

async function main(): Promise<void> {
  const table = (await import(process.argv[2] as string)) as EngineTable;
  const request = read(kinds.open) as OpenRequest;
  const engine = await open(table, request).catch((cause: unknown) => fail(cause));
  if (engine === undefined) return;
  for (;;) {
    // Lets finalizers and compilers have their turn before the process sleeps in a read.
    await new Promise((resolve) => setImmediate(resolve));
    const job = read(kinds.job) as CheckedJob;
    try {
      send(kinds.result, ...pack(await runJob(engine, job)));
    } catch (cause) {
      fail(cause);
    }
  }
}

async function open(table: EngineTable, request: OpenRequest): Promise<Engine | undefined> {
  const module = await table.engines.find((row) => row.language === request.language)?.load();
  if (module === undefined) throw new Error(`no engine for ${request.language}`);
  const probed = await module.probe();
  if ('missing' in probed) {
    const failed: Failed = { message: probed.missing, missing: { what: probed.missing, install: probed.install } };
    send(kinds.failed, ...pack(failed));
    return undefined;
  }
  const engine = await module.open({ cacheDir: request.cacheDir, memoryBytes: request.memoryBytes });
  giveUpRights(request.dropTo);
  const { unpinned, counts, compiles = false } = module;
  const ready: Ready = {
    version: probed.version,
    unpinned,
    counts,
    compiles,
    pid: process.pid,
    notKept: keepingFailure(),
  };
  send(kinds.ready, ...pack(ready));
  return engine;
}

async function runJob(engine: Engine, job: CheckedJob): Promise<JobResult> {
  let cpu = process.cpuUsage();
  let started = performance.now();
  const output: EngineOutput = {
    stdout: writer(kinds.stdout, job.limits.outputBytes),
    stderr: writer(kinds.stderr, job.limits.outputBytes),
    programBegins: () => {
      cpu = process.cpuUsage();
      started = performance.now();
      send(kinds.program);
    },
  };
  const result = await engine.run(job, output).catch(passedLimit);
  const wallMs = performance.now() - started;
  const used = process.cpuUsage(cpu);
  return { result, wallMs, cpuMs: (used.user + used.system) / 1000 };
}

/** An engine that lets the limit through has not cleaned up after its program. */
function passedLimit(cause: unknown): EngineResult {
  if (!(cause instanceof OutputLimit)) throw cause;
  const ending = { kind: 'output-limit', stream: cause.stream } as const;
  return { ending, instructions: null, peakMemoryBytes: null, files: [], reusable: false };
}

/** @throws OutputLimit after passing on what was still allowed */
function writer(kind: typeof kinds.stdout | typeof kinds.stderr, limitBytes: number): (bytes: Uint8Array) => void {
  let left = limitBytes;
  return (bytes) => {
    const allowed = Math.min(bytes.length, left);
    for (let at = 0; at < allowed; at += outputFrameBytes)
      send(kind, bytes.subarray(at, Math.min(allowed, at + outputFrameBytes)));
    left -= allowed;
    if (bytes.length > allowed) throw new OutputLimit(kind === kinds.stdout ? 'stdout' : 'stderr');
  };
}
