/**
 * Runs one command to its end and says what it cost.
 *
 * Wall time is taken here, from before the process is made until its exit is
 * known. Node tells a parent nothing about a dead child's processor time or memory,
 * and reading `/proc` meanwhile misses the end of a short run; so both come from
 * GNU time (`/usr/bin/time`), which asks the kernel (`wait4`). Processor time then has
 * a resolution of 10 ms; peak memory is that of the largest single process. Without
 * GNU time peak memory is polled from `/proc/PID/status` (Linux) and processor time is
 * `null`: no figure rather than a wrong one.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Cost {
  readonly wallMs: number;
  /** User and system time of the command and what it waited for; `null`: not known. */
  readonly cpuMs: number | null;
  readonly peakBytes: number | null;
  /** Exit code; 128 + signal when killed. */
  readonly exit: number;
  /** Last 2,000 characters of standard error, for the message when a command fails. */
  readonly stderr: string;
}

export interface Command {
  /** Program and arguments; nothing is interpreted by a shell. */
  readonly argv: readonly string[];
  readonly cwd: string;
}

const gnuTime = '/usr/bin/time';

/** Whether processor time and exact peak memory can be had on this machine. */
export const hasGnuTime: boolean =
  spawnSync(gnuTime, ['-f', '%U %S %M', 'true'], { encoding: 'utf8' }).stderr?.match(/^[\d.]+ [\d.]+ \d+$/m) != null;

/** A line of shell as a command. */
export const shell = (line: string, cwd: string): Command => ({ argv: ['/bin/sh', '-c', line], cwd });

/** Runs the command; its standard output is thrown away, its standard input is empty. */
export async function measure(command: Command): Promise<Cost> {
  const scratch = mkdtempSync(join(tmpdir(), 'winnow-perf-'));
  const report = join(scratch, 'time');
  try {
    const [program, ...rest] = hasGnuTime
      ? [gnuTime, '-o', report, '-f', '%U %S %M', ...command.argv]
      : [...command.argv];
    const started = performance.now();
    const child = spawn(program as string, rest, { cwd: command.cwd, stdio: ['ignore', 'ignore', 'pipe'] });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-2000);
    });
    const polled = hasGnuTime ? null : pollPeak(child.pid);
    const { exit, wallMs } = await new Promise<{ exit: number; wallMs: number }>((resolve, reject) => {
      let wallMs = 0;
      child.on('error', reject);
      child.on('exit', () => {
        wallMs = performance.now() - started;
      });
      child.on('close', (code, signal) =>
        resolve({ exit: code ?? 128 + constants.signals[signal ?? 'SIGTERM'], wallMs }),
      );
    }).finally(() => polled?.stop());
    if (polled !== null) return { wallMs, cpuMs: null, peakBytes: polled.peakBytes(), exit, stderr };
    const [user, system, kilobytes] = (readFileSync(report, 'utf8').trim().split('\n').at(-1) as string).split(' ');
    const cpuMs = Math.round((Number(user) + Number(system)) * 1000);
    return { wallMs, cpuMs, peakBytes: Number(kilobytes) * 1024, exit, stderr };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Every 5 ms: the high-water mark that the kernel keeps for a living process. */
function pollPeak(pid: number | undefined): { stop(): void; peakBytes(): number | null } {
  let peak: number | null = null;
  const look = (): void => {
    try {
      const found = readFileSync(`/proc/${pid}/status`, 'utf8').match(/VmHWM:\s+(\d+) kB/);
      if (found !== null) peak = Math.max(peak ?? 0, Number(found[1]) * 1024);
    } catch (error) {
      if (!['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error; // the process is gone, or there is no /proc
    }
  };
  const timer = setInterval(look, 5);
  return { stop: () => clearInterval(timer), peakBytes: () => peak };
}
