import { describe, expect, test } from 'vitest';
import { loadGrammarFile } from '../../../test/grammarfiles.ts';
import { createSyntaxReader } from '../syntax/reader.ts';

const reader = await createSyntaxReader(loadGrammarFile);

/** Of each name the lines of what it comes from: `x:4 read x:1 x:3`; parameters have line 0. */
async function sources(file: string, source: string, name: string): Promise<string[]> {
  const result = await reader.read(file, new TextEncoder().encode(source));
  if (result.kind !== 'read' || result.flows === null) throw new Error(JSON.stringify(result));
  const flow = result.flows.find((one) => one.name === name);
  const names = flow?.names;
  if (!names) throw new Error(`no ${name}`);
  const at = (index: number): string => {
    const one = names[index];
    if (one === undefined) throw new Error('a source that is none');
    return `${one.name}:${one.statement < 0 ? 0 : source.slice(0, one.span.start).split('\n').length}`;
  };
  return names.map((one, index) => `${at(index)} ${one.use} ${one.sources.map(at).join(' ')}`.trimEnd());
}

/** The same function in every language: a branch, a compound assignment, an element, a loop. */
const programs: readonly (readonly [string, string])[] = [
  ['a.py', 'def f(c, o):\n x = 1\n if c:\n  x = 2\n x += c\n o.g = x\n for v in o:\n  x = v\n return x\n'],
  [
    'a.js',
    'function f(c, o) {\n let x = 1;\n if (c)\n  x = 2;\n x += c;\n o.g = x;\n for (const v of o)\n  x = v;\n return x; }',
  ],
  [
    'a.ts',
    'function f(c: C, o: O) {\n let x = 1;\n if (c)\n  x = 2;\n x += c;\n o.g = x;\n for (const v of o)\n  x = v;\n return x; }',
  ],
  [
    'A.java',
    'class A { int f(C c, O o) {\n int x = 1;\n if (c)\n  x = 2;\n x += c;\n o.g = x;\n for (V v : o)\n  x = v;\n return x; } }',
  ],
  [
    'A.cs',
    'class A { int f(C c, O o) {\n int x = 1;\n if (c)\n  x = 2;\n x += c;\n o.g = x;\n foreach (var v in o)\n  x = v;\n return x; } }',
  ],
  [
    'a.go',
    'package p; func f(c C, o O) int {\n x := 1\n if c {\n  x = 2 }\n x += c\n o.g = x\n for v := range o {\n  x = v }\n return x }',
  ],
  [
    'a.rs',
    'fn f(c: C, o: O) -> i32 {\n let mut x = 1;\n if c {\n  x = 2; }\n x += c;\n o.g = x;\n for v in o {\n  x = v; }\n return x; }',
  ],
  [
    'a.cpp',
    'int f(C c, O o) {\n int x = 1;\n if (c)\n  x = 2;\n x += c;\n o.g = x;\n for (auto v : o)\n  x = v;\n return x; }',
  ],
  ['a.rb', 'def f(c, o)\n x = 1\n if c\n  x = 2 end\n x += c\n o.g = x\n for v in o\n  x = v end\n return x\nend'],
  [
    'a.php',
    '<?php function f($c, $o) {\n $x = 1;\n if ($c)\n  $x = 2;\n $x += $c;\n $o->g = $x;\n foreach ($o as $v)\n  $x = $v;\n return $x; }',
  ],
];

describe('what a read may come from', () => {
  test.each(programs)('of %s', async (file, source) => {
    const found = (await sources(file, source, 'f')).map((line) => line.replaceAll('$', ''));
    for (const expected of [
      'c:0 write',
      'o:0 write',
      'x:2 write',
      'c:3 read c:0',
      'x:4 write',
      'x:5 read x:2 x:4',
      'c:5 read c:0',
      'x:6 read x:5',
      'o:7 read o:0 o:6',
      'v:7 write o:7',
      'v:8 read v:7',
      'x:8 write v:8',
      'x:9 read x:5 x:8',
    ])
      expect(found).toContain(expected);
    expect(found.find((line) => line.startsWith('o:6 update'))).toBe('o:6 update o:0 x:6');
    expect(
      found
        .find((line) => line.startsWith('x:5 write'))
        ?.split(' ')
        .slice(2)
        .sort(),
    ).toEqual(['c:5', 'x:5']);
  });
  test('of C, with pointers and elements', async () => {
    const source = 'int f(int *p, int n) {\n int a[3];\n a[n] = 1;\n *p = a[0];\n return *p; }';
    const found = await sources('a.c', source, 'f');
    expect(found).toContain('a:3 update a:2 n:3');
    expect(found).toContain('p:4 update p:0 a:4');
    expect(found).toContain('p:5 read p:0 p:4');
  });
  test('an exception may come before or after a write', async () => {
    const source = 'def f():\n x = 1\n try:\n  x = g()\n  h()\n except E as e:\n  pass\n return x\n';
    expect(await sources('a.py', source, 'f')).toContain('x:8 read x:2 x:4');
  });
  test('patterns, walrus, cases and comprehensions bind where they stand', async () => {
    const source =
      'def f(s):\n (a, [b, *c]), k = s\n if (m := a) and m:\n  pass\n match s:\n  case [n, {"k": w}] if n > w:\n   b = n\n return [i for i in c if b]\n';
    const found = await sources('a.py', source, 'f');
    expect(found).toContain('a:2 write s:2');
    expect(found).toContain('c:2 write s:2');
    expect(found).toContain('m:3 read m:3');
    expect(found).toContain('n:6 read n:6');
    expect(found).toContain('w:6 read w:6');
    expect(found).toContain('b:8 read b:2 b:7');
    const js = 'function f({ a, b: [c = a] }, ...r) {\n const { d, ...e } = r;\n r[0]++;\n return c + d + e; }';
    const read = await sources('a.js', js, 'f');
    for (const name of ['a', 'c', 'r']) expect(read).toContain(`${name}:0 write`);
    expect(read).toContain('d:2 write r:2');
    expect(read).toContain('r:3 update r:0');
    const rust =
      'fn f(o: O) {\n if let Some(v) = o.next() {\n  g(v); }\n match o { P { x, .. } if x > 1 => h(x), _ => () } }';
    const matched = await sources('a.rs', rust, 'f');
    expect(matched).toContain('v:3 read v:2');
    expect(matched.filter((line) => line === 'x:4 read x:4')).toHaveLength(2);
  });
  test('names of members, keyword arguments and labels are no variables', async () => {
    const names = async (file: string, source: string) =>
      (await sources(file, source, 'f')).map((line) => line.split(':')[0]);
    expect(await names('a.py', 'def f(o):\n return o.g(k=o)\n')).toEqual(['o', 'o', 'o']);
    expect(await names('A.java', 'class A { int f(O o) { l: while (o.g()) { break l; } return o.h; } }')).toEqual([
      'o',
      'o',
      'o',
    ]);
    expect(await names('a.rs', 'fn f(o: O) { o.g(); m::n(o); }')).toEqual(['o', 'o', 'o']);
  });
  test('a function inside binds its name and nothing else', async () => {
    const found = await sources('a.py', 'def f():\n x = 1\n def g(x):\n  y = x\n return g\n', 'f');
    expect(found).toEqual(['x:2 write', 'g:3 write', 'g:5 read g:3']);
  });
});
