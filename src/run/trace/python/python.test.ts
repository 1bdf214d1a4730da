/** Python's tracer on programs whose traces are known, on both backends. */
import { describe, expect, test } from 'vitest';
import { loadGrammarFile } from '../../../../test/grammarfiles.ts';
import type { BackendName } from '../../types.ts';
import { countsOf, endsOf, eventsOf, finalVariables, linesOf, openTestTracing } from '../tracing.testing.ts';

const python = await openTestTracing('python', loadGrammarFile);

const known = `"""What it is for."""
class Stack:
    def __init__(self):
        self.items = []

    def push(self, item):
        self.items.append(item)
        return self


def factorial(n):
    if n <= 1:
        return 1
    return n * factorial(n - 1)


def halves(n):
    while n > 1:
        yield n
        n //= 2


def risky(x):
    if x > 1:
        raise ValueError('bad', x)
    return x


def safe(x):
    try:
        return risky(x)
    except ValueError as error:
        return None


stack = Stack()
other = stack
for x in [3, 4]:
    stack.push(
        x * 2
    )
total = factorial(3)
safe(1)
safe(2)
parts = list(halves(9))
held = {'a': 1, (1, 2): [1, 2.5, None, True]}
held['self'] = held
del held['a']
big = 2 ** 60
if total > 100:
    print('never')
else:
    print(total, 'done')
`;

const hostile = `import builtins, sys
def caught(*_args, **_named):
    raise SystemExit('asked')
class Nosy:
    def __init__(self):
        self.a = 1
    __repr__ = __str__ = __eq__ = __hash__ = __len__ = __iter__ = __bool__ = __getattr__ = caught
class Meta(type):
    def __getattribute__(cls, name):
        raise SystemExit('asked the class for ' + name)
class Strange(metaclass=Meta):
    pass
class Listed(list):
    __iter__ = __len__ = __getitem__ = caught
class Slotted:
    __slots__ = ('a', 'b')
    @property
    def c(self):
        raise SystemExit('asked a property')
nosy = Nosy()
strange = Strange()
listed = Listed()
list.append(listed, 7)
slotted = Slotted()
slotted.a = 5
for name in ('len', 'id', 'type', 'isinstance', 'repr', 'map', 'min', 'max', 'sorted', 'zip', 'set', 'dict'):
    setattr(builtins, name, caught)
kept = [nosy, listed]
kept.append(slotted)
sys.stdout.write('done')
`;

const variables = (of: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(of).filter(([, value]) => (value as { t?: string } | null)?.t === undefined));

for (const backend of ['native', 'embedded'] as const satisfies BackendName[]) {
  const missing = python.missing(backend);
  describe.skipIf(missing !== '')(`${backend}${missing}`, () => {
    test('lines, calls, values, exceptions and output of a known program', { timeout: 60_000 }, async () => {
      const { trace, stdout, outcome } = await python.run({ 'main.py': known }, { backend });
      expect(outcome.ending).toEqual({ kind: 'exited', code: 0 });
      expect(stdout).toBe('6 done\n');
      expect(linesOf(trace, 'factorial')).toEqual([12, 14, 12, 14, 12, 13]);
      expect(linesOf(trace, 'safe')).toEqual([30, 31, 30, 31, 32, 33]);
      expect(linesOf(trace, '<module>')).toEqual([
        2, 11, 17, 23, 29, 36, 37, 38, 39, 38, 39, 38, 42, 43, 44, 45, 46, 47, 48, 49, 50, 53,
      ]);
      expect(endsOf(trace).slice(2)).toEqual([
        'Stack.push(self={"r":1}, item=6) → {"r":1}',
        'Stack.push(self={"r":1}, item=8) → {"r":1}',
        'factorial(n=1) → 1',
        'factorial(n=2) → 2',
        'factorial(n=3) → 6',
        'risky(x=1) → 1',
        'safe(x=1) → 1',
        'risky(x=2) unwound',
        'safe(x=2) → null',
        'halves(n=9) → null',
        '<module>() → null',
      ]);
      expect(eventsOf(trace, 'yield').map(({ value }) => value)).toEqual([9, 4, 2]);
      expect(eventsOf(trace, 'raise').map(({ line, type, message }) => [line, type, message])).toEqual([
        [25, 'ValueError', 'bad, 2'],
        [31, 'ValueError', 'bad, 2'],
      ]);
      expect(
        eventsOf(trace, 'output')
          .map(({ text }) => text)
          .join(''),
      ).toBe('6 done\n');
      const held = variables(finalVariables(trace, '<module>'));
      expect(held).toMatchObject({
        stack: { items: [6, 8] },
        other: { items: [6, 8] },
        x: 4,
        total: 6,
        parts: [9, 4, 2],
      });
      expect(trace.gaps).toEqual({ skippedLines: 0, uncountedLines: 0, droppedEvents: 0, cut: false, unreadable: 0 });
      expect(countsOf(trace, 'main.py')).toContain('12:3 13:1 14:2');
      expect(countsOf(trace, 'main.py')).toContain('50:1 51:0 53:1');
    });

    test('what two names share is one object, and cycles are safe', { timeout: 60_000 }, async () => {
      const source = 'a = b = []\na.append(1)\nb.append(a)\nc = [a, a]\nd = {}\nd["d"] = d\n';
      const { trace } = await python.run({ 'main.py': source }, { backend });
      const objects = eventsOf(trace, 'object').filter(({ type }) => type === 'list');
      expect(objects.at(0)?.object).toBe(objects.at(1)?.object);
      const writes = Object.fromEntries(eventsOf(trace, 'write').map(({ name, value }) => [name, value]));
      expect(writes.a).toEqual(writes.b);
    });

    test('no code of the program runs for the trace, whatever it replaced', { timeout: 60_000 }, async () => {
      const { trace, stdout, stderr, outcome } = await python.run({ 'main.py': hostile }, { backend });
      expect(stderr).toBe('');
      expect(outcome.ending).toEqual({ kind: 'exited', code: 0 });
      expect(stdout).toBe('done');
      const held = finalVariables(trace, '<module>');
      expect(held.kept).toEqual([{ a: 1 }, [7], { a: 5 }]);
      expect(trace.gaps.cut).toBe(false);
    });

    test('limits: the first executions of each line, the rest counted, what changed unseen told', {
      timeout: 60_000,
    }, async () => {
      const source = 'items = []\nfor i in range(1000):\n    items.append(i)\ntotal = sum(items)\n';
      const { trace } = await python.run(
        { 'main.py': source },
        { backend, limits: { firstHits: 5, lastHits: 1, items: 2000 } },
      );
      expect(linesOf(trace)).toEqual([1, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 4]);
      expect(trace.gaps.skippedLines).toBe(1991);
      expect(countsOf(trace, 'main.py')).toBe('1:1 2:1001 3:1000 4:1');
      const held = finalVariables(trace, '<module>');
      expect((held.items as number[]).length).toBe(1000);
      expect(held).toMatchObject({ total: 499500, i: 999 });
      // Where the last are not asked for, what runs often need not be counted.
      const fast = (await python.run({ 'main.py': source }, { backend, limits: { firstHits: 5, items: 2000 } })).trace;
      expect(linesOf(fast)).toEqual(linesOf(trace));
      expect(fast.gaps.skippedLines > 0 || fast.gaps.uncountedLines > 0).toBe(true);
      expect(finalVariables(fast, '<module>')).toMatchObject({ items: held.items, total: 499500, i: 999 });
    });

    test('a program that runs for ever leaves what it did', { timeout: 60_000 }, async () => {
      const source = 'i = 0\nwhile True:\n    i += 1\n';
      const { trace, outcome } = await python.run(
        { 'main.py': source },
        {
          backend,
          limits: { firstHits: 5 },
          job: { limits: backend === 'native' ? { cpuMs: 1000 } : { fuel: 3_000_000_000 } },
        },
      );
      expect(outcome.ending.kind).toBe(backend === 'native' ? 'timed-out' : 'out-of-fuel');
      expect(linesOf(trace).slice(0, 5)).toEqual([1, 2, 3, 2, 3]);
      expect(trace.gaps.cut).toBe(true);
      expect(trace.counts[0]?.lines.get(3)).toBeGreaterThan(4);
    });

    test('a program that does not parse runs as far as it does', { timeout: 60_000 }, async () => {
      const { trace, stdout, stderr, outcome } = await python.run(
        { 'main.py': 'x = 1\nprint(x)\ndef f(:\n    pass\n' },
        { backend },
      );
      expect(stdout).toBe('1\n');
      expect(stderr).toContain('SyntaxError');
      expect(outcome.ending).toEqual({ kind: 'exited', code: 1 });
      expect(eventsOf(trace, 'note').map(({ about, text }) => [about, text.slice(0, 6)])).toEqual([
        ['syntax', 'line 3'],
      ]);
    });

    test('ends as it does alone: an exception, an exit code, deep recursion', { timeout: 60_000 }, async () => {
      const raised = await python.run({ 'main.py': 'def f():\n    1 / 0\nf()\n' }, { backend });
      expect(raised.stderr).toMatch(
        /^Traceback \(most recent call last\):\n {2}File ".*main\.py", line 3, in <module>\n.*f\(\)\n(.*\n)* {2}File ".*main\.py", line 2, in f\n/,
      );
      expect(raised.stderr).not.toContain('start.py');
      expect(raised.outcome.ending).toEqual({ kind: 'exited', code: 1 });
      const left = await python.run(
        { 'main.py': 'import sys, atexit\natexit.register(lambda: print("bye"))\nsys.exit(7)\n' },
        { backend },
      );
      expect(left.outcome.ending).toEqual({ kind: 'exited', code: 7 });
      expect(left.stdout).toBe('bye\n');
      expect(left.trace.gaps.cut).toBe(false);
      const deep = await python.run(
        { 'main.py': 'def f(n):\n    return f(n + 1)\ntry:\n    f(0)\nexcept RecursionError:\n    print("deep")\n' },
        { backend },
      );
      expect(deep.stdout).toBe('deep\n');
    });

    test('empty files, what is sent to a generator, loops on one line, code made by exec', {
      timeout: 60_000,
    }, async () => {
      const files = { 'main.py': 'import pkg\nk = [a for a in range(3)]\n', 'pkg/__init__.py': '' };
      const { trace, outcome, stderr } = await python.run(files, { backend });
      expect(stderr).toBe('');
      expect(outcome.ending).toEqual({ kind: 'exited', code: 0 });
      expect(trace.gaps.droppedEvents).toBe(0);
      expect(eventsOf(trace, 'write').some(({ gone }) => gone)).toBe(false);
      const sent =
        'def g():\n    v = yield 1\n    yield v\nit = g()\nnext(it)\nit.send("hi")\nfor x in range(5): y = x\nexec("z = 1")\n';
      const more = (await python.run({ 'main.py': sent }, { backend })).trace;
      const writes = eventsOf(more, 'write').map(({ name, value }) => `${name}=${JSON.stringify(value)}`);
      expect(writes).toContain('v="hi"');
      expect(writes.filter((write) => write.startsWith('y='))).toEqual(['y=0', 'y=1', 'y=2', 'y=3', 'y=4']);
      expect(
        eventsOf(more, 'note')
          .map(({ text }) => text)
          .join(),
      ).toContain('exec');
    });

    test('what the library’s own types say of themselves; comprehensions; no built-in functions left', {
      timeout: 60_000,
    }, async () => {
      const source = `import builtins, datetime, decimal, enum, pathlib
class Color(enum.Enum):
    RED = 1
class Number(enum.IntFlag):
    ONE = 1
class Zone(datetime.tzinfo):
    def utcoffset(self, when):
        print('asked')
class Price(decimal.Decimal):
    def __str__(self):
        print('asked')
class Meta(type):
    def __eq__(self, other):
        print('compared')
    __hash__ = type.__hash__
class Odd(metaclass=Meta):
    pass
a = Color.RED
b = Number.ONE
c = decimal.Decimal('1.50')
d = datetime.datetime(2024, 1, 2, 3, 4, 5)
e = datetime.timedelta(1, 2)
f = datetime.datetime(2024, 1, 2, tzinfo=Zone())
g = pathlib.PurePosixPath('/x', 'y') / 'z'
h = Price('2')
i = Odd()
j = [x for x in range(6) if x % 2]
builtins.__dict__.clear()
k = 1
`;
      const { trace, stdout } = await python.run({ 'main.py': source }, { backend });
      expect(stdout).toBe('');
      const of = (name: string): unknown => eventsOf(trace, 'write').find((one) => one.name === name)?.value;
      expect(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(of)).toEqual([
        { t: 'Color', v: 'RED' },
        { t: 'Number', v: 'ONE' },
        { t: 'Decimal', v: '1.50' },
        { t: 'datetime', v: '2024-01-02 03:04:05' },
        { t: 'timedelta', v: '1 day, 0:00:02' },
        { t: 'datetime', v: '2024 1 2 0 0 0 0' },
        { t: 'PurePosixPath', v: '/x/y/z' },
      ]);
      expect(of('k')).toBe(1);
      expect(linesOf(trace, '<module>').filter((line) => line === 27)).toEqual([27]);
      expect(trace.gaps.cut).toBe(false);
    });

    test('a tracer of the program’s own is told', { timeout: 60_000 }, async () => {
      const { trace } = await python.run(
        { 'main.py': 'import sys\nsys.settrace(lambda *a: None)\nx = 1\n' },
        { backend },
      );
      expect(eventsOf(trace, 'note').some(({ about }) => about === 'tracer')).toBe(true);
    });

    test('levels: coverage and counts have no events, blocks begin where control may come in', {
      timeout: 60_000,
    }, async () => {
      const source =
        'total = 0\nfor i in range(3):\n    if i == 1:\n        total += i\n    total += 1\nprint(total)\n';
      const of = (level: 'coverage' | 'counts' | 'blocks') => python.run({ 'main.py': source }, { backend, level });
      const [covered, counted, blocks] = [await of('coverage'), await of('counts'), await of('blocks')];
      expect(covered.trace.events).toEqual([]);
      expect(countsOf(covered.trace, 'main.py')).toBe('1:1 2:1 3:1 4:1 5:1 6:1');
      expect(countsOf(counted.trace, 'main.py')).toBe('1:1 2:4 3:3 4:1 5:3 6:1');
      const ways = counted.trace.counts[0]?.ways.map(({ from, to, count }) => `${from}→${to}:${count}`) ?? [];
      for (const way of ['2→3:3', '2→6:1', '3→4:1', '3→5:2']) expect(ways).toContain(way);
      expect(linesOf(blocks.trace)).toEqual([1, 2, 3, 5, 2, 3, 4, 5, 2, 3, 5, 2, 6]);
    });
  });
}

const native = python.missing('native');
describe.skipIf(native !== '')(`native alone${native}`, () => {
  test('threads, processes, files that are closed under the tracer', { timeout: 60_000 }, async () => {
    const source = `import os, subprocess, sys, threading
def work(n):
    return n + 1
threads = [threading.Thread(target=work, args=(n,)) for n in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
os.closerange(3, 100)
subprocess.run([sys.executable, '-c', 'print("child")'])
done = True
`;
    const { trace, stdout } = await python.run({ 'main.py': source }, { backend: 'native' });
    expect(stdout).toBe('child\n');
    expect(new Set(trace.events.map(({ thread }) => thread)).size).toBeGreaterThan(1);
    expect(endsOf(trace).filter((end) => end.startsWith('work'))).toHaveLength(3);
    expect(eventsOf(trace, 'note').some(({ about }) => about === 'process')).toBe(true);
    expect(trace.gaps.cut).toBe(false);
  });
});
