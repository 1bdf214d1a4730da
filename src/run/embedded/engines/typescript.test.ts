import { expect, test } from 'vitest';
import { runnerOf } from '../testjob.ts';
import { typescriptEngine } from './typescript.ts';

const run = runnerOf(typescriptEngine, 'main.ts');

test('types are taken out; enums, namespaces and parameter properties are rewritten', async () => {
  const ran = await run(
    `import { half, type Shape } from './lib/half.ts';
     import * as other from './lib/other.js';
     enum Color { Red, Green = 'g' } namespace N { export const x = 1 }
     class Q<T> { constructor(public a: T, private readonly b = 2) {} sum(): number { return Number(this.a) + this.b } }
     const s: Shape = { side: 4 }; console.log(half(s.side) satisfies number, Color[0], Color.Green, N.x, new Q<number>(3).sum(), other.y!);`,
    {
      files: {
        'lib/half.ts': 'export interface Shape { side: number }\nexport const half = (n: number): number => n / 2;',
        'lib/other.ts': 'export const y: number = 7;',
      },
    },
  );
  expect([ran.stdout, ran.stderr]).toEqual(['2 Red g 1 5 7\n', '']);
});

test('lines of an error are those of the source', async () => {
  const ran = await run('interface A {\n  a: number;\n}\nconst a: A = { a: 1 };\nthrow new Error(String(a.a));\n');
  expect(ran.stderr).toContain('/work/main.ts:5:');
});

test('a wrong syntax, in any file, fails the compile step', async () => {
  const ran = await run('console.log("not seen")', { files: { 'lib/bad.ts': 'const x: = 1;' } });
  expect(ran.ending).toEqual({ kind: 'compile-failed' });
  expect(ran.compile).toMatch(/^lib\/bad\.ts: /);
  expect(ran.stdout).toBe('');
});
