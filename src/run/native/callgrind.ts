/**
 * Instruction counts of native programs, by valgrind's callgrind, on request.
 *
 * A program that ended by itself is run a second time on valgrind's simulated processor, which counts exactly and slows
 * it about 80 times. Only the count is taken from that run: how the program ended, what it printed and how long it took are told by
 * the first one. So a count that cannot be had never looks like a failure of the program. A count belongs to this
 * machine: another libc or compiler gives another.
 *
 * Every process is counted and the sum taken, but for what a process did before it became another program (`exec`), which
 * callgrind forgets. Not for runtimes that make code while they run (JVM, V8, Mono) or switch stacks and threads by the
 * clock (Go): there the count differs from run to run. And a program that sets out to may forge its count, since the files it is
 * read from lie where the program may write, under a name it is not told; fuel of the embedded backend cannot be forged.
 */
import { randomUUID } from 'node:crypto';
import type { Ending, Limits } from '../types.ts';
import { built, type FoundTool, type Tool, workDir } from './recipe.ts';
import type { Execution, ExecutionResult } from './sandbox.ts';

export const valgrind: Tool = {
  name: 'valgrind',
  label: 'Valgrind',
  executables: ['valgrind'],
  versionArgs: ['--version'],
  version: /^valgrind-(\d\S+)/m,
  packages: { apt: 'valgrind', dnf: 'valgrind', apk: 'valgrind', pacman: 'valgrind' },
};

/** Measured: 50 to 85 times on ten small C and Python programs; half as much again for slower ones. */
const slowdown = 120;
/** Code that valgrind translated, and its own tables: 60 to 120 MB for the same programs. */
const extraMemory = 512 * 2 ** 20;

/**
 * Where a child begins with a copy of its parent's counters: what the parent has counted so far is written out before, or it
 * would be in both. Names of libc; glibc's `fork` calls its own `_Fork`. https://valgrind.org/docs/manual/cl-manual.html
 */
const forks = ['fork', '_Fork', 'vfork', 'posix_spawn', 'posix_spawnp'];

const flags = [
  '--tool=callgrind',
  '--quiet',
  // What valgrind says of crashes is not the program's standard error, which the program might read.
  '--log-file=/dev/null',
  '--trace-children=yes',
  '--combine-dumps=yes',
  '--compress-strings=no',
  ...forks.map((name) => `--dump-before=${name}`),
];

/** Limits under which a program that keeps the given ones also ends when it is counted. */
export const countedLimits = (limits: Limits): Limits => ({
  ...limits,
  wallMs: limits.wallMs * slowdown,
  cpuMs: limits.cpuMs * slowdown,
  memoryBytes: limits.memoryBytes * 2 + extraMemory,
  fileBytes: limits.fileBytes + 16 * 2 ** 20,
});

export const countedCaveat = 'counted by callgrind in a second run of the program; all else is told by the first';

/** Why a run will not be followed by one that counts; null: it will. @param network whether the job is granted it */
export function whyNotCounted(ending: Ending, network: boolean): string | null {
  // What a program does to others it would do twice.
  if (network)
    return 'instructions are not counted where the network is granted: to count, a program is run a second time';
  if (ending.kind === 'exited' || ending.kind === 'crashed') return null;
  return 'instructions are not counted: the program did not end by itself';
}

/** The execution with valgrind before it, and what to read the count from. */
export function counted(
  execution: Execution,
  found: FoundTool,
): { readonly execution: Execution; readonly prefix: string } {
  // Beside, not below: a compiled program is a file of that very name.
  const prefix = `${built}-count-${randomUUID()}`;
  return {
    prefix,
    execution: {
      ...execution,
      argv: [found.path, ...flags, `--callgrind-out-file=${workDir}/${prefix}.%p`, ...execution.argv],
      warm: null,
      limits: countedLimits(execution.limits),
      read: [...execution.read, ...found.read],
      reservesMemory: true,
      collect: 'all',
    },
  };
}

/** The count of a run: the sum over all processes, or why there is none that means the first run. */
export function countOf(
  first: ExecutionResult,
  second: ExecutionResult,
  prefix: string,
): { readonly instructions: number; readonly why: null } | { readonly instructions: null; readonly why: string } {
  if (JSON.stringify(first.ending) !== JSON.stringify(second.ending))
    return {
      instructions: null,
      why: `instructions are not counted: the program ended otherwise under callgrind (${told(second.ending)})`,
    };
  const totals = second.files.flatMap((file) =>
    file.path.startsWith(prefix) && 'bytes' in file ? [totalOf(file.bytes)] : [],
  );
  const known = totals.filter((total) => total !== null);
  if (known.length === 0 || known.length < totals.length)
    return { instructions: null, why: 'instructions are not counted: callgrind could not write its count' };
  return { instructions: known.reduce((sum, total) => sum + total, 0), why: null };
}

/** Each part of a callgrind file ends with `totals: 123`; older versions have `summary:` before the first function alone. */
function totalOf(bytes: Uint8Array): number | null {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  const numbersOf = (word: string): number[] =>
    [...text.matchAll(new RegExp(`^${word}: (\\d+)`, 'gm'))].map((match) => Number(match[1]));
  const totals = numbersOf('totals');
  const known = totals.length > 0 ? totals : numbersOf('summary');
  return known.length === 0 ? null : known.reduce((sum, total) => sum + total, 0);
}

function told(ending: ExecutionResult['ending']): string {
  if (ending.kind === 'exited') return `exit code ${ending.code}`;
  return ending.kind === 'crashed' ? (ending.signal ?? ending.kind) : ending.kind;
}
