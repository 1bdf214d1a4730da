/**
 * The native sandbox: executions in, results out, over a pool of workers.
 *
 * A worker (`worker.ts`) is a bubblewrap whose view of the machine depends on what is readable and whether there is a network, so
 * those make its kind; everything else is per job and done inside by the warden.
 */
import { constants, cpus } from 'node:os';
import { WinnowError } from '../../base/mod.ts';
import { pathProblem, plainName } from '../jobpath.ts';
import { Pool } from '../pool.ts';
import type { Availability, ChangedFile, Ending, Output, RunSettings, Witnessed } from '../types.ts';
import { whyNotReadable, whyNotWorkable } from './bwrap.ts';
import { countsProcessesPerNamespace, explainRefusal, lookAtMachine, type Unavailable } from './machine.ts';
import type { Execution, ExecutionResult, Sandbox } from './sandbox.ts';
import type { Machine, WorkerKind } from './startinside.ts';
import { Worker } from './worker.ts';

/** A worker that nobody needs for so long gives its 30 MB back. */
const idleMs = 60_000;
/** Bytes of a page: what a file of one byte takes in memory. */
const pageBytes = 4096;
/** Files a job may have open; enough for runtimes, far from what would press on the machine. */
const openFiles = { soft: 1024, hard: 4096 };
/** The same where nobody counts the memory of sockets and pipes: up to 0.2 MB each (`net.core.wmem_default`). A JVM needs some 50. */
const openFilesUncounted = { soft: 128, hard: 128 };
/** The usual stack; a program may raise it to all its memory. */
const stackBytes = 8 << 20;

/** What shows that a sandbox works here. */
const trial: Execution = {
  argv: ['/bin/true'],
  warm: null,
  files: [],
  stdin: new Uint8Array(0),
  env: {},
  limits: {
    wallMs: 10_000,
    cpuMs: 5_000,
    fuel: null,
    memoryBytes: 64 << 20,
    outputBytes: 1000,
    keepBytes: 1000,
    processes: 8,
    fileBytes: 1 << 20,
  },
  network: false,
  read: [],
  reservesMemory: true,
  collect: 'none',
};

/** The native sandbox of this machine. Starts nothing before the first use. */
export function openSandbox(settings: RunSettings): Sandbox {
  return sandboxOn(lookAtMachine(settings.path), settings.parallelism ?? cpus().length);
}

/** The native sandbox of a machine that has been looked at. */
export function sandboxOn(machine: Machine | Unavailable, size: number): Sandbox {
  return new PooledSandbox(machine, size);
}

class PooledSandbox implements Sandbox {
  readonly #machine: Machine | Unavailable;
  readonly #pool: Pool<WorkerKind, { readonly worker: Worker; readonly slot: number }>;
  readonly #slots = new Set<number>();
  #trial: Promise<Availability> | null = null;
  #expected: WorkerKind | null = null;

  constructor(machine: Machine | Unavailable, size: number) {
    this.#machine = machine;
    this.#pool = new Pool(
      {
        name: (kind) => JSON.stringify([kind.read, kind.network, kind.over]),
        start: (kind) => this.#start(kind),
        end: async ({ worker, slot }) => {
          await worker.end();
          this.#slots.delete(slot);
        },
        usable: ({ worker }) => worker.usable,
      },
      { size, processes: 2 * size + 1, spares: 1, idleMs },
    );
  }

  availability(): Promise<Availability> {
    this.#trial ??= this.#try();
    return this.#trial;
  }

  expect(execution: Parameters<Sandbox['expect']>[0]): void {
    this.#expected = kindOf({ ...trial, ...execution });
  }

  async #try(): Promise<Availability> {
    if ('state' in this.#machine) return this.#machine;
    const plain = kindOf(trial);
    for (const kind of this.#expected === null ? [plain] : [this.#expected, plain]) {
      const availability = await this.#tryIn(kind);
      // What is expected may be at fault itself; then that is for its own run to say.
      if (availability.state === 'ready' || kind === plain) return availability;
    }
    throw new Error('no trial was the last');
  }

  async #tryIn(kind: WorkerKind): Promise<Availability> {
    try {
      const { caveats } = await this.#executeIn(kind, trial);
      return { state: 'ready', caveats };
    } catch (cause) {
      if (!(cause instanceof WinnowError)) throw cause;
      if (cause.code !== 'sandbox-failed' && cause.code !== 'unsupported-job') throw cause;
      return { state: 'unavailable', ...explainRefusal(String(cause.details.said || cause.details.why)) };
    }
  }

  execute(execution: Execution, signal?: AbortSignal): Promise<ExecutionResult> {
    return this.#executeIn(kindOf(execution), execution, signal);
  }

  async #executeIn(kind: WorkerKind, execution: Execution, signal?: AbortSignal): Promise<ExecutionResult> {
    const { cgroups } = this.#usableMachine();
    const overlay = execution.overlay ?? [];
    for (const path of kind.read) checkReadable(path);
    if (kind.over !== null) checkWorkable(kind.over.directory);
    const counted = cgroups !== null;
    const body = [...execution.files.map((file) => file.bytes), execution.stdin];
    return this.#pool.use(
      kind,
      async ({ worker }, stop) => {
        const frame = await worker.exchange(request(execution, overlay, counted), body, stop);
        const reply = frame.header as Reply;
        return { value: result(reply, frame.body, execution, counted), keep: worker.usable && !reply.spent };
      },
      signal,
    );
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  #usableMachine(): Machine {
    if (!('state' in this.#machine)) return this.#machine;
    const { reason, install } = this.#machine;
    const advice = install === null ? '' : ` To install it: ${install}`;
    throw new WinnowError('backend-unavailable', `The native sandbox cannot be used here: ${reason}.${advice}`, {
      details: { reason, install },
    });
  }

  async #start(kind: WorkerKind): Promise<{ worker: Worker; slot: number }> {
    let slot = 1;
    while (this.#slots.has(slot)) slot++;
    this.#slots.add(slot);
    try {
      return { worker: await Worker.start(this.#usableMachine(), kind, slot), slot };
    } catch (cause) {
      this.#slots.delete(slot);
      throw cause;
    }
  }
}

const kindOf = ({ read, overlay = [], network, over }: Execution): WorkerKind => ({
  read: [...new Set([...read, ...overlay])].sort(),
  network,
  over: over ?? null,
});

function checkReadable(path: string): void {
  const problem = whyNotReadable(path, process.getuid?.() === 0);
  if (problem !== null)
    throw new WinnowError('unsupported-job', `The native sandbox cannot show ${path} to a program: ${problem}.`, {
      details: { path, problem },
    });
}

export function checkWorkable(path: string): void {
  const problem = whyNotWorkable(path);
  if (problem !== null)
    throw new WinnowError('unsupported-job', `No program can work on ${path}: ${problem}.`, {
      details: { path, problem },
    });
}

function request(execution: Execution, overlay: readonly string[], counted: boolean): unknown {
  const { limits } = execution;
  const inputBytes = execution.files.reduce(
    (sum, file) => sum + Math.ceil(file.bytes.length / pageBytes) * pageBytes,
    0,
  );
  return {
    argv: execution.argv,
    warm: execution.warm,
    env: execution.env,
    files: execution.files.map((file) => [file.path, file.mode ?? 0o644, file.bytes.length]),
    stdin: execution.stdin.length,
    overlay,
    over: overRequest(execution),
    collect: execution.collect,
    watch: execution.watch ?? false,
    rlimits: rlimits(execution, counted),
    fileBytes: Math.max(pageBytes, limits.fileBytes) + inputBytes,
    memoryBytes: limits.memoryBytes,
    cpuMs: limits.cpuMs,
    wallMs: limits.wallMs,
    outputBytes: limits.outputBytes,
    keepBytes: Math.min(limits.keepBytes, limits.outputBytes),
    processes: limits.processes,
  };
}

function overRequest({ over, limits }: Execution): unknown {
  return over === undefined ? null : { path: over.directory, copied: over.copied, mostBytes: limits.fileBytes };
}

function rlimits(execution: Execution, counted: boolean): Record<string, readonly [number, number]> {
  const { limits } = execution;
  const both = (value: number): readonly [number, number] => [value, value];
  // The watcher is exact; this is for when it is late.
  const cpuSeconds = Math.ceil(limits.cpuMs / 1000) + 1;
  const open = counted ? openFiles : openFilesUncounted;
  const table: Record<string, readonly [number, number]> = {
    RLIMIT_CORE: both(0),
    RLIMIT_CPU: [cpuSeconds, cpuSeconds + 1],
    RLIMIT_NOFILE: [open.soft, open.hard],
    RLIMIT_STACK: [Math.min(stackBytes, limits.memoryBytes), limits.memoryBytes],
  };
  // What it writes over a directory lies on a disk, whose free space is looked at now and then.
  if (execution.over !== undefined) table.RLIMIT_FSIZE = both(Math.max(pageBytes, limits.fileBytes));
  // The cell's first process has the same user, so one more.
  if (countsProcessesPerNamespace()) table.RLIMIT_NPROC = both(limits.processes + 1);
  if (!counted && !execution.reservesMemory) table.RLIMIT_AS = both(limits.memoryBytes);
  return table;
}

function witnessedOf({ witnessed }: Reply): Witnessed | null {
  if (witnessed === null) return null;
  const { rows, omitted, why } = witnessed;
  const calls = rows.map(([call, target, answer, count]) => ({ call, target, isDenied: answer === 'denied', count }));
  return { calls, omitted, why };
}

/** What a warden answers; `warden.py`, `reply`. */
interface Reply {
  /** The job left traces where the next could find them. */
  readonly spent: boolean;
  readonly stopped: 'wall' | 'cpu' | 'memory' | 'processes' | 'files' | 'output-stdout' | 'output-stderr' | null;
  /** As `wait` gives it. */
  readonly status: number;
  /** s. */
  readonly wall: number;
  /** s. */
  readonly cpu: number;
  readonly peak: number;
  readonly parts: readonly [number, number, number, number];
  readonly omitted: readonly [number, number];
  readonly witnessed: {
    readonly rows: readonly (readonly [
      call: string,
      target: string | null,
      answer: 'allowed' | 'denied',
      count: number,
    ])[];
    readonly omitted: number;
    readonly why: string | null;
  } | null;
  readonly files: readonly (readonly [
    path: string,
    change: ChangedFile['change'],
    bytes: number,
    detail: number | string,
  ])[];
}

function result(reply: Reply, body: Uint8Array, execution: Execution, counted: boolean): ExecutionResult {
  let at = 0;
  const next = (bytes: number): Uint8Array => {
    at += bytes;
    return body.subarray(at - bytes, at);
  };
  const output = (index: 0 | 1): Output => ({
    head: next(reply.parts[index === 0 ? 0 : 2]),
    tail: next(reply.parts[index === 0 ? 1 : 3]),
    omittedBytes: reply.omitted[index],
  });
  const stdout = output(0);
  const stderr = output(1);
  const files = reply.files.map(([path, change, bytes, detail]): ChangedFile => {
    if (change === 'removed') return { path, change };
    if (change === 'symlink') return { path, change, target: String(detail) };
    if (change === 'left-out') return { path, change, reason: String(detail) };
    const content = next(bytes);
    const problem = pathProblem(path);
    // Programs choose names as they like; nobody is to write to a path that leads elsewhere on some system.
    if (problem !== null) return { path: plainName(path), change: 'left-out', reason: `its path ${problem}` };
    return { path, change, bytes: content, mode: Number(detail) };
  });
  return {
    ending: endingOf(reply, execution),
    stdout,
    stderr,
    usage: {
      wallMs: reply.wall * 1000,
      cpuMs: reply.cpu * 1000,
      peakMemoryBytes: reply.peak,
      instructions: null,
      countUnit: null,
    },
    files,
    witnessed: witnessedOf(reply),
    caveats: counted ? [] : uncounted(execution),
  };
}

function endingOf(reply: Reply, execution: Execution): ExecutionResult['ending'] {
  const signal = reply.status & 0x7f;
  const ended: Ending & { kind: 'exited' | 'crashed' } =
    signal === 0
      ? { kind: 'exited', code: (reply.status >> 8) & 0xff }
      : { kind: 'crashed', signal: signalName(signal), reason: `ended by ${signalName(signal)}` };
  switch (reply.stopped) {
    case null:
      return ended;
    case 'wall':
    case 'cpu':
      return { kind: 'timed-out', clock: reply.stopped };
    case 'memory':
      return { kind: 'out-of-memory' };
    case 'processes':
      return {
        kind: 'crashed',
        signal: 'SIGKILL',
        reason: `stopped: more than ${execution.limits.processes} processes`,
      };
    case 'files':
      return {
        kind: 'crashed',
        signal: 'SIGKILL',
        reason: `stopped: more than ${execution.limits.fileBytes} bytes of files (--file-bytes)`,
      };
    case 'output-stdout':
      return { kind: 'output-limit', stream: 'stdout' };
    case 'output-stderr':
      return { kind: 'output-limit', stream: 'stderr' };
  }
}

function signalName(number: number): string {
  const found = Object.entries(constants.signals).find(([, value]) => value === number);
  return found === undefined ? `SIGRTMIN+${number - 34}` : found[0];
}

function uncounted(execution: Execution): string[] {
  const limit = execution.reservesMemory ? '' : ', and its address space is limited to as much';
  return [
    `no control groups here: memory is looked at every 20 ms${limit}, and peak memory is the highest look`,
    'no control groups here: buffers of sockets and pipes are not counted as memory, nor CPU time of a process that ends within 20 ms and that its parent does not wait for',
  ];
}
