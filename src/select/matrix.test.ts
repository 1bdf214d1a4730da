import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openRunner } from '../run/mod.ts';
import { behaviours } from './agreement.ts';
import { fillMatrix } from './matrix.ts';
import { cellStates, type Matrix } from './types.ts';
import { wellFormed } from './wellformed.ts';

const canRun = spawnSync('bwrap', ['--version']).status === 0 && spawnSync('python3', ['--version']).status === 0;
const name = canRun ? 'a matrix' : 'a matrix (skipped: bubblewrap or python3 is not installed)';
const cacheDir = mkdtempSync(join(tmpdir(), 'winnow-matrix-'));
const runner = openRunner({ cacheDir, path: (process.env.PATH ?? '').split(':') });
const { signal } = new AbortController();
afterAll(async () => {
  await runner.close();
  rmSync(cacheDir, { recursive: true });
});

const fill = (sources: readonly string[], probes: readonly string[], context = ''): Promise<Matrix> =>
  fillMatrix(
    {
      id: 't',
      entryPoint: 'f',
      context,
      candidates: sources.map((source, at) => ({ id: `${at}`, source, drawn: 1 })),
      probes: probes.map((source, at) => ({ id: `${at}`, source, drawn: 1 })),
    },
    { runner, signal, callMs: 100 },
  );

const cells = ({ states, outputs, texts, columns }: Matrix, row: number): string[] =>
  columns.map((_, column) => {
    const at = row * columns.length + column;
    return `${cellStates[states[at] as number]} ${texts[outputs[at] as number] ?? '-'}`;
  });

(canRun ? describe : describe.skip)(name, () => {
  test('loops over what stands in a test are written out; what only the run can tell stays inside', async () => {
    const apart = [
      'assert all(f(n) == 2 * n for n in range(3))',
      'assert not any(f(n) < 0 for n in (1, 2))',
      'cases = [([3, 1], [3, 1] * 2), ([], [])]\nfor given, want in cases:\n    assert f(given) == want, given',
      'for at, (n, want) in enumerate(zip([1, 5], [2, 10])):\n    assert f(n) == want and at < 2',
      'assert [f(text) for text in "ab"] == ["aa", "bb"]\nassert sum(f(n) for n in [1, 2]) == 6',
    ];
    const inside = [
      'assert any(f(n) for n in (0, 1))',
      'given = [2]\nassert f(given) == given * 2',
      'for n in range(10 ** 9):\n    assert f(n) == 2 * n\n    break',
      'total = f(1)\nassert total == 2',
      'assert all(f(n) == 2 * n for n in range(3) if n)',
      'n = 0\nfor i in range(3):\n    n = n + 1\n    assert f(n) == 2 * n',
      'for n in (1, 3):\n    assert f(n)\nassert f(n) == 6',
    ];
    const matrix = await fill(
      ['def f(x):\n    return x * 2\n', 'def f(x):\n    return x * 2 if x != 2 and x != 5 else x\n'],
      [...apart, ...inside],
    );
    expect(matrix.columns.map(({ way }) => way)).toEqual([
      ...apart.map(() => 'outside'),
      ...inside.map(() => 'inside'),
    ]);
    const told = (row: number): string =>
      cells(matrix, row)
        .map((cell) => cell[0])
        .join('');
    expect(told(0)).toBe('pppppppppppp');
    expect(told(1)).toBe('fppffppppffp');
    expect(cells(matrix, 1)[0]).toBe('failed 0, 2, 2');
  });

  test('tests are taken apart where their form allows, and outputs are literals', async () => {
    const matrix = await fill(
      ['def f(x):\n    return {"b": [x], "a": (1.5, None)}\n', 'def f(x):\n    raise KeyError(x)\n'],
      [
        'assert f(1)["b"] == [1]',
        'assert f(2) == 3, "no"',
        'assert any(f(n) for n in range(2))',
        'f(3)',
        'assert f(4) ==',
        'assert f(nan()) == 1',
      ],
    );
    expect(matrix.columns.map(({ way }) => way)).toEqual([
      'outside',
      'outside',
      'inside',
      'input',
      'invalid',
      'outside',
    ]);
    expect(cells(matrix, 0)).toEqual([
      `passed {'a': (1.5, None), 'b': [1]}`,
      `failed {'a': (1.5, None), 'b': [2]}`,
      'passed passed',
      `returned {'a': (1.5, None), 'b': [3]}`,
      'not-run -',
      'raised !NameError',
    ]);
    expect(cells(matrix, 1).slice(0, 3)).toEqual(['raised !KeyError', 'raised !KeyError', 'raised !KeyError']);
  });

  test('equality is Python’s own, sets have no order, and what has no literal equals nothing', async () => {
    const matrix = await fill(
      ['def f(x):\n    return x\n'],
      [
        'assert f(True) == 1',
        'assert f(0.1 + 0.2) == 0.3',
        'assert f({3, 1, 2}) == {1, 2, 3}',
        'assert f(float("inf")) > 1e308',
        'assert f(object()) == 1',
        'assert list(f(n * 2 for n in range(3))) == [0, 2, 4]',
        'assert math.isclose(f(0.1 + 0.2), 0.3)',
      ],
      'import math\n',
    );
    expect(cells(matrix, 0).map((cell) => cell.split(' ')[0])).toEqual([
      'passed',
      'failed',
      'passed',
      'passed',
      'failed',
      'passed',
      'passed',
    ]);
  });

  test('values of all kinds have texts, and what they say of themselves has no part in it', async () => {
    const program = `
import collections, dataclasses, decimal, enum, fractions
@dataclasses.dataclass
class Point:
    x: int
    seen: int = dataclasses.field(default=0, compare=False)
Pair = collections.namedtuple('Pair', 'a b')
class Color(enum.Enum):
    RED = 1
class Node:
    def __init__(self, val, next=None):
        self.val, self.next = val, next
class Liar(list):
    __eq__ = lambda self, other: True
    __hash__ = __reduce__ = __iter__ = __len__ = __repr__ = lambda self: 1 / 0
    __class__ = property(lambda self: int)
class Shut:
    def __getattribute__(self, name):
        raise SystemExit(name)
class Meta(type):
    __eq__ = lambda self, other: True
    __hash__ = lambda self: 1
    __name__ = property(lambda self: 1 / 0)
class Strange(metaclass=Meta):
    pass
class Array:
    __module__ = 'numpy'
    dtype = 'int64'
    def tolist(self):
        return [1, 2]
def fails():
    yield 1
    raise KeyError('no')
def counts():
    at = 0
    while True:
        yield at
        at += 1
cycle = [1]
cycle.append(cycle)
ring = Node(1)
ring.next = ring
values = [Point(1, 5), Pair(1, 2), Color.RED, Node(1, Node(2)), ring, cycle, Liar([1, 2]), Shut(), Strange(), Array(), fails(), map(str, [1]), range(3), decimal.Decimal('1.50'),
    fractions.Fraction(1, 3), collections.deque([1]), bytearray(b'a'), KeyError('k'), int, lambda: 1, [lambda: 1], object(), 2**20000, -0.0, float('nan'), chr(0xd800), {1: {2: {3, 1}}}, {}.keys()]
def f(at):
    return values[at] if at < 100 else counts()
`;
    const matrix = await fill(
      [program],
      [...Array(28).keys(), 100].map((at) => `f(${at})`),
    );
    const told = cells(matrix, 0).map((one) => one.replace('returned ', ''));
    expect(told.slice(0, 22)).toEqual([
      "record('Point', {'x': 1})",
      "named('Pair', {'a': 1, 'b': 2})",
      "enum('Color', 'RED')",
      "object('Node', {'next': object('Node', {'next': None, 'val': 2}), 'val': 1})",
      "object('Node', {'next': cycle(1), 'val': 1})",
      '[1, cycle(1)]',
      '[1, 2]',
      '?Shut',
      '?Strange',
      "array('int64', [1, 2])",
      "iterator([1], error('KeyError', []))",
      "iterator(['1'])",
      'range(0, 3, 1)',
      "Decimal('1.50')",
      'Fraction(1, 3)',
      'deque([1])',
      "bytearray(b'a')",
      "error('KeyError', ['k'])",
      "type('int')",
      '?function',
      "[opaque('function')]",
      '?object',
    ]);
    expect(told[22]).toMatch(/^0x1000/);
    expect(told.slice(23, 28)).toEqual(['-0.0', 'nan', String.raw`'\ud800'`, '{1: {2: {1, 3}}}', 'iterator([])']);
    expect(told[28]).toMatch(/^iterator\(\[0, 1, .*999\], \.\.\.\)$/);
  });

  test('a question that a text does not answer is unjudged; what expects nothing is passed by nobody; large values differ', async () => {
    const program = (x: number): string =>
      `class P:\n    def __init__(self):\n        self.x = ${x}\n    def area(self):\n        return 4\ndef f(n):\n    return P() if n == 0 else [${x}] * 30000 if n == 1 else 'a' * 9000000\n`;
    const matrix = await fill(
      [program(2), program(3)],
      [
        'assert f(0).x == 2',
        'assert f(0).area() == 4',
        'assert f(0) == 7',
        'assert f(1) == [2.0] * 30000',
        'assert len(f(1)) == 30000',
        "assert f(2) == 'a' * 9000000",
        'x = f(0)\ny = x.x + 1',
        'x = f(0).x',
        'for n in range(2):\n    f(n)',
      ],
    );
    const states = (row: number): string[] => cells(matrix, row).map((one) => one.split(' ')[0] as string);
    expect(matrix.columns.slice(6).map(({ way }) => way)).toEqual(['input', 'input', 'input']);
    const rest = ['unjudged', 'unjudged', 'returned', 'returned', 'returned'];
    expect(states(0)).toEqual(['passed', 'unjudged', 'failed', 'passed', ...rest]);
    expect(states(1)).toEqual(['failed', 'unjudged', 'failed', 'failed', ...rest]);
    expect(cells(matrix, 0).slice(6)).toEqual(['returned 3', 'returned 2', 'returned None']);
    expect(behaviours(matrix)).toHaveLength(2);
  });

  test('a context that fails is told', async () => {
    const faults: string[] = [];
    const probes = [{ id: '0', source: 'assert f(1) == helper()', drawn: 1 }];
    const candidates = [{ id: '0', source: 'def f(x):\n    return x\n', drawn: 1 }];
    const { columns } = await fillMatrix(
      { id: 't', entryPoint: 'f', context: 'import nothing_such\ndef helper(): return 1\n', candidates, probes },
      { runner, signal, onFault: (reason) => faults.push(reason) },
    );
    expect(columns[0]?.way).toBe('inside');
    expect(faults).toEqual(["ModuleNotFoundError: No module named 'nothing_such'"]);
  });

  test('each row says how it ended, and a candidate that takes others down costs them nothing', async () => {
    const endless = 'def f(x):\n    while True:\n        pass\n';
    const matrix = await fill(
      [
        'def f(x):\n    return x\n',
        'def f(x:\n',
        'import nothing_of_the_kind\n',
        'import sys\ndef f(x):\n    sys.exit(0)\n',
        'import os\ndef f(x):\n    os._exit(0)\n',
        'import os\nfor one in os.listdir("/proc"):\n    if one.isdigit() and int(one) != os.getpid():\n        try:\n            os.kill(int(one), 9)\n        except OSError:\n            pass\ndef f(x):\n    return 1\n',
        endless,
        'def f(x):\n    return x\n',
      ],
      ['assert f(1) == 1', 'assert f(2) == 3'],
    );
    expect(matrix.rows.map(({ ending }) => ending)).toEqual([
      'whole',
      'invalid',
      'failed-to-load',
      'left',
      'died',
      'died',
      'whole',
      'whole',
    ]);
    expect(matrix.rows.slice(2, 5).map(({ reason }) => reason)).toEqual([
      "ModuleNotFoundError: No module named 'nothing_of_the_kind'",
      'SystemExit',
      'exit code 0 in a call',
    ]);
    for (const row of [0, 7]) expect(cells(matrix, row)).toEqual(['passed 1', 'failed 2']);
    expect(cells(matrix, 6)).toEqual(['timed-out -', 'timed-out -']);
  });

  test('who dies in one call keeps what it gave before, and how it died is told', async () => {
    const dies =
      'import os, signal\ndef f(x):\n    if x == 2:\n        os.kill(os.getpid(), signal.SIGSEGV)\n    return x\n';
    const matrix = await fillMatrix(
      {
        ...{ id: 't', entryPoint: 'f', context: '' },
        candidates: [
          { id: '0', source: dies, drawn: 1 },
          { id: '1', source: 'raise SystemExit(3)\n', drawn: 1 },
          { id: '2', source: 'import os\nos._exit(4)\n', drawn: 1 },
        ],
        probes: [1, 2, 3].map((x) => ({ id: `${x}`, source: `assert f(${x}) == ${x}`, drawn: 1 })),
      },
      { runner, signal, callMs: 2_000 },
    );
    expect(matrix.rows.map(({ ending, reason }) => `${ending}: ${reason}`)).toEqual([
      'died: SIGSEGV in a call',
      'failed-to-load: SystemExit, exit code 3',
      'died: exit code 4 while it was loaded',
    ]);
    expect(cells(matrix, 0)).toEqual(['passed 1', 'not-run -', 'not-run -']);
  });

  test('one call that is late among few is late alone', async () => {
    const slow = 'def f(x):\n    while x == 2:\n        pass\n    return x\n';
    const matrix = await fillMatrix(
      {
        ...{ id: 't', entryPoint: 'f', context: '' },
        candidates: [{ id: '0', source: slow, drawn: 1 }],
        probes: [1, 2].map((x) => ({ id: `${x}`, source: `assert f(${x}) == ${x}`, drawn: 1 })),
      },
      { runner, signal, callMs: 1_000 },
    );
    expect(matrix.rows[0]?.ending).toBe('whole');
    expect(cells(matrix, 0)).toEqual(['passed 1', 'timed-out -']);
  });

  test('a candidate finds no expectation: not in memory, not on the disk, not in other processes', async () => {
    const looks = `
import gc, os, sys
word = "".join(["kanarien", "vogel"])
def others():
    for one in os.listdir("/proc"):
        if not one.isdigit() or int(one) == os.getpid():
            continue
        try:
            with open("/proc/%s/maps" % one) as maps, open("/proc/%s/mem" % one, "rb") as memory:
                for line in maps:
                    first, last = [int(at, 16) for at in line.split()[0].split("-")]
                    if "[heap]" in line or len(line.split()) == 5:
                        memory.seek(first)
                        yield memory.read(min(last - first, 1 << 24)).decode("latin-1")
        except (OSError, ValueError):
            pass
        try:
            for fd in os.listdir("/proc/%s/fd" % one):
                yield word
        except OSError:
            pass
def f(x):
    seen = [str(o) for o in gc.get_objects() if isinstance(o, (str, list, dict, tuple))]
    frame = sys._getframe()
    while frame:
        seen.append(repr(frame.f_locals.get("batch"))); frame = frame.f_back
    for top, _, names in os.walk("."):
        for name in names:
            seen.append(open(os.path.join(top, name), errors="replace").read())
    return any(word + "!" in one for one in seen), sum(word in one for one in others())
`;
    const matrix = await fill([looks], ['assert f(1) == "kanarienvogel!"']);
    expect(cells(matrix, 0)).toEqual(['failed (False, 0)']);
  });

  test('rows that a candidate writes are nobody’s, for itself and for others', async () => {
    const forged = (end: string): string => `
import json, os, signal
try:
    os.unlink("rows.jsonl")
except OSError:
    pass
with open("rows.jsonl", "w") as out:
    out.write(json.dumps({"ways": ["outside"]}) + "\\n")
    for _ in range(4):
        out.write(json.dumps({"ending": "whole", "reason": None, "cpuMs": 1, "states": "0", "outputs": [-1], "times": [1], "texts": []}) + "\\n")
${end}
def f(x):
    return 0
`;
    const wrong = 'def f(x):\n    return 5\n';
    const matrix = await fill([wrong, forged(''), forged('os.kill(-1, signal.SIGKILL)'), wrong], ['assert f(1) == 1']);
    expect(matrix.rows.map((_, row) => cells(matrix, row))).toEqual([
      ['failed 5'],
      ['failed 0'],
      ['not-run -'],
      ['failed 5'],
    ]);
  });

  test('what a candidate leaves behind, files and processes, does not meet the next one', async () => {
    const plants =
      'import os\nfor name in ("random.py", "/tmp/left"):\n    with open(name, "w") as out:\n        out.write("randint = max")\ndef f(x):\n    return 0\n';
    const hunts = `
import os
if os.fork() == 0:
    os.setsid()
    os.closerange(3, 64)
    while True:
        for one in os.listdir("/proc"):
            if one.isdigit() and int(one) > 3 and int(one) != os.getpid():
                try:
                    os.kill(int(one), 9)
                except OSError:
                    pass
def f(x):
    return 0
`;
    const meets =
      'import os, random\ndef f(x):\n    return random.randint(1, 1) if not os.path.exists("/tmp/left") else 7\n';
    const matrix = await fill([plants, hunts, meets, 'def f(x):\n    return 1\n'], ['assert f(1) == 1']);
    expect(matrix.rows.slice(2).map((_, row) => cells(matrix, row + 2))).toEqual([['passed 1'], ['passed 1']]);
  });

  test('what Python takes for a statement is Python’s to say', async () => {
    expect(
      await wellFormed(['assert f(1) == 2', 'assert f(1) ==', 'x = 1\ny = 2', 'return 1', ''], runner, signal),
    ).toEqual([true, false, true, false, false]);
  });
});
