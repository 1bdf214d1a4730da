/** For the tests of engines: runs one program on an engine in this process, and says all that came of it as text. */
import type { CheckedJob, Ending, Limits } from '../types.ts';
import { type Engine, type EngineModule, OutputLimit } from './engine.ts';

const limits: Limits = {
  wallMs: 20_000,
  cpuMs: 20_000,
  fuel: 2_000_000_000,
  memoryBytes: 128 * 2 ** 20,
  outputBytes: 1_000_000,
  keepBytes: 1_000_000,
  processes: 8,
  fileBytes: 1_000_000,
};

export interface Ran {
  readonly ending: Ending;
  readonly stdout: string;
  readonly stderr: string;
  readonly bytes: Uint8Array;
  readonly files: Readonly<Record<string, string>>;
  readonly instructions: number | null;
  readonly reusable: boolean;
  readonly compile: string | null;
}

export interface Wishes {
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  readonly entry?: string;
  readonly args?: readonly string[];
  readonly stdin?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  readonly limits?: Partial<Limits>;
  readonly seed?: number;
  readonly timeZone?: string;
}

const bytesOf = (text: string | Uint8Array) => (typeof text === 'string' ? Buffer.from(text, 'utf8') : text);

/** @param module the engine @param entry the path that a program alone gets */
export function runnerOf(module: EngineModule, entry: string): (program: string, wishes?: Wishes) => Promise<Ran> {
  let engine: Promise<Engine> | undefined;
  return async (program, wishes = {}) => {
    engine ??= module.open({ cacheDir: null, memoryBytes: 256 * 2 ** 20 });
    const path = wishes.entry ?? entry;
    const all = { ...wishes.files, [path]: program };
    const job: CheckedJob = {
      language: module.language,
      files: Object.entries(all).map(([name, text]) => ({ path: name, bytes: bytesOf(text) })),
      entry: path,
      args: wishes.args ?? [],
      stdin: bytesOf(wishes.stdin ?? ''),
      env: wishes.env ?? {},
      limits: { ...limits, ...wishes.limits },
      compileLimits: limits,
      determinism: {
        seed: wishes.seed ?? 0,
        clockMs: 1_700_000_000_000,
        locale: 'C',
        timeZone: wishes.timeZone ?? 'UTC',
      },
      grants: { network: false, read: [] },
      count: false,
    };
    const streams: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] };
    const into = (stream: 'stdout' | 'stderr') => {
      let total = 0;
      return (bytes: Uint8Array) => {
        total += bytes.length;
        if (total > job.limits.outputBytes) throw new OutputLimit(stream);
        streams[stream].push(Buffer.from(bytes));
      };
    };
    const result = await (await engine).run(job, { stdout: into('stdout'), stderr: into('stderr') });
    return {
      ending: result.ending,
      stdout: Buffer.concat(streams.stdout).toString('utf8'),
      stderr: Buffer.concat(streams.stderr).toString('utf8'),
      bytes: Buffer.concat(streams.stdout),
      files: Object.fromEntries(
        result.files.map((file) => [
          file.path,
          'bytes' in file ? Buffer.from(file.bytes).toString('utf8') : file.change,
        ]),
      ),
      instructions: result.instructions,
      reusable: result.reusable,
      compile: result.compile === undefined ? null : Buffer.from(result.compile.stderr).toString('utf8'),
    };
  };
}
