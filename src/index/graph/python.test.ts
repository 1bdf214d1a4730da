/** What Python's rules lead to, one rule after the other. */
import { expect, test } from 'vitest';
import { edgesOf, makeGraph } from '../../../test/graphs.ts';

type Files = Readonly<Record<string, string>>;

/** Calls out of `from`, as `target state rule`. */
async function check(files: Files, from: string, expected: readonly string[]): Promise<void> {
  const { graph } = await makeGraph(files);
  expect(edgesOf(graph, from)).toEqual(expected);
}

test('a name of the file', () =>
  check({ 'a.py': 'def g(): pass\ndef f(): g()\n' }, 'a.py:f', ['a.py:g resolved scope']));

test('an inner name hides an outer one', () =>
  check({ 'a.py': 'def g(): pass\ndef f():\n  def g(): pass\n  g()\n' }, 'a.py:f', ['a.py:f.g resolved scope']));

test('a method does not see the names of its class', async () => {
  const source = 'def g(): pass\nclass C:\n  def g(self): pass\n  def f(self): g()\n';
  await check({ 'a.py': source }, 'a.py:C.f', ['a.py:g resolved scope']);
});

test('a function of an imported module', () =>
  check({ 'a.py': 'import b\ndef f(): b.g()\n', 'b.py': 'def g(): pass\n' }, 'a.py:f', ['b.py:g resolved import']));

test('an imported function under another name', async () => {
  const files = { 'a.py': 'from p.b import g as h\ndef f(): h()\n', 'p/__init__.py': '', 'p/b.py': 'def g(): pass\n' };
  await check(files, 'a.py:f', ['p/b.py:g resolved import']);
});

test('names that a package passes on, by name and by star', async () => {
  const files = {
    'a.py': 'from p import g, h\nimport p\ndef f():\n  g()\n  h()\n  p.h()\n',
    'p/__init__.py': 'from .b import g\nfrom .c import *\n',
    'p/b.py': 'def g(): pass\n',
    'p/c.py': 'def h(): pass\ndef _hidden(): pass\n',
  };
  await check(files, 'a.py:f', ['p/b.py:g resolved import', 'p/c.py:h resolved import', 'p/c.py:h resolved import']);
});

test('a star import takes what __all__ lists and nothing else', async () => {
  const b = '__all__ = ["_g"]\ndef _g(): pass\ndef h(): pass\n';
  await check({ 'a.py': 'from b import *\ndef f():\n  _g()\n  h()\n', 'b.py': b }, 'a.py:f', [
    'b.py:_g resolved import',
  ]);
});

test('modules below modules', async () => {
  const files = {
    'a.py': 'import p.q.r\nfrom p import q\ndef f():\n  p.q.r.g()\n  q.r.g()\n',
    'p/__init__.py': '',
    'p/q/r.py': 'def g(): pass\n',
  };
  await check(files, 'a.py:f', ['p/q/r.py:g resolved import', 'p/q/r.py:g resolved import']);
});

test('relative imports, also of the package itself', async () => {
  const files = {
    'p/__init__.py': 'def top(): pass\n',
    'p/s/__init__.py': '',
    'p/s/a.py': 'from .b import g\nfrom .. import top\nfrom ..c import h\ndef f():\n  g()\n  top()\n  h()\n',
    'p/s/b.py': 'def g(): pass\n',
    'p/c.py': 'def h(): pass\n',
  };
  await check(files, 'p/s/a.py:f', [
    'p/s/b.py:g resolved import',
    'p/__init__.py:top resolved import',
    'p/c.py:h resolved import',
  ]);
});

test('modules that import each other in a circle', async () => {
  const files = {
    'a.py': 'from b import g, lost\ndef f():\n  g()\n  lost()\n',
    'b.py': 'from a import f, lost\ndef g(): f()\n',
  };
  await check(files, 'a.py:f', ['b.py:g resolved import']);
  await check(files, 'b.py:g', ['a.py:f resolved import']);
});

test('a class and its constructor', async () => {
  const files = { 'a.py': 'class B:\n  def __init__(self): pass\nclass C(B): pass\ndef f(): C()\n' };
  await check(files, 'a.py:f', ['a.py:C resolved scope', 'a.py:B.__init__ resolved constructor']);
});

test('a class with two kinds of constructor runs both', async () => {
  const source =
    'class A:\n  def __init__(self): pass\nclass B(A):\n  def __new__(cls): return super().__new__(cls)\ndef f(): B()\n';
  await check({ 'a.py': source }, 'a.py:f', [
    'a.py:B resolved scope',
    'a.py:B.__new__ resolved constructor',
    'a.py:A.__init__ resolved constructor',
  ]);
});

test('methods of self, of bases in other files, and behind the class', async () => {
  const files = {
    'a.py':
      'from b import B\nclass C(B):\n  def f(self):\n    self.g()\n    self.h()\n    super().f()\n  def g(self): pass\n',
    'b.py': 'class B:\n  def f(self): pass\n  def h(self): pass\n',
  };
  await check(files, 'a.py:C.f', ['a.py:C.g resolved self', 'b.py:B.h resolved self', 'b.py:B.f resolved super']);
});

test('the order of bases is that of Python', async () => {
  const source =
    'class A:\n  def m(self): pass\nclass B(A): pass\nclass C(A):\n  def m(self): pass\nclass D(B, C):\n  def f(self): self.m()\n';
  await check({ 'a.py': source }, 'a.py:D.f', ['a.py:C.m resolved self']);
});

test('classes that inherit from each other in a circle', async () => {
  const source = 'class A(B):\n  def f(self): self.g()\nclass B(A):\n  def g(self): pass\n';
  await check({ 'a.py': source }, 'a.py:A.f', ['a.py:B.g resolved self']);
});

test('values whose class is evident: constructed, annotated, given back, kept on self', async () => {
  const files = {
    'b.py': 'class B:\n  def m(self): pass\ndef made() -> B: ...\ndef inferred():\n  b = B()\n  return b\n',
    'a.py':
      'from b import B, made, inferred\nclass C:\n  def __init__(self): self.b = B()\n' +
      '  def f(self, p: B):\n    x = B()\n    x.m()\n    p.m()\n    made().m()\n    inferred().m()\n    self.b.m()\n',
  };
  await check(files, 'a.py:C.f', [
    'b.py:B resolved import',
    'b.py:B.m resolved constructor',
    'b.py:B.m resolved annotation',
    'b.py:made resolved import',
    'b.py:B.m resolved result',
    'b.py:inferred resolved import',
    'b.py:B.m resolved result',
    'b.py:B.m resolved constructor',
  ]);
});

test('a method that gives back self gives the class it was called on', async () => {
  const source =
    'class A:\n  def chain(self): return self\nclass B(A):\n  def m(self): pass\ndef f():\n  B().chain().m()\n';
  await check({ 'a.py': source }, 'a.py:f', [
    'a.py:B resolved scope',
    'a.py:A.chain resolved constructor',
    'a.py:B.m resolved result',
  ]);
});

test('elements of containers', async () => {
  const source =
    'from typing import Dict, List\nclass B:\n  def m(self): pass\n' +
    'def f(xs: List[B], d: Dict[str, B]):\n  for x in xs: x.m()\n  d["k"].m()\n  for k in d: k.m()\n  for y in [B()]: y.m()\n';
  const { graph } = await makeGraph({ 'a.py': source });
  expect(edgesOf(graph, 'a.py:f').filter((line) => line.startsWith('a.py:B.m'))).toEqual([
    'a.py:B.m resolved annotation',
    'a.py:B.m resolved annotation',
    'a.py:B.m resolved constructor',
  ]);
});

test('several possibilities are ambiguous and ranked', async () => {
  const source =
    'class A:\n  def m(self): pass\nclass B:\n  def m(self): pass\ndef f(c):\n  x = A() if c else B()\n  x.m()\n';
  const { graph } = await makeGraph({ 'a.py': source });
  expect(edgesOf(graph, 'a.py:f').slice(-2)).toEqual([
    'a.py:A.m ambiguous constructor',
    'a.py:B.m ambiguous constructor 1',
  ]);
  expect(graph.unresolvedCalls('m')).toEqual({ external: 0, unknown: 0, ambiguous: 1 });
});

test('nothing is resolved by its name alone', async () => {
  const files = {
    'a.py': 'def f(x):\n  x.save_it()\n  x.append(1)\n  x.twice()\n',
    'b.py': 'class B:\n  def save_it(self): pass\n  def append(self, x): pass\n  def twice(self): pass\n',
    'c.py': 'class C:\n  def twice(self): pass\n',
  };
  await check(files, 'a.py:f', [
    'b.py:B.save_it ambiguous unique-name',
    'b.py:B.twice ambiguous same-name',
    'c.py:C.twice ambiguous same-name 1',
  ]);
  const { graph } = await makeGraph(files);
  expect(graph.unresolvedCalls('append')).toEqual({ external: 0, unknown: 1, ambiguous: 0 });
});

test('a callback that is a parameter is not taken for a function of that name', async () => {
  await check({ 'a.py': 'def done(): pass\ndef f(done): done()\n' }, 'a.py:f', []);
});

test('what leads out of the repository is said to', async () => {
  const source = 'import os\nfrom json import loads\ndef f(s: str):\n  os.getcwd()\n  loads(s)\n  print(s.strip())\n';
  const { graph } = await makeGraph({ 'a.py': source });
  expect(graph.statistics()).toEqual([
    { language: 'python', files: 1, callSites: 4, resolved: 0, ambiguous: 0, external: 4, unknown: 0 },
  ]);
  expect(graph.unresolvedSites('getcwd')).toMatchObject([{ name: 'getcwd', reason: 'external' }]);
});

test('a property is called when it is read', async () => {
  const source =
    'class B:\n  def m(self): pass\nclass A:\n  @property\n  def b(self) -> B: ...\n  @b.setter\n  def b(self, v): ...\n' +
    '  def f(self): self.b.m()\n';
  await check({ 'a.py': source }, 'a.py:A.f', ['a.py:A.b resolved self', 'a.py:B.m resolved result']);
});

const rebinding: Readonly<Record<string, string>> = {
  'a parameter, to another class': 'def f(x: A):\n  x = B()\n  x.go()\n',
  'a parameter, to nobody knows what': 'def f(x: A):\n  x = z()\n  x.go()\n',
  'a parameter, by a loop': 'def f(x: A):\n  for x in y(): x.go()\n',
  'a parameter, by except': 'def f(x: A):\n  try: pass\n  except E as x: x.go()\n',
  'a parameter, by a pattern': 'def f(x: A):\n  match y():\n    case [x]: x.go()\n',
  'a local, after del': 'def f():\n  x = A()\n  del x\n  x = y()\n  x.go()\n',
  'a local, by with': "def f():\n  x = A()\n  with open('f') as x: x.go()\n",
  'a local, by a loop': 'def f():\n  x = A()\n  for x in y(): x.go()\n',
  'a local, by unpacking': 'def f():\n  x = A()\n  x, y = z()\n  x.go()\n',
  'a local, inside an expression': 'def f():\n  x = A()\n  (x := y())\n  x.go()\n',
  'a local with a declared type': 'def f():\n  x: A = A()\n  x = y()\n  x.go()\n',
};

test.each(Object.entries(rebinding))('a name that is bound anew is in doubt: %s', async (_, source) => {
  const { graph } = await makeGraph({
    'a.py': `class A:\n  def go(self): pass\nclass B:\n  def go(self): pass\n${source}`,
  });
  expect(edgesOf(graph, 'a.py:f').filter((edge) => edge.includes('.go resolved'))).toEqual([]);
});

test('a local that an import binds anew is in doubt', async () => {
  const source = 'class A:\n  def go(self): pass\ndef f(x: A):\n  import lost as x\n  x.go()\n';
  await check({ 'a.py': source }, 'a.py:f', ['a.py:A.go ambiguous annotation']);
  const module =
    'class A:\n  def go(self): pass\ntry:\n  from lost import x\nexcept ImportError:\n  x = A()\ndef f(): x.go()\n';
  await check({ 'a.py': module }, 'a.py:f', ['a.py:A.go resolved constructor']);
});

test('a name that is bound anew to the same, to nothing or to a literal keeps its type', async () => {
  const sources = ['x = A()', 'x = x or A()', 'x = None', "x = 'a'"];
  for (const source of sources) {
    await check({ 'a.py': `class A:\n  def go(self): pass\ndef f(x: A):\n  x.go()\n  ${source}\n` }, 'a.py:f', [
      'a.py:A.go resolved annotation',
      ...(source.includes('A()') ? ['a.py:A resolved scope'] : []),
    ]);
  }
});

test('what a name is bound to anew may rest on what it was bound to before', async () => {
  const source =
    'class A:\n  def copy(self) -> "A": pass\n  def other(self) -> "B": pass\nclass B:\n  def copy(self): pass\n';
  await check({ 'a.py': `${source}def f(x: A):\n  x = x.copy()\n` }, 'a.py:f', ['a.py:A.copy resolved annotation']);
  await check({ 'a.py': `${source}def f(c):\n  x = A() if c else None\n  x = x.copy() if c else x\n` }, 'a.py:f', [
    'a.py:A resolved scope',
    'a.py:A.copy resolved constructor',
  ]);
  await check({ 'a.py': `${source}def f(x: A):\n  x = x.other()\n  x.copy()\n` }, 'a.py:f', [
    'a.py:A.other resolved annotation',
    'a.py:A.copy ambiguous annotation',
    'a.py:B.copy ambiguous result 1',
  ]);
});

test('the exception of a clause is its own', async () => {
  const source =
    'class A(Exception):\n  def show(self): pass\nclass B(Exception):\n  def show(self): pass\ndef f():\n  try: pass\n  except A as e: e.show()\n  except B as e: e.show()\n';
  await check({ 'a.py': source }, 'a.py:f', ['a.py:A.show resolved annotation', 'a.py:B.show resolved annotation']);
});

test('a parameter and a member of one name leave the module of that name to annotations', async () => {
  const files = {
    'p/__init__.py': '',
    'p/box.py': 'class Box:\n  def open(self): pass\n',
    'p/a.py':
      'from . import box\nclass T:\n  def __init__(self, box: box.Box = None): self.box = box\n  def f(self): self.box.open()\n',
  };
  await check(files, 'p/a.py:T.f', ['p/box.py:Box.open resolved annotation']);
});

test('setting an item of oneself makes no container of oneself', async () => {
  const source =
    'class A:\n  def go(self): pass\n  def f(self, x: int):\n    self[0] = A()\n    y = self.b\n    for z in self.b: z.go()\n  def __init__(self): self.b: list[A] = []\n';
  const { graph } = await makeGraph({ 'a.py': source });
  expect(edgesOf(graph, 'a.py:A.f')).toContain('a.py:A.go resolved annotation');
});

test('a named tuple is unpacked by the types of its fields, which others follow', async () => {
  const b =
    'from typing import NamedTuple\nclass A:\n  def go(self): pass\nclass B:\n  def go(self): pass\nclass P(NamedTuple):\n';
  const a = 'from b import P\ndef f(p: P):\n  x, y = p\n  y.go()\n  p[0].go()\n';
  const before = await makeGraph({ 'a.py': a, 'b.py': `${b}  a: A\n  b: B\n` });
  expect(edgesOf(before.graph, 'a.py:f')).toEqual(['b.py:B.go resolved annotation', 'b.py:A.go resolved annotation']);
  const { graph } = await makeGraph({ 'a.py': a, 'b.py': `${b}  z: B\n  a: A\n  b: B\n` }, before);
  expect(edgesOf(graph, 'a.py:f')).toEqual(['b.py:A.go resolved annotation', 'b.py:B.go resolved annotation']);
});

test('the type declared of a member is meant for all that set it', async () => {
  const source =
    'class A:\n  def go(self): pass\nclass C:\n  x: A\n  def __init__(self): self.x = y()\n  def f(self): self.x.go()\n';
  await check({ 'a.py': source }, 'a.py:C.f', ['a.py:A.go resolved annotation']);
});

test('a test of a type holds in its branch alone', async () => {
  const source = 'class A:\n  def go(self): pass\ndef f(x):\n  if isinstance(x, A): x.go()\n  else: x.go()\n';
  await check({ 'a.py': source }, 'a.py:f', ['a.py:A.go resolved annotation', 'a.py:A.go ambiguous annotation']);
});

test('a star import behind a definition may bind its name anew, one before it may not', async () => {
  const star = 'from b import *\n';
  const own = 'def g(): pass\n';
  const f = 'def f(): g()\n';
  const d = 'from a import g\ndef f(): g()\n';
  const both = ['a.py:g ambiguous scope', 'b.py:g ambiguous import 1'];
  const files = { 'a.py': own + star + f, 'b.py': own, 'd.py': d };
  await check(files, 'a.py:f', both);
  await check(files, 'd.py:f', ['a.py:g ambiguous import', 'b.py:g ambiguous import 1']);
  await check({ 'a.py': star + own + f, 'b.py': own }, 'a.py:f', ['a.py:g resolved scope']);
  await check({ 'a.py': own + star + f, 'b.py': 'def h(): pass\n' }, 'a.py:f', ['a.py:g resolved scope']);
});

test('moving a star import behind a definition is seen by those who import its name', async () => {
  const [star, own] = ['from b import *\n', 'def g(): pass\n'];
  const rest = { 'b.py': own, 'd.py': 'from a import g\ndef f(): g()\n' };
  const before = await makeGraph({ 'a.py': star + own, ...rest });
  const { graph } = await makeGraph({ 'a.py': own + star, ...rest }, before);
  expect(edgesOf(graph, 'd.py:f')).toEqual(['a.py:g ambiguous import', 'b.py:g ambiguous import 1']);
});

test('of candidates by name alone, what is local to a function and what tests define stand last', async () => {
  const files = {
    'a.py': 'def f(x): x.made()\ndef outer():\n  def made(): pass\n',
    'c.py': 'class C:\n  def made(self): pass\n',
    'tests/test_b.py': 'class T:\n  def made(self): pass\n',
  };
  await check(files, 'a.py:f', [
    'c.py:C.made ambiguous same-name',
    'tests/test_b.py:T.made ambiguous same-name 1',
    'a.py:outer.made ambiguous same-name 2',
  ]);
});

test('a bare name is no function that is local elsewhere', async () => {
  const files = { 'a.py': 'from lost.thing import *\ndef f(): made()\ndef outer():\n  def made(): pass\n' };
  await check(files, 'a.py:f', []);
  await check({ ...files, 'c.py': 'def made(): pass\n', 'lost/__init__.py': '' }, 'a.py:f', [
    'c.py:made ambiguous unique-name',
  ]);
});

test('signatures of overloads stand back behind what is run', async () => {
  const source =
    'from typing import overload\n@overload\ndef g(x: int) -> int: ...\n@overload\ndef g(x: str) -> str: ...\ndef g(x): return x\ndef f(): g(1)\n';
  const { graph } = await makeGraph({ 'a.py': source });
  expect(edgesOf(graph, 'a.py:f')).toHaveLength(1);
  const method = `import typing as t
class A:
  @t.overload
  def g(self, x: int) -> int: ...
  @t.overload
  def g(self, x: str) -> str: ...
  def g(self, x): return x
`;
  const guessed = await makeGraph({ 'a.py': method, 'b.py': 'def f(it): it.g(1)\n' });
  expect(edgesOf(guessed.graph, 'b.py:f')).toEqual(['a.py:A.g ambiguous unique-name']);
});

test('imports, bases, overrides and tests are edges', async () => {
  const files = {
    'p/__init__.py': '',
    'p/b.py': 'class B:\n  def m(self): pass\ndef load(): pass\n',
    'p/a.py': 'from p.b import B\nclass A(B):\n  def m(self): pass\n',
    'tests/test_b.py': 'from p.b import B, load\ndef test_it():\n  B()\ndef test_load(): pass\n',
  };
  const { graph } = await makeGraph(files);
  expect(edgesOf(graph, 'p/a.py', 'imports')).toEqual(['p/b.py resolved import', 'p/b.py:B resolved import']);
  expect(edgesOf(graph, 'p/a.py:A', 'inherits')).toEqual(['p/b.py:B resolved import']);
  expect(edgesOf(graph, 'p/a.py:A.m', 'overrides')).toEqual(['p/b.py:B.m resolved structure']);
  expect(edgesOf(graph, 'tests/test_b.py:test_it', 'tests')).toEqual(['p/b.py:B resolved import']);
  expect(edgesOf(graph, 'tests/test_b.py:test_load', 'tests')).toEqual(['p/b.py:load ambiguous unique-name']);
});

test('sources in src and tests beside it', async () => {
  const files = {
    'src/pkg/__init__.py': '',
    'src/pkg/core.py': 'def g(): pass\n',
    'tests/test_core.py': 'from pkg.core import g\ndef test_g(): g()\n',
  };
  await check(files, 'tests/test_core.py:test_g', ['src/pkg/core.py:g resolved import']);
});

test('a stub beside its module tells what the module does not', async () => {
  const files = {
    'a.py': 'import b\ndef f(): b.g().m()\n',
    'b.py': 'def g(): return unknown_thing\n',
    'b.pyi': 'class B:\n  def m(self): ...\ndef g() -> B: ...\n',
  };
  const { graph } = await makeGraph(files);
  expect(edgesOf(graph, 'a.py:f')).toContain('b.py:g resolved import');
});

test('behind a declared result stands the function that is returned', async () => {
  const source =
    'from typing import Callable\ndef make(x) -> Callable[[], None]:\n  def inner(): pass\n  return inner\nh = make(1)\ndef f(): h()\n';
  await check({ 'a.py': source }, 'a.py:f', ['a.py:make.inner resolved result']);
  const decorated = source.replace('def make', '@wrapped\ndef make');
  const { graph } = await makeGraph({ 'a.py': `from lib import wrapped\n${decorated}` });
  expect(edgesOf(graph, 'a.py:f').filter((edge) => edge.includes('resolved'))).toEqual([]);
});

test('who is called behind a declared result follows what is returned', async () => {
  const a = 'from b import make\nh = make()\ndef f(): h()\n';
  const b = (name: string): string =>
    `from typing import Callable\ndef make() -> Callable[[], None]:\n  def one(): pass\n  def two(): pass\n  return ${name}\n`;
  const before = await makeGraph({ 'a.py': a, 'b.py': b('one') });
  expect(edgesOf(before.graph, 'a.py:f')).toEqual(['b.py:make.one resolved result']);
  const { graph } = await makeGraph({ 'a.py': a, 'b.py': b('two') }, before);
  expect(edgesOf(graph, 'a.py:f')).toEqual(['b.py:make.two resolved result']);
});

test('operators, loops, with, conditions and built-in functions call what they ask of objects', async () => {
  const names = 'enter exit add iadd eq contains iter getitem setitem len str bool neg'.split(' ');
  const source = `class A:\n${names.map((name) => `  def __${name}__(self, *a) -> "A": return self\n`).join('')}`;
  const cases: Record<string, readonly string[]> = {
    'with x as y: pass': ['enter', 'exit'],
    'x + 1': ['add'],
    'x += 1': ['iadd'],
    'a < x == 1': ['eq'],
    '1 in x': ['contains'],
    'for y in x: pass': ['iter'],
    '[y for y in x if y]': ['iter'],
    'x[0]': ['getitem'],
    'x[0] = 1': ['setitem'],
    'len(x)': ['len'],
    "f'{x}'": ['str'],
    'if x: pass': ['bool'],
    'y = -x if not x else 1': ['neg', 'bool'],
    '1 + 2; "a" in "b"; len([])': [],
    'y + x': [],
  };
  for (const [statement, methods] of Object.entries(cases)) {
    await check(
      { 'a.py': `${source}def f(x: A, y):\n  ${statement}\n` },
      'a.py:f',
      methods.map((name) => `a.py:A.__${name}__ resolved annotation`),
    );
  }
});

test('setting what a class behind has a property for calls the property', async () => {
  const source =
    'class R:\n  def go(self): pass\nclass B:\n  @property\n  def p(self) -> R: pass\n  @p.setter\n  def p(self, v): pass\n  def own(self):\n    self.p = 1\n    self.p.go()\nclass A(B):\n  def f(self): self.p = 1\n  def g(self): self.p.go()\n';
  const expected = ['a.py:B.p resolved self', 'a.py:R.go resolved result'];
  const { graph } = await makeGraph({ 'a.py': source });
  expect(edgesOf(graph, 'a.py:A.g')).toEqual(expected);
  expect(edgesOf(graph, 'a.py:B.own')).toEqual(expect.arrayContaining(expected));
});
