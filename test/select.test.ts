/** `winnow check` and `winnow select` as a user meets them: files in, a matrix, a choice; bad input; interrupted checks; candidates that cheat. */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { keepIn } from './keptcache.ts';
import { winnow } from './keptprogram.ts';
import { type Ran, workspace, writeFiles } from './program.ts';

const { dir, home, remove } = workspace();
keepIn(home);
afterAll(remove);

const isNative = existsSync('/usr/bin/python3') && existsSync('/usr/bin/bwrap');
const missing = isNative ? '' : ' (skipped: no bubblewrap or no python3 below /usr)';

const call = (...words: string[]): Ran => winnow(words, { home, cwd: dir, timeout: 240_000 });
const lines = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

const programs: Record<string, string> = {
  right: 'def add(a, b):\n    return a + b\n',
  copy: 'def add(a, b):\n    """Adds."""\n    return a + b  # alike\n',
  swapped: 'def add(a, b):\n    return b + a\n',
  minus: 'def add(a, b):\n    return a - b\n',
  endless: 'def add(a, b):\n    while True:\n        pass\n',
  broken: 'def add(a, b\n',
  // Says of everything that it is equal, and looks for what is expected.
  equal: 'class Yes(int):\n    def __eq__(self, other):\n        return True\ndef add(a, b):\n    return Yes(7)\n',
  leaves: 'import sys\ndef add(a, b):\n    sys.exit(0)\n',
  kills: 'import os, signal\ndef add(a, b):\n    os.kill(os.getppid(), signal.SIGKILL)\n    return a + b\n',
};
const probes = [
  { id: 'p', test: 'assert add(1, 2) == 3' },
  { id: 'q', test: 'assert add(-1, -1) == -2' },
  { id: 'wrong', test: 'assert add(2, 2) == 0' },
  { id: 'i', input: 'add(5, 6)' },
];
writeFiles(dir, {
  'c.jsonl': lines(Object.entries(programs).map(([id, source]) => ({ id, source }))),
  'p.jsonl': lines(probes),
  'answers.jsonl': lines([
    { probe: 'p', right: true },
    { probe: 'q', right: true },
    { probe: 'wrong', right: false },
  ]),
});

interface Checked {
  readonly tasks: readonly {
    readonly entryPoint: string;
    readonly candidates: readonly {
      readonly id: string;
      readonly alike: readonly string[];
      readonly drawn: number;
      readonly ending: string;
      readonly states: readonly string[];
      readonly outputs: readonly (string | null)[];
    }[];
  }[];
  readonly alike: number;
  readonly resumed: number;
  readonly torn: number;
}
interface Selected {
  readonly tasks: readonly {
    readonly abstained: boolean;
    readonly chosen: readonly { readonly id: string; readonly tied: number; readonly chance: number | null }[];
    readonly questions: readonly { readonly probe: string; readonly answer: boolean | null }[];
  }[];
}

const read = <Answer>(ran: Ran): Answer => {
  expect(ran.stdout, ran.stderr).not.toBe('');
  return JSON.parse(ran.stdout) as Answer;
};

(isNative ? describe : describe.skip)(`check and select${missing}`, () => {
  test('a matrix says what each program did; those written alike ran once; nobody gains by cheating', () => {
    const ran = call('check', '--candidates', 'c.jsonl', '--probes', 'p.jsonl', '--out', 'm.jsonl', '--json');
    expect(ran.status, ran.stderr).toBe(0);
    const { tasks, alike } = read<Checked>(ran);
    expect(alike).toBe(1);
    expect(tasks[0]?.entryPoint).toBe('add');
    const row = (id: string) => tasks[0]?.candidates.find((one) => one.id === id);
    expect(row('right')).toMatchObject({
      alike: ['copy'],
      drawn: 2,
      states: ['passed', 'passed', 'failed', 'returned'],
      outputs: ['3', '-2', '4', '11'],
    });
    expect(row('minus')?.states).toEqual(['failed', 'failed', 'passed', 'returned']);
    expect(row('endless')?.states).toEqual(Array(4).fill('timed-out'));
    expect(row('broken')).toMatchObject({ ending: 'invalid', states: Array(4).fill('not-run') });
    expect(row('equal')?.states).toEqual(['failed', 'failed', 'failed', 'returned']);
    expect(row('leaves')?.ending).toBe('left');
    expect(row('kills')?.ending).toBe('died');
    expect(row('swapped')?.states[0]).toBe('passed');
  });

  test('an interrupted check goes on where it ended', () => {
    const whole = readFileSync(join(dir, 'm.jsonl'), 'utf8').trimEnd().split('\n');
    writeFileSync(join(dir, 'cut.jsonl'), `${whole.slice(0, -3).join('\n')}\n`);
    appendFileSync(join(dir, 'cut.jsonl'), (whole.at(-3) ?? '').slice(0, 40));
    const ran = call('check', '--candidates', 'c.jsonl', '--probes', 'p.jsonl', '--out', 'cut.jsonl', '--json');
    const { resumed, torn } = read<Checked>(ran);
    expect([resumed, torn]).toEqual([Object.keys(programs).length - 1 - 3, 1]);
    expect(readFileSync(join(dir, 'cut.jsonl'), 'utf8').trimEnd().split('\n')).toHaveLength(whole.length);
  });

  test('a task grows by candidates and probes: only new cells run, and the matrix is what one check of all gives', () => {
    const [first, rest] = [
      ['right', 'minus', 'kills', 'broken'],
      ['copy', 'swapped', 'endless', 'leaves'],
    ];
    const rowsOf = (names: readonly string[]): string => lines(names.map((id) => ({ id, source: programs[id] })));
    writeFiles(dir, {
      'first.jsonl': rowsOf(first),
      'rest.jsonl': rowsOf(rest),
      'grownc.jsonl': rowsOf([...first, ...rest]),
      'firstp.jsonl': lines(probes.slice(0, 2)),
      'restp.jsonl': lines(probes.slice(2)),
    });
    const into = (candidates: string, asked: string): Checked & { pairs: number; grown: unknown; kept: unknown } =>
      read(call('check', '--candidates', candidates, '--probes', asked, '--out', 'grown.jsonl', '--json'));
    into('first.jsonl', 'firstp.jsonl');
    // New rows alone: three candidates and a copy, on all probes, and on the new probes the two old ones that had got to their end.
    const { pairs, grown, kept } = into('rest.jsonl', 'restp.jsonl');
    expect([pairs, grown, kept]).toEqual([3 * 4 + 2 * 2, { candidates: 4, probes: 2 }, { candidates: 4, probes: 2 }]);
    const again = into('grownc.jsonl', 'p.jsonl');
    expect([again.pairs, again.resumed, again.kept]).toEqual([0, 7, { candidates: 0, probes: 0 }]);
    const whole = read<Checked>(call('check', '--candidates', 'grownc.jsonl', '--probes', 'p.jsonl', '--json'));
    const told = ({ tasks }: Checked): unknown =>
      tasks[0]?.candidates.map(({ id, alike, drawn, ending, states, outputs }) => ({
        id,
        alike,
        drawn,
        ending,
        states,
        outputs,
      }));
    expect(told(again)).toEqual(told(whole));
    writeFiles(dir, { 'clash.jsonl': lines([{ id: 'right', source: programs.minus }]) });
    const refused = call('check', '--candidates', 'clash.jsonl', '--probes', 'p.jsonl', '--out', 'grown.jsonl');
    expect(refused.stderr).toContain('another candidate "right"');
  });

  test('the best is chosen, with ties and evidence; a person is asked by a file; training gets pairs', () => {
    const { tasks } = read<Selected>(call('select', '--matrix', 'm.jsonl', '--explain', '--json'));
    expect(['right', 'swapped']).toContain(tasks[0]?.chosen[0]?.id);
    expect(tasks[0]?.chosen[0]?.tied).toBe(2);
    const asked = read<Selected>(
      call(
        ...['select', '--matrix', 'm.jsonl', '--method', 'conair', '--answers', 'answers.jsonl'],
        ...['--pairs', 'pairs.jsonl', '--json'],
      ),
    );
    expect(asked.tasks[0]?.questions.length).toBeGreaterThan(0);
    expect(asked.tasks[0]?.questions.every(({ answer }) => answer !== null)).toBe(true);
    expect(asked.tasks[0]?.chosen[0]?.chance).toBeGreaterThan(tasks[0]?.chosen[0]?.chance ?? 1);
    expect(readFileSync(join(dir, 'pairs.jsonl'), 'utf8')).toContain('"kind":"correctness"');
    const shy = call('select', '--matrix', 'm.jsonl', '--abstain', '1');
    expect(shy.stdout).toContain('none is chosen');
    expect(shy.status).toBe(1);
  });

  test('inputs are made that tell candidates apart, once', () => {
    writeFiles(dir, {
      'ic.jsonl': lines([
        { id: 'sum', source: 'def add(a, b):\n    return a + b\n' },
        { id: 'sizes', source: 'def add(a, b):\n    return abs(a) + abs(b)\n' },
      ]),
      'ip.jsonl': lines([{ test: 'assert add(1, 2) == 3' }]),
    });
    const words = ['check', '--candidates', 'ic.jsonl', '--probes', 'ip.jsonl', '--inputs', '3', '--out', 'im.jsonl'];
    const { tasks } = read<Checked>(call(...words, '--json'));
    const [sum, sizes] = tasks[0]?.candidates ?? [];
    expect(sum?.outputs).toHaveLength(4);
    expect(sum?.outputs[0]).toBe(sizes?.outputs[0]);
    expect(sum?.outputs[1]).not.toBe(sizes?.outputs[1]);
    expect(read<Checked>(call(...words, '--json')).resumed).toBe(2);
  });

  test('a test that ends for all by a missing name is told', () => {
    writeFiles(dir, {
      'nc.jsonl': lines([{ source: programs.right }, { source: programs.minus }]),
      'np.jsonl': lines([{ id: 'n', test: 'assert near(add(1, 2), 3)' }, { test: 'assert add(1, 2) == 3' }]),
    });
    expect(call('check', '--candidates', 'nc.jsonl', '--probes', 'np.jsonl').stderr).toContain(
      'every candidate ends test n by a name or module that is not there',
    );
  });

  test('what --count does not count is told', () => {
    writeFiles(dir, { 'kc.jsonl': lines([{ source: programs.right }]), 'kp.jsonl': lines([{ input: 'add(1, 2)' }]) });
    const words = ['check', '--candidates', 'kc.jsonl', '--probes', 'kp.jsonl', '--out', 'km.jsonl'];
    expect(call(...words).stderr).toBe('');
    expect(call(...words, '--count').stderr).toContain('1 candidate has no counts: run before without --count');
    writeFiles(dir, { 'kc.jsonl': lines([{ source: 'const add = (a, b) => a + b;' }]) });
    const js = call('check', '--candidates', 'kc.jsonl', '--probes', 'kp.jsonl', '--lang', 'javascript', '--count');
    expect(js.stderr).toContain('1 task of something else has no counts');
  });

  test('whole programs read input and write answers', () => {
    writeFiles(dir, {
      'sc.jsonl': lines([
        { id: 'twice', source: 'print(2 * int(input()))' },
        { id: 'plus', source: 'n = int(input())\nprint(n + 2, end=" ")' },
        { id: 'raises', source: 'raise SystemExit(3)' },
      ]),
      'sp.jsonl': lines([{ stdin: '2\n', expected: '4\n' }, { stdin: '5\n', expected: '10' }, { stdin: '1\n' }]),
    });
    const { tasks } = read<Checked>(call('check', '--candidates', 'sc.jsonl', '--probes', 'sp.jsonl', '--json'));
    expect(tasks[0]?.candidates.map(({ states }) => states.join(' '))).toEqual([
      'passed passed returned',
      'passed failed returned',
      'raised raised raised',
    ]);
    expect(tasks[0]?.candidates.map(({ outputs }) => outputs[1])).toEqual(['"10"', '"7"', '!exit 3']);
  });

  test('a long answer is compared to its end; answers to nothing are named, and two answers to one test refused', () => {
    const numbers = Array.from({ length: 10_000 }, (_, n) => n);
    writeFiles(dir, {
      'lc.jsonl': lines([
        { id: 'all', source: 'for n in range(10000):\n    print(n)\n' },
        { id: 'less', source: 'for n in range(9999):\n    print(n)\n' },
      ]),
      'lp.jsonl': lines([{ stdin: '', expected: `${numbers.join('\n')}\n` }]),
      'strange.jsonl': lines([{ task: 'none', probe: 1, right: true }]),
    });
    const words = ['check', '--candidates', 'lc.jsonl', '--probes', 'lp.jsonl', '--out', 'lm.jsonl', '--json'];
    const { tasks } = read<Checked>(call(...words));
    expect(tasks[0]?.candidates.map(({ states }) => states)).toEqual([['passed'], ['failed']]);
    const asked = call('select', '--matrix', 'lm.jsonl', '--method', 'conair', '--answers', 'strange.jsonl');
    expect(asked.stderr).toContain('1 of 1 are for tasks or probes that the matrix does not have, as ["none","1"]');
    const both = call('compare', '--matrix', 'lm.jsonl', '--right', '1', '--wrong', '1');
    expect([both.status, both.stderr.includes('has two answers')]).toEqual([2, true]);
  });
});

describe('bad input to check and select', () => {
  const refused = (ran: Ran): string => {
    expect(ran.status, ran.stderr).toBe(2);
    return ran.stderr;
  };
  const bad = (candidates: string, rows: string): string => {
    writeFiles(dir, { 'bc.jsonl': candidates, 'bp.jsonl': rows });
    return refused(call('check', '--candidates', 'bc.jsonl', '--probes', 'bp.jsonl'));
  };
  const fine = '{"source":"def f(): pass"}\n';

  test('rows are refused with line, field and what was expected', () => {
    expect(bad(`${fine}{"source": 3}\n`, '{"input":"f()"}\n')).toContain('line 2: expected "source"');
    expect(bad(fine, '{"test":"f()","stdin":""}\n')).toContain('line 1: expected one of "test", "input" and "stdin"');
    expect(bad(fine, '{"input":"f()","task":"u"}\n')).toContain('no candidate');
    expect(bad(fine, '{"input":"g()"}\n')).toContain('Name it by --entry');
    expect(bad(fine, '')).toContain('at least one probe');
    expect(bad(`\uFEFF${fine}`, '{"input":"g()"}\n')).toContain('Name it by --entry');
    writeFiles(dir, { 'bp.jsonl': '{"input":"f()"}\n' });
    const words = ['check', '--candidates', 'bc.jsonl', '--probes', 'bp.jsonl'];
    expect(refused(call(...words, '--entry', 'nope'))).toContain('none names nope');
    expect(refused(call(...words, '--call', '0s'))).toContain('from 1ms to');
    expect(refused(call(...words, '--memory', '1B'))).toContain('--memory to be from 4 MiB');
  });

  test('what is no matrix, and methods that are none, are refused', () => {
    writeFiles(dir, { 'none.jsonl': '{"schema":"winnow.matrix/7"}\n' });
    expect(refused(call('select', '--matrix', 'none.jsonl'))).toContain('winnow.matrix/7; this Winnow reads');
    expect(refused(call('select', '--matrix', 'none.jsonl', '--method', 'codtet'))).toContain('codet');
    expect(refused(call('select', '--matrix', 'none.jsonl', '--method', 'codet', '--abstain', '0.5'))).toContain(
      '--abstain',
    );
  });
});
