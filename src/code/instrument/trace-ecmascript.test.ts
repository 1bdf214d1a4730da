/**
 * Rewritten programs stand on the lines where they stood, are programs, do what they did, and tell the same lines at each level.
 *
 * They are run here as functions, with hooks that only note; the real ones have their tests where programs are traced (`run/trace/ecmascript`).
 */
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadGrammarFile } from '../../../test/grammarfiles.ts';
import { createTraceInstrumenter, type TraceInstrumenter } from './instrumenter.ts';
import { newTables, placesOfText, type TracedLevel, type TraceTables } from './tracetables.ts';

let instrumenter: TraceInstrumenter;
beforeAll(async () => {
  instrumenter = await createTraceInstrumenter(loadGrammarFile);
});

const levels = ['coverage', 'counts', 'blocks', 'lines', 'values'] as const;

interface Rewritten {
  readonly text: string;
  readonly tables: TraceTables;
}

async function rewritten(
  source: string,
  level: TracedLevel,
  placeOf?: (line: number, column: number) => number,
): Promise<Rewritten> {
  const tables = newTables();
  const form = () => ({ isModule: false, runtime: './runtime.cjs' });
  const given = { path: 'a.js', classifyAs: 'a.js', level, form, ...(placeOf === undefined ? {} : { placeOf }) };
  const file = await instrumenter.trace(given, new TextEncoder().encode(source), tables);
  if (file === null || !file.sure) throw new Error(`it was not rewritten: ${source}`);
  return { text: file.text, tables };
}

interface Ran {
  readonly log: readonly unknown[];
  /** How often each line was told, those that were. */
  readonly lines: Readonly<Record<number, number>>;
}

/** Runs a program whose only way out is `log`. */
function run(text: string, level?: TracedLevel, tables = newTables()): Ran {
  const log: unknown[] = [];
  const size = tables.points.length + 1;
  const told = new Float64Array(size);
  const steps = new Int32Array(size);
  const pass = (_frame: unknown, value: unknown): unknown => value;
  const second = (_frame: unknown, _row: number, value: unknown): unknown => value;
  const nothing = (): void => undefined;
  const frame = (code: number) => ({ code, at: -1, on: false });
  const l = (_frame: unknown, point: number): void => {
    told[point] = (told[point] ?? 0) + 1;
  };
  const runtime = {
    ...{ c: told, o: steps, q: new Int32Array(size), k: nothing, e: frame, h: frame, l },
    ...{ r: pass, R: pass, g: pass, y: pass, z: pass, s: pass, t: pass, v: second, b: second, n: second },
    ...{ S: nothing, x: nothing, d: nothing, j: nothing, u: nothing },
    // A line that goes over something says itself again with each item.
    i: (f: unknown, point: number): void => (point < 0 ? undefined : l(f, point)),
  };
  try {
    new Function('log', 'require', text)(
      (value: unknown) => log.push(value),
      () => runtime,
    );
  } catch (error) {
    log.push(`${error}`);
  }
  const lines: Record<number, number> = {};
  tables.points.forEach(([, ...rows], point) => {
    for (const line of rows) {
      const often = (told[point] ?? 0) || (level === 'coverage' && (steps[point] ?? 0) > 0 ? 1 : 0);
      if (often > 0) lines[line] = (lines[line] ?? 0) + often;
    }
  });
  return { log, lines };
}

/** Whether all of a line is found on the other, in its order. */
function holds(line: string, original: string): boolean {
  let at = 0;
  for (const char of original) {
    at = line.indexOf(char, at) + 1;
    if (at === 0) return false;
  }
  return true;
}

async function checkAll(source: string): Promise<void> {
  const plain = run(source);
  const told: Partial<Record<TracedLevel, Ran['lines']>> = {};
  for (const level of levels) {
    const { text, tables } = await rewritten(source, level);
    const [before, after] = [source.split('\n'), text.split('\n')];
    expect(
      after
        .slice(before.length)
        .join('')
        .replace(/^;\$wr\(\$wf\);$/, ''),
      level,
    ).toBe('');
    for (const [at, line] of before.entries()) expect(holds(after[at] ?? '', line), `${level}: ${line}`).toBe(true);
    const ran = run(text, level, tables);
    expect(ran.log, `${level}: ${text}`).toEqual(plain.log);
    told[level] = ran.lines;
  }
  expect(told.values, source).toEqual(told.lines);
  expect(told.counts, source).toEqual(told.lines);
  expect(Object.keys(told.coverage ?? {}), source).toEqual(Object.keys(told.lines ?? {}));
}

describe('programs that people write', () => {
  test.each([
    `const hasCloseElements = (numbers, threshold) => {
  for (let i = 0; i < numbers.length; i++) {
    for (let j = 0; j < numbers.length; j++) {
      if (i != j) {
        let distance = Math.abs(numbers[i] - numbers[j]);
        if (distance < threshold) return true;
      }
    }
  }
  return false;
}
log(hasCloseElements([1, 2, 3], 0.5)); log(hasCloseElements([1, 2.8, 3], 0.3))`,
    `const separate = (text) => {
  var result = [], depth = 0, held = '';
  for (const c of text) {
    if (c == '(') { depth += 1; held += c; }
    else if (c == ')') {
      depth -= 1; held += c;
      if (depth == 0) { result.push(held); held = ''; }
    }
  }
  return result;
}
log(separate('( ) (( )) (( )( ))'))`,
    `function gcd(a, b) {
  while (b != 0)
    [a, b] = [b, a % b]
  return a
}
log(gcd(25, 15)); log(['x', 'y'].map((x, i) => x + i)
  .filter(Boolean)
  .join())`,
    `const fib = (n) => n < 2 ? n : fib(n - 1) + fib(n - 2)
let i = 0
do i++
while (fib(i) < 20)
log(i)`,
    `function sort(all) {
  let swapped
  outer: do {
    swapped = false
    for (let i = 1; i < all.length; i++) {
      if (all[i - 1] <= all[i]) continue
      ;[all[i - 1], all[i]] = [all[i], all[i - 1]]
      swapped = true
      continue outer
    }
  } while (swapped)
  return all
}
log(sort([3, 1, 2]))`,
    `function f(x) {
  try {
    if (x > 1) throw new Error('big'); else if (x < 0) return 'small'
    return null.x
  } catch ({ message }) {
    return message.length
  } finally {
    log(x)
  }
}
log([2, -1, 0].map(f))`,
    `function* walk(tree) { if (!tree) return; yield* walk(tree.l); yield tree.v; yield* walk(tree.r) }
class Tree { constructor(v, l, r) { Object.assign(this, { v, l, r }) } get sum() { let s = 0; for (const v of walk(this)) s += v; return s } }
log(new Tree(1, new Tree(2), new Tree(3)).sum)`,
  ])('%#: the same lines, the same output, at every level', checkAll);
});

/** Programs of statements within statements; each says that it ran, and all end. */
const program = ((): fc.Arbitrary<string> => {
  let names = 0;
  const fresh = (): string => `v${names++}`;
  const gap = fc.constantFrom('\n', '\n', ' ');
  const leaf = fc.oneof(
    fc.nat(9).map((n) => `log(${n});`),
    fc.nat(9).map((n) => `a += ${n};`),
    fc.constantFrom('a++;', 'a = a % 7;', 'b = a > 3 && a < 6 || !b;', 'log([a, b]);', '{ let a = 1; log(a) }', ';'),
  );
  const condition = fc.constantFrom('a > 3', 'b', 'a % 2 && !b', '(a++, a % 3)', 'a ?? b');
  const { statement } = fc.letrec<{ statement: string; block: string }>((tie) => ({
    block: fc.tuple(gap, fc.array(tie('statement'), { maxLength: 3 })).map(([g, all]) => `{${g}${all.join(g)}${g}}`),
    statement: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc
        .tuple(condition, tie('block'), tie('block'), fc.nat(2), gap)
        .map(([c, yes, no, form, g]) =>
          form === 0
            ? `if (${c}) ${yes}`
            : form === 1
              ? `if (${c}) ${yes}${g}else ${no}`
              : `if (${c})${g}a++;${g}else ${no}`,
        ),
      tie('block').map((body) => {
        const i = fresh();
        return `for (let ${i} = 0; ${i} < 3; ${i}++) ${body}`;
      }),
      fc.tuple(tie('block'), gap).map(([body, g]) => {
        const i = fresh();
        return `${i}:${g}for (const x of [1, 2, 3]) { if (x === a) continue ${i};${g}if (b) break;${g}${body} }`;
      }),
      fc.tuple(tie('block'), gap).map(([body, g]) => {
        const i = fresh();
        return `let ${i} = 0;${g}while (${i}++ < 2) ${body}`;
      }),
      fc
        .tuple(tie('block'), tie('block'), fc.boolean(), gap)
        .map(
          ([one, other, ends, g]) =>
            `switch (a % 3) {${g}case 0: ${one}${ends ? 'break;' : ''}${g}case 1:${g}case 2: ${other}${g}default: log('d') }`,
        ),
      fc
        .tuple(tie('block'), tie('block'), gap)
        .map(([one, other, g]) => `try ${one}${g}catch (e) { log(e) }${g}finally ${other}`),
      fc
        .tuple(tie('block'), gap)
        .map(([body, g]) => `try {${g}if (a > 2) throw a;${g}log('no') }${g}catch { ${body} }`),
      fc.tuple(tie('block'), condition, gap).map(([body, c, g]) => {
        const f = fresh();
        return `const ${f} = (x) => ${body};${g}${f}(a); log(((x) => x + 1)(a)); (function () { if (${c}) return;${g}log('r') })();`;
      }),
    ),
  }));
  return fc.array(statement, { maxLength: 5 }).map((all) => `let a = 1, b = false\n${all.join('\n')}\nlog(a)`);
})();

test('programs of all kinds of statements: the same lines, the same output, at every level', async () => {
  await fc.assert(fc.asyncProperty(program, checkAll), { numRuns: 60 });
}, 60_000);

test('places of other texts stand in the tables for lines, and points are not shared', async () => {
  const source = 'let a = 1; let b = 2;\nif (a) {\n  b = 3;\n}\n';
  const placeOf = (line: number, column: number): number => placesOfText * (column > 5 ? 2 : 1) + line + 10;
  const { tables } = await rewritten(source, 'coverage', placeOf);
  const places = tables.points.flatMap(([, ...rows]) =>
    rows.map((place) => [Math.floor(place / placesOfText), place % placesOfText]),
  );
  expect(places).toEqual([
    [1, 11],
    [2, 11],
    [1, 12],
    [1, 13],
  ]);
  expect(tables.points.every((row) => row.length <= 2)).toBe(true);
});
