/** A candidate as a job: the task's prelude, the candidate, and what is to happen with it. */
import { type Job, type Outcome, runLanguage } from '../../run/mod.ts';
import type { Task } from '../types.ts';
import { besideFiles, putFunction } from './beside.ts';
import { withMethod } from './methods.ts';

/** Elapsed and processor time of one program on one visible test, ms: LDB's and FunCoder's released code give 5 s. */
export const testMs = 5_000;

/** Lines of a program before the candidate's own begin. */
export const linesAbove = ({ prelude }: Task): number => (prelude === '' ? 0 : prelude.split('\n').length - 1 + 1);

/** @param behind statements that run after it */
export const programText = (task: Task, source: string, behind = ''): string =>
  `${task.prelude === '' ? '' : `${task.prelude.replace(/\n$/, '')}\n\n`}${placed(task, source).replace(/\n*$/, '\n')}${behind === '' ? '' : `\n${behind}\n`}`;

/** A candidate with what puts it where it belongs. */
const placed = (task: Task, source: string): string =>
  task.method != null || task.beside == null || task.entry === null
    ? withMethod(task, source)
    : `${source.replace(/\n*$/, '\n')}${putFunction(task.entry)}`;

export function jobOf(task: Task, text: string, stdin: string | null = null): Job {
  const { name, defaultEntry } = runLanguage(task.language);
  return {
    language: name,
    entry: defaultEntry,
    files: [{ path: defaultEntry, bytes: new TextEncoder().encode(text) }, ...besideFiles(task)],
    ...(task.beside == null ? {} : { grants: { read: task.beside.packages } }),
    limits: { wallMs: 2 * testMs, cpuMs: testMs, keepBytes: 64 * 1024 },
    ...(stdin === null ? {} : { stdin: new TextEncoder().encode(stdin) }),
  };
}

/** What a program said, as plain data. */
export interface Ran {
  readonly ended: 'well' | 'badly' | 'timed-out' | 'not-compiled';
  readonly stdout: string;
  readonly stderr: string;
  /** `exit code 1`, `SIGSEGV`, `out of memory`; null: it was not compiled. */
  readonly how: string | null;
}

export function ranOf({ ending, stdout, stderr, compile }: Outcome): Ran {
  if (ending.kind === 'compile-failed')
    return { ended: 'not-compiled', stdout: '', stderr: compile === null ? '' : textOf(compile.stderr), how: null };
  const ended =
    ending.kind === 'timed-out' ? 'timed-out' : ending.kind === 'exited' && ending.code === 0 ? 'well' : 'badly';
  return { ended, stdout: textOf(stdout), stderr: textOf(stderr), how: howOf(ending) };
}

const howOf = (ending: Outcome['ending']): string =>
  ending.kind === 'exited'
    ? `exit code ${ending.code}`
    : ending.kind === 'crashed'
      ? (ending.signal ?? ending.reason)
      : ending.kind.replaceAll('-', ' ');

const decoder = new TextDecoder();
const textOf = ({ head, tail, omittedBytes }: Outcome['stdout']): string =>
  omittedBytes === 0 && tail.length === 0
    ? decoder.decode(head)
    : `${decoder.decode(head)}${omittedBytes > 0 ? `\n… ${omittedBytes} bytes …\n` : ''}${decoder.decode(tail)}`;
