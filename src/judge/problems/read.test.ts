import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Checker, Problem } from '../types.ts';
import { readProblems } from './read.ts';

const place = mkdtempSync(join(tmpdir(), 'winnow-problems-'));
afterAll(() => rmSync(place, { recursive: true }));

let made = 0;
function read(files: Readonly<Record<string, string>>): Problem[] {
  const directory = join(place, String(made++));
  for (const [path, text] of Object.entries({ ...files })) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  return readProblems(directory);
}
const one = (files: Readonly<Record<string, string>>): Problem => read(files)[0] as Problem;
const refused =
  (files: Readonly<Record<string, string>>): (() => void) =>
  () =>
    void read(files);

const test1 = { 'tests/1.in': '', 'tests/1.out': '' };
const own = (more: object): Record<string, string> => ({
  'problem.json': JSON.stringify({ schema: 'winnow.problem/1', ...more }),
  ...test1,
});
const pack = (yaml: string): Record<string, string> => ({
  'problem.yaml': yaml,
  'data/secret/1.in': '',
  'data/secret/1.ans': '',
});

test('a problem that cannot be read leaves the others, when somebody is told of it', () => {
  const files = { 'bad/problem.json': '{', 'sum/1.in': '', 'sum/1.out': '' };
  expect(refused(files)).toThrow(/problem\.json/);
  const told: string[] = [];
  const problems = readProblems(join(place, String(made - 1)), (name) => told.push(name));
  expect(problems.map(({ name }) => name)).toEqual(['sum']);
  expect(told).toEqual(['bad']);
});

describe('a plain directory', () => {
  test('tests by number, samples first and shown, at any depth', () => {
    const problem = one({
      '10.in': '',
      '10.out': '',
      '2.in': '',
      '2.ans': '',
      'sample1.in': '',
      'sample1.a': '',
      'more/1.in': '',
      'more/1.out': '',
      'sampled.in': '',
      'sampled.out': '',
    });
    expect(problem.format).toBe('plain');
    expect(problem.tests.map(({ name, isHidden }) => `${name} ${isHidden}`)).toEqual([
      'sample1 false',
      '2 true',
      '10 true',
      'more/1 true',
      'sampled true',
    ]);
  });
  test('arguments beside a test, and answers without an input', () => {
    const problem = one({ '1.in': '', '1.out': '', '1.args': '-n  5\n', '2.out': '' });
    expect(problem.tests[0]?.args).toEqual(['-n', '5']);
    expect(problem.notices).toEqual(['1 answers have no input, 2.out among them; they are left out.']);
  });
  test('an input without an answer is a mistake', () => {
    expect(refused({ '1.in': '' })).toThrow('1.in has no answer: 1.ans or 1.out was expected beside it.');
  });
});

describe('our own format', () => {
  test('limits, and what is usual where it says nothing', () => {
    const problem = one(own({ name: 'N', limits: { timeMs: 1500, memoryMiB: 64, timeFactors: { py: 3, cpp: 1.5 } } }));
    expect(problem).toMatchObject({
      title: 'N',
      namesTime: true,
      limits: { timeMs: 1500, memoryBytes: 64 * 2 ** 20, outputBytes: 16 * 2 ** 20 },
      timeFactors: { python: 3, cpp: 1.5 },
      checker: { kind: 'tokens', tolerance: null },
    });
    expect(one(own({})).namesTime).toBe(false);
  });
  const checkers: readonly (readonly [unknown, Partial<Checker>])[] = [
    ['exact', { kind: 'exact' }],
    ['tokens', { kind: 'tokens', ignoreCase: false, spaces: false, tolerance: null }],
    ['unordered-lines', { kind: 'lines', unordered: true, ignoreCase: false }],
    [
      { kind: 'tokens', absolute: 1e-6 },
      { kind: 'tokens', tolerance: { absolute: 1e-6, relative: null } },
    ],
    [
      { kind: 'lines', ignoreCase: true },
      { kind: 'lines', unordered: false, ignoreCase: true },
    ],
  ];
  test.each(checkers)('the checker %j', (given, wanted) => {
    expect(one(own({ checker: given })).checker).toMatchObject(wanted);
  });
  test('a checker that is a program, with what lies beside it', () => {
    const { checker } = one({
      ...own({
        checker: { kind: 'testlib', program: 'check.cpp', files: ['lib/testlib.h'], timeMs: 1000, fullPoints: 100 },
      }),
      'check.cpp': 'int main() {}',
      'lib/testlib.h': '',
    });
    expect(checker).toMatchObject({
      kind: 'program',
      protocol: 'testlib',
      program: { language: 'cpp', entry: 'check.cpp', limits: { cpuMs: 1000 }, fullPoints: 100 },
    });
    expect(checker.kind === 'program' && checker.program.files.map(({ path }) => path)).toEqual([
      'check.cpp',
      'testlib.h',
    ]);
  });
  test('groups in their order, tests by them', () => {
    const problem = one({
      ...own({
        groups: [
          { name: 'b', tests: 'b*', points: 1 },
          { name: 'a', tests: ['a*'], points: 2.5, score: 'share', after: ['b'] },
        ],
      }),
      'tests/a1.in': '',
      'tests/a1.out': '',
      'tests/b1.in': '',
      'tests/b1.out': '',
    });
    expect(problem.tests.map(({ name, group }) => `${name} ${group}`)).toEqual(['1 null', 'b1 b', 'a1 a']);
  });
  const bad: readonly (readonly [string, object, string])[] = [
    ['an unknown key', { limit: {} }, 'limit'],
    ['a limit that is none', { limits: { timeMs: -1 } }, 'limits.timeMs'],
    ['an unknown checker', { checker: 'fuzzy' }, 'checker'],
    ['an unknown language', { limits: { timeFactors: { cobolt: 2 } } }, 'cobolt'],
    [
      'a checker outside',
      { checker: { kind: 'testlib', program: '../check.cpp' } },
      "a path within the problem's directory",
    ],
    ['a checker that is not there', { checker: { kind: 'testlib', program: 'check.cpp' } }, 'is not there'],
    ['a group of nothing', { groups: [{ name: 'a', tests: 'x*', points: 1 }] }, 'that no test fits'],
    [
      'a group after none',
      { groups: [{ name: 'a', tests: '1', points: 1, after: ['z'] }] },
      'which is no group before it',
    ],
    [
      'a test in two groups',
      {
        groups: [
          { name: 'a', tests: '1', points: 1 },
          { name: 'b', tests: '*', points: 1 },
        ],
      },
      'in two groups',
    ],
  ];
  test.each(bad)('%s is refused', (_, more, said) => expect(refused(own(more))).toThrow(said));
  test('a file that is no JSON, and one of another version', () => {
    expect(refused({ ...test1, 'problem.json': '{' })).toThrow('cannot be read');
    expect(refused({ ...test1, 'problem.json': '[]' })).toThrow('a map of names to values');
    expect(refused({ ...test1, 'problem.json': '{"schema":"winnow.problem/9"}' })).toThrow('winnow.problem/1');
  });
});

describe('packages of Kattis', () => {
  test('limits of both versions, and that of its tools', () => {
    expect(one(pack('name: A\n'))).toMatchObject({
      format: 'kattis',
      title: 'A',
      namesTime: false,
      limits: { memoryBytes: 2 ** 30, outputBytes: 8 * 2 ** 20 },
    });
    const draft = pack('problem_format_version: 2023-07-draft\nname: {sv: B}\nlimits: {time_limit: 1.5, memory: 64}\n');
    expect(one(draft)).toMatchObject({ title: 'B', limits: { timeMs: 1500, memoryBytes: 2 ** 26 } });
    expect(one({ ...pack('name: A\n'), '.timelimit': '3\n' }).limits.timeMs).toBe(3000);
    expect(one({ ...pack('name: A\n'), 'domjudge-problem.ini': "timelimit='2'\n" }).limits.timeMs).toBe(2000);
  });
  test('the default validator has no case, and its flags', () => {
    expect(one(pack('name: A\n')).checker).toMatchObject({
      kind: 'tokens',
      ignoreCase: true,
      spaces: false,
      tolerance: null,
    });
    const flags = 'validator_flags: case_sensitive space_change_sensitive float_tolerance 1e-4\n';
    expect(one(pack(flags)).checker).toEqual({
      kind: 'tokens',
      ignoreCase: false,
      spaces: true,
      tolerance: { absolute: 1e-4, relative: 1e-4 },
    });
    expect(refused(pack('validator_flags: loose\n'))).toThrow('"loose", which it does not know');
    expect(refused(pack('validator_flags: float_tolerance\n'))).toThrow('gives float_tolerance no number');
  });
  test('flags of a directory of tests hold for its tests', () => {
    const problem = one({
      ...pack('name: A\n'),
      'data/secret/f/testdata.yaml': 'output_validator_flags: float_absolute_tolerance 0.5\n',
      'data/secret/f/1.in': '',
      'data/secret/f/1.ans': '',
    });
    expect(problem.tests.map(({ checker }) => checker?.kind === 'tokens' && checker.tolerance?.absolute)).toEqual([
      false,
      0.5,
    ]);
  });
  test('a validator of its own, a directory or a file', () => {
    for (const name of ['output_validators/v/validate.py', 'output_validators/validate.py'])
      expect(one({ ...pack('validation: custom\n'), [name]: '' }).checker).toMatchObject({
        kind: 'program',
        protocol: 'kattis',
        program: { language: 'python', entry: 'validate.py' },
      });
    const draft = {
      ...pack('problem_format_version: 2023-07-draft\n'),
      'output_validator/v/validate.cc': '',
      'output_validator/v/validate.h': '',
    };
    expect(one(draft).checker).toMatchObject({ kind: 'program', program: { language: 'cpp', entry: 'validate.cc' } });
    expect(refused(pack('validation: custom\n'))).toThrow('has no output_validators');
    expect(refused({ ...pack('validation: custom\n'), 'output_validators/v/build': '' })).toThrow('script of its own');
    expect(
      refused({ ...pack('validation: custom\n'), 'output_validators/a/a.py': '', 'output_validators/b/b.py': '' }),
    ).toThrow('several output validators');
  });
  test('what cannot be judged is refused by name', () => {
    for (const yaml of ['validation: custom interactive\n', 'type: interactive\n', 'type: [pass-fail, multi-pass]\n'])
      expect(refused(pack(yaml)), yaml).toThrow('cannot be judged');
    expect(refused(pack('a: [\n'))).toThrow('cannot be read');
  });
  test('a grader of its own is told, and there are no points', () => {
    const problem = one({ ...pack('type: scoring\n'), 'graders/grade.py': '' });
    expect([problem.groups, problem.notices.length]).toEqual([[], 1]);
  });
});

test('a directory of problems, by name; what is none in it is left out', () => {
  const problems = read({ 'b10/1.in': '', 'b10/1.out': '', 'b9/1.in': '', 'b9/1.out': '', 'notes/readme.md': '' });
  expect(problems.map(({ name }) => name)).toEqual(['b9', 'b10']);
  expect(refused({ 'readme.md': '' })).toThrow('is no problem and holds none');
});
