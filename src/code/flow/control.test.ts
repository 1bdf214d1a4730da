import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadGrammarFile } from '../../../test/grammarfiles.ts';
import { seededRandom } from '../../base/mod.ts';
import { injure } from '../languages/conformance.ts';
import { languages } from '../languages/table.ts';
import { createSyntaxReader } from '../syntax/reader.ts';
import { flowLanguages } from './constructs.ts';
import type { CodeFlow } from './types.ts';

const reader = await createSyntaxReader(loadGrammarFile);
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

async function flowsOf(file: string, source: string): Promise<readonly CodeFlow[]> {
  const result = await reader.read(file, bytesOf(source));
  if (result.kind !== 'read' || result.flows === null) throw new Error(`${file}: ${JSON.stringify(result)}`);
  return result.flows;
}

/** Ways from block to block, each block by the source of its statements: `x > 1 -true-> a(); b()`. */
async function ways(file: string, source: string, name: string): Promise<string[]> {
  const flow = (await flowsOf(file, source)).find((one) => one.name === name);
  if (flow === undefined) throw new Error(`no ${name}`);
  const bytes = bytesOf(source);
  const text = (index: number): string => {
    const { start, end } = flow.statements[index]?.span ?? { start: 0, end: 0 };
    return new TextDecoder().decode(bytes.subarray(start, end)).replace(/\s+/g, ' ').replace(/;$/, '');
  };
  const label = (block: number): string =>
    block === 0 ? 'entry' : block === 1 ? 'exit' : (flow.blocks[block]?.statements.map(text).join('; ') ?? '?');
  return flow.edges.map(({ from, to, kind }) => `${label(from)} -${kind}-> ${label(to)}`).sort();
}

async function check(file: string, source: string, name: string, expected: string): Promise<void> {
  const lines = expected
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  expect(await ways(file, source, name)).toEqual(lines.sort());
}

const braces: readonly (readonly [string, string])[] = [
  ['a.js', 'function f(x) { if (x) { a(); } else { b(); } c(); }'],
  ['a.ts', 'function f(x: number): void { if (x) { a(); } else { b(); } c(); }'],
  ['a.c', 'void f(int x) { if (x) { a(); } else { b(); } c(); }'],
  ['a.cpp', 'void f(int x) { if (x) { a(); } else { b(); } c(); }'],
  ['A.java', 'class A { void f(int x) { if (x) { a(); } else { b(); } c(); } }'],
  ['A.cs', 'class A { void f(int x) { if (x) { a(); } else { b(); } c(); } }'],
];

describe('branches', () => {
  test.each(braces)('of %s', async (file, source) => {
    const asked = /\.(cs)$/.test(file) ? 'x' : '(x)';
    await check(
      file,
      source,
      'f',
      `entry -next-> ${asked}
      ${asked} -true-> a()
      ${asked} -false-> b()
      a() -next-> c()
      b() -next-> c()
      c() -next-> exit`,
    );
  });
  test.each([
    ['a.go', 'package p\nfunc f(x int) { if x { a() } else { b() }; c() }'],
    ['a.rs', 'fn f(x: bool) { if x { a() } else { b() } c() }'],
    ['a.rb', 'def f(x)\n  if x\n    a()\n  else\n    b()\n  end\n  c()\nend\n'],
    ['a.py', 'def f(x):\n    if x:\n        a()\n    else:\n        b()\n    c()\n'],
  ])('of %s', async (file, source) => {
    await check(
      file,
      source,
      'f',
      `entry -next-> x
      x -true-> a()
      x -false-> b()
      a() -next-> c()
      b() -next-> c()
      c() -next-> exit`,
    );
  });
  test('several, one after the other', async () => {
    await check(
      'a.py',
      'def f(x):\n  if x:\n    a()\n  elif y:\n    b()\n  elif z:\n    c()\n',
      'f',
      `entry -next-> x
      x -true-> a()
      x -false-> y
      y -true-> b()
      y -false-> z
      z -true-> c()
      z -false-> exit
      a() -next-> exit
      b() -next-> exit
      c() -next-> exit`,
    );
    await check(
      'a.php',
      '<?php function f($x) { if ($x) a(); elseif ($y) b(); else c(); }',
      'f',
      `entry -next-> ($x)
      ($x) -true-> a()
      ($x) -false-> ($y)
      ($y) -true-> b()
      ($y) -false-> c()
      a() -next-> exit
      b() -next-> exit
      c() -next-> exit`,
    );
  });
  test('where they are values, they run before what takes them', async () => {
    const found = await ways('a.rs', 'fn f(x: bool) -> R { let y = if x { a()? } else { 2 }; y }', 'f');
    expect(found).toContain('entry -next-> x');
    expect(found).toContain('x -true-> a()?');
    expect(found).toContain('a()? -exception-> exit');
    expect(found).toContain('2 -next-> let y = if x { a()? } else { 2 }');
  });
});

describe('loops', () => {
  test('break, continue and what comes when a loop was not broken', async () => {
    await check(
      'a.py',
      'def f(xs):\n  for x in xs:\n    if x: break\n    if y: continue\n    a()\n  else:\n    b()\n  return c\n',
      'f',
      `entry -next-> for x in xs:
      for x in xs: -true-> x
      for x in xs: -false-> b()
      x -true-> break
      x -false-> y
      break -next-> return c
      y -true-> continue
      y -false-> a()
      continue -next-> for x in xs:
      a() -next-> for x in xs:
      b() -next-> return c
      return c -next-> exit`,
    );
  });
  test('with a counter', async () => {
    const ways = `entry -next-> i = 0
      i = 0 -next-> i < 3
      i < 3 -true-> a()
      i < 3 -false-> exit
      a() -next-> i++
      i++ -next-> i < 3`;
    await check('a.js', 'function f() { for (i = 0; i < 3; i++) { a(); } }', 'f', ways);
    await check('a.c', 'void f() { for (i = 0; i < 3; i++) a(); }', 'f', ways);
    await check('A.java', 'class A { void f() { for (i = 0; i < 3; i++) a(); } }', 'f', ways);
    await check('A.cs', 'class A { void f() { for (i = 0; i < 3; i++) a(); } }', 'f', ways);
    await check('a.go', 'package p\nfunc f() { for i = 0; i < 3; i++ { a() } }', 'f', ways);
  });
  test('over elements, while, and without end, of Go', async () => {
    await check(
      'a.go',
      'package p\nfunc f() { for _, v := range xs { a(v) }; for x { b() }; for { if y { break } } }',
      'f',
      `entry -next-> for _, v := range xs
      for _, v := range xs -true-> a(v)
      for _, v := range xs -false-> x
      a(v) -next-> for _, v := range xs
      x -true-> b()
      x -false-> y
      b() -next-> x
      y -true-> break
      y -false-> y
      break -next-> exit`,
    );
  });
  test('outer ones by label or number', async () => {
    const labelled = 'o: while (x) { while (y) { if (z) break o; else continue o; } }';
    const expected = `entry -next-> (x)
      (x) -true-> (y)
      (x) -false-> exit
      (y) -true-> (z)
      (y) -false-> (x)
      (z) -true-> break o
      (z) -false-> continue o
      break o -next-> exit
      continue o -next-> (x)`;
    await check('a.js', `function f() { ${labelled} }`, 'f', expected);
    await check('A.java', `class A { void f() { ${labelled} } }`, 'f', expected);
    const php = await ways('a.php', '<?php function f() { while ($x) { while ($y) { break 2; } } }', 'f');
    expect(php).toContain('break 2 -next-> exit');
    const rust = await ways('a.rs', "fn f() { 'o: loop { loop { if x { break 'o; } } } }", 'f');
    expect(rust).toContain("break 'o -next-> exit");
  });
  test('do, and goto', async () => {
    await check(
      'a.c',
      'void f() { again: a(); do { if (x) goto again; } while (y); }',
      'f',
      `entry -next-> a()
      a() -next-> (x)
      (x) -true-> goto again
      (x) -false-> (y)
      goto again -next-> a()
      (y) -true-> (x)
      (y) -false-> exit`,
    );
  });
});

describe('cases', () => {
  test('that run into the next', async () => {
    await check(
      'a.js',
      'function f(x) { switch (x) { case 1: a(); case 2: b(); break; default: c(); } d(); }',
      'f',
      `entry -next-> switch (x)
      switch (x) -case-> a()
      switch (x) -case-> b(); break
      switch (x) -case-> c()
      a() -next-> b(); break
      b(); break -next-> d()
      c() -next-> d()
      d() -next-> exit`,
    );
  });
  test('that are asked in order', async () => {
    await check(
      'a.py',
      'def f(x):\n  match x:\n    case 1:\n      a()\n    case [y] if y:\n      b()\n',
      'f',
      `entry -next-> match x:
      match x: -next-> case 1
      case 1 -case-> a()
      case 1 -false-> case [y] if y
      case [y] if y -case-> b()
      case [y] if y -false-> exit
      a() -next-> exit
      b() -next-> exit`,
    );
    const go = await ways('a.go', 'package p\nfunc f() { switch x { case 1: fallthrough; case 2: b() } }', 'f');
    expect(go).toContain('fallthrough -next-> b()');
  });
});

describe('exceptions', () => {
  test('handlers in order, what is done in any case, and what goes on outwards', async () => {
    await check(
      'a.py',
      'def f():\n  try:\n    a()\n  except E:\n    b()\n  else:\n    c()\n  finally:\n    d()\n  return e\n',
      'f',
      `entry -next-> a()
      a() -exception-> except E:
      a() -exception-> d()
      a() -next-> c()
      except E: -true-> b()
      except E: -exception-> d()
      b() -next-> d()
      b() -exception-> d()
      c() -next-> d()
      c() -exception-> d()
      d() -next-> return e
      d() -exception-> exit
      return e -next-> exit`,
    );
  });
  test('returning passes through all that must be done', async () => {
    const found = await ways(
      'a.js',
      'function f() { try { try { return a; } finally { b(); } } finally { c(); } d(); }',
      'f',
    );
    expect(found).toContain('return a -next-> b()');
    expect(found).toContain('b() -next-> c()');
    expect(found).toContain('c() -next-> exit');
    expect(found.filter((way) => way.startsWith('return a'))).toEqual([
      'return a -exception-> b()',
      'return a -next-> b()',
    ]);
  });
  test('Ruby tries again', async () => {
    const found = await ways('a.rb', 'def f\n  a()\nrescue E\n  retry\nensure\n  b()\nend\n', 'f');
    expect(found).toContain('a() -exception-> rescue E');
    expect(found).toContain('retry -next-> a()');
    expect(found).toContain('a() -next-> b()');
  });
});

describe('what single languages have', () => {
  test('Rust: let else, blocks and loops left by label, jumps once', async () => {
    const guard = 'fn f(a: A) -> R { let Some(y) = g(a) else { return None }; h(y) }';
    await check(
      'a.rs',
      guard,
      'f',
      `entry -next-> let Some(y) = g(a)
      let Some(y) = g(a) -false-> return None
      let Some(y) = g(a) -true-> h(y)
      return None -next-> exit
      h(y) -next-> exit`,
    );
    const labelled =
      "fn f() { 'o: loop { loop { if x { break 'o; } else { continue 'o; } } } 'b: { if y { break 'b; } c(); } d(); }";
    const found = await ways('a.rs', labelled, 'f');
    expect(found).toContain("break 'o -next-> y");
    expect(found).toContain("continue 'o -next-> x");
    expect(found).toContain("break 'b -next-> d()");
    expect(found).toContain('c() -next-> d()');
    expect(await ways('a.rs', 'fn f() { return 5; }', 'f')).toEqual([
      'entry -next-> return 5',
      'return 5 -next-> exit',
    ]);
  });
  test('Ruby: unless and until are asked the other way round, and a body may come first', async () => {
    await check(
      'a.rb',
      'def f\n  a() unless b\n  until c\n    d()\n  end\n  begin\n    e()\n  end while g\nend\n',
      'f',
      `entry -next-> b
      b -false-> a()
      b -true-> c
      a() -next-> c
      c -false-> d()
      c -true-> e()
      d() -next-> c
      e() -next-> g
      g -true-> e()
      g -false-> exit`,
    );
  });
  test('a definition is one statement of what holds it', async () => {
    expect(await ways('a.rb', 'def f\n  while a\n    b()\n  end\nend\n', '<module>')).toEqual([
      'def f -next-> exit',
      'entry -next-> def f',
    ]);
    expect(await ways('a.rs', 'fn f() { if a { return 1; } g()?; }', '<module>')).toEqual([
      'entry -next-> fn f()',
      'fn f() -next-> exit',
    ]);
  });
  test('PHP: a switch is a loop to continue, and labels stand alone', async () => {
    const found = await ways(
      'a.php',
      '<?php function f() { while ($a) { switch ($b) { case 1: continue 2; } } goto done; c(); done: d(); }',
      'f',
    );
    expect(found).toContain('continue 2 -next-> ($a)');
    expect(found).toContain('goto done -next-> d()');
    expect(found).toContain('c() -next-> d()');
  });
  test('C#: to a case, and the end of what is yielded', async () => {
    const found = await ways(
      'A.cs',
      'class A { void F() { switch (x) { case 1: goto case 3; case 3: a(); goto default; default: yield break; } } }',
      'F',
    );
    expect(found).toContain('goto case 3 -next-> a(); goto default');
    expect(found).toContain('a(); goto default -next-> yield break');
    expect(found).toContain('yield break -next-> exit');
  });
});

describe('every function of a file', () => {
  test('with its name, in order', async () => {
    const names = async (file: string, source: string) => (await flowsOf(file, source)).map(({ name }) => name);
    expect(await names('a.py', 'class A:\n  def m(self): pass\nf = lambda: 1\n')).toEqual(['<module>', 'A', 'm', 'f']);
    expect(await names('a.js', 'const g = () => 1; class A { m() {} }\n')).toEqual(['<module>', 'g', 'm']);
    expect(await names('a.c', 'static int *f(int x) { return 0; }\n')).toEqual(['<module>', 'f']);
    expect(
      await names(
        'a.cpp',
        'struct A { A& operator=(const A& o) { return *this; } operator bool() { return x; } A& f() { return *this; } };\nA& A::operator+=(int y) { return *this; }\n',
      ),
    ).toEqual(['<module>', 'operator=', 'operator bool', 'f', 'A::operator+=']);
    expect(
      await names(
        'a.cs',
        'class S { public static S operator +(S a, S b) { return a; } public static implicit operator int(S s) { return 1; } }',
      ),
    ).toEqual(['<module>', 'operator +', 'operator int']);
    expect(await names('A.java', 'class A { static { x = 1; } }')).toContain('<static>');
    expect(await names('b.js', 'class A { static { go(); } static y = () => 1 }')).toEqual([
      '<module>',
      '<static>',
      'y',
    ]);
    expect(await names('a.go', 'package p\nfunc (t *T) M() {}\n')).toEqual(['<module>', 'M']);
  });
  test('a body that is an expression returns it', async () => {
    await check('a.js', 'const g = (x) => x + 1;', 'g', 'entry -next-> x + 1\nx + 1 -next-> exit');
  });
  test('prose, and languages that are not known, have none', async () => {
    expect(await reader.read('a.md', bytesOf('# A'))).toEqual({ kind: 'other', language: 'markdown' });
  });
});

const fixtures = path.resolve(import.meta.dirname, '../../../test/fixtures/languages');
const withFlow = languages.flatMap((language) =>
  flowLanguages[language.name] === undefined
    ? []
    : [[language.name, path.join(fixtures, `${language.name}.${language.extensions[0]}`)] as const],
);

test('every table of constructs is of a language that is there', () => {
  expect(withFlow.map(([name]) => name).sort()).toEqual(Object.keys(flowLanguages).sort());
});

test.each(withFlow)(
  '%s: whatever is broken, statements stand in one block each, and ways lead to blocks',
  async (_, file) => {
    const source = new Uint8Array(readFileSync(file));
    for (let seed = 0; seed < 12; seed++) {
      const bytes = seed === 0 ? source : injure(source, seededRandom(seed));
      const result = await reader.read(file, bytes);
      if (result.kind !== 'read' || result.flows === null) continue;
      expect(result.flows.length).toBeGreaterThan(0);
      for (const { statements, blocks, edges } of result.flows) {
        const placed = blocks.flatMap((block) => block.statements);
        expect(new Set(placed).size).toBe(placed.length);
        expect(placed.length).toBe(statements.length);
        for (const { from, to } of edges) {
          expect(blocks[from]).toBeDefined();
          expect(blocks[to]).toBeDefined();
          expect(from).not.toBe(1);
          expect(to).not.toBe(0);
        }
        for (const { span } of statements) expect(span.end).toBeGreaterThan(span.start);
      }
    }
  },
);
