/**
 * How the process of an engine is held, beyond the engine itself: the command that starts it.
 *
 * Everywhere: Node's permission model (reads of this program only, no writes, no processes, threads or native code), limits of
 * the shell on memory, files and descriptors, an empty environment, another user where this one is root. Where it can be had:
 * bubblewrap. Where not, a shell stands by and kills the engine when this process is gone.
 */
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mayBecome } from '../otherusers.ts';
import { type Bubblewrap, bubblewrapCommand, findBubblewrap, nobody, systemCallFilter } from './bubblewrap.ts';

export interface Confinement {
  readonly bubblewrap: Bubblewrap | null;
  /** Whom the engine's process becomes before its first job; null: it stays who it is. */
  readonly dropTo: number | null;
  readonly caveats: readonly string[];
}

export interface ChildPlan {
  readonly confinement: Confinement;
  /** The module that lists the engines. */
  readonly table: URL;
  readonly cacheDir: string | null;
  /** May it write to `cacheDir`? Only a child that runs no job. */
  readonly fillsCache: boolean;
  readonly memoryBytes: number;
  /** The program of the child; without it the one that runs jobs. */
  readonly main?: URL;
  /** A descriptor that becomes the child's descriptor 6: a file by which it is asked to stop (`session/stopfile.ts`). */
  readonly stopFile?: number;
}

/** Descriptors: 3 is the channel. */
export interface ChildCommand {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** To be readable at descriptor 4; null: nothing is. */
  readonly filter: Uint8Array | null;
  /** Descriptor 5 tells by its end that the host is gone. */
  readonly standsBy: boolean;
}

const sourceDir = fileURLToPath(new URL('../../', import.meta.url));
const main = fileURLToPath(new URL('./host-main.ts', import.meta.url));

/** @param path directories, absolute, in which bubblewrap is looked for */
export async function findConfinement(path: readonly string[]): Promise<Confinement> {
  const found = await findBubblewrap(path);
  const becomes = mayBecome(nobody) ? nobody : null;
  if (typeof found !== 'string') {
    // In a user namespace root is mapped to root and to nobody else, so there is nobody to become.
    return { bubblewrap: found, dropTo: found.userNamespace ? null : becomes, caveats: [] };
  }
  const caveat = `Only the engine's own walls and Node's permission model hold the program: ${found}.`;
  return { bubblewrap: null, dropTo: becomes, caveats: [caveat] };
}

export function childCommand(plan: ChildPlan): ChildCommand {
  const { cacheDir, fillsCache, memoryBytes, table } = plan;
  const { bubblewrap } = plan.confinement;
  const given = [sourceDir, ...packages(), dirname(fileURLToPath(table)), ...(cacheDir === null ? [] : [cacheDir])];
  // Node looks at where a link leads.
  const readable = [...new Set([...given, ...given.map((path) => realpathSync(path))])];
  const codeCache = cacheDir === null ? null : join(cacheDir, 'node');
  // Node reads its code cache only where its permission model lets it write, and one job must not leave code for the next:
  // so there is one only where a mount or the file's owner forbids the writing as well.
  const usesCodeCache = codeCache !== null && (fillsCache || bubblewrap !== null || plan.confinement.dropTo !== null);
  const env: Record<string, string> = usesCodeCache ? { NODE_COMPILE_CACHE: codeCache } : {};
  const mayWrite = fillsCache ? cacheDir : usesCodeCache ? codeCache : null;
  const node = [
    process.execPath,
    '--no-warnings',
    '--permission',
    ...readable.map((dir) => `--allow-fs-read=${dir}`),
    ...(mayWrite === null ? [] : [`--allow-fs-write=${mayWrite}`]),
    `--max-old-space-size=${heapMebibytes(memoryBytes)}`,
    `--stack-size=${stackKibibytes}`,
    `--max-semi-space-size=${youngMebibytes}`,
    plan.main === undefined ? main : fileURLToPath(plan.main),
    table.href,
  ];
  const limited = (script: string, argv: readonly string[]): string[] => {
    return ['/bin/sh', '-c', `${shellLimits(plan)}; ${script}`, 'winnow-engine', ...argv];
  };
  if (bubblewrap === null) return { argv: limited(standBy, node), env, filter: null, standsBy: true };
  const outside = bubblewrapCommand(bubblewrap, {
    readable: [process.execPath, ...readable],
    writable: fillsCache ? cacheDir : null,
    env,
    filterDescriptor: systemCallFilter === null ? null : 4,
  });
  return { argv: limited('exec "$@"', [...outside, ...node]), env: {}, filter: systemCallFilter, standsBy: false };
}

/**
 * The shell waits on descriptor 5, whose other end only the host has: when the host is gone, the engine is killed.
 * The engine's own end is seen by the host, which then closes descriptor 5.
 */
const standBy = '"$@" 5<&- & engine=$!; exec 3<&-; read -r _ <&5; kill -9 $engine 2>&-; wait $engine';

/** Where packages may lie: beside the sources or above them, if this is itself a package. */
function packages(): string[] {
  const found = [join(dirname(sourceDir), 'package.json')];
  for (let dir = dirname(sourceDir); ; dir = dirname(dir)) {
    found.push(join(dir, 'node_modules'));
    if (dirname(dir) === dir) return found.filter((path) => existsSync(path));
  }
}

/**
 * Programs recurse on the stack of the engine's thread: V8's usual 984 KiB end a JavaScript program at 2,400 calls, these
 * at 13,000, where Node itself is at 12,500. The thread has 8 MiB nearly everywhere; what V8 does not count needs the rest.
 */
const stackKibibytes = 7000;
const threadStackKibibytes = 8192;

/**
 * Left alone, V8 lets the space for young objects grow to twice 64 MiB and never gives it back; a Python process, which makes a new
 * interpreter after each job that took much memory, filled it within 5,000 jobs. From 16 MiB on it is no faster.
 */
const youngMebibytes = 16;

/** An engine's own objects take 40 to 150 MB of heap; programs of engines that are JavaScript lie in it too. */
function heapMebibytes(memoryBytes: number): number {
  return 256 + Math.ceil(memoryBytes / 2 ** 20);
}

/**
 * Node counts 600 MB of private memory before it does anything (measured, Node 24: reserved, not used), and an engine may
 * hold a module, a snapshot and a copy of its heap besides the program's memory. It is a backstop: engines keep the exact cap.
 */
function shellLimits({ fillsCache, memoryBytes }: ChildPlan): string {
  const dataKibibytes = 2 * 2 ** 20 + 3 * Math.ceil(memoryBytes / 1024);
  return `ulimit -c 0; ulimit -s ${threadStackKibibytes} 2>/dev/null; ${fillsCache ? '' : 'ulimit -f 0; '}ulimit -n 256; ulimit -d ${dataKibibytes} 2>/dev/null`;
}
