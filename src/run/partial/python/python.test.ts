import { afterAll, expect, test } from 'vitest';
import { keptCache } from '../../../../test/keptcache.ts';
import { openRunner, type RunOptions } from '../../runner.ts';
import { runPartial } from '../partial.ts';
import type { PartialOptions, PartialReport } from '../types.ts';

const runner = openRunner({ cacheDir: keptCache, path: (process.env.PATH ?? '').split(':'), parallelism: 2 });
afterAll(() => runner.close());

const native = (await runner.offers()).some(
  ({ backend, runtimes }) =>
    backend === 'native' && runtimes.some(({ language, state }) => language === 'python' && state === 'ready'),
);
const where = native ? 'native' : 'embedded';

const run = (
  code: string,
  options: PartialOptions = {},
  how: RunOptions = { backend: where },
): Promise<PartialReport> =>
  runPartial(
    { language: 'python', files: [{ path: 'main.py', bytes: new TextEncoder().encode(code) }], entry: 'main.py' },
    options,
    runner,
    how,
  );

const share = ({ coverage }: PartialReport): string => `${coverage.covered}/${coverage.statements}`;
const types = ({ injections }: PartialReport): Record<string, string> =>
  Object.fromEntries(injections.map(({ what, type }) => [what, type]));
const errors = ({ failures }: PartialReport): string[] =>
  failures.map(({ line, type, certainty }) => `${line} ${type} ${certainty}`);

test('a program that is whole runs as it is, in one round', async () => {
  const report = await run('x = 1\nfor i in range(3):\n    x += i\nprint(x)\n');
  expect([report.level, share(report), report.injections, report.levels[0]?.rounds]).toEqual([1, '4/4', [], 1]);
  expect(new TextDecoder().decode(report.outcome.stdout.head)).toBe('4\n');
});

test('missing values are of the type that their uses ask for', async () => {
  const report = await run(
    `import missing.part
total = price * 2 + 1
label = name.upper() + "!"
for row in rows:
    print(row)
if config["debug"]:
    print("%d of %s" % (done, user.email))
reply = missing.part.fetch(address).text.split()
with lock:
    handler(label)
`,
    { level: 2 },
  );
  expect(share(report)).toBe('10/10');
  expect(types(report)).toMatchObject({
    name: 'text',
    rows: 'list',
    config: 'mapping',
    done: 'integer',
    user: 'instance',
    handler: 'callable',
    missing: 'module',
  });
  expect(['integer', 'float']).toContain(types(report).price);
  expect(report.injections.every(({ line, column }) => line > 0 && column > 0)).toBe(true);
});

test('values are chosen for the conditions on them', async () => {
  const report = await run(
    `if kind != "circle":
    raise ValueError(kind)
if len(sides) > 3 and not broken:
    print("many")
value = text.strip()
if value.startswith("x-"):
    print("extended")
`,
    { level: 2 },
  );
  expect(report.coverage.files[0]?.missed).toEqual([1, 2]);
});

test('turns of a loop go through a chain of conditions one by one, and the longest path is taken through guards', async () => {
  const report = await run(
    `for line in text.strip().split("\\n"):
    if line.startswith("+++"):
        first = line
    elif line.startswith("@@"):
        second = line
    elif line.endswith("!"):
        third = line
    else:
        fourth = line
if options.quiet:
    if options.short:
        print(1)
    exit(1)
before, after, rest = pair.strip().split("=")
if 7 in allowed:
    print(before)
    print(rest)
self.__post_init__()
`,
    { level: 2, budget: { rounds: 2 } },
  );
  expect(report.coverage.files[0]?.missed).toEqual([10, 11, 12, 13]);
});

test.each([
  ['a part of a text', 'base, ext = os.path.splitext(path)\nif ext == ".py":\n    path = base\n    print(path)\n', []],
  ['None, where more is behind it', 'if name is None:\n    name = load()\n    print(name)\nprint(1)\n', []],
  ['a key that is there', 'one = known.get(None)\nif one is not None:\n    print(one.app)\n    print(one.user)\n', []],
  ['one element of many', 'if any(row.kind == wanted for row in rows):\n    print(1)\n    print(2)\n', []],
  ['one and the same', 'if mode is Mode.fast:\n    print(3)\n    print(4)\n', []],
  ['one of several', 'if start.kind in {tokens.NAME, tokens.NUMBER}:\n    print(5)\n    print(6)\n', []],
  [
    'a number beyond a sum',
    'size = 0\nfor one in sizes:\n    size += one * 3\nif size < most:\n    print(1)\n    print(2)\n',
    [],
  ],
  [
    'a default, where nothing is',
    'way = getattr(made, name, None)\nif way is None:\n    way = made.get\n    print(way)\n',
    [],
  ],
  ['no arguments, where none are taken', 'json.loads(text, **options)\n', []],
  ['missing, and assigned later', 'if it is None:\n    it = make(env)\n    it.json = 1\n    it.tries = 2\n', []],
])('a condition asks for %s, and a value is found that is so', async (_, code, missed) => {
  const report = await run(code, { level: 2 });
  expect(report.coverage.files[0]?.missed).toEqual(missed);
  expect(report.injections.some(({ kind }) => kind === 'branch')).toBe(false);
});

test('a module whose absence would end the program is there', async () => {
  const report = await run(
    `try:
    import far_away
except ImportError:
    exit(1)
far_away.go()
far_away.stop()
`,
    { level: 2 },
  );
  expect(report.coverage.files[0]?.missed).toEqual([3, 4]);
});

test('what a run contradicts is corrected', async () => {
  const report = await run(
    `first, second, third = line.split(",")
number = int(count)
items.extend(names)
print(items.unheard_of(), number, third)
import json
print(json.loads(reply)["state"])
`,
    { level: 2 },
  );
  expect(share(report)).toBe('6/6');
  expect(report.injections.some(({ corrected }) => corrected > 0)).toBe(true);
});

test('what is never called is called at level 3, with instances of its own classes', async () => {
  const code = `class Box:
    def __init__(self, width):
        self.width = width
    def area(self, height):
        return self.width * height
    async def later(self):
        return await self.load()
    async def load(self):
        return self.width
def pairs(items):
    for item in items:
        yield item, 1
`;
  const two = await run(code, { level: 2 });
  const three = await run(code, { level: 3 });
  expect(share(two)).toBe('1/12');
  expect([share(three), three.level]).toEqual(['12/12', 3]);
  expect(three.called).toContain('Box.area');
});

test('handlers and the other ways are reached at level 3; behind errors of injected values at level 4', async () => {
  const forced = await run('try:\n    work()\nexcept KeyError:\n    print("caught")\nif 1 > 2:\n    print("never")\n');
  expect([forced.level, share(forced)]).toEqual([3, '6/6']);
  const passed = await run('import struct\nx = struct.unpack("<I", packet)\nprint("behind")\n');
  expect([passed.level, share(passed)]).toEqual([4, '2/3']);
});

test('an error is genuine only where nothing injected could have caused it', async () => {
  const genuine = await run('a = "text"\nb = 5\nif missing:\n    print(b)\nc = a + b\n');
  expect(errors(genuine)).toEqual(['5 TypeError genuine']);
  const possible = await run('import struct\na = load()\nstruct.pack("<I", "x" if a else a)\n', { level: 3 });
  expect(errors(possible).filter((one) => one.endsWith('genuine'))).toEqual([]);
  const through = await run('def f(x):\n    return len(x)\nn = f(3)\n', { level: 2 });
  expect(errors(through)).toEqual(['2 TypeError genuine']);
  const forced = await run('x = None\nif x is not None:\n    print(x.name)\n', { level: 3 });
  expect(errors(forced).filter((one) => one.endsWith('genuine'))).toEqual([]);
  const nothing = await run('since = None\nage = clock.now() - since\n', { level: 2 });
  expect(errors(nothing)).toContain('2 TypeError genuine');
});

test('files, input, arguments and the network are filled in', async () => {
  const report = await run(
    `import sys, urllib.request
with open("data/input.csv") as f:
    rows = [line.strip() for line in f]
age = int(input("age? "))
target = sys.argv[2]
page = urllib.request.urlopen("http://localhost/").read()
print(rows, age, target)
`,
    { level: 2 },
  );
  expect(share(report)).toBe('7/7');
  expect(report.injections.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['file', 'input', 'argument']));
});

test('hostile programs are bounded and told', async () => {
  const [loop, deep, left, patched, broken] = await Promise.all([
    run('x = 1\nwhile True:\n    x += 1\n', { level: 2 }),
    run('def f(n):\n    return f(n + 1)\nf(0)\n', { level: 2 }),
    run('import os\nprint(missing)\nos._exit(3)\nprint(1)\n', { level: 2 }),
    run('import builtins, json\njson.dumps = None\nbuiltins.open = None\nbuiltins.len = None\nprint(missing)\n', {
      level: 2,
    }),
    run('x = 1\nprint(x)\ndef broken(:\n    pass\n', { level: 2 }),
  ]);
  expect(loop.gaps.join()).toMatch(/long enough/);
  expect(share(loop)).toBe('3/3');
  expect(errors(deep).join()).toMatch(/RecursionError/);
  expect(share(left)).toBe('2/4');
  expect(share(patched)).toBe('5/5');
  expect([share(broken), broken.gaps.join()]).toEqual(['2/2', expect.stringContaining('line 3')]);
});

test('the same seed gives the same report', async () => {
  const code = 'for x in things:\n    if x.ready:\n        use(x.name + "a")\n    else:\n        drop(x)\n';
  const [one, other] = [await run(code), await run(code)];
  expect({ ...one, outcome: null }).toEqual({ ...other, outcome: null });
});

test('the embedded backend gives the same', async () => {
  const code = 'import nothing\nfor row in rows:\n    print(row.name.upper())\ndef f(x):\n    return x + 1\n';
  const few: PartialOptions = { level: 3, budget: { rounds: 3 } };
  const [here, there] = [await run(code, few), await run(code, few, { backend: 'embedded' })];
  expect([share(there), types(there)]).toEqual([share(here), types(here)]);
});

test.each([
  ['a loop over a guess counts', 'n = 0\nfor d in fetch_it():\n    n += 1\nprint([1][n])\n', 4],
  [
    'a guess decides what is returned',
    'def pick():\n    if data:\n        return None\n    return 3\nprint(pick() + 1)\n',
    5,
  ],
  ['a missing callee was given the mapping', "import pk\nd = {'z': 1}\npk.update(d)\nprint(d['zz'])\n", 4],
  [
    'a missing callee was given a callback',
    'from pk import setup\nvalue = None\ndef begin():\n    global value\n    value = 3\nsetup(begin)\nprint(value + 1)\n',
    7,
  ],
  [
    'a value is stored by reflection',
    "import pk\nclass C:\n    pass\nc = C()\nsetattr(c, 'v', pk.get())\nprint(c.v[30])\n",
    6,
  ],
  ['all names of a missing module', 'from x import *\nprint(len("abc") / 0)\n', 2],
])('an error is only possible where %s', async (_why, code, line) => {
  const report = await run(code);
  const own = report.failures.filter((failure) => failure.line === line);
  expect(own.map(({ certainty }) => certainty).filter((certainty) => certainty === 'genuine')).toEqual([]);
  const sure = await run(`import pk\npk.log('a')\nd = {'z': 1}\nprint(len(d))\n${'\n'.repeat(line)}print(d['zz'])\n`);
  expect(errors(sure)).toEqual([`${line + 5} KeyError genuine`]);
});

test.each([
  ['an attribute of the class', 'class A:\n    n = num() + 20\nclass B(A):\n    pass\n[1, 2][B().n]\n'],
  ['a property', 'class A:\n    @property\n    def n(self):\n        return num() + 20\n[1, 2][A().n]\n'],
  [
    'a descriptor',
    'class D:\n    def __get__(self, o, t):\n        return num() + 20\nclass A:\n    n = D()\n[1, 2][A().n]\n',
  ],
  ['an operator of the class', 'class A:\n    def __add__(self, o):\n        return num() + 20\n[1, 2][A() + 1]\n'],
  [
    'a subscript of the class itself',
    'class A:\n    def __getitem__(self, i):\n        return num() + 20\n    def go(self):\n        return [1, 2][self[0]]\nA().go()\n',
  ],
  [
    'an iterator that waits',
    'class A:\n    def __iter__(self):\n        yield num() + 20\nfor i in A():\n    [1, 2][i]\n',
  ],
  [
    'a `with`',
    'class A:\n    def __enter__(self):\n        return num() + 20\n    def __exit__(self, *a):\n        pass\nwith A() as i:\n    [1, 2][i]\n',
  ],
  [
    'what a generator is sent',
    'def g():\n    i = yield 1\n    yield [1, 2][i]\nit = g()\nnext(it)\nit.send(num() + 20)\n',
  ],
  [
    'a metaclass',
    "class M(type):\n    def __new__(m, n, b, d):\n        d['n'] = num() + 20\n        return super().__new__(m, n, b, d)\nclass A(metaclass=M):\n    pass\n[1, 2][A.n]\n",
  ],
])('an error is only possible where a guess comes by %s', async (_why, code) => {
  const report = await run(code, { level: 2 });
  expect(report.failures.map(({ type, certainty }) => `${type} ${certainty}`)).toContain('IndexError possible');
  expect(errors(report).filter((one) => one.endsWith('genuine'))).toEqual([]);
});

test.each([
  ['that a handler stood in for', 'try:\n    rows = load()\nexcept Exception:\n    rows = []\nprint(rows[0])\n'],
  [
    'that the program does without',
    'try:\n    import nonesuch as np\nexcept ImportError:\n    np = None\nprint(np.array(3))\n',
  ],
  [
    'that ended a thread',
    'import threading\nr = []\ndef work():\n    r.append(load())\nt = threading.Thread(target=work)\nt.start()\nt.join()\nprint(r[0])\n',
  ],
])('an error is only possible behind something missing %s', async (_why, code) => {
  expect(errors(await run(code)).filter((one) => one.endsWith('genuine'))).toEqual([]);
});

test('an endless recursion is genuine, and nothing behind it runs', async () => {
  const report = await run('import foo\ndef f(n):\n    return f(n + 1)\nf(0)\nx = foo.y\n');
  expect([share(report), errors(report)]).toEqual(['3/5', ['3 RecursionError genuine']]);
  expect(report.injections.filter(({ line }) => line === 0)).toEqual([]);
  // As Python shows it: no frames of ours, and the thousand that are alike are one line.
  const shown = new TextDecoder().decode(report.outcome.stderr.head);
  expect(shown).toContain('in f');
  expect(shown).not.toContain('winnow_');
  expect(shown.split('\n').length).toBeLessThan(30);
});

test('a genuine error that the program catches is told as caught', async () => {
  const report = await run(
    "import foo\nd = {}\ntry:\n    d['k']\nexcept KeyError:\n    pass\nn = foo.count + foo.text.upper()\nprint(n)\n",
  );
  expect(report.failures.filter(({ line }) => line === 4).map(({ after }) => after)).not.toContain('resumed');
});

test('built-ins that the program takes away are not those that it is told with', async () => {
  const report = await run(
    "import builtins, foo\nfor n in list(vars(builtins)):\n    if not n.startswith('__'):\n        setattr(builtins, n, None)\ny = foo.z\n{}['a']\n",
  );
  expect([errors(report), report.gaps]).toEqual([['6 KeyError genuine'], []]);
});

test('what is nested deeply, indented or no text is run as far as it goes', async () => {
  const long = await run(`a = 1\nx = ${Array.from({ length: 600 }, () => 'a').join(' + ')}\nprint(x)\n`);
  expect([share(long), long.gaps]).toEqual(['3/3', []]);
  const deep = await run(`a = 1\nx = ${Array.from({ length: 20_000 }, () => 'a').join('+')}\nprint(x)\n`);
  expect([share(deep), deep.gaps[0]]).toEqual(['1/1', expect.stringContaining('line 2: nested too deeply')]);
  const snippet = await run('    x = items[0]\n    if x > 3:\n        print(x)\n');
  expect(share(snippet)).toBe('3/3');
  expect((await run('x = 1\ny = "\0"\n')).gaps[0]).toContain('line 2');
});

test('values are told without addresses', async () => {
  const report = await run('for x in fetch(): print(x)\nraise ValueError(object())\n');
  expect(JSON.stringify([report.injections, report.failures])).not.toContain('0x');
});

test('a module around it that takes all the time is left out and filled in, and that is said', async () => {
  const bytes = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(text));
  const files = [
    { path: 'main.py', bytes: bytes('import slow\ndef double(x):\n    return slow.scale * x\n') },
    { path: 'slow.py', bytes: bytes('while True: pass\n') },
  ];
  const report = await runPartial(
    { language: 'python', files, entry: 'main.py' },
    { function: 'double', level: 2, budget: { wallMs: 30_000 } },
    runner,
    { backend: where },
  );
  expect(share(report)).toBe('1/1');
  expect(report.gaps.join('; ')).toContain('the sources around it were left out and filled in');
});
