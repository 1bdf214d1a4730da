/**
 * The second belt: where hostile programs run, whatever the sandbox under test may fail to hold.
 *
 * A command runs as root of a user namespace of its own, with an empty process table, a network that
 * has only its own loopback, no devices, and an overlay over the whole file system whose changes lie in
 * memory (`belt.sh`). A control group caps memory and processes of everything in it. All of it ends
 * with the command, or when its time is up.
 *
 * It is not the sandbox under test, and is cruder: it protects the machine that runs the tests, and lets
 * them see what came through. Where a machine cannot make one, `beltProblem` says why.
 */
import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

/** Where the belt shows what was changed, by path. */
export const beltChanges = '/.belt';

export interface BeltCaps {
  /** Memory of everything inside, what it writes included, bytes. */
  readonly memoryBytes: number;
  /** Processes and threads of everything inside. */
  readonly processes: number;
  readonly wallMs: number;
}

export interface BeltedRun {
  readonly exit: number | null;
  readonly timedOut: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

const script = join(import.meta.dirname, 'belt.sh');
const namespaces = ['--user', '--net', '--mount', '--pid', '--ipc', '--uts', '--fork', '--kill-child'];

/** Why no belt can be made here; null when one was made and took a write to /usr without letting it out. */
export async function beltProblem(): Promise<string | null> {
  if (process.platform !== 'linux') return 'a second belt needs Linux';
  for (const tool of ['unshare', 'pivot_root', 'prlimit'])
    if (spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0) return `a second belt needs ${tool} (util-linux)`;
  const mark = `/usr/winnow-belt-${process.pid}`;
  const test = `echo x >${mark} && test -e ${beltChanges}${mark} && test -e ${JSON.stringify(process.execPath)} && test -e ${JSON.stringify(script)}`;
  const run = await belted(['sh', '-c', test], { memoryBytes: 2 ** 28, processes: 64, wallMs: 20_000 });
  if (existsSync(mark)) throw new Error('the belt let a write to /usr out');
  if (run.exit === 0) return null;
  return `a second belt cannot be made here: ${run.stderr.trim().split('\n').at(-1) || `exit ${run.exit}`}`;
}

interface BeltOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly onStdout?: (text: string) => void;
}

/** How `belt.sh` ends when what it lies in cannot be seen, as a test beside this one has a small disk mounted there: it began nothing. */
const busy = 97;
const waitMs = 15_000;

/** Runs a command inside a belt of its own. Its standard input is empty. */
export async function belted(argv: readonly string[], caps: BeltCaps, options: BeltOptions = {}): Promise<BeltedRun> {
  const until = Date.now() + waitMs;
  for (;;) {
    const run = await once(argv, caps, options);
    if (run.exit !== busy || Date.now() > until) return run;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

async function once(argv: readonly string[], caps: BeltCaps, options: BeltOptions): Promise<BeltedRun> {
  const directory = mkdtempSync(join(tmpdir(), 'winnow-belt-'));
  const groups = makeGroups(caps);
  // Without control groups: per user, which does not hold for root. Node needs far more address space than memory.
  const limits = groups.length > 0 ? [] : ['prlimit', `--nproc=${caps.processes}`, `--data=${caps.memoryBytes}`];
  const enter = groups.map((group) => `echo $$ >'${join(group, 'cgroup.procs')}'`).join('\n');
  const child = spawn(
    'sh',
    [
      '-c',
      `set -e\n${enter}\nexec "$@"`,
      'sh',
      ...[...limits, 'unshare', ...namespaces, 'sh', script, directory],
      ...argv,
    ],
    {
      stdio: ['pipe', 'pipe', 'pipe'],
      cwd: '/',
      env: { PATH: process.env.PATH ?? '', LANG: 'C.UTF-8', ...options.env },
    },
  );
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    kill(child);
  }, caps.wallMs);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (options.onStdout !== undefined) options.onStdout(text);
    else stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-20_000);
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code));
  });
  try {
    await letIn(child);
    return { exit: await ended, timedOut, stdout, stderr };
  } finally {
    clearTimeout(timer);
    kill(child);
    await removeGroups(groups);
    rmdirSync(directory);
  }
}

/** The first process inside, with which all others end; `--kill-child` is forgotten when that becomes root of its namespace. */
function kill(child: ChildProcessByStdio<Writable, Readable, Readable>): void {
  const { pid } = child;
  if (pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  for (const inner of readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean)) {
    try {
      process.kill(Number(inner), 'SIGKILL');
    } catch {
      // It ended by itself meanwhile.
    }
  }
  child.kill('SIGKILL');
}

/** Makes the child root of its user namespace, once it is in one, and lets it go on. */
async function letIn(child: ChildProcessByStdio<Writable, Readable, Readable>): Promise<void> {
  const own = readlink(`/proc/self/ns/user`);
  const { pid } = child;
  if (pid === undefined) return; // Its 'error' says why.
  for (let tries = 0; tries < 500 && child.exitCode === null; tries++) {
    const its = readlink(`/proc/${pid}/ns/user`);
    if (its !== null && its !== own) break;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  const root = process.getuid?.() === 0;
  try {
    if (!root) writeFileSync(`/proc/${pid}/setgroups`, 'deny');
    writeFileSync(`/proc/${pid}/uid_map`, root ? '0 0 65536\n' : `0 ${process.getuid?.()} 1\n`);
    writeFileSync(`/proc/${pid}/gid_map`, root ? '0 0 65536\n' : `0 ${process.getgid?.()} 1\n`);
  } catch {
    // It is gone, or may not be mapped: then nothing inside succeeds, and its exit code and words say so.
  }
  child.stdin.on('error', () => undefined);
  child.stdin.end('\n');
}

function readlink(path: string): string | null {
  const { status, stdout } = spawnSync('readlink', [path], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : null;
}

/** One group below our own in each hierarchy of version 1 that caps something; none where that is not allowed. */
function makeGroups(caps: BeltCaps): string[] {
  const wanted: Record<string, readonly [file: string, value: number]> = {
    memory: ['memory.limit_in_bytes', caps.memoryBytes],
    pids: ['pids.max', caps.processes],
  };
  const made: string[] = [];
  try {
    for (const line of readFileSync('/proc/self/cgroup', 'utf8').trim().split('\n')) {
      const [, controllers = '', path = ''] = line.split(':');
      const cap = wanted[controllers];
      if (cap === undefined) continue;
      const group = join(
        '/sys/fs/cgroup',
        controllers,
        path,
        `winnow-belt-${process.pid}-${made.length}-${Date.now()}`,
      );
      if (!existsSync(dirname(group))) continue;
      mkdirSync(group);
      made.push(group);
      writeFileSync(join(group, cap[0]), String(cap[1]));
    }
    if (made.length === 2) return made;
  } catch {
    // Not ours to make: the caller falls back to limits of each process.
  }
  for (const group of made) rmdirSync(group);
  return [];
}

/** Groups below are the sandbox's own; the kernel empties them a moment after their processes have died. */
async function removeGroups(groups: readonly string[]): Promise<void> {
  for (const group of groups)
    for (let tries = 0; tries < 100; tries++) {
      const { status } = spawnSync('find', [group, '-depth', '-type', 'd', '-exec', 'rmdir', '{}', '+']);
      if (status === 0) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
}
