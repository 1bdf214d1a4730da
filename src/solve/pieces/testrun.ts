/**
 * Programs on tests that the solver may see, and on tests and inputs that a model made up.
 *
 * Functions in Python go through `select`'s matrix: tests are taken apart where no candidate runs, and what calls gave comes back as literals. All else runs as a program: a statement behind the
 * candidate, or standard input whose output is compared line by line, spaces at the ends of lines aside.
 */
import { randomUUID } from 'node:crypto';
import { WinnowError } from '../../base/mod.ts';
import { cellStates, type Candidate as Drawn, fillMatrix, type Matrix, type Probe } from '../../select/mod.ts';
import type { ExecutionPlan, Kit } from '../frame/kit.ts';
import type { Task, TestResult, TestRun, TestState, VisibleTest } from '../types.ts';
import { besideFiles } from './beside.ts';
import { jobOf, programText, type Ran, ranOf, testMs } from './program.ts';
import { statementTest } from './statements.ts';

const isMatrixTask = (task: Task, tests: readonly VisibleTest[]): boolean =>
  task.language === 'python' && task.entry !== null && tests.every(({ expected }) => expected === null);

/** One program on tests; the task's visible ones where no others are named, and of its entry where no other function is. @throws WinnowError as `Kit.execute` */
export async function runTests(
  kit: Kit,
  title: string,
  source: string,
  tests: readonly VisibleTest[] = kit.task.visible,
  entry: string | null = kit.task.entry,
): Promise<TestRun> {
  const { task } = kit;
  if (tests.length === 0) return { results: [], passed: 0, broken: null };
  const asMatrix = isMatrixTask(task, tests);
  const plan: ExecutionPlan<TestRun> = {
    what: 'tests',
    title,
    programs: asMatrix ? 1 : tests.length,
    key: [task.language, task.prelude, entry, source, tests, ...ownerOf(task)],
    work: () => (asMatrix ? throughMatrix(kit, source, tests, entry) : throughJobs(kit, source, tests)),
    summary: summaryOf,
  };
  return kit.execute(plan).catch((error) => {
    // What was drawn and paid for is an answer, though nobody knows how good.
    const isWhole = tests === task.visible && entry === task.entry;
    if (isWhole && error instanceof WinnowError && error.code === 'over-budget')
      kit.keep(source, null, 'drawn, and not tested: the budget was spent');
    throw error;
  });
}

/** Of what a result depends on; nothing for what is no method, so that earlier runs go on. */
const ownerOf = ({ method }: Task): readonly string[] => (method == null ? [] : [method.owner]);

export const summaryOf = ({ results, passed, broken }: TestRun): string =>
  broken === null ? `${passed} of ${results.length} tests passed` : `it ${broken}`;

async function throughMatrix(
  kit: Kit,
  source: string,
  tests: readonly VisibleTest[],
  entry: string | null,
): Promise<TestRun> {
  const probes = tests.map((test, at) => ({ id: `${at}`, source: test.source, drawn: 1 }));
  const matrix = await matrixOf(kit, [{ id: '0', source, drawn: 1 }], probes, testMs, entry);
  const [row] = matrix.rows;
  const came = tests.map((test, column): TestResult => resultOf(test, matrix, 0, column));
  // What was stopped by the clock had been loaded: loading has a shorter one. Which test took the time is not known, so none has ended in it.
  const isLate = row?.ending === 'timed-out';
  const results = came.map((one) =>
    isLate && one.state === 'not-run' ? { ...one, state: 'timed-out' as const } : one,
  );
  const isBroken = row !== undefined && row.ending !== 'whole' && results.every(({ state }) => state === 'not-run');
  // Tests are asked in their order, each told before the next: the first that is missing is the one it died in.
  const fatal = row?.ending === 'died' && !isBroken ? results.findIndex(({ state }) => state === 'not-run') : -1;
  if (fatal >= 0)
    results[fatal] = { ...(results[fatal] as TestResult), state: 'raised', output: `!${endOf(row?.reason ?? null)}` };
  return {
    results,
    passed: results.filter(({ state }) => state === 'passed').length,
    broken: isBroken ? brokenOf(row) : null,
  };
}

const endOf = (reason: string | null): string => `the end of its process${reason === null ? '' : `: ${reason}`}`;

function brokenOf({ ending, reason }: Matrix['rows'][number]): string {
  const why = reason ?? 'nothing is known of how';
  if (ending === 'died' || ending === 'left') return `ends its process: ${why}`;
  return `does not load: ${ending === 'invalid' ? 'it does not parse, ' : ''}${why}`;
}

function resultOf(test: VisibleTest, matrix: Matrix, row: number, column: number): TestResult {
  const at = row * matrix.columns.length + column;
  const cell = cellStates[matrix.states[at] ?? -1] ?? 'not-run';
  // An input alone has nothing to fail; what cannot be told does not pass.
  const state: TestState = cell === 'returned' ? 'passed' : cell === 'unjudged' ? 'failed' : cell;
  return { test, state, output: matrix.texts[matrix.outputs[at] ?? -1] ?? null };
}

async function throughJobs(kit: Kit, source: string, tests: readonly VisibleTest[]): Promise<TestRun> {
  const { task, around } = kit;
  const results: TestResult[] = [];
  let broken: string | null = null;
  for (const test of tests) {
    if (broken !== null) {
      results.push({ test, state: 'not-run', output: null });
      continue;
    }
    const asInput = test.expected !== null;
    // No program knows this word beforehand: who prints it has come to the test's end.
    const mark = `end-${randomUUID()}`;
    const behind = asInput ? '' : statementTest(task.language, test.source, mark);
    const job = jobOf(task, programText(task, source, behind), asInput ? test.source : null);
    const ran = ranOf(await around.runner.run(job, { signal: around.signal }));
    if (ran.ended === 'not-compiled') broken = `does not compile: ${firstLines(ran.stderr)}`;
    const state = stateOf(ran, test, mark);
    const said = asInput && state !== 'raised' ? ran.stdout : lastLine(ran.stderr);
    results.push({ test, state, output: said ?? (state === 'raised' ? `!${endOf(ran.how)}` : null) });
  }
  return { results, passed: results.filter(({ state }) => state === 'passed').length, broken };
}

function stateOf(ran: Ran, { expected }: VisibleTest, mark: string): TestState {
  if (ran.ended === 'not-compiled') return 'not-run';
  if (ran.ended === 'timed-out') return 'timed-out';
  if (ran.ended === 'badly') return /assert/i.test(ran.stderr) && expected === null ? 'failed' : 'raised';
  // A program that ends itself well before its test has ended has passed nothing.
  if (expected === null) return ran.stdout.trimEnd().endsWith(mark) ? 'passed' : 'raised';
  return sameOutput(ran.stdout, expected) ? 'passed' : 'failed';
}

const sameOutput = (one: string, other: string): boolean => trimmed(one) === trimmed(other);
const trimmed = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .trimEnd();
const lastLine = (text: string): string | null => text.trimEnd().split('\n').at(-1) || null;
const firstLines = (text: string): string => text.trim().split('\n').slice(0, 5).join('\n').slice(0, 500);

/**
 * Many functions on tests or inputs (Python).
 *
 * @param callMs CPU time of one call, ms
 */
export function runMatrix(
  kit: Kit,
  title: string,
  candidates: readonly Drawn[],
  probes: readonly Probe[],
  callMs: number,
  entry: string | null = kit.task.entry,
): Promise<Matrix> {
  const { task } = kit;
  return kit.execute<Matrix>({
    what: 'matrix',
    title,
    programs: candidates.length,
    key: [task.prelude, entry, candidates, probes, callMs, ...ownerOf(task)],
    work: () => matrixOf(kit, candidates, probes, callMs, entry),
    summary: ({ rows, columns }) => `${rows.length} programs on ${columns.length} tests or inputs`,
    form: {
      write: ({ states, outputs, ...rest }) => ({ ...rest, states: [...states].join(''), outputs: [...outputs] }),
      read: (value) => {
        const { states, outputs, ...rest } = value as { states: string; outputs: number[] } & Omit<
          Matrix,
          'states' | 'outputs'
        >;
        return { ...rest, states: Uint8Array.from(states, Number), outputs: Int32Array.from(outputs) };
      },
    },
  });
}

function matrixOf(
  { task, around: { runner, signal } }: Kit,
  candidates: readonly Drawn[],
  probes: readonly Probe[],
  callMs: number,
  entry: string | null,
): Promise<Matrix> {
  const whole = candidates.map((candidate) => ({ ...candidate, source: programText(task, candidate.source) }));
  return fillMatrix(
    { id: task.id, entryPoint: entry ?? '', context: contextOf(task), candidates: whole, probes },
    { runner, signal, callMs, ...(task.beside == null ? {} : { beside: besideOf(task) }) },
  );
}

const besideOf = (task: Task) => ({ files: besideFiles(task), read: task.beside?.packages ?? [] });

/** What tests may name: the imports that stand above a candidate. */
const contextOf = ({ prelude, stub }: Task): string => `${prelude}\n${stub === null ? '' : `${stub}    pass\n`}`;

/** Texts as they differ, with how often each was drawn. */
export function counted(texts: readonly string[]): readonly { id: string; source: string; drawn: number }[] {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].map(([source, drawn], at) => ({ id: `${at}`, source, drawn }));
}
