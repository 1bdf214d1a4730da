/** Each suite's adapter on a made problem of its shape: the reference is right, a wrong program is wrong; and what is computed of rows. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openRunner } from '../../run/mod.ts';
import { compareRuns, readSuiteRun } from './compare.ts';
import { readData } from './datarows.ts';
import { judgePrograms } from './judging.ts';
import { mutantsOf } from './mutants.ts';
import { markdownTable, readReported, reportPage } from './report.ts';
import type { ProgramRow, SuiteRow } from './rows.ts';
import { samplesOfRows } from './samples.ts';
import { benchSuite, type SuiteOptions } from './suiterun.ts';
import { summarise } from './summary.ts';
import { suiteNamed, suites } from './table.ts';
import type { DataRow } from './types.ts';
import { visibleShare } from './warnings.ts';

const canRun = spawnSync('bwrap', ['--version']).status === 0 && spawnSync('python3', ['--version']).status === 0;
const skipped = canRun ? '' : ' (skipped: bubblewrap or python3 is not installed)';
const has = (program: string, ...words: string[]): boolean => canRun && spawnSync(program, words).status === 0;
const dir = mkdtempSync(join(tmpdir(), 'winnow-suites-'));
// What compilers and tools leave is kept between runs of the tests.
const cacheDir = join(import.meta.dirname, '../../../node_modules/.cache/winnow-conformance');
mkdirSync(cacheDir, { recursive: true });
const settings = { cacheDir, path: (process.env.PATH ?? '').split(':') };
const runner = openRunner(settings);
afterAll(async () => {
  await runner.close();
  rmSync(dir, { recursive: true });
});
const signal = new AbortController().signal;

const row = (data: Readonly<Record<string, unknown>>, line = 1): DataRow => ({ row: data, line, path: 'data.jsonl' });

const twice = {
  task_id: 'HumanEval/0',
  prompt: 'def twice(x):\n    """Twice: twice(2) is 4."""\n',
  entry_point: 'twice',
  canonical_solution: '    return x + x\n',
  test: 'def check(candidate):\n    assert candidate(2) == 4\n    assert candidate(-1.5) == -3.0\n',
};

/** By suite: rows of the data, a wrong program for the first problem, and its text in a row of samples. */
const made: Readonly<Record<string, { rows: readonly Record<string, unknown>[]; wrong: string; isWhole?: boolean }>> = {
  humaneval: { rows: [twice], wrong: '    return x * x\n' },
  mbpp: {
    rows: [
      {
        task_id: 7,
        text: 'Twice a number.',
        code: 'def twice(x):\r\n  return 2 * x',
        test_list: ['assert twice(2) == 4', 'assert list({"b": twice(1), "a": 1})[0] == "b"'],
        test_setup_code: '',
      },
      {
        task_id: 8,
        text: 'The sum of a pair.',
        code: 'class Pair:\n    def __init__(self, a, b):\n        self.a, self.b = a, b\ndef total(pair):\n    return pair.a + pair.b',
        test_list: ['assert total(Pair(1, 2)) == 3'],
        test_setup_code: '',
      },
    ],
    wrong: 'def twice(x):\n    return x ** 3',
  },
  evalplus: {
    rows: [{ ...twice, base_input: [[2]], plus_input: [[-1.5], [0.1]], atol: 0, contract: '' }],
    wrong: '    return x * 2 if x > 0.5 else 0\n',
  },
  cruxeval: {
    rows: [{ id: 'sample_0', code: 'def f(a, b=1):\n    return a + b', input: '2, b=3', output: '5' }],
    wrong: 'f(2, b=3)',
  },
  quixbugs: {
    rows: [
      {
        name: 'walk',
        correct_python: 'def walk(xs):\n    for x in xs:\n        yield x / 2',
        buggy_python: 'def walk(xs):\n    for x in xs[1:]:\n        yield x / 2',
        testcases: [[[[4.0, 2.0]], [2.0, 1.0]]],
        python_test:
          'import pytest\nif pytest.use_correct:\n    from a import walk\nelse:\n    from b import walk\ntestdata = load_json_testcases(walk.__name__)\n@pytest.mark.parametrize("input_data,expected", testdata)\ndef test_walk(input_data, expected):\n    assert list(walk(*input_data)) == expected\n',
      },
      {
        name: 'last',
        correct_python: 'def last(node):\n    while node.successor:\n        node = node.successor\n    return node',
        buggy_python: 'def last(node):\n    return node',
        testcases: null,
        python_test:
          'from .node import Node\nfrom .last import last\ndef main():\n    print(last(Node(2, Node(1))).value)\n',
      },
    ],
    wrong: 'def walk(xs):\n    return []',
  },
  'quixbugs-java': {
    rows: [
      {
        name: 'halves',
        correct_java:
          'package correct_java_programs;\nimport java.util.*;\npublic class HALVES {\n  public static ArrayList<Double> halves(int[] xs, double by) {\n    ArrayList<Double> made = new ArrayList<>();\n    for (int x : xs) made.add(x / by);\n    return made;\n  }\n}',
        buggy_java:
          'package java_programs;\nimport java.util.*;\npublic class HALVES {\n  public static ArrayList<Double> halves(int[] xs, double by) {\n    return new ArrayList<>();\n  }\n}',
        testcases: [
          [
            [[4, 2], 2],
            [2, 1],
          ],
        ],
      },
    ],
    wrong:
      'import java.util.*;\npublic class HALVES {\n  public static List<Integer> halves(int[] xs, double by) {\n    return Arrays.asList(2, 2);\n  }\n}',
  },
  enamel: {
    rows: [
      {
        task_id: 'HumanEval/0',
        prompt: twice.prompt,
        entry_point: 'twice',
        reference_solution: '    return x + x\n',
        input_levels: '1 2 3 4',
        input_generator: 'def generate_input(size, lid, cid):\n    return rand_primality(size, lid, cid),\n',
        checker: 'def __check(input, answer, output):\n    return output == answer\n',
      },
    ],
    wrong: '    return 8\n',
  },
  coffe: {
    rows: [
      {
        key: 'def twice(x):\n    """Twice."""',
        value: [
          { input: [2], output: [4] },
          { input: [3], output: [6] },
        ],
      },
      { key: 'def twice(x):\n    """Twice."""', value: [{ input: '[10 ** 3]', output: null }] },
      {
        key: 'def twice(x):\n    """Twice."""',
        value: ['def solution(x):\n    return sum([1] * x) * 2', false],
      },
    ],
    wrong: 'def twice(x):\n    return 4',
  },
  stdin: {
    rows: [
      {
        problem_id: 1,
        question: 'Twice.',
        input_output: '{"inputs": ["2\\n"], "outputs": ["4.0\\n"]}',
        solutions: '["print(2.0 * float(input()))"]',
      },
      {
        name: 'b',
        public_tests: { input: ['1\n'], output: ['2\n'] },
        private_tests: null,
        solutions: { language: [3], solution: ['print(2)'] },
      },
    ],
    wrong: 'print(3)',
    isWhole: true,
  },
};

(canRun ? describe : describe.skip)(`adapters${skipped}`, () => {
  const hasJava = has('javac', '-version');
  const isThere = (name: string): boolean => name !== 'quixbugs-java' || hasJava;
  test.skipIf(isThere('quixbugs-java'))('quixbugs-java (skipped: no toolchain)', () => {});
  test.each(Object.entries(made).filter(([name]) => isThere(name)))(
    '%s: the reference is right, and a wrong program wrong',
    async (name, { rows, wrong, isWhole = false }) => {
      const path = join(dir, `${name}.jsonl`);
      writeFileSync(path, rows.map((one) => `${JSON.stringify(one)}\n`).join(''));
      const data: DataRow[] = [];
      for await (const one of readData(path)) data.push(one);
      for (const [at, problem] of suiteNamed(name).read(data).entries()) {
        const { canonical, buggy } = problem.programs;
        const programs = [canonical, buggy, at === 0 ? problem.program(wrong, isWhole, null) : undefined].filter(
          (one) => one !== undefined,
        );
        const verdicts = await judgePrograms(problem, programs, { runner, signal, cpuMs: 2_000 });
        expect(verdicts.map(({ kind }) => kind)).toEqual(
          programs.map((one) => (one === canonical ? 'right' : 'wrong')),
        );
      }
    },
  );
  test('every suite but HumanEvalPack is tried here', () => {
    expect(suites.map(({ name }) => name).filter((name) => made[name] === undefined)).toEqual(['humanevalpack']);
  });
});

const compiled: Readonly<Record<string, readonly [boolean, Record<string, string>]>> = {
  JavaScript: [
    has('node', '--version'),
    {
      declaration: 'const twice = (x) => {\n',
      canonical_solution: '  return 2 * x\n}\n',
      buggy_solution: '  return x * x\n}\n',
      test: 'console.assert(twice(3) === 6)\n',
    },
  ],
  CPP: [
    has('g++', '--version'),
    {
      declaration: '#include<openssl/md5.h>\nint twice(int x){\n',
      canonical_solution:
        '  unsigned char d[16]; MD5_CTX c; MD5_Init(&c); MD5_Update(&c, "abc", 3); MD5_Final(d, &c); return d[0] == 0x90 && d[15] == 0x72 ? 2 * x : 0;\n}\n',
      buggy_solution: ' return x * x;\n}\n',
      test: '#undef NDEBUG\n#include<assert.h>\nint main(){\n  assert(twice(3) == 6);\n}\n',
    },
  ],
  Go: [
    has('go', 'version'),
    {
      prompt: 'import (\n    "math"\n)\n// Twice.\nfunc twice(x int) int {\n',
      declaration: '',
      canonical_solution: '    return int(math.Abs(float64(2 * x)))\n}\n',
      buggy_solution: '    return x * x\n}\n',
      test_setup: 'package main\nimport (\n    "testing"\n    "github.com/stretchr/testify/assert"\n)\n',
      test: 'func TestTwice(t *testing.T) {\n    assert := assert.New(t)\n    assert.Equal(6, twice(3))\n}\n',
    },
  ],
};

describe.each(Object.entries(compiled))('HumanEvalPack in %s', (language, [isThere, fields]) => {
  (isThere ? test : test.skip)(`right and buggy${isThere ? '' : ' (skipped: no toolchain)'}`, async () => {
    const [problem] = suiteNamed('humanevalpack').read([
      row({ task_id: `${language}/0`, entry_point: 'twice', prompt: '', ...fields }),
    ]);
    const { canonical, buggy } = problem?.programs ?? {};
    if (problem === undefined || canonical === undefined || buggy === undefined) throw new Error('no problem was read');
    const verdicts = await judgePrograms(problem, [canonical, buggy], { runner, signal, cpuMs: null });
    expect(verdicts.map(({ kind }) => kind)).toEqual(['right', 'wrong']);
  });
});

describe('rows', () => {
  test('numbers stay as they are written', async () => {
    const path = join(dir, 'numbers.jsonl');
    writeFileSync(path, '{"a": [3.0, 3, 1e-06, 12345678901234567890]}\n');
    for await (const one of readData(path))
      expect(JSON.stringify(one.row)).toBe('{"a":[3.0,3,1e-06,12345678901234567890]}');
  });
  test('a row that is not what it should be is told by file and line', () => {
    expect(() => suiteNamed('humaneval').read([row({ task_id: 'a', prompt: 1 }, 7)])).toThrow(
      'data.jsonl:7: expected "prompt", a text; came 1',
    );
    expect(() => suiteNamed('stdin').read([row({ id: 'a', tests: [] }, 2)])).toThrow('one test at least');
    expect(() => suiteNamed('stdin').read([row({ id: 'a', input_output: '5' })])).toThrow('an object');
    const unfit = suiteNamed('stdin').read([
      row({ id: 'a', input_output: { fn_name: 'f', inputs: [[1]], outputs: [1] } }),
      row({ id: 'b', input_output: '' }),
    ]);
    expect(unfit.map((one) => one.unfit)).toEqual([expect.stringContaining('fn_name'), 'it has no tests']);
    expect(() => suiteNamed('humanevalpack').read([row({ task_id: 'Cobol/1' })])).toThrow('Cobol/1');
    expect(() => suiteNamed('humanevul')).toThrow('one of humaneval');
  });
  test('samples that belong to no problem, or hold nothing', () => {
    const suite = suiteNamed('humaneval');
    const problems = suite.read([row(twice)]);
    expect(() => samplesOfRows(suite, problems, [row({ task_id: 'HumanEval/9', completion: '' })])).toThrow(
      'near: HumanEval/0',
    );
    expect(() => samplesOfRows(suite, problems, [row({ task_id: 'HumanEval/0' }, 3)])).toThrow(
      'data.jsonl:3: expected "completion" or "solution"',
    );
    const samples = ['a', 'b', 'a'].map((completion) => row({ task_id: 'HumanEval/0', completion }));
    expect(
      samplesOfRows(suite, problems, samples)
        .get('HumanEval/0')
        ?.map(({ samples: places }) => places),
    ).toEqual([[0, 2], [1]]);
  });
});

const program = (problem: string, verdict: ProgramRow['verdict'], more: Partial<ProgramRow> = {}): ProgramRow => ({
  row: 'program',
  problem,
  samples: [0],
  verdict,
  reason: verdict === 'right' ? null : 'assertion',
  again: [],
  efficiency: null,
  work: null,
  ...more,
});
const gold = (problem: string, verdict: 'right' | 'wrong' = 'right'): SuiteRow => ({
  row: 'gold',
  problem,
  verdict,
  reason: verdict === 'right' ? null : 'time',
  visible: null,
  mutants: null,
});

describe('summary', () => {
  const options = { ks: [1, 2], seed: 1, efficiency: null };
  test('pass@k by hand; unjudged samples are in no count, excluded problems in no figure', () => {
    const rows = [
      ...[gold('a'), gold('b'), gold('c', 'wrong'), gold('d')],
      // a: 1 of 3 right; one more unjudged.
      ...[
        program('a', 'right'),
        program('a', 'wrong', { samples: [1, 2] }),
        program('a', 'unjudged', { samples: [3] }),
      ],
      ...[program('b', 'right', { samples: [0, 1] }), program('c', 'right')],
    ];
    const told = summarise(rows, options);
    expect(told).toMatchObject({
      problems: 2,
      samples: 6,
      programs: 4,
      right: 3,
      wrong: 2,
      unsampled: ['d'],
      excluded: [{ problem: 'c', reason: 'time' }],
      unjudged: [{ samples: 1 }],
    });
    // pass@2 of a: 1 − C(2,2)/C(3,2) = 2/3.
    expect(told.figures.map(({ name, estimate }) => [name, estimate.value])).toEqual([
      ['pass@1', expect.closeTo((1 / 3 + 1) / 2, 12)],
      ['pass@2', expect.closeTo((2 / 3 + 1) / 2, 12)],
    ]);
    expect(summarise(rows, { ...options, ks: [3] }).figures).toEqual([]);
  });
  test('efficiency is the mean of the best of k', () => {
    const rows = [
      program('a', 'right', { efficiency: 0.5 }),
      program('a', 'right', { samples: [1], efficiency: 1 }),
      program('a', 'wrong', { samples: [2] }),
    ];
    const { figures } = summarise(rows, { ...options, efficiency: 'eff' });
    expect(figures.find(({ name }) => name === 'eff@1')?.estimate.value).toBeCloseTo(0.5, 12);
    // Best of two of {0, 0.5, 1}: (0.5 + 1 + 1) / 3.
    expect(figures.find(({ name }) => name === 'eff@2')?.estimate.value).toBeCloseTo(2.5 / 3, 12);
  });
  test('warnings name what they are about', () => {
    const weak: SuiteRow = {
      row: 'gold',
      problem: 'a',
      verdict: 'right',
      reason: null,
      visible: 0.5,
      mutants: { made: 4, survived: 1 },
    };
    const { warnings } = summarise([weak, program('a', 'right', { samples: [0, 1, 2], again: ['wrong'] })], options);
    for (const text of [
      'copies',
      'stands in the prompt',
      'Mutation score 0.750',
      'change from run to run',
      'As few as 3',
      'Only 1 problem: mind',
    ])
      expect(
        warnings.some((one) => one.includes(text)),
        text,
      ).toBe(true);
  });
  test('a hidden input in the prompt is seen whatever its spaces and quotes', () => {
    expect(visibleShare('f( [1, 2],"a") is 3', ["[1,2], 'a'", '[9]'])).toBe(0.5);
    expect(visibleShare('', ['1'])).toBeNull();
  });
  test('mutants are each one change of the body', () => {
    const source = 'PROMPT < 1\nreturn a < b and x == 1';
    const mutants = mutantsOf({ source, language: 'python' }, 11, 50, 1).map(({ source: text }) => text);
    expect(mutants.length).toBe(4);
    for (const text of mutants) expect(text.startsWith('PROMPT < 1\n') && text !== source).toBe(true);
  });
});

(canRun ? describe : describe.skip)(`a run${skipped}`, () => {
  const data = join(dir, 'run.jsonl');
  writeFileSync(
    data,
    [
      twice,
      { ...twice, task_id: 'HumanEval/1' },
      { ...twice, task_id: 'HumanEval/2', canonical_solution: '    return 0\n' },
    ]
      .map((one) => `${JSON.stringify(one)}\n`)
      .join(''),
  );
  const samples = join(dir, 'samples.jsonl');
  writeFileSync(
    samples,
    ['HumanEval/0', 'HumanEval/1', 'HumanEval/2']
      .flatMap((task_id) =>
        ['    return 2 * x\n', '    return x\n'].map((completion) => `${JSON.stringify({ task_id, completion })}\n`),
      )
      .join(''),
  );
  const options = (out: string, more: Partial<SuiteOptions> = {}): SuiteOptions => ({
    suite: 'humaneval',
    data: [data],
    samples,
    isSet: false,
    ks: [1],
    limit: null,
    cpuMs: null,
    strict: false,
    again: 0,
    mutants: 0,
    work: null,
    seed: 1,
    out,
    settings,
    signal,
    onProgress: () => {},
    onNotice: () => {},
    ...more,
  });

  test('goes on where it was broken off, and gives what a whole run gives', async () => {
    const [whole, broken] = [join(dir, 'whole'), join(dir, 'broken')];
    const told = await benchSuite(options(whole));
    expect(told).toMatchObject({ problems: 2, right: 2, wrong: 2, excluded: [{ problem: 'HumanEval/2' }] });
    const rows = readFileSync(join(whole, 'rows.jsonl'), 'utf8').split('\n');
    mkdirSync(broken);
    const { suite, settings: given, seed } = JSON.parse(readFileSync(join(whole, 'command.json'), 'utf8'));
    writeFileSync(join(broken, 'begun.json'), `${JSON.stringify({ suite, settings: given, seed }, null, 2)}\n`);
    // Two rows and a torn one, as a kill leaves them.
    writeFileSync(join(broken, 'rows.jsonl'), `${rows.slice(0, 2).join('\n')}\n${rows[2]?.slice(0, 9)}`);
    const notices: string[] = [];
    expect(await benchSuite(options(broken, { onNotice: (text) => notices.push(text) }))).toEqual(told);
    expect(notices.join()).toContain('has 2 rows');
    expect(readFileSync(join(broken, 'rows.jsonl'), 'utf8').split('\n').sort()).toEqual([...rows].sort());
    await expect(benchSuite(options(whole))).rejects.toThrow('without a run');
    writeFileSync(join(dir, 'other-begun.json'), '');
  });
  test('is not gone on with by another command, and --strict refuses a reference that fails', async () => {
    const out = join(dir, 'begun');
    mkdirSync(out);
    writeFileSync(join(out, 'begun.json'), '{}\n');
    await expect(benchSuite(options(out))).rejects.toThrow('other settings');
    await expect(benchSuite({ ...options('x', { strict: true }), out: null })).rejects.toThrow(
      'The reference of HumanEval/2 does not pass here',
    );
  });
  test('two runs are compared in pairs and reported on a page that holds no script', async () => {
    const better = join(dir, 'better');
    await benchSuite(options(better, { samples: 'canonical', isSet: true }));
    const compared = compareRuns(await readSuiteRun(join(dir, 'whole')), await readSuiteRun(better));
    expect(compared).toMatchObject({
      problems: 2,
      better: 2,
      worse: 0,
      figures: [{ name: 'pass@1', before: 0.5, after: 1, difference: { value: 0.5, low: 0.5 } }],
    });
    const reported = await readReported([join(dir, 'whole'), better]);
    expect(markdownTable(reported)).toContain('| humaneval, samples.jsonl | 2 | 4 | 50.0 [50.0, 50.0] | 0 | 1 |');
    const page = reportPage(reported);
    expect(page).toContain('<svg');
    expect(page).not.toMatch(/<script|https?:\/\//);
    await expect(readSuiteRun(dir)).rejects.toThrow('command.json');
  });
  test('effort in instructions is the same on every run, and less than the best is told from more', async () => {
    const path = join(dir, 'effort.jsonl');
    writeFileSync(path, (made.coffe?.rows ?? []).map((one) => `${JSON.stringify(one)}\n`).join(''));
    const programs = join(dir, 'programs.jsonl');
    const sources = [
      'def solution(x):\n    return x + x',
      'def twice(x):\n    return sum(x for _ in range(2000)) // 1000',
    ];
    writeFileSync(programs, sources.map((solution) => `${JSON.stringify({ task_id: 'twice', solution })}\n`).join(''));
    const run = async (out: string): Promise<unknown> => {
      const at = join(dir, out);
      await benchSuite(options(at, { suite: 'coffe', data: [path], samples: programs, work: 'fuel' }));
      const rows: ProgramRow[] = readFileSync(join(at, 'rows.jsonl'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      return rows
        .filter((one) => one.row === 'program')
        .map(({ verdict, efficiency, work }) => ({ verdict, efficiency, work }));
    };
    const first = await run('effort-1');
    expect(first).toMatchObject([{ verdict: 'right' }, { verdict: 'right', efficiency: 0 }]);
    const [light, heavy] = (first as ProgramRow[]).map(({ work }) => work ?? Number.POSITIVE_INFINITY);
    expect(light).toBeLessThan(heavy as number);
    expect(await run('effort-2')).toEqual(first);
  });
});
