/**
 * How the process of an engine is held, beyond the engine itself.
 *
 * With bubblewrap: no network, no other process in sight, and a file system that holds Node, its libraries, this program and
 * the cache, all read-only; no /proc, no /dev, no /tmp. Started by root it keeps the power to become another
 * user and uses it before the first job (`host-main.ts`), so a project that only root may read can be opened and
 * the program still does not run as root. Started by anyone else it is its own user namespace.
 *
 * Everywhere: Node's permission model (reads of this program only, no writes, no processes, threads or native code), limits of
 * the shell on memory, files and descriptors, an empty environment. Without bubblewrap a shell stands
 * by and kills the engine when this process is gone.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Confinement {
  /** The bubblewrap command and how it separates users; null: none. */
  readonly bubblewrap: { readonly file: string; readonly userNamespace: boolean } | null;
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
}

export interface ChildCommand {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const shell = '/bin/sh';
const sourceDir = fileURLToPath(new URL('../../', import.meta.url));
const main = fileURLToPath(new URL('./host-main.ts', import.meta.url));
/** Nobody, on every Unix we know of; it owns no files, and in the sandbox there is no other process of it. */
const nobody = 65534;

/**
 * Looks for bubblewrap in `path` and tries it.
 *
 * @param path directories, absolute
 */
export function findConfinement(path: readonly string[]): Confinement {
  const isRoot = process.getuid?.() === 0;
  const dropTo = isRoot ? nobody : null;
  if (process.platform !== 'linux')
    return { bubblewrap: null, dropTo, caveats: [withoutWalls(`there is no bubblewrap on ${process.platform}`)] };
  const file = path.map((dir) => join(dir, 'bwrap')).find(isExecutable);
  if (file === undefined) return { bubblewrap: null, dropTo, caveats: [withoutWalls('bubblewrap is not installed')] };
  let complaint = '';
  for (const userNamespace of isRoot ? [false, true] : [true]) {
    const argv = bubblewrapArguments({ file, userNamespace }, [process.execPath], null);
    const tried = spawnSync(file, [...argv, process.execPath, '--version'], {
      env: {},
      encoding: 'utf8',
      timeout: 10_000,
    });
    // In a user namespace root is mapped to root and to nobody else, so there is nobody to become.
    if (tried.status === 0)
      return { bubblewrap: { file, userNamespace }, dropTo: userNamespace ? null : dropTo, caveats: [] };
    complaint = tried.stderr?.trim() || String(tried.error ?? tried.signal);
  }
  return { bubblewrap: null, dropTo, caveats: [withoutWalls(`bubblewrap cannot be used here (${complaint})`)] };
}

function withoutWalls(reason: string): string {
  return `Only the engine's own walls and Node's permission model hold the program: ${reason}.`;
}

export function childCommand(plan: ChildPlan): ChildCommand {
  const { confinement, cacheDir } = plan;
  const readable = [
    sourceDir,
    ...packageDirs(),
    dirname(fileURLToPath(plan.table)),
    ...(cacheDir === null ? [] : [cacheDir]),
  ];
  const codeCache = cacheDir === null ? null : join(cacheDir, 'node');
  // Node reads its code cache only where it may write it. Where no mount forbids the writing, there is none: it would be code that one job leaves for the next.
  const usesCodeCache = codeCache !== null && (plan.fillsCache || confinement.bubblewrap !== null);
  const env: Record<string, string> = usesCodeCache ? { NODE_COMPILE_CACHE: codeCache } : {};
  const writable = plan.fillsCache && cacheDir !== null ? [cacheDir] : usesCodeCache ? [codeCache] : [];
  const node = [
    process.execPath,
    '--no-warnings',
    '--permission',
    ...readable.map((dir) => `--allow-fs-read=${dir}`),
    ...writable.map((dir) => `--allow-fs-write=${dir}`),
    `--max-old-space-size=${heapMebibytes(plan.memoryBytes)}`,
    main,
    plan.table.href,
  ];
  const script = confinement.bubblewrap === null ? standBy : 'exec "$@"';
  const held = confinement.bubblewrap === null ? node : wrapped(confinement.bubblewrap, node, env, plan, readable);
  return { argv: [shell, '-c', `${shellLimits(plan)}; ${script}`, 'winnow-engine', ...held], env };
}

/**
 * The shell waits on descriptor 5, whose other end only the host has: when the host is gone, the engine is killed.
 * The engine's own end is seen by the host, which then closes descriptor 5.
 */
const standBy = '"$@" 5<&- & engine=$!; exec 3<&- 4<&-; read -r _ <&5; kill -9 $engine 2>&-; wait $engine';

function wrapped(
  bubblewrap: NonNullable<Confinement['bubblewrap']>,
  node: readonly string[],
  env: Readonly<Record<string, string>>,
  plan: ChildPlan,
  readable: readonly string[],
): string[] {
  const writable = plan.fillsCache ? plan.cacheDir : null;
  const variables = Object.entries(env).flatMap(([name, value]) => ['--setenv', name, value]);
  return [
    bubblewrap.file,
    ...bubblewrapArguments(bubblewrap, [process.execPath, ...readable], writable, variables),
    ...node,
  ];
}

function bubblewrapArguments(
  { userNamespace }: NonNullable<Confinement['bubblewrap']>,
  readable: readonly string[],
  writable: string | null,
  variables: readonly string[] = [],
): string[] {
  const user = userNamespace
    ? ['--unshare-user', '--uid', String(nobody), '--gid', String(nobody), '--cap-drop', 'ALL']
    : ['--cap-drop', 'ALL', '--cap-add', 'CAP_SETUID', '--cap-add', 'CAP_SETGID'];
  const libraries = ['/lib', '/lib64', '/usr/lib', '/usr/lib64', '/nix/store', '/etc/ld.so.cache'].filter((dir) =>
    existsSync(dir),
  );
  const bound = [...libraries, ...readable.filter((dir) => existsSync(dir))];
  return [
    ...['--unshare-pid', '--unshare-ipc', '--unshare-uts', '--unshare-net', '--unshare-cgroup-try', ...user],
    ...['--die-with-parent', '--new-session', '--clearenv', ...variables],
    // Made by hand, or bubblewrap makes them for root only, and whom the engine becomes could not pass.
    ...[...new Set(bound.flatMap(ancestors))].flatMap((dir) => ['--dir', dir]),
    ...bound.flatMap((dir) => ['--ro-bind', dir, dir]),
    ...(writable === null ? [] : ['--bind', writable, writable]),
    ...['--remount-ro', '/', '--chdir', '/', '--'],
  ];
}

/** Directories above a path, the root excluded, topmost first. */
function ancestors(path: string): string[] {
  const above = dirname(path);
  return above === '/' || above === path ? [] : [...ancestors(above), above];
}

/** Where packages may lie: beside the sources or above them, if this is itself a package. */
function packageDirs(): string[] {
  const dirs = ['package.json', 'node_modules'].map((name) => join(dirname(sourceDir), name));
  for (let dir = dirname(sourceDir); dirname(dir) !== dir; dir = dirname(dir))
    dirs.push(join(dirname(dir), 'node_modules'));
  return dirs.filter((dir) => existsSync(dir));
}

/** An engine's own objects take 40 to 150 MB of heap; programs of engines that are JavaScript lie in it too. */
function heapMebibytes(memoryBytes: number): number {
  return 256 + Math.ceil(memoryBytes / 2 ** 20);
}

/**
 * Node counts 600 MB of private memory before it does anything (measured, Node 24: reserved, not used), an engine may
 * hold a module, a snapshot and a copy of its heap besides the program's memory. It is a backstop: engines keep the exact cap.
 */
function shellLimits(plan: ChildPlan): string {
  const dataKibibytes = 2 * 2 ** 20 + 3 * Math.ceil(plan.memoryBytes / 1024);
  const files = plan.fillsCache ? '' : 'ulimit -f 0; ';
  return `ulimit -c 0; ${files}ulimit -n 256; ulimit -d ${dataKibibytes} 2>/dev/null`;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
