/**
 * One job in the shell: files in, arguments, input; output, exit code and changed files out.
 *
 * Nothing can be counted, and output comes at the end, since the interpreter hands it on only then: `stop.ts` ends it while
 * there is time for that. Bytes are exact, printed or in files. A script that fills its files is ended there and then: the
 * interpreter takes a failed write for a failure of its own and would lose the output. Time is virtual: `sleep` takes none.
 */
import type { Script } from 'node:vm';
import { seededRandom } from '../../../base/mod.ts';
import type { ChangedFile, CheckedJob, Ending } from '../../types.ts';
import { type EngineOutput, type EngineResult, OutputLimit } from '../engine.ts';
import { encodeBytes } from './bytetext.ts';
import { openRealm, type Shell, type ShellResult, type ShellScope } from './realm.ts';
import { Stop } from './stop.ts';

const workDirectory = '/work';

/** Whether what runs is to end. */
export type Stopping = Pick<Stop, 'isDue' | 'because'>;

/** More than any limit of a job lets happen: the clock, the memory and the output are limited, not the steps. */
const unlimited = 1_000_000_000;

/** The commands of just-bash that are left out: other runtimes, the network, and SQLite, which would start a worker. */
export const leftOut = new Set(['python3', 'python', 'js-exec', 'node', 'curl', 'wget', 'html-to-markdown', 'sqlite3']);

export interface ShellCode {
  readonly bundle: Script;
  readonly pinner: Script;
  readonly commands: readonly string[];
}

export async function runShell(code: ShellCode, job: CheckedJob, output: EngineOutput): Promise<EngineResult> {
  const { limits, determinism } = job;
  const random = seededRandom(determinism.seed);
  const startedMs = determinism.clockMs ?? Date.now();
  let sleptMs = 0;
  let readings = 0;
  const pinned = () => Math.floor(startedMs + sleptMs + readings++ / 1000);
  const { Bash } = openRealm(code.bundle, code.pinner, {
    now: determinism.clockMs === null ? () => Date.now() + sleptMs : pinned,
    random: () => random.int(2 ** 32) / 2 ** 32,
  });
  const given = job.files.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const shell = new Bash({
    cwd: workDirectory,
    env: { ...job.env, HOME: workDirectory },
    files: Object.fromEntries(
      job.files.map(({ path, bytes, mode }) => [
        `${workDirectory}/${path}`,
        { content: bytes.slice(), mode: mode ?? 0o644 },
      ]),
    ),
    commands: code.commands.filter((name) => !leftOut.has(name)),
    sleep: async (ms: number) => {
      sleptMs += ms;
    },
    defenseInDepth: false,
    executionLimits: shellLimits(job.limits, given),
  });
  const before = new Set(shell.fs.getAllPaths());
  const stop = new Stop(limits);
  const result = await execute(shell, job, stop);
  let ending = endingOf(result, stop);
  try {
    output.stdout(result.stdoutKind === 'bytes' ? Buffer.from(result.stdout, 'latin1') : encodeBytes(result.stdout));
    output.stderr(encodeBytes(result.stderr));
  } catch (error) {
    if (!(error instanceof OutputLimit)) throw error;
    ending = { kind: 'output-limit', stream: error.stream };
  }
  const timedOut = ending.kind === 'timed-out';
  return {
    ending,
    instructions: null,
    peakMemoryBytes: null,
    // As from every engine that a clock stops; there would be no time to read them.
    files: timedOut ? [] : await changes(shell, job, before, limits.fileBytes),
    reusable: !timedOut,
  };
}

async function execute(shell: Shell, job: CheckedJob, stop: Stop): Promise<ShellResult> {
  stopWhenFull(shell, stop);
  // It would decode once more what looks like bytes in text: `Ã©` would come out as `é`.
  shell.logResult = (result) => result;
  // Once stopped, the interpreter takes no more output in, not even the script's own, which is ready by then.
  let script: ShellResult | null = null;
  const { execInScope } = shell;
  shell.execInScope = async (line, options, scope, depth, ...rest) => {
    if (depth === 0) stopByLimit(scope, stop);
    const result = await execInScope.call(shell, line, options, scope, depth, ...rest);
    if (depth === 1) script = result;
    return result;
  };
  const result = await shell.exec('bash', {
    args: [job.entry, ...job.args],
    rawScript: true,
    stdin: Buffer.from(job.stdin).toString('latin1'),
    stdinKind: 'bytes',
  });
  if (stop.reason === null) return result;
  const { stdout, stderr, ...rest } = script ?? result;
  const full = stop.reason === 'full' ? 'bash: No space left on device\n' : '';
  return { ...rest, stdout, stderr: stderr.replace(/(?:bash: )?[^\n]*stop work limit exceeded[^\n]*\n$/, '') + full };
}

/** Of the errors that end a script, only that of a limit takes along all that was printed before. */
export function stopByLimit(scope: ShellScope, stop: Stopping): void {
  let throwing = false;
  scope.throwIfAborted = () => {
    if (throwing || !stop.isDue()) return;
    throwing = true;
    try {
      scope.consumeLimited('stop', 1, 0);
    } finally {
      throwing = false;
    }
  };
}

export function stopWhenFull({ fs }: Shell, stop: Stopping): void {
  for (const name of ['writeFile', 'appendFile', 'cp'] as const) {
    const write = fs[name];
    fs[name] = async (...args) => {
      try {
        await write.apply(fs, args);
      } catch (error) {
        if (!/^ENOSPC/.test((error as Error).message)) throw error;
        stop.because('full');
      }
    };
  }
}

function endingOf({ exitCode, stderr }: ShellResult, { reason }: Stop): Ending {
  if (reason === 'full') return { kind: 'exited', code: 1 };
  if (reason !== null) return { kind: 'timed-out', clock: reason };
  if (/total output size exceeded/.test(stderr)) return { kind: 'output-limit', stream: 'stdout' };
  return { kind: 'exited', code: exitCode & 0xff };
}

/** @param given bytes of files that are there from the start */
export function shellLimits(
  limits: Pick<CheckedJob['limits'], 'memoryBytes' | 'fileBytes' | 'outputBytes'>,
  given: number,
): Record<string, number> {
  const bytes = limits.memoryBytes;
  return {
    maxSourceBytes: bytes,
    // Deeper, the interpreter's own recursion fills the thread's stack.
    maxCallDepth: 1000,
    maxCommandCount: unlimited,
    maxLoopIterations: unlimited,
    maxAwkIterations: unlimited,
    maxSedIterations: unlimited,
    maxJqIterations: unlimited,
    maxWorkUnits: unlimited,
    maxGlobOperations: unlimited,
    maxLiveBytes: bytes,
    maxInputBytes: bytes,
    maxStringLength: Math.min(bytes, 2 ** 28),
    maxFileSystemBytes: given + limits.fileBytes + 1_048_576,
    // Both streams together; each is held to its own limit when it is handed on.
    maxOutputSize: 2 * limits.outputBytes + 2,
    maxExecutionTimeMs: 86_400_000,
  };
}

async function changes(
  shell: Shell,
  job: CheckedJob,
  before: ReadonlySet<string>,
  fileBytes: number,
): Promise<readonly ChangedFile[]> {
  const { fs } = shell;
  const given = new Map(job.files.map((file) => [`${workDirectory}/${file.path}`, file]));
  const changed: ChangedFile[] = [];
  let total = 0;
  for (const path of fs.getAllPaths()) {
    if (!path.startsWith(`${workDirectory}/`)) continue;
    const name = path.slice(workDirectory.length + 1);
    const stat = await fs.lstat(path);
    if (stat.isSymbolicLink) {
      given.delete(path);
      changed.push({ path: name, change: 'symlink', target: await fs.readlink(path) });
    } else if (stat.isFile) {
      const was = given.get(path);
      given.delete(path);
      const bytes = Uint8Array.from(await fs.readFileBuffer(path));
      if (was !== undefined && Buffer.compare(bytes, was.bytes) === 0) continue;
      total += bytes.length;
      if (total > fileBytes)
        changed.push({ path: name, change: 'left-out', reason: 'the files together pass the limit' });
      else
        changed.push({ path: name, change: before.has(path) ? 'modified' : 'added', bytes, mode: stat.mode & 0o7777 });
    }
  }
  for (const path of given.keys()) changed.push({ path: path.slice(workDirectory.length + 1), change: 'removed' });
  return changed.sort((a, b) => (a.path < b.path ? -1 : 1));
}
