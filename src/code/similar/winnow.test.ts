import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadGrammarFile } from '../../../test/grammarfiles.ts';
import { createLikenessReader } from './reader.ts';
import { shapeCosine } from './shape.ts';
import { type TokenColumns, tokenRange } from './tokens.ts';
import { gramHashes, gramTokens, guaranteeTokens, printsOf, windowGrams, winnow } from './winnow.ts';

const reader = await createLikenessReader(loadGrammarFile);

async function read(file: string, source: string, whole = false) {
  const bytes = new TextEncoder().encode(source);
  const result = await reader.read(file, bytes, whole ? [{ start: 0, end: bytes.length }] : []);
  if (result.kind !== 'read') throw new Error(JSON.stringify(result));
  return result;
}

const textsOf = (source: string, { starts, ends, count }: TokenColumns): string[] =>
  Array.from({ length: count }, (_, i) =>
    new TextDecoder().decode(new TextEncoder().encode(source).subarray(starts[i], ends[i])),
  );

const columns = (blind: readonly number[]): TokenColumns => {
  const tokens = Uint32Array.from(blind);
  return { count: tokens.length, starts: tokens, ends: tokens, exact: tokens, blind: tokens };
};

describe('winnowing', () => {
  test('a gram is no shorter than a window, so that neighbours leave no token out', () => {
    expect(gramTokens).toBeGreaterThanOrEqual(windowGrams);
    expect(guaranteeTokens).toBe(15);
  });

  test('whatever two sequences share, from the guarantee on, has a fingerprint in both at the same place', () => {
    const few = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 30 });
    const shared = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: guaranteeTokens, maxLength: 40 });
    fc.assert(
      fc.property(few, few, few, few, shared, (a, b, c, d, common) => {
        const places = (before: readonly number[], after: readonly number[]): Set<number> =>
          new Set(
            [...printsOf(columns([...before, ...common, ...after])).tokens]
              .map((at) => at - before.length)
              .filter((at) => at >= 0 && at + gramTokens <= common.length),
          );
        const others = places(c, d);
        expect([...places(a, b)].some((place) => others.has(place))).toBe(true);
      }),
    );
  });

  test('kept grams cover every token between the first and the last', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: gramTokens, maxLength: 200 }), (tokens) => {
        const kept = [...winnow(gramHashes(Uint32Array.from(tokens)))];
        expect(kept.length).toBeGreaterThan(0);
        for (const [i, at] of kept.entries())
          if (i > 0) expect(at - (kept[i - 1] as number)).toBeLessThanOrEqual(gramTokens);
      }),
    );
  });

  test('sequences shorter than a gram have none', () => {
    expect(printsOf(columns([1, 2, 3])).count).toBe(0);
    expect(printsOf(columns([])).count).toBe(0);
  });
});

describe('tokens', () => {
  test('comments, layout and imports are none, a text is one', async () => {
    const source = 'import os\n# said\ndef f(x):\n    return "a b" + x[1]  # told\n';
    expect(textsOf(source, (await read('a.py', source)).tokens)).toEqual([
      'import os',
      'def',
      'f',
      '(',
      'x',
      ')',
      ':',
      'return',
      '"a b"',
      '+',
      'x',
      '[',
      '1',
      ']',
    ]);
  });

  test('imports equal those of no other file', async () => {
    const first = (await read('a.py', 'import os\nx = 1\n')).tokens;
    const second = (await read('b.py', 'import os\ny = 1\n')).tokens;
    expect(first.exact[0]).not.toBe(second.exact[0]);
    expect(first.blind[0]).not.toBe(second.blind[0]);
    expect([...first.blind.subarray(1)]).toEqual([...second.blind.subarray(1)]);
  });

  test('names and literals count for nothing where they are replaced, keywords and operators do', async () => {
    const blind = async (source: string): Promise<number[]> => [...(await read('a.ts', source)).tokens.blind];
    expect(await blind('if (total > 10) print("x");')).toEqual(await blind('if (sum > 7) show("y z");'));
    expect(await blind('if (total > 10) print("x");')).not.toEqual(await blind('if (sum < 7) show("y z");'));
  });

  test('offsets are bytes, and regions of pages are read by their own language', async () => {
    const source = 'x = "é"; y = z';
    expect(textsOf(source, (await read('a.js', source)).tokens)).toEqual(['x', '=', '"é"', ';', 'y', '=', 'z']);
    const page = '<template><p>é</p></template>\n<script>\nconst a = b;\n</script>\n';
    expect(textsOf(page, (await read('a.vue', page)).tokens)).toContain('const');
  });

  test('what no grammar reads is left out', async () => {
    expect(await reader.read('a.md', new TextEncoder().encode('# Title\n'), [])).toEqual({
      kind: 'left-out',
      reason: 'no-grammar',
    });
    expect(await reader.read('a.bin', new Uint8Array([0, 1, 0, 2]), [])).toEqual({
      kind: 'left-out',
      reason: 'skipped',
    });
  });

  test('any bytes are read without harm', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 300 }),
        fc.constantFrom('a.py', 'a.ts', 'a.vue', 'a.c', 'a.rb'),
        async (bytes, file) => {
          const result = await reader.read(file, bytes, [{ start: 0, end: bytes.length }]);
          if (result.kind !== 'read') return;
          const { starts, ends, count } = result.tokens;
          for (let i = 0; i < count; i++) expect(ends[i]).toBeLessThanOrEqual(bytes.length);
          for (let i = 1; i < count; i++) expect(starts[i]).toBeGreaterThanOrEqual(starts[i - 1] as number);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('a range has the columns of its tokens', async () => {
    const { tokens } = await read('a.js', 'a = b + c');
    expect(tokenRange(tokens, 1, 3)).toMatchObject({ count: 2 });
    expect([...tokenRange(tokens, 1, 3).exact]).toEqual([...tokens.exact.subarray(1, 3)]);
  });
});

describe('shapes', () => {
  const cosine = async (one: [string, string], other: [string, string]) => {
    const [a, b] = await Promise.all([read(...one, true), read(...other, true)]);
    return shapeCosine(a.shapes[0]?.vector as Float32Array, b.shapes[0]?.vector as Float32Array);
  };
  const sum: [string, string] = [
    'a.py',
    'def total(values):\n    result = 0\n    for value in values:\n        if value % 2 == 0:\n            result += value * 3\n    return result\n',
  ];
  const sumInGo: [string, string] = [
    'a.go',
    'package p\n\nfunc Add(xs []int) int {\n\tacc := 0\n\tfor _, x := range xs {\n\t\tif x % 2 == 0 {\n\t\t\tacc += x * 3\n\t\t}\n\t}\n\treturn acc\n}\n',
  ];
  const other: [string, string] = [
    'b.go',
    'package p\n\nfunc Open(name string) (*File, error) {\n\tf, err := os.Open(name)\n\tif err != nil {\n\t\treturn nil, err\n\t}\n\tdefer f.Close()\n\treturn wrap(f), nil\n}\n',
  ];

  test('names do not matter', async () => {
    const renamed: [string, string] = [
      'b.py',
      sum[1].replaceAll('value', 'item').replaceAll('result', 'out').replace('total', 'f'),
    ];
    const { tree, flow } = await cosine(sum, renamed);
    expect(tree).toBeCloseTo(1, 5);
    expect(flow).toBeCloseTo(1, 5);
  });

  test('the same work in another language is nearer than other work in that language', async () => {
    const same = await cosine(sum, sumInGo);
    const different = await cosine(sum, other);
    expect(same.tree).toBeGreaterThan(different.tree + 0.2);
    expect(same.flow as number).toBeGreaterThan((different.flow as number) + 0.2);
  });

  test('a language whose flow is not known has none to compare', async () => {
    const kotlin: [string, string] = [
      'a.kt',
      'fun f(xs: List<Int>): Int {\n  var acc = 0\n  for (x in xs) {\n    if (x % 2 == 0) acc += x * 3\n  }\n  return acc\n}\n',
    ];
    expect((await cosine(sum, kotlin)).flow).toBeNull();
  });
});
