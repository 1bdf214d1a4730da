/** What patterns and rules match, and what is refused. Expected matches were checked beside ast-grep where nothing else is said. */
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadGrammarFile } from '../../../test/grammarfiles.ts';
import { createPatternFinder, type PatternFinder } from './finder.ts';
import { asStatements, metavariableOf, withoutSign, withSign } from './sign.ts';
import type { RuleSet, RuleSpec, Strictness } from './spec.ts';

const files: Readonly<Record<string, string>> = {
  python: 'a.py',
  javascript: 'a.js',
  typescript: 'a.ts',
  java: 'A.java',
  go: 'a.go',
  rust: 'a.rs',
  c: 'a.c',
  cpp: 'a.cpp',
  csharp: 'a.cs',
  ruby: 'a.rb',
  php: 'a.php',
};

const fresh = (): Promise<PatternFinder> =>
  createPatternFinder(loadGrammarFile, (source) => {
    const expression = new RegExp(source, 'u');
    return (text) => expression.test(text);
  });

const setOf = (rule: Omit<RuleSpec, 'at'>, more: Partial<RuleSet> = {}): RuleSet => ({
  rule: { at: 'the pattern', ...rule },
  constraints: new Map(),
  utils: new Map(),
  ...more,
});

async function find(language: string, set: RuleSet, source: string) {
  const finder = await fresh();
  await finder.add(0, language, set);
  const found = finder.search(files[language] as string, new TextEncoder().encode(source));
  if (found.kind === 'skipped') throw new Error(found.reason);
  return found;
}

/** Texts of matches, and with `→` what metavariables stand for. */
async function check(
  language: string,
  text: string,
  source: string,
  expected: readonly string[],
  how: Strictness = 'smart',
) {
  const { matches } = await find(language, setOf({ pattern: { text, strictness: how } }), source);
  const shown = matches.map((match) => {
    const bound = match.variables.map(({ name, place }) => `${name}=${place?.text ?? ''}`);
    return bound.length === 0 ? match.text : `${match.text} → ${bound.join(' ')}`;
  });
  expect(shown).toEqual(expected);
}

const refusal = (language: string, set: RuleSet): Promise<string> =>
  fresh()
    .then((finder) => finder.add(0, language, set))
    .then(
      () => 'taken',
      (error: Error) => error.message,
    );

const refused = (language: string, text: string): Promise<string> =>
  refusal(language, setOf({ pattern: { text, strictness: 'smart' } }));

describe('metavariables', () => {
  test('are read by their form', () => {
    expect(metavariableOf('$A1_B', '$')).toEqual({ kind: 'one', name: 'A1_B', named: true });
    expect(metavariableOf('$$A', '$')).toEqual({ kind: 'one', name: 'A', named: false });
    expect(metavariableOf('$_X', '$')).toEqual({ kind: 'one', name: null, named: true });
    expect(metavariableOf('$$$', '$')).toEqual({ kind: 'many', name: null });
    expect(metavariableOf('µµµARGS', 'µ')).toEqual({ kind: 'many', name: 'ARGS' });
    for (const text of ['$a', '$Ab', '$1', '$', '$$', 'A', '$A.b']) expect(metavariableOf(text, '$')).toBeNull();
  });

  test('keep their places when the sign is another', () => {
    expect(withSign('f($A, $$$, $b, "$5", $$$$)', 'µ')).toBe('f(µA, µµµ, $b, "$5", $$$$)');
    fc.assert(
      fc.property(fc.array(fc.constantFrom('$A', '$$$', ' x ', '$5', '\n')), (parts) => {
        const text = parts.join(' ');
        const read = withSign(text, '\u{10000}');
        expect(withoutSign(read, read.length, '\u{10000}')).toBe(text.length);
      }),
    );
  });

  test('as statements become calls, expressions stay', () => {
    expect(asStatements('if (x) { $$$ }')).toBe('if (x) { $$$(); }');
    expect(asStatements('{ $A; $$$B }')).toBe('{ $A(); $$$B(); }');
    expect(asStatements('{ $A.b(); $A = 1; $A + 1 }')).toBe('{ $A.b(); $A = 1; $A + 1 }');
  });

  test('of one name stand for the same code, however it is laid out', async () => {
    await check('javascript', '$A == $A', 'a == a; a == b; f( x ) == f(x); f(x) == f(y)', [
      'a == a → A=a',
      'f( x ) == f(x) → A=f(x)',
    ]);
    await check('python', 'f($$$A, x, $$$A)', 'f(1, x, 1)\nf(1, x, 2)\n', ['f(1, x, 1) → A=1']);
  });

  test('take one node, any node, or any number of nodes', async () => {
    await check('javascript', 'f($A)', 'f(1); f(); f(1, 2)', ['f(1) → A=1']);
    await check('javascript', '$A();', 'f(); g(1);', ['f(); → A=f']);
    await check('javascript', 'f($$$A)', 'f(1); f(); f(1, 2)', ['f(1) → A=1', 'f() → A=', 'f(1, 2) → A=1, 2']);
    await check('rust', 'let ($X, y) = z;', 'fn f() { let (_, y) = z; }', []);
    await check('rust', 'let ($$X, y) = z;', 'fn f() { let (_, y) = z; }', ['let (_, y) = z; → X=_']);
    await check('javascript', 'f($_, $_)', 'f(1, 2)', ['f(1, 2)']);
    await check('python', 'f($A, $$$B)', 'f(1)\nf(1, 2, 3)\n', ['f(1, 2, 3) → A=1 B=2, 3']);
  });
});

describe('patterns in every language', () => {
  const cases: readonly [string, string, string, readonly string[]][] = [
    ['python', 'if $A is None: $$$B', 'if x is None:\n    f()\n', ['if x is None:\n    f() → A=x B=f()']],
    ['javascript', 'if ($A == null) { $$$ }', 'if (x == null) { a(); b() }', ['if (x == null) { a(); b() } → A=x']],
    ['typescript', 'function $F($$$): $T { $$$ }', 'function f(a: A): B { }', ['function f(a: A): B { } → F=f T=B']],
    ['java', 'class $A { $$$ }', 'class A { int x; }', ['class A { int x; } → A=A']],
    ['java', 'List<$A>', 'class A { List<String> x; }', ['List<String> → A=String']],
    [
      'go',
      'if $E != nil { $$$ }',
      'package p\nfunc f() { if err != nil { return } }\n',
      ['if err != nil { return } → E=err'],
    ],
    [
      'go',
      'http.$A',
      'package p\nfunc f(r http.Request) { http.Get() }\n',
      ['http.Request → A=Request', 'http.Get → A=Get'],
    ],
    ['rust', 'Some($A)', 'fn f() { Some(1); }', ['Some(1) → A=1']],
    ['c', '$A = 0', 'int f() { x = 0; }', ['x = 0 → A=x']],
    ['cpp', '$A->b()', 'int f() { e->b(); }', ['e->b() → A=e']],
    [
      'csharp',
      'if ($A == null) { $$$B }',
      'class A { void F() { if (x == null) { return; } } }',
      ['if (x == null) { return; } → A=x B=return;'],
    ],
    [
      'ruby',
      '$A.each do |$B| $$$ end',
      'xs.each do |x|\n  puts x\nend\n',
      ['xs.each do |x|\n  puts x\nend → A=xs B=x'],
    ],
    ['php', 'foo($A, 1)', '<p><?php foo($x, 1);', ['foo($x, 1) → A=$x']],
  ];
  for (const [language, pattern, source, expected] of cases)
    test(`${language}: ${pattern}`, () => check(language, pattern, source, expected));
});

describe('strictness', () => {
  test('smart passes over tokens and comments of the code, not over those of the pattern', async () => {
    await check('javascript', 'f(a)', 'f(a,); f(/* b */ a)', ['f(a,)', 'f(/* b */ a)']);
    await check('javascript', 'async () => $A', '() => 1; async () => 2', ['async () => 2 → A=2']);
    await check('javascript', '() => $A', '() => 1; async () => 2', ['() => 1 → A=1']);
    await check('javascript', 'return $A', 'function f() { return 1; }', ['return 1; → A=1']);
  });

  test('goes from every node to shapes alone', async () => {
    const source = 'f(a,); f(a); g(b)';
    await check('javascript', 'f(a)', source, ['f(a)'], 'cst');
    await check('javascript', 'f(a,)', source, ['f(a,)', 'f(a)'], 'ast');
    await check('javascript', 'f(a)', 'f(a); f(/**/ a)', ['f(a)'], 'ast');
    await check('javascript', 'f(a)', 'f(a); f(/**/ a)', ['f(a)', 'f(/**/ a)'], 'relaxed');
    await check('javascript', 'f(a)', source, ['f(a,)', 'f(a)', 'g(b)'], 'signature');
  });
});

describe('rules', () => {
  const at = 'a rule';
  const texts = async (rule: Omit<RuleSpec, 'at'>, source: string, more: Partial<RuleSet> = {}) =>
    (await find('javascript', setOf(rule, more), source)).matches.map(({ text }) => text);
  const pattern = (text: string): RuleSpec => ({ at, pattern: { text, strictness: 'smart' } });

  test('ask for what is around, below, before and behind', async () => {
    const source = 'function f() { a(); b(); if (x) { a() } }';
    const inside = { rule: { at, kind: 'if_statement' }, stopBy: 'end' } as const;
    expect(await texts({ ...pattern('a()'), inside }, source)).toEqual(['a()']);
    expect(await texts({ ...pattern('a()'), not: { at, inside } }, source)).toEqual(['a()']);
    expect(await texts({ kind: 'statement_block', has: { rule: pattern('b()'), stopBy: 'end' } }, source)).toHaveLength(
      1,
    );
    expect(await texts({ kind: 'statement_block', has: { rule: pattern('b()'), stopBy: 'neighbor' } }, source)).toEqual(
      [],
    );
    const statement = { kind: 'expression_statement' };
    const call = (name: string): RuleSpec => ({ at, has: { rule: pattern(`${name}()`), stopBy: 'neighbor' } });
    expect(await texts({ ...statement, follows: { rule: call('a'), stopBy: 'neighbor' } }, source)).toEqual(['b();']);
    expect(await texts({ ...statement, precedes: { rule: call('b'), stopBy: 'end' } }, source)).toEqual(['a();']);
  });

  test('stop where a rule says, that node included', async () => {
    const source = 'function f() { return () => { a() } }';
    const until = (kind: string) => ({ rule: { at, kind: 'function_declaration' }, stopBy: { at, kind } }) as const;
    expect(await texts({ ...pattern('a()'), inside: until('arrow_function') }, source)).toEqual([]);
    expect(await texts({ ...pattern('a()'), inside: until('function_declaration') }, source)).toEqual(['a()']);
  });

  test('know fields, places among siblings and texts', async () => {
    const source = 'f(a, b, c); g(b)';
    const field = { rule: { at, regex: '^f$' }, stopBy: 'neighbor', field: 'function' } as const;
    expect(await texts({ kind: 'call_expression', has: field }, source)).toEqual(['f(a, b, c)']);
    const inside = { rule: { at, kind: 'arguments' }, stopBy: 'neighbor' } as const;
    const nth = (step: number, offset: number, reverse = false) =>
      texts({ kind: 'identifier', inside, nthChild: { step, offset, reverse } }, source);
    expect(await nth(0, 2)).toEqual(['b']);
    expect(await nth(2, 1)).toEqual(['a', 'c', 'b']);
    expect(await nth(0, 1, true)).toEqual(['c', 'b']);
    expect(await nth(-1, 2)).toEqual(['a', 'b', 'b']);
  });

  test('share metavariables, and constraints hold for what these stand for', async () => {
    const all = [pattern('f($A, $B)'), { at, has: { rule: pattern('$B'), stopBy: 'end' } } as const];
    expect(await texts({ all }, 'f(a, b); f(c, d)')).toEqual(['f(a, b)', 'f(c, d)']);
    const constraints = new Map([['A', { at, regex: '^[ab]$' }]]);
    expect(await texts(pattern('f($A)'), 'f(a); f(c); f(b)', { constraints })).toEqual(['f(a)', 'f(b)']);
    // What a condition that fails has bound is forgotten.
    const any = [{ at, all: [pattern('f($A, $B)'), { at, regex: 'never' }] }, pattern('f($B, $A)')];
    expect(await texts({ any }, 'f(a, b)')).toEqual(['f(a, b)']);
  });

  test('refer to utilities, also to themselves through a relation', async () => {
    const utils = new Map<string, RuleSpec>([
      ['deep', { at, any: [pattern('a()'), { at, has: { rule: { at, matches: 'deep' }, stopBy: 'neighbor' } }] }],
    ]);
    expect(await texts({ kind: 'if_statement', matches: 'deep' }, 'if (x) { a() } if (y) { b() }', { utils })).toEqual([
      'if (x) { a() }',
    ]);
  });
});

describe('what is refused', () => {
  test('says where and what would be right', async () => {
    expect(await refused('python', '')).toContain('empty');
    expect(await refused('python', ' \n ')).toContain('empty');
    expect(await refused('python', 'a = 1\nb = 2')).toContain('2 pieces of python, from characters 1, 7 on');
    expect(await refused('python', '$$$')).toContain('use $A');
    expect(await refused('javascript', 'if (a) then b end')).toContain('does not parse');
    expect(await refused('go', 'x = $A; def f():')).toMatch(/character \d+ on/);
    expect(await refused('java', 'foo(')).toContain('is no whole piece of java');
    expect(await refused('python', '('.repeat(20_000))).toContain('longer than');
    expect(await refusal('python', setOf({ kind: 'cal' }))).toContain('Did you mean call');
    const has = { rule: { at: 'x', kind: 'call' }, stopBy: 'end', field: 'argumens' } as const;
    expect(await refusal('python', setOf({ has }))).toContain('Did you mean argument, arguments?');
    expect(await refusal('python', setOf({ matches: 'nothing' }))).toContain('no rule "nothing"');
    const constraints = new Map([['B', { at: 'line 9', regex: 'x' }]]);
    expect(await refusal('python', setOf({ pattern: { text: 'f($A)', strictness: 'smart' } }, { constraints }))).toBe(
      'line 9: no pattern has $B, which is constrained. There is $A.',
    );
    const selector = { text: 'f($A)', selector: 'if_statement', strictness: 'smart' } as const;
    expect(await refusal('python', setOf({ pattern: selector }))).toContain(
      'It has: module, expression_statement, call',
    );
  });

  test('names utilities that go in a circle', async () => {
    const utils = new Map<string, RuleSpec>([
      ['a', { at: 'line 1', not: { at: 'line 1', matches: 'b' } }],
      ['b', { at: 'line 2', all: [{ at: 'line 2', matches: 'a' }] }],
    ]);
    expect(await refusal('python', setOf({ matches: 'a' }, { utils }))).toContain('a → b → a');
  });
});

describe('bounds', () => {
  let deep: string;
  beforeAll(() => {
    deep = `${'['.repeat(2_000)}${']'.repeat(2_000)}`;
  });

  test('runs within runs and rules within rules end, and say that something may be missing', async () => {
    const nested = (depth: number): string => (depth === 0 ? 'x' : `[$$$, ${nested(depth - 1)}, $$$]`);
    const source = `v = [${'[1, [2, [3]]], '.repeat(3_000)}]`;
    const found = await find(
      'python',
      setOf({ pattern: { text: nested(12), strictness: 'smart' } }),
      `x = 1\n${source}\n`,
    );
    expect(found.matches).toEqual([]);
    // `has` in `has` in `has`: the number of nodes to the power of their number.
    let rule: RuleSpec = { at: 'x', regex: 'never' };
    for (let depth = 0; depth < 6; depth++) rule = { at: 'x', has: { rule, stopBy: 'end' } };
    const startedMs = performance.now();
    const spent = await find(
      'python',
      setOf({ ...rule, kind: 'module' }),
      `never = ${'['.repeat(300)}${']'.repeat(300)}\n`,
    );
    expect(spent.partial).toBe('too-much-work');
    expect(performance.now() - startedMs).toBeLessThan(60_000);
  });

  test('trees deeper than the stack', async () => {
    const found = await find('python', setOf({ pattern: { text: '[$A]', strictness: 'smart' } }), `v = ${deep}\n`);
    expect(found.matches.length + Number(found.partial !== null)).toBeGreaterThan(0);
  });

  test('any text and any pattern', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 60 }), fc.string({ maxLength: 200 }), async (text, source) => {
        const finder = await fresh();
        try {
          await finder.add(0, 'python', setOf({ pattern: { text, strictness: 'smart' } }));
        } catch (error) {
          expect(error).toMatchObject({ code: 'bad-query' });
          return;
        }
        expect(['searched', 'skipped']).toContain(finder.search('a.py', new TextEncoder().encode(source)).kind);
      }),
      { numRuns: 100 },
    );
  });
});
