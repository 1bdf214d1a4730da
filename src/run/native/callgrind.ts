/**
 * Instruction counts of native programs, by valgrind's callgrind, on request.
 *
 * The program runs on valgrind's simulated processor, which counts exactly and slows it about 80 times; so its clocks are
 * scaled, and its times are not those of a plain run. Every process it starts is counted and the sum taken.
 * A count belongs to this machine: another libc or compiler gives another.
 *
 * Not for runtimes that make code while they run (JVM, V8, Mono) or switch stacks and threads by the clock (Go): there
 * the count differs from run to run. And a program that sets out to may forge its count, since the files it is
 * read from lie where the program may write, under a name it is not told; fuel of the embedded backend cannot be forged.
 */
import { randomUUID } from 'node:crypto';
import type { Limits } from '../types.ts';
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

/** Limits under which a program that keeps the given ones also ends when it is counted. */
export const countedLimits = (limits: Limits): Limits => ({
  ...limits,
  wallMs: limits.wallMs * slowdown,
  cpuMs: limits.cpuMs * slowdown,
  memoryBytes: limits.memoryBytes * 2 + extraMemory,
  fileBytes: limits.fileBytes + 16 * 2 ** 20,
});

export const countedCaveat = `counted by callgrind: time limits are ${slowdown} times and memory limits 2 times (and 512 MB more) what was asked, and times are those of the count`;

/** The execution with valgrind before it, and what to read the count from. */
export function counted(
  execution: Execution,
  found: FoundTool,
): { readonly execution: Execution; readonly prefix: string } {
  // Beside, not below: a compiled program is a file of that very name.
  const prefix = `${built}-count-${randomUUID()}`;
  const flags = ['--tool=callgrind', '--quiet', '--trace-children=yes', '--dump-instr=no', '--compress-strings=no'];
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

/** Takes the counts out of a result: the sum over all processes, null when none ended well enough to leave one. */
export function takeCount(result: ExecutionResult, prefix: string): ExecutionResult {
  const isCount = (path: string) => path.startsWith(prefix);
  const totals = result.files
    .filter((file) => isCount(file.path) && 'bytes' in file)
    .map((file) => totalOf('bytes' in file ? file.bytes : new Uint8Array(0)));
  const known = totals.filter((total) => total !== null);
  return {
    ...result,
    files: result.files.filter((file) => !isCount(file.path)),
    usage: {
      ...result.usage,
      instructions: known.length === 0 ? null : known.reduce((sum, total) => sum + total, 0),
      countUnit: known.length === 0 ? null : 'machine',
    },
  };
}

/** `totals: 123` closes a callgrind file; older versions have `summary:` before the first function alone. */
function totalOf(bytes: Uint8Array): number | null {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  const found = [...text.matchAll(/^(?:totals|summary): (\d+)/gm)].at(-1)?.[1];
  return found === undefined ? null : Number(found);
}
