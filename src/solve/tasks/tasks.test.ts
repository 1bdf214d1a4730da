import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { examplesOf, sessionExamplesOf } from './python.ts';
import { readTask } from './read.ts';

const dir = mkdtempSync(join(tmpdir(), 'winnow-tasks-'));
afterAll(() => rmSync(dir, { recursive: true }));

const read = (name: string, text: string, given: { part?: string; tests?: string[]; entry?: string } = {}) => {
  const path = join(dir, name);
  writeFileSync(path, text);
  return readTask({
    path,
    part: given.part ?? null,
    language: null,
    entry: given.entry ?? null,
    tests: given.tests ?? [],
  });
};
const row = (id: string, more = {}): string =>
  JSON.stringify({
    task_id: id,
    prompt: 'import math\n\n\ndef f(x):\n    """ Twice.\n    >>> f(1)\n    2\n    """\n',
    entry_point: 'f',
    test: 'SECRET',
    canonical_solution: 'SECRET',
    ...more,
  });

test('rows by their whole id or its end, without what is hidden', () => {
  const file = `${row('T/1')}\n${row('T/2', { given_tests: ['assert f(2) == 4'] })}\n`;
  const first = read('a.jsonl', file, { part: 'T/1' });
  expect(first).toMatchObject({
    id: 'T/1',
    entry: 'f',
    prelude: 'import math\n',
    visible: [{ source: 'assert f(1) == 2', expected: null }],
  });
  expect(JSON.stringify(first)).not.toContain('SECRET');
  expect(read('a.jsonl', file, { part: '2', tests: ['assert f(0) == 0'] }).visible.map(({ source }) => source)).toEqual(
    ['assert f(2) == 4', 'assert f(0) == 0'],
  );
});

test.each([
  ['a.jsonl', `${row('T/1')}\n${row('T/2')}\n`, undefined, 'bad-usage', /2 tasks; name one/],
  ['a.jsonl', `${row('T/1')}\n${row('T/2')}\n`, 'T/3', 'unknown-id', /T\/3/],
  ['a.jsonl', '{"task_id": 1}\n', undefined, 'bad-data', /"task_id" is none/],
  ['a.jsonl', '{"task_id": "a", "prompt": "x"}\n', undefined, 'bad-data', /line 1: .*"entry_point" is missing/],
  ['a.jsonl', 'x\n', undefined, 'bad-data', /line 1/],
  ['a.json', '{"text": "x", "tset": []}', undefined, 'bad-data', /no "tset"/],
  ['a.json', '{"text": ""}', undefined, 'bad-data', /"text"/],
  ['a.json', '{"text": "x", "examples": [{"input": 1}]}', undefined, 'bad-data', /"examples"/],
  ['a.md', ' \n', undefined, 'bad-data', /empty/],
  ['a.py', 'def g():\n    pass\n', 'f', 'unknown-id', /no function f/],
  ['a.js', 'function f() {}\n', 'f', 'unsupported-job', /Python/],
])('%s with %j is refused', (name, text, part, code, message) => {
  expect(() => read(name, text, part === undefined ? {} : { part })).toThrow(
    expect.objectContaining({ code, message: expect.stringMatching(message) }),
  );
});

test('a damaged row costs its neighbours nothing, and is told', () => {
  const path = join(dir, 'damaged.jsonl');
  writeFileSync(path, `{"task_id": "T/0", \n${row('T/1')}\n{"task_id": null}\n[]\n`);
  const notices: string[] = [];
  const given = { path, language: null, entry: null, tests: [], onNotice: (text: string) => notices.push(text) };
  expect(readTask({ ...given, part: '1' })).toMatchObject({ id: 'T/1' });
  expect(notices).toEqual([
    `${path}: 3 lines are no task: line 1: expected an object in JSON; it is none; line 3: expected "task_id" to be a text or a number; it is null; line 4: expected an object in JSON; it is none. They are passed over.`,
  ]);
  expect(() => readTask({ ...given, part: '0' })).toThrow(
    expect.objectContaining({ code: 'unknown-id', message: expect.stringContaining('line 1') }),
  );
});

test('a statement is a test where it can stand behind a program, and refused elsewhere', () => {
  const path = join(dir, 'words.md');
  writeFileSync(path, 'Add.\n');
  const given = { path, part: null, entry: null, tests: ['x'] };
  expect(readTask({ ...given, language: 'ts' })).toMatchObject({ language: 'typescript', visible: [{ source: 'x' }] });
  expect(() => readTask({ ...given, language: 'go' })).toThrow(
    expect.objectContaining({ code: 'bad-usage', message: expect.stringMatching(/the task is in Go\. .*"examples"/) }),
  );
});

test('a stub is its signature and documentation; the rest of its file stands above, its body nowhere', () => {
  const task = read(
    'b.py',
    'import re\n\ndef before():\n    return 1\n\ndef f(x):\n    """Twice.\n\n    >>> f(3)\n    6\n    """\n    return BODY\n\nLAST = 2\n',
    { part: 'f' },
  );
  expect(task).toMatchObject({ id: 'b.py:f', entry: 'f', visible: [{ source: 'assert f(3) == 6' }] });
  expect(task.prelude).toContain('def before()');
  expect(task.prelude).toContain('LAST = 2');
  expect(JSON.stringify(task)).not.toContain('BODY');
});

test('a method keeps the indentation of its file, its class the decorators; of two of one name the later is meant', () => {
  for (const [name, margin] of [
    ['tabs.py', '\t'],
    ['two.py', '  '],
  ] as const) {
    const lines = [
      'def f(self): pass',
      'def f(self, n):',
      '~"""Next.',
      '',
      '~>>> T().f(1)',
      '~2',
      '~"""',
      '~return BODY',
    ];
    const body = lines.map((line) => (line === '' ? '' : `${margin}${line.replace('~', margin)}`)).join('\n');
    const task = read(name, `@decorated\nclass T:\n${body}\n\ndef last(): pass\n`, { part: 'T.f' });
    expect(task.prelude).toContain(`"""\n${margin}${margin}raise NotImplementedError\n`);
    expect(task.stub).toContain('def f(self, n):');
    expect(task.visible.map(({ source }) => source)).toEqual(['assert (T().f(1)) == 2']);
    expect(task.context.map(({ text }) => text.split('\n')[0])).toEqual(['@decorated', 'def last(): pass']);
  }
});

test('classes and functions under conditions are found, those in functions are not', () => {
  const source = `try:
    import fast
except ImportError:
    class Slow:
        if True:
            def f(self, n):
                """Next.

                >>> Slow().f(1)
                2
                """
                return BODY
else:
    def g(n):
        """Less.

        >>> g(1)
        0
        """
        return BODY

def outer():
    class In:
        def f(self): pass
`;
  const method = read('cond.py', source, { part: 'Slow.f' });
  expect(method).toMatchObject({ entry: 'f', method: { owner: 'Slow' }, stub: expect.stringMatching(/^def f/) });
  expect(method.prelude).toContain('                raise NotImplementedError\nelse:');
  expect(method.context[0]?.text).toMatch(/^class Slow:[\s\S]*NotImplementedError$/);
  const inner = read('cond.py', source, { part: 'g' });
  expect(inner.method ?? null).toBeNull();
  expect(inner.visible.map((one) => one.source)).toEqual(['assert g(1) == 0']);
  expect(inner.prelude).toContain('        raise NotImplementedError\n\ndef outer');
  expect(() => read('cond.py', source, { part: 'In.f' })).toThrow(/defines no function In\.f/);
});

test('a file that imports its neighbours runs as its module, another as its text; both have what is beside them', () => {
  mkdirSync(join(dir, 'pack/inner'), { recursive: true });
  const alone = 'import math\ndef g(x):\n    return BODY\n';
  const files = { '__init__.py': '', 'inner/__init__.py': '', 'inner/low.py': 'LOW = 1\n', 'inner/alone.py': alone };
  for (const [path, text] of Object.entries(files)) writeFileSync(join(dir, 'pack', path), text);
  const source = 'from .low import LOW\n\ndef f(x):\n    """Up."""\n    return BODY\n';
  const task = read('pack/inner/mod.py', source, { part: 'f' });
  expect(task.beside).toMatchObject({ module: 'pack.inner.mod', packages: [] });
  expect(Object.keys(task.beside?.files ?? {}).sort()).toEqual(
    ['__init__', 'inner/__init__', 'inner/alone', 'inner/low', 'inner/mod'].map((name) => `pack/${name}.py`),
  );
  expect(task.beside?.files['pack/inner/mod.py']).toContain('raise NotImplementedError');
  expect(task.beside?.files['pack/inner/mod.py']).not.toContain('BODY');
  expect(task.prelude).toContain('_winnow_beside.enter(globals())');
  const other = read('pack/inner/alone.py', alone, { part: 'g' });
  expect(other.beside).toMatchObject({ module: null });
  expect(other.prelude).toMatch(/^import winnow_beside[^\n]*\nimport math\n$/);
});

test('examples of documentation become tests, and others are counted', () => {
  expect(
    examplesOf(
      '>>> f(1)\n2\n>>> g(1)\n2\n>>> f(0)\nTraceback (most recent call last):\n>>> f([1,\n... 2])\n3\n>>> f("a")\n[1,\n 2]\n',
      'f',
    ),
  ).toEqual({
    tests: [
      { source: 'assert f(1) == 2', expected: null },
      { source: 'assert f("a") == [1, 2]', expected: null },
    ],
    left: 3,
  });
});

test('an example that is no expression is no test, and what it did is there for the next', () => {
  expect(examplesOf('>>> import re; f(1)\n2\n>>> for x in f(2): x\n1\n>>> f("a;b")\n1\n', 'f')).toEqual({
    tests: [{ source: 'assert f("a;b") == 1', expected: null }],
    left: 2,
  });
  expect(sessionExamplesOf('>>> q = Q(); q.add(1)\n1\n>>> for x in q: x\n1\n>>> q.add(2)\n2\n')).toEqual({
    tests: [{ source: 'q = Q(); q.add(1)\nfor x in q: x\nassert (q.add(2)) == 2', expected: null }],
    left: 2,
  });
});

test('of a row of MBPP one test is shown, of MBPP+ those of its prompt; the others and the reference are not read', () => {
  const mbpp = JSON.stringify({
    task_id: 11,
    text: 'Turn a list.',
    code: 'SECRET',
    test_list: ['assert set(turn([1, 2])) == {1, 2}', 'assert SECRET'],
    test_setup_code: 'import math',
  });
  const task = read('mbpp.jsonl', `${mbpp}\n`);
  expect(task).toMatchObject({
    ...{ id: '11', entry: 'turn', prelude: 'import math\n', stub: null },
    visible: [{ source: 'assert set(turn([1, 2])) == {1, 2}', expected: null }],
  });
  const plus = JSON.stringify({
    task_id: 'Mbpp/2',
    prompt: '"""\nTurn a list.\nassert turn([1, 2]) == [2, 1]\n"""\n',
    entry_point: 'turn',
    canonical_solution: 'SECRET',
    plus_input: [['SECRET']],
  });
  const other = read('plus.jsonl', `${plus}\n`);
  expect(other).toMatchObject({ text: 'Turn a list.\nThe function is called turn.\n', entry: 'turn' });
  expect(other.visible.map(({ source }) => source)).toEqual(['assert turn([1, 2]) == [2, 1]']);
  expect(JSON.stringify([task, other])).not.toContain('SECRET');
  expect(() => read('mbpp.jsonl', '{"task_id": 1, "text": "x", "test_list": ["assert 1 == 1"]}\n')).toThrow(
    expect.objectContaining({ code: 'bad-data', message: expect.stringMatching(/line 1: expected the first test/) }),
  );
});
