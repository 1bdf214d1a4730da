/**
 * What sessions cost between commands: `winnow session run` from a shell, the same over the host's socket alone, and the memory of many.
 *
 *   node perf/session-host.ts [--language python] [--backend auto] [--runs 40] [--calls 300] [--sessions 100]
 *
 * Elapsed time of commands is that of a machine as it is; CPU time of each is told beside it, by the shell's own clock. Memory is shared memory
 * counted once (PSS) of the host and of all that it started.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { openHost } from '../src/run/mod.ts';

const { values } = parseArgs({
  options: {
    language: { type: 'string', default: 'python' },
    backend: { type: 'string', default: 'auto' },
    runs: { type: 'string', default: '40' },
    calls: { type: 'string', default: '300' },
    sessions: { type: 'string', default: '100' },
  },
});
const code = values.language === 'sql' ? 'select 1;' : values.language === 'bash' ? 'echo 1' : '1';
const home = mkdtempSync(join(tmpdir(), 'winnow-session-host-'));
const launcher = new URL('../bin/winnow.js', import.meta.url).pathname;
const path = (process.env.PATH ?? '').split(':');
const host = await openHost({
  home,
  run: { cacheDir: join(home, 'run'), path },
  undo: { directory: join(home, 'undo') },
});
const request = { language: values.language, backend: values.backend } as never;
const open = () => host.call({ verb: 'new', name: null, request, over: null, files: [] });

const show = (name: string, value: string): boolean => process.stdout.write(`${name.padEnd(44)} ${value}\n`);
const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] as number;
function told(times: readonly number[], unit: string): string {
  const sorted = times.toSorted((a, b) => a - b);
  const at = [0, 0.5, 0.95, 0.99].map((share) => percentile(sorted, share).toFixed(1));
  return `least ${at[0]}, p50 ${at[1]}, p95 ${at[2]}, p99 ${at[3]} ${unit} (n ${times.length})`;
}

/** Of a process and all below it, bytes. */
function memoryBelow(root: number): { pss: number; processes: number } {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((one) => /^\d+$/.test(one)))
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      // It has ended.
    }
  const isBelow = (pid: number): boolean => pid === root || (parents.has(pid) && isBelow(parents.get(pid) as number));
  let pss = 0;
  let processes = 0;
  for (const pid of parents.keys())
    if (isBelow(pid))
      try {
        pss += Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) * 1024;
        processes++;
      } catch {
        // It has ended, or is not ours to look into.
      }
  return { pss, processes };
}

const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`;

try {
  show(
    'machine',
    `${availableParallelism()} cores, Node ${process.versions.node}, load ${readFileSync('/proc/loadavg', 'utf8').slice(0, 14)}`,
  );
  const { id, backend, version } = await open();
  show('session', `${version}, ${backend}`);

  const calls: number[] = [];
  for (let count = 0; count < Number(values.calls) + 10; count++) {
    const began = performance.now();
    await host.call({ verb: 'run', id, code });
    if (count >= 10) calls.push(performance.now() - began);
  }
  show('a cell over the socket', told(calls, 'ms'));

  const walls: number[] = [];
  const cpus: number[] = [];
  for (let count = 0; count < Number(values.runs) + 2; count++) {
    const began = performance.now();
    const { stderr } = spawnSync(
      'bash',
      ['-c', `TIMEFORMAT='%U %S'; time "$@"`, '-', process.execPath, launcher, 'session', 'run', id, code],
      { encoding: 'utf8', env: { PATH: process.env.PATH ?? '', HOME: home, WINNOW_HOME: home } },
    );
    if (count < 2) continue;
    walls.push(performance.now() - began);
    const [user = 0, system = 0] = stderr.trim().split('\n').at(-1)?.split(' ').map(Number) ?? [];
    cpus.push((user + system) * 1000);
  }
  show('winnow session run, elapsed', told(walls, 'ms'));
  show('winnow session run, CPU', told(cpus, 'ms'));

  const pid = host.record.pid;
  const before = memoryBelow(pid);
  const opening: number[] = [];
  for (let count = 1; count < Number(values.sessions); count++) {
    const began = performance.now();
    const session = await open();
    opening.push(performance.now() - began);
    await host.call({ verb: 'run', id: session.id, code });
  }
  show('a session more, opened', told(opening, 'ms'));
  const after = memoryBelow(pid);
  const state = await host.call({ verb: 'list' });
  show(`memory with 1 session`, `${mebibytes(before.pss)} in ${before.processes} processes`);
  show(`memory with ${state.sessions.length} sessions`, `${mebibytes(after.pss)} in ${after.processes} processes`);
  show('of it the host', mebibytes(state.memoryBytes));
  const began = performance.now();
  await host.call({ verb: 'end-all' });
  show('all ended in', `${(performance.now() - began).toFixed(0)} ms`);
} finally {
  const { pid } = host.record;
  host.close();
  process.kill(pid, 'SIGTERM');
  rmSync(home, { recursive: true, force: true });
}
