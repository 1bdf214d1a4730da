import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { keptCache } from '../../../../test/keptcache.ts';
import { openRunner } from '../../runner.ts';
import { versionAround } from './around.ts';
import { diffBehaviour } from './behaviour.ts';
import type { BehaviourReport } from './types.ts';

const runner = openRunner({ cacheDir: keptCache, path: (process.env.PATH ?? '').split(':'), parallelism: 2 });
afterAll(() => runner.close());

const native = (await runner.offers()).some(
  ({ backend, runtimes }) =>
    backend === 'native' && runtimes.some(({ language, state }) => language === 'python' && state === 'ready'),
);
const needsPython = native ? describe : describe.skip;

async function compare(
  one: string,
  other: string,
  name = 'f',
  around: Readonly<Record<string, string>> = {},
  packages: readonly string[] = [],
  inputs = 40,
): Promise<BehaviourReport> {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  const version = (text: string) => {
    const files: Readonly<Record<string, string>> = { ...around, 'main.py': text };
    const found = versionAround('main.py', name, {
      paths: Object.keys(files),
      read: (path) => (files[path] === undefined ? null : bytes(files[path])),
    });
    if (found === null) throw new Error('no main.py');
    return found;
  };
  return diffBehaviour([version(one), version(other)], { inputs, wallMs: 20_000, packages }, runner);
}

needsPython('two versions of a function, with a native Python', () => {
  test.each([
    ['a comparison', 'def f(age):\n    return age > 18\n', 'def f(age):\n    return age >= 18\n'],
    [
      'None looked out for',
      'def f(user):\n    return user.name\n',
      'def f(user):\n    return user.name if user is not None else ""\n',
    ],
    [
      'a call that is gone',
      'def f(self):\n    self.cache.flush()\n    self.file.close()\n',
      'def f(self):\n    self.file.close()\n',
    ],
    ['an attribute that is written', 'def f(box, n):\n    box.size = n\n', 'def f(box, n):\n    box.size = n + 1\n'],
    [
      'another exception',
      'def f(key):\n    if not key:\n        raise KeyError(key)\n',
      'def f(key):\n    if not key:\n        raise ValueError(key)\n',
    ],
    [
      'an argument that is changed',
      'def f(items):\n    return sorted(items)\n',
      'def f(items):\n    items.sort()\n    return items\n',
    ],
    ['what is printed', 'def f(name):\n    print("hello", name)\n', 'def f(name):\n    print("Hello", name)\n'],
    [
      'a loop that does not end',
      'def f(n):\n    while n > 0:\n        n -= 1\n    return n\n',
      'def f(n):\n    while n > 0:\n        n -= 0\n    return n\n',
    ],
    ['a name of a parameter', 'def f(n, size=1):\n    return n * size\n', 'def f(n, width=1):\n    return n * width\n'],
    [
      'how much is drawn from an iterator',
      'def f(it):\n    return next(iter(it), None)\n',
      'def f(it):\n    return list(it)[0] if it else None\n',
    ],
    [
      'a field in a slot, of a class whose annotations name what only type checkers import',
      'from __future__ import annotations\nclass Box:\n    __slots__ = ("size",)\n    def f(self, n: Missing) -> te.Self:\n        self.size = n\n',
      'from __future__ import annotations\nclass Box:\n    __slots__ = ("size",)\n    def f(self, n: Missing) -> te.Self:\n        self.size = [n]\n',
      'Box.f',
    ],
    [
      'what an exception carries',
      'class Refused(Exception):\n    def __init__(self, code):\n        self.code = code\ndef f(n):\n    raise Refused(404)\n',
      'class Refused(Exception):\n    def __init__(self, code):\n        self.code = code\ndef f(n):\n    raise Refused(405)\n',
    ],
    [
      'a keyword that is handed on',
      'def f(**options):\n    def inner(*, again=False):\n        return again\n    return inner(**options)\n',
      'def f(**options):\n    def inner(*, anew=False):\n        return anew\n    return inner(**options)\n',
    ],
  ])('changed: %s', async (_, one, other, name = 'f') => {
    const { behaviour, difference } = await compare(one, other, name);
    expect(behaviour).toBe('changed');
    expect(difference?.ends[0].ends).not.toBe('');
  });

  test.each([
    [
      'a comprehension',
      'def f(rows):\n    out = []\n    for row in rows:\n        out.append(row.name)\n    return out\n',
      'def f(rows):\n    return [row.name for row in rows]\n',
    ],
    [
      'texts of exceptions',
      'def f(n):\n    if n < 0:\n        raise ValueError("negative")\n    return n\n',
      'def f(n):\n    if n < 0:\n        raise ValueError("it is below 0")\n    return n\n',
    ],
    [
      'an attribute asked for once',
      'def f(self):\n    return self.pool.size + self.pool.size\n',
      'def f(self):\n    size = self.pool.size\n    return size + size\n',
    ],
    [
      'order of what only asks',
      'def f(a, b):\n    x = a.get("k")\n    y = b.get("k")\n    return x, y\n',
      'def f(a, b):\n    y = b.get("k")\n    x = a.get("k")\n    return x, y\n',
    ],
    [
      'log lines',
      'import logging\nlog = logging.getLogger()\ndef f(n):\n    log.info("n %s", n)\n    return n\n',
      'import logging\nlog = logging.getLogger()\ndef f(n):\n    log.debug("is %s", n)\n    return n\n',
    ],
    [
      'a function of a package that is missing',
      'import numpy as np\ndef f(x):\n    m = np.mean(x)\n    return m if m else None\n',
      'import numpy as np\ndef f(x):\n    return np.mean(x) or None\n',
    ],
  ])('preserved: %s', async (_, one, other) => {
    const { behaviour, why, equal } = await compare(one, other);
    expect([behaviour, why]).toEqual(['preserved', 'no difference']);
    expect(equal).toBeGreaterThan(0);
  });

  test('what differs in comments alone is not run', async () => {
    const report = await compare(
      'def f(n):\n    return n\n',
      'def f(n: int) -> int:\n    """The same."""\n    return n  # n\n',
    );
    expect([report.behaviour, report.inputs]).toEqual(['preserved', 0]);
  });

  test('the input that is told is small', async () => {
    const report = await compare(
      'def f(a, b, c):\n    return a\n',
      'def f(a, b, c):\n    return a if c != 7 else None\n',
    );
    expect(report.difference?.input.c).toBe('7');
    expect(report.difference?.ends[1].ends).toBe('returns None');
  });

  test('undecided: lines that differ are never reached', async () => {
    const code = (line: string): string => `def f(text):\n    for one in ():\n        ${line}\n    return 1\n`;
    const report = await compare(code('return 2'), code('return 3'));
    expect([report.behaviour, report.why]).toEqual(['undecided', 'the lines that differ were never reached']);
  });

  test.each([
    [
      'what conditions on the way ask for',
      'def f(text, size, *, mode=None):\n    if not text.lower().startswith("zürich-") or len(text) < 9:\n        return None\n    if size == 4711 and mode is not None:\n        RETURN\n',
    ],
    [
      'as many values as are unpacked',
      'def f(row):\n    a, b, c, d, e = row\n    for key, value in d.items():\n        RETURN\n',
    ],
    [
      'what a handler waits for',
      'import other\ndef f(n):\n    try:\n        other.ask(n)\n    except LookupError:\n        RETURN\n',
    ],
    [
      'a text that a pattern matches',
      'import re\ndef f(text):\n    if re.match(r"v(\\d+)\\.(\\d+)-rc[1-9]$", text):\n        RETURN\n',
    ],
    [
      'keys that were missing',
      'def take(row):\n    return row["left"] + row["right"]\ndef f(row):\n    take(row)\n    RETURN\n',
    ],
    [
      'numbers that are compared stand in a table of the file',
      'sizes = [7 * 1913, 5]\ndef f(n: int):\n    for size in sizes:\n        if n == size - 1:\n            RETURN\n',
    ],
    [
      'parts of what is taken apart',
      'def f(rows):\n    for name, (low, high) in rows:\n        if high is None and low > 3:\n            RETURN\n',
    ],
    [
      'types that fail at a place are given no longer',
      'import other\ndef f(source):\n    line = other.ask(source)\n    line = line.strip()\n    if line.decode("latin-1").startswith("a"):\n        RETURN\n',
    ],
    ['a container of the file that is not empty', 'known = {}\ndef f(name):\n    if known:\n        RETURN\n'],
  ])('inputs learn: %s', async (_, code) => {
    const report = await compare(code.replace('RETURN', 'return 2'), code.replace('RETURN', 'return 3'));
    expect([report.behaviour, report.difference?.assumed]).toEqual(['changed', []]);
  });

  test('the last resort is told: what was decided to reach the lines that differ', async () => {
    const code = (line: string): string =>
      `import hashlib\ndef f(text):\n    if hashlib.md5(text.encode()).hexdigest().startswith("0000000"):\n        ${line}\n    return 1\n`;
    const { behaviour, difference } = await compare(code('return 2'), code('return 3'), 'f', {}, [], 16);
    expect(behaviour).toBe('changed');
    expect(difference?.assumed.join()).toMatch(/hashlib\.md5\(.*(is stood in for|holds)$/);
  });

  test('an input that is not the same in both tells nothing', async () => {
    const around = { 'helpers.py': 'def double(n):\n    return n * 2\n' };
    const one = 'from helpers import double\ndef f(n: int):\n    return double(n) if double(n) > 100 else 0\n';
    const other = 'def f(n: int):\n    return n + n if n + n > 100 else 0\n';
    expect((await compare(one, other, 'f', around)).behaviour).toBe('preserved');
  });

  test('a default that one version alone has is a call that the other refuses', async () => {
    const report = await compare('def f(a, b):\n    return a\n', 'def f(a, b=1):\n    return a\n');
    expect([report.behaviour, report.difference?.what]).toEqual(['changed', 'signature']);
  });

  test('packages of an environment are real', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'winnow-packages-'));
    try {
      await chmod(directory, 0o755);
      await writeFile(join(directory, 'doubling.py'), 'def twice(n):\n    return n * 2\n');
      const one = 'from doubling import twice\ndef f(n: int):\n    return twice(n)\n';
      const other = one.replace('twice(n)', 'n + n');
      expect((await compare(one, other)).behaviour).toBe('changed');
      expect((await compare(one, other, 'f', {}, [directory])).behaviour).toBe('preserved');
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  test.each([
    [
      'what a method of its own gives',
      'class A:\n    def ask(self):\n        return 5\n    def f(self):\n        n = self.ask()\n        return self.wait(n CHANGED)\n    def wait(self, n):\n        return n\n',
      'or 9',
      'if n is not None else 9',
      'A.f',
    ],
    [
      'the clock stands still',
      'import datetime\ndef f(text: str):\n    return text + str(datetime.datetime.now()CHANGED)\n',
      '',
      '.date()',
      'f',
    ],
    [
      'dates and spans of time that annotations say',
      'import datetime\ndef f(born: datetime.date, more: datetime.timedelta):\n    return (datetime.date.today() - born + more).daysCHANGED\n',
      '',
      ' + 1',
      'f',
    ],
    [
      'a coroutine has a loop that runs',
      'import asyncio\nasync def f(n: int):\n    await asyncio.get_running_loop().run_in_executor(None, print)\n    return nCHANGED\n',
      '',
      ' + 1',
      'f',
    ],
    [
      'an attribute that is None at first is something later',
      'class A:\n    done = None\n    def f(self):\n        self.done.wait(5CHANGED)\n',
      '',
      ' + 1',
      'A.f',
    ],
  ])('changed: %s', async (_, code, one, other, name) => {
    expect((await compare(code.replace('CHANGED', one), code.replace('CHANGED', other), name)).behaviour).toBe(
      'changed',
    );
  });

  test('preserved: what is done twice is done; what piles up counts', async () => {
    const code = (line: string): string => `def f(box, n: int):\n    box.open(n)\n    ${line}\n    return n\n`;
    expect((await compare(code('box.open(n)'), code('pass'))).behaviour).toBe('preserved');
    expect((await compare(code('box.append(n)\n    box.append(n)'), code('box.append(n)'))).behaviour).toBe('changed');
  });

  test('of a file that does not parse the definition around the mistake is left out, and told with the place', async () => {
    const broken =
      'def f(x: int):\n    return x + 1\nclass A:\n    def g(self:\n        pass\n    def h(self, n: int):\n        return n\n';
    const report = await compare('def f(x: int):\n    return x\n', broken);
    const gaps = [expect.stringMatching(/^main.py does not parse: line 4: .*; lines 4-5 were left out$/)];
    expect([report.behaviour, report.gaps]).toEqual(['changed', gaps]);
    const method = await compare(broken, broken.replace('return n', 'return n + 1'), 'A.h');
    expect([method.behaviour, method.gaps.length]).toEqual(['changed', 2]);
    const inside = await compare(broken, broken.replace('pass', 'return 1'), 'A.g');
    expect([inside.behaviour, inside.why]).toEqual([
      'undecided',
      expect.stringContaining('but for what does not parse'),
    ]);
  });

  test('undecided: what changes by itself is no difference', async () => {
    const code = (name: string): string =>
      `import time\ndef f(n):\n    ${name} = time.perf_counter_ns()\n    return ${name}\n`;
    expect((await compare(code('one'), code('other'), 'f', {}, [], 16)).behaviour).toBe('undecided');
  });

  test('helpers of the repository are real, also where a change goes around one', async () => {
    const around = { 'helpers.py': 'def double(n):\n    return n * 2\n' };
    const one = 'from helpers import double\ndef f(n: int):\n    return double(n)\n';
    expect((await compare(one, 'def f(n: int):\n    return n + n\n', 'f', around)).behaviour).toBe('preserved');
  });

  test('hostile: programs that end the process, fill memory or forge the answer decide nothing for the other', async () => {
    const bad = 'import os\ndef f(n):\n    os._exit(0)\n';
    expect((await compare(bad, 'def f(n):\n    return n\n')).behaviour).toBe('undecided');
    const forged =
      'import os\nopen(os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), ".winnow-partial", "behaviour.jsonl"), "w").write("{}")\ndef f(n):\n    return n\n';
    expect((await compare(forged, 'def f(n):\n    return n + 1\n')).behaviour).toBe('changed');
    const large = 'def f(n):\n    return [0] * 10 ** 12\n';
    expect((await compare(large, 'def f(n):\n    return [0] * 10 ** 13\n')).behaviour).not.toBe('changed');
  });
});
