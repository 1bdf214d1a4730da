/**
 * Checkers that are programs of the problem's author, in any language that runs here.
 *
 * Each call is a job of its own, in a sandbox without network, with limits of its own: the checker reads what a stranger's program wrote,
 * so it may be turned against its host, and it must not be able to hang the judge. Two protocols are spoken, as their own tools do:
 *
 * - testlib (github.com/MikeMirzayanov/testlib, `resultExitCode`): `checker input output answer`; exit code 0 right, 1 wrong,
 *   2 and 4 and 8 wrong in form (presentation, surplus, early end), 7 points, which stand on standard error behind `points`, 3 the
 *   checker itself or the answer is at fault.
 * - Kattis (problem package format, "Output Validators"): `validator input answer feedback/ < output`; 42 right, 43 wrong;
 *   `feedback/score.txt` may hold a share, `feedback/judgemessage.txt` what only the judge may read.
 *
 * Everything else is no verdict: another exit code, a crash, a limit, a checker that does not compile. It is never the program's fault.
 */
import { WinnowError } from '../../base/mod.ts';
import type { ChangedFile, Job, Outcome, Output } from '../../run/mod.ts';
import type { CheckerProgram } from '../types.ts';

export interface Checked {
  readonly kind: 'right' | 'wrong' | 'unjudged';
  /** Why, in words of ours, which never quote the key. */
  readonly reason: string | null;
  /** What the checker itself said, one line, bounded; it may quote the key. */
  readonly said: string | null;
  /** Share of the points, [0, 1]. */
  readonly share: number;
}

export interface CheckedRun {
  readonly input: Uint8Array;
  readonly answer: Uint8Array;
  readonly output: Uint8Array;
}

/** testlib.h takes GCC 8 s; elapsed time is for a machine that is very busy, since a checker without a verdict is nobody's fault but ours. */
const compilerLimits = { cpuMs: 120_000, wallMs: 600_000 };

/** Checkers that do not compile: no test after the first waits for a compiler again. */
const uncompiled = new WeakMap<CheckerProgram, Checked>();

/** One directory of ours beside the checker, so that no file of its author is met. */
const place = 'winnow-check';
const feedback = `${place}/feedback/`;

/** Characters of what a checker says that are kept. */
const mostSaid = 400;

/** Runs a job that is no submission; throws as `Runner.run` does. */
export type RunJob = (job: Job) => Promise<Outcome>;

/** @throws WinnowError `cancelled`; any other failure is `unjudged` */
export async function checkByProgram(
  protocol: 'testlib' | 'kattis',
  program: CheckerProgram,
  { input, answer, output }: CheckedRun,
  run: RunJob,
): Promise<Checked> {
  const known = uncompiled.get(program);
  if (known !== undefined) return known;
  const isTestlib = protocol === 'testlib';
  const data = [
    { path: `${place}/input`, bytes: input },
    { path: `${place}/answer`, bytes: answer },
    isTestlib ? { path: `${place}/output`, bytes: output } : { path: `${feedback}.keep`, bytes: new Uint8Array(0) },
  ];
  const args = isTestlib
    ? [`${place}/input`, `${place}/output`, `${place}/answer`]
    : [`${place}/input`, `${place}/answer`, feedback];
  let outcome: Outcome;
  try {
    outcome = await run({
      language: program.language,
      files: program.files,
      data,
      entry: program.entry,
      args: [...args, ...program.args],
      ...(isTestlib ? {} : { stdin: output }),
      limits: program.limits,
      compileLimits: compilerLimits,
    });
  } catch (error) {
    if (!(error instanceof WinnowError) || error.code === 'cancelled') throw error;
    return unjudged(`The checker could not be run: ${error.message}`, null);
  }
  if (outcome.ending.kind === 'compile-failed') {
    const failed = unjudged(failureOf(outcome), saidOf(outcome));
    uncompiled.set(program, failed);
    return failed;
  }
  // An interpreter that ends by an error nobody caught gives 1, which would read as "wrong".
  if (codeOf(outcome) === 1 && uncaught[outcome.language]?.test(text(outcome.stderr)) === true)
    return unjudged('The checker ended by an error that it did not catch.', saidOf(outcome));
  return isTestlib ? testlibVerdict(outcome, program.fullPoints) : kattisVerdict(outcome, program.fullPoints);
}

/** What runtimes that then exit with 1 write on standard error about an error that nobody caught. */
const uncaught: Readonly<Record<string, RegExp>> = {
  python: /^Traceback \(most recent call last\):$|^(?:Syntax|Indentation|Tab)Error: /m,
  javascript: /^Node\.js v\d|^\s+at .+:\d+/m,
  typescript: /^Node\.js v\d|^\s+at .+:\d+/m,
  java: /^Exception in thread ".*"|^Error: (?:Could not find|Main method|Unable to)/m,
  kotlin: /^Exception in thread "/m,
  ruby: /^\S+:\d+:in .+\(.*\)$|^\S+: --> /m,
  lua: /^lua[\d.]*: /m,
  haskell: /^CallStack \(from HasCallStack\)/m,
};

function testlibVerdict(outcome: Outcome, fullPoints: number): Checked {
  const code = codeOf(outcome);
  const said = sentence(text(outcome.stderr) || text(outcome.stdout));
  if (code === 0) return { kind: 'right', reason: null, said, share: 1 };
  if (code === 1) return { kind: 'wrong', reason: null, said, share: 0 };
  if (code === 2 || code === 4 || code === 8)
    return { kind: 'wrong', reason: 'The output has the wrong form.', said, share: 0 };
  if (code === 7) return withPoints(/^\s*points\s+(\S+)/.exec(text(outcome.stderr))?.[1], fullPoints, said);
  if (code === 3) return unjudged('The checker found its own data at fault.', said);
  return unjudged(failureOf(outcome), saidOf(outcome));
}

function kattisVerdict(outcome: Outcome, fullPoints: number): Checked {
  const code = codeOf(outcome);
  const said = sentence(fileText(outcome.files, 'judgemessage.txt') ?? '');
  const score = fileText(outcome.files, 'score.txt');
  if (code === 43) return { kind: 'wrong', reason: null, said, share: 0 };
  if (code !== 42) return unjudged(failureOf(outcome), saidOf(outcome) ?? said);
  if (fileText(outcome.files, 'nextpass.in') !== null)
    return unjudged('The checker asks for another pass over the program; that is not supported.', said);
  return score === null ? { kind: 'right', reason: null, said, share: 1 } : withPoints(score.trim(), fullPoints, said);
}

function withPoints(points: string | undefined, fullPoints: number, said: string | null): Checked {
  const share = Number(points === '' ? Number.NaN : points) / fullPoints;
  // A float that was written and read again may be off by its last digit.
  if (!(share >= 0 && share <= 1 + 1e-9))
    return unjudged(`The checker gave no points from 0 to ${fullPoints}.`, said ?? points ?? null);
  if (share >= 1) return { kind: 'right', reason: null, said, share: 1 };
  return { kind: 'wrong', reason: `${Number((100 * share).toFixed(2))}% of the points.`, said, share };
}

const codeOf = ({ ending }: Outcome): number | null => (ending.kind === 'exited' ? ending.code : null);

function failureOf({ ending, compile }: Outcome): string {
  switch (ending.kind) {
    case 'exited':
      return `The checker ended with code ${ending.code}, which is no verdict.`;
    case 'crashed':
      return `The checker crashed (${ending.signal ?? ending.reason}).`;
    case 'compile-failed':
      return compile === null || compile.ending.kind === 'exited'
        ? 'The checker does not compile.'
        : `The checker cannot be compiled: its compiler passed a limit (${compile.ending.kind}).`;
    default:
      return `The checker passed its own limit (${ending.kind}).`;
  }
}

function saidOf({ ending, compile, stdout, stderr }: Outcome): string | null {
  const [out, err] =
    ending.kind === 'compile-failed' && compile !== null ? [compile.stdout, compile.stderr] : [stdout, stderr];
  return sentence(text(err) || text(out));
}

const unjudged = (reason: string, said: string | null): Checked => ({ kind: 'unjudged', reason, said, share: 0 });

const text = ({ head }: Output): string => new TextDecoder().decode(head.subarray(0, 4 * mostSaid));

function fileText(files: readonly ChangedFile[], name: string): string | null {
  const file = files.find(({ path }) => path === feedback + name);
  return file === undefined || !('bytes' in file)
    ? null
    : new TextDecoder().decode(file.bytes.subarray(0, 4 * mostSaid));
}

/** One line, cut; null when there is nothing. */
function sentence(said: string): string | null {
  const line = said.replace(/\s+/g, ' ').trim();
  return line === '' ? null : cutText(line);
}

const cutText = (said: string): string => (said.length > mostSaid ? `${said.slice(0, mostSaid)}…` : said);
