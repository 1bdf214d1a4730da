/** Questions about real runs, their answers, and scores of predictions, in the sandbox. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keptCache } from '../../../test/keptcache.ts';
import { openRunner } from '../../run/mod.ts';
import { benchExecution, type ExecutionOptions, type ExecutionReport } from './executionreasoning.ts';
import { type Question, questionKinds } from './questions.ts';
import { incrementalConsistency, scorePrediction } from './scoring.ts';

const firstUp = `def first_up(items, least=0):
    """The first item above the least one, or None."""
    count = 0
    for item in items:
        if item > least:
            return item
        count += 1
    if count > 100:
        count = 0
    return None
`;
const lines = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'winnow-execution-'));
  writeFileSync(
    join(dir, 'programs.jsonl'),
    lines([
      { id: 'up', code: firstUp, entry_point: 'first_up', inputs: ['([-1, 4], 0)', '([],)'], outputs: ['4', 'None'] },
      { id: 'bad', code: 'def f(x):\n    return {}[x]\n', input: "'a'" },
      { id: 'none', code: 'def f(x:\n', input: '1' },
      { id: 'wrong', code: 'def f(x):\n    return x\n', input: '1', output: '2' },
      {
        id: 'names',
        code: 'def found(x):\n    return 1\ndef repr(x):\n    return found\nvalue = said = json = 3\ndef f(x):\n    return [x]\n',
        input: 'value',
      },
      {
        id: 'class',
        code: 'class A:\n    def set(self, x):\n        self.x = x\n        y = self.x\n',
        after: ['A().set([1])'],
      },
    ]),
  );
  writeFileSync(join(dir, 'plain.py'), 'for i in range(3):\n    j = i * 0.5\nprint("Sum", 1.5)\n');
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const options = (more: Partial<ExecutionOptions> = {}): ExecutionOptions => ({
  programs: [join(dir, 'programs.jsonl'), join(dir, 'plain.py')],
  kinds: questionKinds,
  perProgram: 8,
  seed: 1,
  limit: undefined,
  predictions: undefined,
  out: undefined,
  wallMs: 10_000,
  backend: 'native',
  parallelism: 2,
  cacheDir: keptCache,
  path: (process.env.PATH ?? '').split(':'),
  signal: undefined,
  onProgress: undefined,
  ...more,
});

const runner = openRunner({
  cacheDir: keptCache,
  path: (process.env.PATH ?? '').split(':'),
});
const native = (await runner.offers()).find(({ backend }) => backend === 'native');
const hasPython =
  native?.availability.state === 'ready' &&
  native.runtimes.some(({ language, state }) => language === 'python' && state === 'ready');
await runner.close();
const missing = hasPython ? '' : ' (skipped: no Python on the native backend here)';

describe.skipIf(!hasPython)(`questions about runs${missing}`, () => {
  let report: ExecutionReport;
  beforeAll(async () => {
    report = await benchExecution(options({ out: join(dir, 'questions.jsonl') }));
  }, 60_000);
  const answersOf = (id: string): readonly string[] | undefined =>
    report.questions.find((one) => one.id === id)?.answers;

  test('answers are what happened', () => {
    expect(answersOf('up#0/output')).toEqual(['4']);
    expect(answersOf('bad#0/output')).toEqual(['raises KeyError']);
    expect(answersOf('bad#0/path:2:1')).toEqual(['exception']);
    expect(answersOf('plain.py#0/output')).toEqual(['Sum 1.5\n']);
    expect(answersOf('up#0/specification')).toEqual(['4']);
    expect(answersOf('names#0/output')).toEqual(['[3]']);
    expect(answersOf('names#0/input')).toBeUndefined();
    const states = report.questions.filter(({ kind, group }) => kind === 'state' && group === null);
    expect(states.find(({ id }) => id.startsWith('up#0/state:3:1:count'))?.answers).toEqual(['int; 0']);
    expect(states.find(({ program, line }) => program === 'class' && line === 4)?.answers).toEqual(['list; [1]']);
    const half = report.questions.find(({ id }) => id === 'plain.py#0/consistency/state:2:j');
    expect(half?.answers).toEqual(['float; 0.0', 'float; 0.5', 'float; 1.0']);
  });

  test('lines that do not run are asked too', async () => {
    const { questions } = await benchExecution(
      options({ kinds: ['coverage', 'consistency'], perProgram: 40, limit: 1 }),
    );
    const coverage = questions.filter(({ id }) => id.startsWith('up#0/coverage'));
    expect(Object.fromEntries(coverage.map(({ line, answers }) => [line, answers[0]]))).toEqual({
      ...{ 3: 'yes', 4: 'yes', 5: 'yes', 6: 'yes', 7: 'yes' },
      ...{ 8: 'no', 9: 'no', 10: 'no' },
    });
    const state = questions.find(({ id }) => id === 'up#0/consistency/state:9:count');
    expect(state?.answers).toEqual(['not executed']);
  }, 60_000);

  test('what cannot be asked is told with its reason, and what the data says otherwise', () => {
    expect(report.leftOut.map(({ program }) => program)).toEqual(['none']);
    expect(report.leftOut[0]?.reason).toContain('SyntaxError');
    expect(report.differ).toEqual([{ program: 'wrong', run: 0, said: '2', came: '1' }]);
    expect(report.said).toBe(3);
  });

  test('ids are unique, and the same seed asks the same', async () => {
    expect(new Set(report.questions.map(({ id }) => id)).size).toBe(report.questions.length);
    const again = await benchExecution(options());
    expect(again.questions).toEqual(report.questions);
  }, 60_000);

  test('right predictions are right, inputs by running them; wrong ones are not', async () => {
    const right = report.questions.map(({ id, kind, answers }) => ({
      id,
      prediction: kind === 'input' && id.startsWith('up#0') ? 'first_up([3, 4], least=3)' : answers.at(-1),
    }));
    writeFileSync(join(dir, 'right.jsonl'), lines([...right, { id: 'nobody', prediction: 'x' }]));
    const { scores } = await benchExecution(options({ predictions: join(dir, 'right.jsonl') }));
    for (const score of Object.values(scores?.kinds ?? {})) expect(score.right.exact.value).toBe(1);
    expect(scores?.consistency?.incremental.value).toBe(1);
    expect(scores?.unknown).toBe(1);
    expect(scores?.ran).toBe(report.questions.filter(({ kind }) => kind === 'input').length);
    expect(Object.keys(scores?.surrogate ?? {}).sort()).toEqual(['printed', 'raised', 'value']);

    const hostile = "first_up([__import__('os').getpid()])";
    const wrong = report.questions.map(({ id, kind }) => ({
      id,
      predictions: kind === 'input' ? ['[1]', hostile] : ['?', '?'],
    }));
    writeFileSync(join(dir, 'wrong.jsonl'), lines(wrong));
    const bad = (await benchExecution(options({ predictions: join(dir, 'wrong.jsonl') }))).scores;
    for (const score of Object.values(bad?.kinds ?? {})) expect(score.right.lenient.value).toBeLessThan(0.3);
    expect(bad?.kinds.input?.unreadable).toBe(bad?.kinds.input?.questions);
    expect(bad?.consistency?.incremental.value).toBe(0);
  }, 120_000);

  test('questions without a prediction are wrong, and counted', async () => {
    writeFileSync(join(dir, 'few.jsonl'), lines([{ id: 'up#0/output', prediction: '4' }]));
    const { scores } = await benchExecution(options({ kinds: ['output'], predictions: join(dir, 'few.jsonl') }));
    const output = scores?.kinds.output;
    expect(output?.unanswered).toBe((output?.questions ?? 0) - 1);
    expect(output?.right.equal.value).toBeCloseTo(1 / (output?.questions ?? 0));
  }, 60_000);

  test('bad files are told with their line', async () => {
    writeFileSync(join(dir, 'bad.jsonl'), '{"id": 3}\n');
    await expect(benchExecution(options({ predictions: join(dir, 'bad.jsonl') }))).rejects.toThrow(
      /bad\.jsonl:1: expected/,
    );
    writeFileSync(join(dir, 'code.jsonl'), '{"code": 1}\n');
    await expect(benchExecution(options({ programs: [join(dir, 'code.jsonl')] }))).rejects.toThrow(
      /code\.jsonl:1: expected/,
    );
  });
});

describe('scores', () => {
  const question = (more: Partial<Question>): Question => ({
    id: 'q',
    program: 'p',
    run: 0,
    kind: 'output',
    group: null,
    code: '',
    call: '',
    question: '',
    line: null,
    variable: null,
    answers: [],
    came: 'value',
    output: null,
    ...more,
  });
  const strengthsOf = (asked: Partial<Question>, prediction: string): string =>
    Object.entries(scorePrediction(question(asked), prediction).right)
      .flatMap(([strength, right]) => (right ? [strength] : []))
      .join(' ');

  test('each kind by its own words', () => {
    expect(strengthsOf({ kind: 'coverage', answers: ['yes'] }, 'Yes.')).toBe('exact equal lenient');
    expect(strengthsOf({ kind: 'coverage', answers: ['yes'] }, 'no')).toBe('');
    expect(strengthsOf({ kind: 'path', answers: ['4', 'end'] }, '-1')).toBe('exact equal lenient');
    expect(strengthsOf({ kind: 'path', answers: ['4'] }, 'line 4')).toBe('exact equal lenient');
    expect(strengthsOf({ kind: 'state', answers: ['int; 3'] }, 'int;3')).toBe('exact equal lenient');
    expect(strengthsOf({ kind: 'state', answers: ['float; 3.0'] }, 'float; 3')).toBe('equal lenient');
    expect(strengthsOf({ kind: 'state', answers: ['int; 3'] }, 'str; 3')).toBe('');
    expect(strengthsOf({ kind: 'state', answers: ['int; 3'] }, '3')).toBe('');
    expect(strengthsOf({ answers: ['raises KeyError'], came: 'raised' }, "KeyError: 'a'")).toBe('exact equal lenient');
    expect(strengthsOf({ answers: ['a 1.5\n'], came: 'printed' }, 'a 1.5')).toBe('equal lenient');
    expect(strengthsOf({ answers: ['a 1.5\n'], came: 'printed' }, 'A  1.5000000')).toBe('lenient');
    expect(strengthsOf({ answers: ['<A object>'] }, '<A object>')).toBe('exact equal lenient');
  });

  test('incremental consistency counts what is right in order', () => {
    expect(incrementalConsistency([true, true, true, true])).toBe(1);
    expect(incrementalConsistency([true, true, true, false])).toBe(0.5);
    expect(incrementalConsistency([true, true, false, false])).toBe(0.25);
    expect(incrementalConsistency([true, false, false, false])).toBe(0.125);
    expect(incrementalConsistency([true, false, true, true])).toBe(0);
    expect(incrementalConsistency([false, true, true, true])).toBe(0);
  });
});
