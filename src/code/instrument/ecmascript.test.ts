/** Rewritten programs do what they did, and report who calls whom. They are run here as functions, with a reporter that only notes. */
import { beforeAll, describe, expect, test } from 'vitest';
import { loadGrammarFile } from '../../../test/grammarfiles.ts';
import { type CallInstrumenter, createCallInstrumenter } from './instrumenter.ts';

let instrumenter: CallInstrumenter;
beforeAll(async () => {
  instrumenter = await createCallInstrumenter(loadGrammarFile);
});

async function rewrite(source: string, path = 'a.js'): Promise<string> {
  const file = await instrumenter.instrument(path, new TextEncoder().encode(source), '/nowhere.cjs');
  if (file === null) throw new Error('it was not rewritten');
  return new TextDecoder().decode(file.bytes);
}

/** The rewritten text without the functions at its end. */
const body = async (source: string, path?: string): Promise<string> =>
  (await rewrite(source, path)).split('\n').slice(0, -2).join('\n');

interface Noted {
  /** `call 7:3 f` or `enter f`, in the order in which it happened. */
  readonly events: string[];
  readonly result: unknown;
}

/** Runs a function body, rewritten or not. */
function run(source: string): Noted {
  const events: string[] = [];
  const open = (_path: string, _here: number[], functions: [number, string][], calls: [number, number, number][]) => ({
    enter: (number: number) => void events.push(`enter ${functions[number]?.[1]}`),
    call: (number: number) => void events.push(`call ${calls[number]?.[1]}:${calls[number]?.[2]}`),
    construct: () => undefined,
    made: () => undefined,
  });
  const process = { getBuiltinModule: () => ({ createRequire: () => () => ({ open }) }) };
  return { result: new Function('process', source)(process), events };
}

describe('what is put in', () => {
  test.each([
    ['f(a)', 'f($ws(0,a))'],
    ['f()', 'f(...$wz(0))'],
    ['f(a, ...b)', 'f(a, ...$ws(0,b))'],
    ['f(a, /* last */)', 'f($ws(0,a), /* last */)'],
    ['f(() => {\n} // end\n)', 'f($ws(0,() => {$we(0);\n}) // end\n)'],
    ['f(x => x // end\n)', 'f($ws(0,x => ($we(0),(x))) // end\n)'],
    ['f(g(x))', 'f($ws(0,g($ws(1,x))))'],
    ['a.b().c(1)', 'a.b(...$wz(1)).c($ws(0,1))'],
    ['a?.b?.(x)', 'a?.b?.($ws(0,x))'],
    ['new C(1)', 'new ($wn(0,C))($ws(0,1))'],
    ['f(new C)', 'f($ws(0,new ($wn(1,C))(...$wz(1))))'],
    ['x => g(x)', 'x => ($we(0),(g($ws(0,x))))'],
    ['x => ({ x })', 'x => ($we(0),(({ x })))'],
    ["function f() { 'use strict'; return 1 }", "function f() { 'use strict';$we(0); return 1 }"],
    ['class A { static x = 1 }', 'class A {static{$wk(0,this)} static x = 1 }'],
    ['function f(a = g()) {}', 'function f(a = g()) {$we(0);}'],
    ['f`x`', 'f`x`'],
    ["require('x'); import('y'); vi.mock('z', () => 1)", "require('x'); import('y'); vi.mock('z', () => ($we(0),(1)))"],
  ])('%s', async (source, expected) => {
    expect(await body(source)).toBe(expected);
  });

  test('types stay where they are', async () => {
    const source =
      'abstract class A<T> { constructor(private x: T) { } abstract f(): void; g(): T { return h<T>(this.x!) as T } }';
    expect(await body(source, 'a.ts')).toBe(
      'abstract class A<T> {static{$wk(0,this)} constructor(private x: T) {$we(1); } abstract f(): void; g(): T {$we(2); return h<T>($ws(0,this.x!)) as T } }',
    );
  });

  test('declarations, other languages and files that are no text are left alone', async () => {
    const bytes = new TextEncoder().encode('export declare function f(): void;');
    expect(await instrumenter.instrument('a.d.ts', bytes, '/x')).toBeNull();
    expect(await instrumenter.instrument('a.py', new TextEncoder().encode('f()'), '/x')).toBeNull();
    expect(await instrumenter.instrument('a.js', new Uint8Array([0, 1, 2, 0]), '/x')).toBeNull();
  });

  test('a file that does not parse is rewritten where it does, and said to be unsure', async () => {
    const file = await instrumenter.instrument('a.js', new TextEncoder().encode('f(1);\n) (\ng(2);\n'), '/x');
    expect(file?.sure).toBe(false);
  });
});

describe('rewritten programs', () => {
  test.each([
    [
      'arguments and their number',
      'function f() { return [...arguments].length } return [f(), f(1), f(...[1, 2]), f(1, ...[2])]',
    ],
    [
      'this and new.target',
      'function F() { this.t = new.target === F } return [new F, new F(), { m() { return this.a }, a: 3 }.m()]',
    ],
    [
      'names and lengths',
      'const f = (a, b) => a; class C { m(x) {} } return [f.name, f.length, C.name, C.length, new C().m.length]',
    ],
    [
      'circles and hoisting',
      'return even(10); function even(n) { return n === 0 || odd(n - 1) } function odd(n) { return n !== 0 && even(n - 1) }',
    ],
    [
      'generators',
      'function* g(n) { for (let i = 0; i < n; i++) yield i; return 7 } const all = [...g(3)]; return all',
    ],
    [
      'classes',
      'class A { #p = 1; get p() { return this.#p } static s = 2; static { this.t = this.s + 1 } } class B extends A { constructor() { super(); this.q = this.p } } return [new B().q, A.t]',
    ],
    [
      'statements without semicolons',
      'const out = []\nfor (const x of [1, 2]) out.push(x)\nlet f = () => 3\nout.push(f())\nreturn out',
    ],
    ['errors', 'try { (() => { null.x() })() } catch (e) { return e instanceof TypeError }'],
    [
      'sloppy and strict',
      "function s() { return this === undefined } function t() { 'use strict'; return this === undefined } return [s(), t()]",
    ],
    ['optional calls', 'const a = { f: null, g: (x) => x }; return [a.f?.(1), a.g?.(2), a.h?.i.j(3)]'],
    ['eval in place', 'const x = 5; return eval("x + 1")'],
    ['evaluation order', 'const log = []; const n = (x) => (log.push(x), x); Math.max(n(1), n(2), n(3)); return log'],
  ])('do the same: %s', async (_, source) => {
    const { result, events } = run(await rewrite(source));
    expect(result).toEqual(run(source).result);
    expect(events.length).toBeGreaterThan(0);
  });

  test('a call is told when its arguments are evaluated, just before the function begins', async () => {
    const source = 'function f(a) { return a }\nfunction g() { return 1 }\nreturn f(\n  g());';
    expect(run(await rewrite(source)).events).toEqual(['call 4:3', 'enter g', 'call 3:8', 'enter f']);
  });

  test('places are those of the source: lines, and bytes within a line', async () => {
    const source = 'const é = { "ü": (x) => x };\nreturn é.ü(1), é.ü(2)';
    expect(run(await rewrite(source)).events).toEqual(['call 2:11', 'enter ü', 'call 2:21', 'enter ü']);
  });

  test('functions are named as people call them', async () => {
    const source =
      'const o = { a() {}, b: function own() { return 1 } }; class C { m() { const inner = () => 2; inner() } } o.a(); o.b(); new C().m(); [1].map(() => 1)';
    expect(run(await rewrite(source)).events.filter((event) => event.startsWith('enter'))).toEqual([
      'enter a',
      'enter b',
      'enter C.m',
      'enter C.m.inner',
      'enter <anonymous>',
    ]);
  });
});
