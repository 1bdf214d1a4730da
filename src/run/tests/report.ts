/**
 * From rows of our reporters to a report: every test that was found has a state, whatever happened to the process.
 *
 * Rows (field `e`): `runtime`, `runner` (name, version); `missing` (the runner is not installed); `tests` (names that were found); `start` (n, name, file, line); `test`
 * (n, state, ms, message, details, at); `broken` (a file that could not be loaded); `internal`; `note`; `file` (n, path), `lines` (n of a
 * test or null, files), `able` (n of a file, lines); `end` (code). Where a runner tells of a file's tests only when all have ended: `files` (names that were
 * found), `open` and `over` (name).
 */
import type { Ending, Outcome } from '../types.ts';
import { recordOf } from '../untrusted.ts';
import { linesOf, readSealed } from './rows.ts';
import {
  type BrokenFile,
  failingStates,
  type LinesByFile,
  type SuiteEnding,
  type TestCoverage,
  type TestJob,
  type TestPlace,
  type TestReport,
  type TestResult,
  type TestState,
  testStates,
} from './types.ts';

type Row = Readonly<Record<string, unknown>>;

/** Where reporters write, below the work directory. */
export const testDirectory = '.winnow-tests';

/** Whether a file is ours and no part of the project: what is recorded of a run has it all the same. */
export const isOfHarness = (path: string): boolean => path.startsWith(`${testDirectory}/`);

/** What rows alone say. */
export interface Told {
  readonly version: string | null;
  /** Version of the interpreter; null: it did not get to say. */
  readonly runtime: string | null;
  readonly missing: string | null;
  readonly tests: readonly TestResult[];
  readonly broken: readonly BrokenFile[];
  readonly coverage: TestCoverage;
  readonly unsealed: number;
  readonly notes: readonly string[];
  readonly internal: string | null;
  /** The runner's own exit code; null: it did not come to its end. */
  readonly code: number | null;
}

const text = (value: unknown, most: number): string => (typeof value === 'string' ? value.slice(0, most) : '');
const count = (value: unknown): number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : 0;

function placeOf(path: unknown, line: unknown): TestPlace | null {
  const shown = text(path, 2000);
  return shown === '' ? null : { path: shown, line: Math.trunc(count(line)) };
}

const failedAt = (value: unknown): TestPlace | null => (Array.isArray(value) ? placeOf(value[0], value[1]) : null);

/** @param ended how the process ended: what became of the test that was running */
export function tellRows(bytes: Uint8Array, key: string, ended: Ending): Told {
  const { rows, unsealed } = readSealed(bytes, key);
  const found: string[] = [];
  const begun = new Map<number, { name: string; place: TestPlace | null }>();
  const results = new Map<number, TestResult>();
  const broken: BrokenFile[] = [];
  const notes: string[] = [];
  const lines = new LineRows();
  const untold = new Map<string, 'found' | 'open'>();
  let runtime: string | null = null;
  let runner: string | null = null;
  let missing: string | null = null;
  let internal: string | null = null;
  let code: number | null = null;
  for (const row of rows) {
    const n = count(row.n);
    switch (row.e) {
      case 'runtime':
        runtime = `${text(row.name, 100)} ${text(row.version, 100)}`;
        break;
      case 'runner':
        runner = `${text(row.name, 100)} ${text(row.version, 100)}`;
        break;
      case 'missing':
        missing = text(row.text, 2000);
        break;
      case 'tests':
        for (const name of Array.isArray(row.names) ? row.names : []) found.push(text(name, 2000));
        break;
      case 'files':
        for (const name of Array.isArray(row.names) ? row.names : []) untold.set(text(name, 2000), 'found');
        break;
      case 'open':
        untold.set(text(row.name, 2000), 'open');
        break;
      case 'over':
        untold.delete(text(row.name, 2000));
        break;
      case 'start':
        begun.set(n, { name: text(row.name, 2000), place: placeOf(row.file, row.line) });
        break;
      case 'test': {
        const start = begun.get(n);
        if (start !== undefined) results.set(n, resultOf(row, start));
        break;
      }
      case 'broken':
        broken.push({
          name: text(row.name, 2000),
          message: text(row.message, 2000),
          failedAt: failedAt(row.at),
          details: text(row.details, 20_000),
        });
        break;
      case 'internal':
        internal = text(row.text, 20_000);
        break;
      case 'note':
        notes.push(text(row.text, 1000));
        break;
      case 'end':
        code = count(row.code);
        break;
      default:
        lines.take(row, begun);
    }
  }
  const tests: TestResult[] = [];
  const left = counted(found);
  for (const [n, { name, place }] of begun) {
    left.set(name, (left.get(name) ?? 0) - 1);
    tests.push(results.get(n) ?? cutOff(name, place, ended));
  }
  for (const [name, times] of left)
    for (let time = 0; time < times; time++)
      tests.push({ ...plain(name, null), state: 'not-run', message: 'the suite ended before it' });
  for (const [name, state] of untold) {
    const place = { path: name, line: 0 };
    // With `--bail` a runner comes to its end without them.
    if (state === 'found' || code !== null)
      tests.push({ ...plain(name, place), state: 'not-run', message: 'the suite ended before it' });
    else {
      if (!tests.some((one) => one.state === 'crashed' && one.place?.path === name))
        tests.push(cutOff(name, place, ended));
      notes.push(`the process ended in ${name}: tests of it that had not begun are not known`);
    }
  }
  return {
    version: runner === null ? null : runtime === null ? runner : `${runner} on ${runtime}`,
    runtime,
    missing,
    tests,
    broken,
    coverage: lines.coverage(),
    unsealed,
    notes,
    internal,
    code,
  };
}

const plain = (name: string, place: TestPlace | null): TestResult => ({
  name,
  state: 'passed',
  ms: 0,
  place,
  message: '',
  failedAt: null,
  details: '',
});

function counted(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

function resultOf(row: Row, { name, place }: { name: string; place: TestPlace | null }): TestResult {
  const state = testStates.find((one) => one === row.state) ?? 'error';
  return {
    name,
    state,
    ms: count(row.ms),
    place,
    message: text(row.message, 2000),
    failedAt: failedAt(row.at),
    details: text(row.details, 20_000),
  };
}

/** A test that began and of which no end was told. */
function cutOff(name: string, place: TestPlace | null, ended: Ending): TestResult {
  const isLate = ended.kind === 'timed-out';
  const state: TestState = isLate ? 'timed-out' : 'crashed';
  const why = isLate ? `running when no ${ended.clock} time was left` : `the process ended in it: ${endingText(ended)}`;
  return { ...plain(name, place), state, message: why };
}

export function endingText(ended: Ending): string {
  switch (ended.kind) {
    case 'exited':
      return `exit code ${ended.code}`;
    case 'crashed':
      return ended.reason;
    case 'timed-out':
      return `no ${ended.clock} time left`;
    case 'output-limit':
      return `too much output on ${ended.stream}`;
    default:
      return ended.kind.replaceAll('-', ' ');
  }
}

/** Rows about lines. */
class LineRows {
  readonly #paths = new Map<number, string>();
  readonly #tests = new Map<string, Map<string, Set<number>>>();
  readonly #loading = new Map<string, Set<number>>();
  readonly #able = new Map<string, Set<number>>();

  take(row: Row, begun: ReadonlyMap<number, { name: string }>): void {
    const n = count(row.n);
    if (row.e === 'file') this.#paths.set(n, text(row.path, 2000));
    if (row.e === 'able') this.#add(this.#able, n, row.lines);
    if (row.e !== 'lines' || typeof row.files !== 'object' || row.files === null) return;
    // By the number of a test, or by a name of its own: a file of tests.
    const name = typeof row.of === 'string' ? row.of : row.n === null ? null : begun.get(n)?.name;
    if (name === undefined) return;
    const into = name === null ? this.#loading : (this.#tests.get(name) ?? new Map<string, Set<number>>());
    if (name !== null) this.#tests.set(name, into);
    for (const [file, lines] of Object.entries(row.files)) this.#add(into, Number(file), lines);
  }

  #add(into: Map<string, Set<number>>, file: number, lines: unknown): void {
    const path = this.#paths.get(file);
    if (path === undefined) return;
    const known = into.get(path) ?? new Set<number>();
    into.set(path, known);
    for (const line of linesOf(lines)) known.add(line);
  }

  coverage(): TestCoverage {
    const rising = (files: ReadonlyMap<string, ReadonlySet<number>>): Map<string, number[]> =>
      new Map([...files].map(([path, lines]) => [path, [...lines].sort((a, b) => a - b)]));
    return {
      grain: 'test',
      tests: new Map([...this.#tests].map(([name, files]) => [name, rising(files)])),
      loading: rising(this.#loading),
      able: rising(this.#able),
    };
  }
}

/** What the processes of a runner wrote about lines, each into a file of its own, without seals. */
export function tellLines(files: readonly Uint8Array[]): TestCoverage {
  const parts = files.map((bytes) => {
    const lines = new LineRows();
    for (const line of new TextDecoder().decode(bytes).split('\n')) {
      const row = recordOf(line);
      if (row !== null) lines.take(row, new Map());
    }
    return lines.coverage();
  });
  const into = (all: Map<string, Map<string, number[]>>, name: string, files: LinesByFile): void => {
    const known = all.get(name) ?? new Map<string, number[]>();
    all.set(name, known);
    for (const [path, lines] of files)
      known.set(
        path,
        [...new Set([...(known.get(path) ?? []), ...lines])].sort((a, b) => a - b),
      );
  };
  const tests = new Map<string, Map<string, number[]>>();
  const whole = new Map<string, Map<string, number[]>>();
  for (const part of parts) {
    for (const [name, files] of part.tests) into(tests, name, files);
    into(whole, 'loading', part.loading);
    into(whole, 'able', part.able);
  }
  const none = new Map<string, number[]>();
  return { grain: 'test', tests, loading: whole.get('loading') ?? none, able: whole.get('able') ?? none };
}

/** What was told and how the process ended, together. */
export function reportOf({ request, chosen }: TestJob, told: Told, outcome: Outcome): TestReport {
  return {
    runner: request.runner,
    version: told.version,
    interpreter: { version: told.runtime, chosen },
    ending: suiteEnding(told, outcome.ending),
    tests: told.tests,
    broken: told.broken,
    coverage: request.coverage ? told.coverage : null,
    code: told.code,
    unsealed: told.unsealed,
    notes: request.coverage ? [...told.notes, ...lostLines(told)] : told.notes,
    outcome: { ...outcome, files: [] },
  };
}

/** A test whose process ended in it did not come to tell what it ran. */
function lostLines({ tests, coverage }: Told): string[] {
  const lost = tests.filter(
    ({ name, state }) => state === 'crashed' || (state === 'timed-out' && !coverage.tests.has(name)),
  );
  const [first] = lost;
  if (first === undefined) return [];
  return [
    `lines are missing: the process ended in ${lost.length === 1 ? first.name : `${lost.length} tests, the first is ${first.name}`}; what only such a test ran is told as not run`,
  ];
}

function suiteEnding({ version, code, internal, tests, broken }: Told, ended: Ending): SuiteEnding {
  if (internal !== null) return { kind: 'runner-failed', reason: internal };
  if (code === null) {
    switch (ended.kind) {
      case 'timed-out':
        return { kind: 'stopped', limit: ended.clock };
      case 'out-of-memory':
        return { kind: 'stopped', limit: 'memory' };
      case 'output-limit':
        return { kind: 'stopped', limit: ended.stream };
      default: {
        const lost = "; nothing is left of the harness's report: the tests deleted it, or the runner did not begin";
        const reason = `${endingText(ended)}${version === null ? lost : ''}`;
        return tests.length > 0 ? { kind: 'crashed', reason } : { kind: 'runner-failed', reason };
      }
    }
  }
  if (tests.length > 0 || broken.length > 0) return { kind: 'finished' };
  // Exit code 5 is pytest's for no tests; others have 0 or 1 of it.
  return code === 0 || code === 1 || code === 5
    ? { kind: 'no-tests' }
    : { kind: 'runner-failed', reason: `the runner ended with code ${code}` };
}

/** Whether everything that was found has passed, all was found, and the runner thinks so as well. */
export const hasPassed = ({ ending, broken, tests, code }: TestReport): boolean =>
  ending.kind === 'finished' &&
  broken.length === 0 &&
  code === 0 &&
  tests.every(({ state }) => !failingStates.includes(state));
