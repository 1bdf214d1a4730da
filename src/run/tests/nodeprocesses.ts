/**
 * What the processes of node:test wrote themselves, put to what its reporter told.
 *
 * The reporter hears of a test through a stream. A process that was killed, or that ended by `process.exit`, loses what was under way, and the
 * runner then tells of the file as if it were one test, which may even have passed. So a file's own row never counts: of a process that ended
 * before its tests were over, each test that ended is told by the process's own rows, and each that was running has crashed or was late.
 * Those rows are unsealed; where the reporter told of a test, its word stands.
 */
import type { JobFile, Outcome } from '../types.ts';
import { endingText, type Told, testDirectory } from './report.ts';
import { readSealed } from './rows.ts';
import { type BrokenFile, type TestResult, type TestState, testStates } from './types.ts';

type Row = Readonly<Record<string, unknown>>;

/** One process, of one file of tests. */
interface FileProcess {
  readonly pid: number;
  readonly file: string;
  readonly begun: readonly string[];
  readonly ended: readonly Row[];
  /** Whether its tests were over before it ended. */
  readonly isOver: boolean;
  /** null: it was killed. */
  readonly code: number | null;
}

const text = (value: unknown, most = 2000): string => (typeof value === 'string' ? value.slice(0, most) : '');

interface Left {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** @param files of the project: a file that does not name node:test is a program and has no tests */
export function withProcesses(told: Told, outcome: Outcome, key: string, files: readonly JobFile[]): Told {
  const rows = left(outcome, /^rows\.txt$/).flatMap(({ bytes }) => readSealed(bytes, key).rows);
  /** Processes that we ended, by number, and files that the runner ended, by name. */
  const late = new Set(rows.flatMap((row) => (row.e === 'late' ? [row.pid ?? row.file] : [])));
  const hasTests = (file: string): boolean => {
    const found = files.find(({ path }) => path === file);
    return found !== undefined && new TextDecoder().decode(found.bytes).includes('node:test');
  };
  const tests = [...told.tests];
  const notes = [...told.notes];
  let broken = told.broken;
  for (const one of left(outcome, /^each-\d+\.jsonl$/).map(processOf)) {
    const failed = broken.find(({ name }) => name === one.file);
    if (one.begun.length === 0 && (failed !== undefined || !hasTests(one.file))) continue;
    if (one.isOver && failed === undefined) continue;
    // It did load, whatever the runner says of it.
    broken = broken.filter((entry) => entry !== failed);
    const waiting = rows.flatMap((row) => (row.e === 'waiting' && row.file === one.file ? [text(row.name)] : []));
    const untold = untoldOf(one, {
      told: told.tests,
      outcome,
      waiting,
      isLate: late.has(one.pid) || late.has(one.file),
      failed,
    });
    if (late.has(one.file))
      notes.push(
        `${one.file} took longer than one test may, so the runner ended it whole; the test that was running then is told as timed out`,
      );
    tests.push(...untold);
    if (!one.isOver)
      notes.push(`${one.file} ended early; tests of it that had not begun are told only where they were known`);
  }
  for (const row of rows)
    if (row.e === 'alone' && !tests.some(({ place }) => place?.path === row.file))
      notes.push(`no test of ${text(row.file)} was run: that it ended with 0 counts as none that passed`);
  return { ...told, tests, broken, notes };
}

interface Known {
  readonly told: readonly TestResult[];
  readonly outcome: Outcome;
  /** Names of tests that the runner had heard of, in the order of definition. */
  readonly waiting: readonly string[];
  readonly isLate: boolean;
  readonly failed: BrokenFile | undefined;
}

/** Tests of a process that the reporter did not tell. */
function untoldOf(one: FileProcess, { told, outcome, waiting, isLate, failed }: Known): TestResult[] {
  const place = { path: one.file, line: 0 };
  const plain = { place, ms: 0, failedAt: null, details: failed?.details ?? '' };
  const isStopped = outcome.ending.kind === 'timed-out';
  const ending =
    failed?.message ??
    (one.code !== null
      ? `the process of this file ended with exit code ${one.code}`
      : isStopped
        ? endingText(outcome.ending)
        : 'the process of this file was killed');
  const known = new Map<string, number>();
  for (const { name, place: at } of told)
    if (at === null || at.path === one.file) known.set(name, (known.get(name) ?? 0) + 1);
  /** Takes one of the tests of this name that are known already. */
  const isKnown = (name: string): boolean => {
    const times = known.get(name) ?? 0;
    known.set(name, times - 1);
    return times > 0;
  };
  const results: TestResult[] = [];
  const over = new Map<string, number>();
  for (const row of one.ended) {
    const name = text(row.name);
    over.set(name, (over.get(name) ?? 0) + 1);
    if (!isKnown(name)) results.push(resultOf(row, one.file));
  }
  let isCut = false;
  for (const name of one.begun) {
    const times = over.get(name) ?? 0;
    over.set(name, times - 1);
    if (times > 0) continue;
    isCut = true;
    if (isKnown(name)) continue;
    const state: TestState = isLate || isStopped ? 'timed-out' : 'crashed';
    const message =
      isLate && failed === undefined
        ? 'it took longer than one test may, and never yielded'
        : `while it ran: ${ending}`;
    results.push({ ...plain, name, state, message });
  }
  const begun = new Set([
    ...one.begun,
    ...told.filter(({ place: at }) => at?.path === one.file).map(({ name }) => name),
  ]);
  const never = one.isOver ? [] : waiting.filter((name) => !begun.has(name));
  for (const name of never)
    results.push({ ...plain, name, state: 'not-run', message: 'its file ended before it', details: '' });
  // It ended outside of any test.
  if (!isCut && !isStopped)
    results.push({ ...plain, name: one.file, state: 'crashed', message: `outside of any test: ${ending}` });
  return results;
}

function resultOf(row: Row, path: string): TestResult {
  const at = Array.isArray(row.at) ? { path: text(row.at[0]), line: Number(row.at[1]) || 0 } : null;
  return {
    name: text(row.name),
    state: testStates.find((state) => state === row.state) ?? 'error',
    ms: typeof row.ms === 'number' && row.ms >= 0 ? row.ms : 0,
    place: { path, line: 0 },
    message: text(row.message),
    failedAt: at,
    details: text(row.details, 20_000),
  };
}

function left(outcome: Outcome, pattern: RegExp): Left[] {
  return outcome.files.flatMap((file) => {
    const name = file.path.slice(testDirectory.length + 1);
    return 'bytes' in file && file.path.startsWith(`${testDirectory}/`) && pattern.test(name)
      ? [{ name, bytes: file.bytes }]
      : [];
  });
}

function processOf({ name, bytes }: Left): FileProcess {
  const rows = new TextDecoder().decode(bytes).split('\n').flatMap(parsed);
  const code = rows.find(({ e }) => e === 'exit')?.code;
  return {
    pid: Number(/\d+/.exec(name)?.[0]),
    file: text(rows.find(({ e }) => e === 'process')?.file),
    begun: rows.flatMap((row) => (row.e === 'begin' ? [text(row.name)] : [])),
    ended: rows.filter(({ e }) => e === 'end'),
    isOver: rows.some(({ e }) => e === 'over') || (typeof code === 'number' && rows.some(({ e }) => e === 'drained')),
    code: typeof code === 'number' ? code : null,
  };
}

/** A row; of half of one, as a killed process leaves it, none. */
function parsed(line: string): Row[] {
  try {
    const row: unknown = JSON.parse(line);
    return typeof row === 'object' && row !== null ? [row as Row] : [];
  } catch {
    return [];
  }
}
