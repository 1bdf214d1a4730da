/** Coverage of Python: rewritten code (3.8 to 3.11) tells the lines and ways that counting by the interpreter's own hooks tells. */
import { expect, test } from 'vitest';
import { loadGrammarFile } from '../../../../test/grammarfiles.ts';
import { coverageOf } from '../coverage.ts';
import { staticLines } from '../static.ts';
import { countsOf, eventsOf, openTestTracing, type TestTraced } from '../tracing.testing.ts';

const python = await openTestTracing('python', loadGrammarFile);
const native = python.missing('native');
const run = (source: string, level: 'coverage' | 'counts', more: Record<string, string> = {}): Promise<TestTraced> =>
  python.run({ 'main.py': source, ...more }, { backend: 'native', level });

/** Nearly everything that has lines of its own, and ways between them. */
const source = `"""All that has lines of its own."""
import asyncio
import contextlib

many = [
    0,
    1,
]


def deco(f):
    return f


@deco
@deco
def gen(n):
    try:
        for i in range(n):
            if i == 1:
                continue
            elif i > 3:
                break
            yield i
        else:
            yield -1
    finally:
        many.append(n)


class K:
    """Text."""
    x: int = 1

    def __init__(self):
        self.y = [a for a in many if a] + [
            lambda: 1,
        ][:0]

    @property
    def z(self):
        return self.y and self.x or 0


def tries(v):
    try:
        if v == 0:
            raise ValueError(v)
        if v == 1:
            return {}['x']
        if v == 2:
            return 1
    except ValueError as e:
        return str(e)
    except (KeyError,
            TypeError):
        with contextlib.suppress(ZeroDivisionError):
            1 / 0
        return 'key'
    else:
        while v > 3:
            v -= 1
            if v == 7: break
        else:
            return 'low'
    finally:
        many.append(v)
    return 'end'


async def co(n):
    async with Lock() as lock:
        async for i in agen(n):
            await asyncio.sleep(0)
            if i and \\
                    i > 1:
                return lock
    return None


class Lock:
    async def __aenter__(self):
        return self

    async def __aexit__(self, *a):
        return False


async def agen(n):
    for i in range(n):
        yield i


def never():
    if 0:
        print('x')
    return many


def closure():
    n = 0

    def inner(k=2):
        nonlocal n
        n += k
        assert n, 'none'
        return n if n > 2 else -n
    return inner() + inner()


print(list(gen(2)), list(gen(6)), K().z, [tries(v) for v in range(10)])
print(asyncio.run(co(1)) is None, asyncio.run(co(4)) is not None, closure())
g = gen(3)
next(g)
g.close()
try:
    K().nothing
except AttributeError as e:
    import traceback
    print(traceback.format_exc().replace(__file__, ''))
`;

const once = (counts: string): string => counts.replaceAll(/:[1-9]\d*/g, ':1');

test.skipIf(native !== '')(`the same lines and branches as counting${native}`, { timeout: 60_000 }, async () => {
  const [covered, counted] = [await run(source, 'coverage'), await run(source, 'counts')];
  expect(covered.stdout).toBe(counted.stdout);
  expect(covered.stdout).toContain("['0', 'key', 1, 'low'");
  expect([covered.stderr, covered.outcome.ending]).toEqual(['', { kind: 'exited', code: 0 }]);
  expect(countsOf(covered.trace, 'main.py')).toBe(once(countsOf(counted.trace, 'main.py')));
  const statics = new Map([
    ['main.py', await staticLines({ path: 'main.py', bytes: Buffer.from(source) }, loadGrammarFile)],
  ]);
  const branches = ({ trace }: TestTraced): string[] =>
    coverageOf([trace], statics)[0]?.branches.map(({ line, to, count }) => `${line}>${to}:${Math.min(count, 1)}`) ?? [];
  expect(branches(covered)).toEqual(branches(counted));
});

test.skipIf(native !== '')(
  `long jumps, many constants, columns of tracebacks${native}`,
  { timeout: 60_000 },
  async () => {
    const many = Array.from({ length: 300 }, (_, at) => `    if x == ${at}:\n        x += ${at}.5`).join('\n');
    const long = `def f(x):\n    for _ in range(2):\n${many.replaceAll(/^/gm, '    ')}\n    return {}[x]\nf(7)\n`;
    const [covered, counted] = [await run(long, 'coverage'), await run(long, 'counts')];
    expect(countsOf(covered.trace, 'main.py')).toBe(once(countsOf(counted.trace, 'main.py')));
    expect(covered.stderr).toBe(counted.stderr);
    expect(covered.stderr).toContain('KeyError');
  },
);

test.skipIf(native !== '')(
  `modules, code that the program compiles, a tracer of its own${native}`,
  { timeout: 60_000 },
  async () => {
    const own = `import sys, helper
sys.settrace(lambda *_: None)
sys.settrace(None)
helper.used()
exec(compile(open('plain.py').read(), 'plain.py', 'exec'))
`;
    const more = {
      'helper.py': 'def used():\n    return 1\ndef unused():\n    return 2\n',
      'plain.py': 'a = 1\nif a:\n    b = 2\nelse:\n    b = 3\n',
    };
    const { trace, stderr } = await run(own, 'coverage', more);
    expect(stderr).toBe('');
    expect(countsOf(trace, 'main.py')).toBe('1:1 2:1 3:1 4:1 5:1');
    expect(countsOf(trace, 'helper.py')).toBe('1:1 2:1 3:1 4:0');
    expect(countsOf(trace, 'plain.py')).toBe('1:1 2:1 3:1 5:0');
    expect(eventsOf(trace, 'note').length).toBeLessThan(2);
  },
);

test.skipIf(native !== '')(
  `an exception out of a signal, in a loop that was rewritten${native}`,
  { timeout: 60_000 },
  async () => {
    const alarm = `import signal
def alarm(*_):
    raise TimeoutError
signal.signal(signal.SIGALRM, alarm)
signal.setitimer(signal.ITIMER_REAL, 0.1)
n = 0
try:
    while True:
        n += 1
        if n < 0:
            n = 0
except TimeoutError:
    print('stopped')
`;
    const { trace, stdout } = await run(alarm, 'coverage');
    expect(stdout).toBe('stopped\n');
    expect(countsOf(trace, 'main.py')).toBe('1:1 2:1 3:1 4:1 5:1 6:1 7:1 8:1 9:1 10:1 11:0 12:1 13:1');
  },
);

test.skipIf(native !== '')(
  `a finally that an exception reaches, its body on one line, and with and loops inside${native}`,
  { timeout: 60_000 },
  async () => {
    const finals = `def a(p):
    try:
        int(p)
    finally:
        x = 1
def b(p):
    for i in range(3):
        try:
            if i == 1:
                int(p)
        finally:
            x = 1
def c(p):
    try:
        try:
            int(p)
        except KeyError as e:
            x = 1
        finally:
            x = None
    finally:
        x = 3
def d(p):
    with open(__file__) as f:
        int(p)
        x = 1
    return x
def e(p):
    try:
        return int(p)
    finally:
        return 1
for f in (a, b, c, d, e):
    try:
        f('x')
    except ValueError:
        pass
try:
    try:
        1 / 0
    finally:
        x = 1
except ZeroDivisionError:
    x = 2
`;
    const [covered, counted] = [await run(finals, 'coverage'), await run(finals, 'counts')];
    expect(countsOf(covered.trace, 'main.py')).toBe(once(countsOf(counted.trace, 'main.py')));
    const unrun = countsOf(covered.trace, 'main.py').match(/\d+(?=:0)/g);
    expect(unrun).toEqual(['18', '26', '27']);
  },
);

test.skipIf(native !== '')(`a program that stores its own code${native}`, { timeout: 60_000 }, async () => {
  const stores = `import helper, marshal
print(len(marshal.dumps(helper.used.__code__)) > 10)
print(helper.used(1))
`;
  const more = { 'helper.py': 'def used(x):\n    if x:\n        return 1\n    return 2\n' };
  const { trace, stdout, stderr } = await run(stores, 'coverage', more);
  expect([stdout, stderr]).toEqual(['True\n1\n', '']);
  expect(countsOf(trace, 'helper.py')).toBe('1:1 2:1 3:1 4:0');
  expect(countsOf(trace, 'main.py')).toBe('1:1 2:1 3:1');
});

test.skipIf(native !== '')(`a tracer of the program is not told of ours${native}`, { timeout: 60_000 }, async () => {
  const tracer = `import sys, threading
def f(x):
    return x
seen = set()
def tr(frame, event, arg):
    seen.add(frame.f_code.co_name)
    return tr
sys.settrace(tr)
same = sys.gettrace() is tr
f(1)
sys.settrace(None)
threading.settrace(tr)
t = threading.Thread(target=f, args=(1,), name='t')
t.start()
t.join()
threading.settrace(None)
print(same, sys.gettrace(), 'f' in seen, seen & {'tell', 'told', 'ran', 'flush', 'settrace', 'gettrace'})
`;
  const { trace, stdout, stderr } = await run(tracer, 'coverage');
  expect([stdout, stderr]).toEqual(['True None True set()\n', '']);
  expect(countsOf(trace, 'main.py')).not.toContain(':0');
});
