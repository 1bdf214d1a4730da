import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  assemble,
  type Fn,
  header,
  type Instruction,
  interpret,
  section,
  signedLeb,
  text,
} from './assemble.testing.ts';
import { type Fuel, fuelOf } from './fuel.ts';
import { meter } from './meter.ts';
import { WasmFormatError } from './module.ts';

function start(module: Uint8Array, imports: WebAssembly.Imports = {}) {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(meter(module)), imports);
  const fuel = fuelOf(instance.exports);
  return { fuel, call: (name: string) => (instance.exports[name] as () => void)() };
}

/** Programs that end: loops count down locals of their own, functions call only those behind them. */
const counters = 4;
const variables = 3;
const locals = counters + variables;
const functionCount = 4;

function statements(depth: number, self: number): fc.Arbitrary<readonly Instruction[]> {
  const variable = fc.nat({ max: variables - 1 }).map((index) => counters + index);
  const value: fc.Arbitrary<readonly Instruction[]> = fc.oneof(
    fc.integer({ min: -300, max: 300 }).map((n): Instruction[] => [['i32.const', n]]),
    variable.map((v): Instruction[] => [['local.get', v]]),
    fc.tuple(variable, fc.nat(200)).map(([v, n]): Instruction[] => [['local.get', v], ['i32.const', n], ['i32.and']]),
    fc.constantFrom(0, 1, 9).map((n): Instruction[] => [['i32.const', n], ['memory.grow']]),
  );
  const assign = fc
    .tuple(value, value, variable, fc.constantFrom('i32.add', 'i32.sub', 'i32.and'))
    .map(([a, b, v, op]) => [...a, ...b, [op], ['local.set', v]] as Instruction[]);
  const simple: fc.Arbitrary<readonly Instruction[]>[] = [
    assign,
    fc.constant<Instruction[]>([['nop']]),
    value.map((v): Instruction[] => [...v, ['drop']]),
    value.map((v): Instruction[] => [...v, ['if', [['return']], []]]),
  ];
  if (self + 1 < functionCount)
    simple.push(fc.integer({ min: self + 1, max: functionCount - 1 }).map((f): Instruction[] => [['call', f]]));
  if (depth === 0) return fc.array(fc.oneof(...simple), { maxLength: 3 }).map((list) => list.flat());
  const inner = statements(depth - 1, self);
  const nested: fc.Arbitrary<readonly Instruction[]>[] = [
    fc.tuple(value, inner, inner).map(([v, a, b]): Instruction[] => [...v, ['if', a, b]]),
    fc
      .tuple(inner, value, inner, fc.nat(1))
      .map(([a, v, b, d]): Instruction[] => [['block', [['block', [...a, ...v, ['br_if', d], ...b]]]]]),
    fc.tuple(inner, inner).map(([a, b]): Instruction[] => [['block', [...a, ['br', 0], ...b]]]),
    fc
      .tuple(value, inner, inner)
      .map(([v, a, b]): Instruction[] => [
        ['block', [['block', [['block', [...v, ['br_table', [0, 1], 2]]], ...a]], ...b]],
      ]),
    fc.tuple(fc.integer({ min: 1, max: 5 }), inner, inner).map(([n, a, after]): Instruction[] => {
      const counter = depth - 1;
      const again: Instruction[] = [['local.get', counter], ['i32.const', 1], ['i32.sub'], ['local.tee', counter]];
      return [['i32.const', n], ['local.set', counter], ['loop', [...a, ...again, ['br_if', 0]]], ...after];
    }),
  ];
  return fc.array(fc.oneof(...simple, ...nested, ...nested), { maxLength: 4 }).map((list) => list.flat());
}

const programs: fc.Arbitrary<readonly Fn[]> = fc
  .tuple(...Array.from({ length: functionCount }, (_, self) => statements(self === 0 ? 3 : 2, self)))
  .map((bodies) => bodies.map((body) => ({ locals, body })));

describe('counts', () => {
  test('are those of an interpreter that counts one by one, on any program', () => {
    fc.assert(
      fc.property(programs, (functions) => {
        const { fuel, call } = start(assemble(functions));
        fuel.set(null);
        call('f0');
        expect(fuel.used()).toBe(interpret(functions, 0));
      }),
      { numRuns: 300 },
    );
  });

  test('a limit of exactly what a program needs lets it run, one less does not', () => {
    fc.assert(
      fc.property(programs, (functions) => {
        const needed = interpret(functions, 0);
        const attempt = (limit: number): Fuel => {
          const { fuel, call } = start(assemble(functions));
          fuel.set(limit);
          try {
            call('f0');
          } catch (error) {
            expect(error).toBeInstanceOf(WebAssembly.RuntimeError);
          }
          return fuel;
        };
        const enough = attempt(needed);
        expect([enough.exhausted(), enough.used()]).toEqual([false, needed]);
        if (needed === 0) return;
        const short = attempt(needed - 1);
        expect([short.exhausted(), short.used()]).toEqual([true, needed - 1]);
      }),
      { numRuns: 100 },
    );
  });

  test('add up over calls, and start anew with each limit', () => {
    const functions: Fn[] = [
      { locals: 1, body: [['i32.const', 3], ['drop'], ['nop'], ['block', [['call', 1]]]] },
      { locals: 1, body: [['i32.const', 1], ['drop']] },
    ];
    const { fuel, call } = start(assemble(functions));
    fuel.set(null);
    call('f0');
    expect(fuel.used()).toBe(5);
    call('f0');
    call('f1');
    expect(fuel.used()).toBe(12);
    fuel.set(100);
    expect(fuel.used()).toBe(0);
    call('f1');
    expect(fuel.used()).toBe(2);
  });
});

describe('a limit', () => {
  const check = (name: string, functions: readonly Fn[]) =>
    test(name, () => {
      const { fuel, call } = start(assemble(functions));
      fuel.set(1_000_000);
      expect(() => call('f0')).toThrow(WebAssembly.RuntimeError);
      expect(fuel.exhausted()).toBe(true);
      // Whoever catches the trap outside and calls again meets it again.
      expect(() => call('f0')).toThrow(WebAssembly.RuntimeError);
    });
  check('stops a loop', [{ locals: 1, body: [['loop', [['br', 0]]]] }]);
  check('stops loops in loops', [
    {
      locals: 1,
      body: [
        [
          'loop',
          [
            [
              'loop',
              [
                ['i32.const', 1],
                ['br_if', 1],
                ['br', 0],
              ],
            ],
          ],
        ],
      ],
    },
  ]);
  check('stops a loop whose head weighs nothing', [
    {
      locals: 1,
      body: [
        [
          'loop',
          [
            ['block', []],
            ['br', 0],
          ],
        ],
      ],
    },
  ]);
  check('stops a loop that starts with a construct that is left', [
    {
      locals: 1,
      body: [
        [
          'loop',
          [
            [
              'block',
              [
                [
                  'block',
                  [
                    ['i32.const', 1],
                    ['br_if', 1],
                  ],
                ],
              ],
            ],
            ['br', 0],
          ],
        ],
      ],
    },
  ]);
  // Each calls itself twice: the stack stays low, and without a check the sun would burn out first.
  const twice = (depth: number): Fn[] =>
    Array.from({ length: depth }, (_, index) => ({
      locals: 1,
      body:
        index + 1 < depth
          ? ([
              ['call', index + 1],
              ['call', index + 1],
            ] as Instruction[])
          : [],
    }));
  check('stops calls without a loop', twice(60));

  test('cannot be caught inside: neither catch_all of try_table nor the old one', () => {
    const loopForEver = [0x03, 0x40, 0x0c, 0, 0x0b];
    // block  try_table (catch_all 0)  loop…  end  end
    const tryTable = [0x02, 0x40, 0x1f, 0x40, 1, 2, 0, ...loopForEver, 0x0b, 0x0b, 0x0b];
    // try  loop…  catch_all  end
    const legacy = [0x06, 0x40, ...loopForEver, 0x19, 0x0b, 0x0b];
    // loop  try_table  end  br 0  end: a head that weighs nothing, before a construct that counts as left
    const emptyTry = [0x03, 0x40, 0x1f, 0x40, 0, 0x0b, 0x0c, 0, 0x0b, 0x0b];
    for (const body of [tryTable, legacy, emptyTry]) {
      const { fuel, call } = start(moduleOf(body));
      fuel.set(1000);
      expect(() => call('f')).toThrow(WebAssembly.RuntimeError);
      expect(fuel.exhausted()).toBe(true);
    }
  });
});

/** A module of one function `f` with the given code, which ends with its `end`. */
function moduleOf(
  code: readonly number[],
  more: { types?: number[]; imports?: number[]; globals?: number[]; memory?: number[] } = {},
) {
  return Uint8Array.from([
    ...header,
    ...section(1, more.types ?? [1, 0x60, 0, 0]),
    ...(more.imports === undefined ? [] : section(2, more.imports)),
    ...section(3, [1, 0]),
    ...section(5, more.memory ?? [1, 0, 1]),
    ...(more.globals === undefined ? [] : section(6, more.globals)),
    ...section(7, [1, ...text('f'), 0, more.imports === undefined ? 0 : 1]),
    ...section(10, [1, code.length + 1, 0, ...code]),
  ]);
}

test('globals, imported and own, keep their indices', () => {
  // (import "m" "g" (global i32)) (import "m" "h" (func)), an own global 7; f calls h and stores their sum in memory.
  const imports = [2, ...text('m'), ...text('g'), 3, 0x7f, 0, ...text('m'), ...text('h'), 0, 0];
  const code = [0x10, 0, 0x41, 0, 0x23, 0, 0x23, 1, 0x6a, 0x36, 2, 0, 0x0b];
  const module = moduleOf(code, { imports, globals: [1, 0x7f, 0, 0x41, 7, 0x0b] });
  let called = 0;
  const { fuel, call } = start(module, { m: { g: new WebAssembly.Global({ value: 'i32' }, 5), h: () => called++ } });
  fuel.set(null);
  call('f');
  expect([called, fuel.used()]).toEqual([1, 6]);
});

test('tells when more memory was refused', () => {
  const grow = (pages: number): Fn => ({ locals: 1, body: [['i32.const', pages], ['memory.grow'], ['drop']] });
  const { fuel, call } = start(assemble([grow(1), grow(9)]));
  fuel.set(null);
  call('f0');
  expect(fuel.growthRefused()).toBe(false);
  call('f1');
  expect(fuel.growthRefused()).toBe(true);
  call('f0');
  expect(fuel.growthRefused()).toBe(false);
});

describe('instructions that have their own forms', () => {
  const check = (name: string, code: readonly number[], weight: number) =>
    test(name, () => {
      const module = moduleOf([...code, 0x0b]);
      expect(WebAssembly.validate(module)).toBe(true);
      const { fuel, call } = start(module);
      fuel.set(null);
      call('f');
      expect(fuel.used()).toBe(weight);
    });
  const i32 = (n: number) => [0x41, ...signedLeb(n)];
  check(
    'f32.const, f64.const, i64.const',
    [
      0x43, 0x0b, 0x0b, 0x0b, 0x0b, 0x1a, 0x44, 1, 2, 3, 4, 5, 6, 7, 0x0b, 0x1a, 0x42, 0xff, 0xff, 0xff, 0xff, 0xff,
      0xff, 0xff, 0xff, 0xff, 0, 0x1a,
    ],
    6,
  );
  check('loads and stores', [...i32(0), 0x28, 2, 0x80, 8, 0x1a, ...i32(0), ...i32(1), 0x3a, 0, 0], 6);
  check('typed select', [...i32(1), ...i32(2), ...i32(3), 0x1c, 1, 0x7f, 0x1a], 5);
  check(
    'bulk memory',
    [...i32(0), ...i32(0), ...i32(9), 0xfc, 11, 0, ...i32(0), ...i32(4), ...i32(4), 0xfc, 10, 0, 0],
    8,
  );
  check('saturating conversion', [0x43, 0, 0, 0, 0, 0xfc, 0, 0x1a], 3);
  check(
    'SIMD',
    [
      0xfd,
      12,
      ...Array(16).fill(0x0b),
      0xfd,
      21,
      0,
      0x1a,
      ...i32(0),
      0xfd,
      0,
      4,
      0,
      0xfd,
      12,
      ...Array(16).fill(0),
      0xfd,
      13,
      ...Array(16).fill(3),
      0x1a,
      ...i32(0),
      0xfd,
      12,
      ...Array(16).fill(0),
      0xfd,
      84,
      0,
      0,
      3,
      0x1a,
    ],
    12,
  );
  check('ref.null and its test', [0xd0, 0x70, 0xd1, 0x1a], 3);
  check('block of a type', [0x02, 0x7f, ...i32(1), 0x0b, 0x1a], 2);
  check('atomic', [0xfe, 3, 0, ...i32(0), 0xfe, 0x10, 2, 0, 0x1a], 4);
});

describe('what is no module it knows', () => {
  const check = (name: string, bytes: Uint8Array, message: RegExp) =>
    test(name, () => {
      expect(() => meter(bytes)).toThrow(WasmFormatError);
      expect(() => meter(bytes)).toThrow(message);
    });
  check('nothing', new Uint8Array(0), /ends too early at byte 0/);
  check('text', Buffer.from('(module)'), /no header of version 1/);
  check('a component', Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0), /no header of version 1 at byte 4/);
  check('garbage collection', moduleOf([0xfb, 0, 0, 0x1a, 0x0b]), /garbage collection \(0xfb\)/);
  check('an unknown instruction', moduleOf([0x27, 0x0b]), /an unknown instruction 0x27/);
  check('an unknown SIMD instruction', moduleOf([0xfd, 0x90, 4, 0x0b]), /0xfd 528/);
  check('a function that goes on after its end', moduleOf([0x0b, 0x0b]), /does not end where its size says/);
  check('a function that never ends', moduleOf([0x01]), /ends too early/);
  // The module has no globals and one local; the next ones would be the counter's.
  check('the counter named by a program', moduleOf([0x42, 0, 0x24, 0, 0x0b]), /invalid/);
  check('the local of a loop named by a program', moduleOf([0x03, 0x40, 0x42, 9, 0x21, 0, 0x0b, 0x0b]), /invalid/);
  check('sections out of order', Uint8Array.from([...header, ...section(3, [0]), ...section(1, [0])]), /out of order/);
  check('a section twice', Uint8Array.from([...header, ...section(1, [0]), ...section(1, [0])]), /doubled/);

  test('damaged modules: refused, unless they are still valid', () => {
    const functions: Fn[] = [
      {
        locals: 2,
        body: [
          ['i32.const', 500],
          ['local.set', 0],
          ['loop', [['local.get', 0], ['i32.const', 1], ['i32.sub'], ['local.tee', 0], ['br_if', 0]]],
          ['call', 1],
        ],
      },
      {
        locals: 1,
        body: [
          ['i32.const', 0],
          ['br_table', [0], 0],
        ],
      },
    ];
    const whole = assemble(functions);
    let kept = 0;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 3 }),
        fc.nat(whole.length),
        (changes, length) => {
          const bytes = whole.slice(0, length < whole.length / 8 ? length : undefined);
          for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
          let metered: Uint8Array;
          try {
            metered = meter(bytes);
          } catch (error) {
            expect(error).toBeInstanceOf(WasmFormatError);
            expect(WebAssembly.validate(bytes)).toBe(false);
            return;
          }
          kept++;
          expect([WebAssembly.validate(bytes), WebAssembly.validate(metered)]).toEqual([true, true]);
        },
      ),
      { numRuns: 3000 },
    );
    expect(kept).toBeGreaterThan(100);
  });
});

describe('modules that are shipped stay valid', () => {
  const packages = new URL('../../../node_modules/', import.meta.url);
  const check = (path: string) => {
    const file = new URL(path, packages);
    const reason = existsSync(file) ? '' : ' (skipped: this optional package is not installed)';
    test.skipIf(reason !== '')(`${path}${reason}`, () => {
      expect(WebAssembly.validate(meter(readFileSync(file)))).toBe(true);
    });
  };
  check('pyodide/pyodide.asm.wasm');
  check('sql.js/dist/sql-wasm.wasm');
  check('wasmoon/dist/glue.wasm');
  check('@jitl/quickjs-ng-wasmfile-release-sync/dist/emscripten-module.wasm');
  check('@ruby/3.4-wasm-wasi/dist/ruby+stdlib.wasm');
  check('@6over3/zeroperl-ts/dist/esm/zeroperl.wasm');
});
