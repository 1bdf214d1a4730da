import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { largestFunctionBytes, mostOptimisedBytes } from './grammar-code.ts';
import { grammarPath } from './grammar-files.ts';

const largest = (language: string): number =>
  largestFunctionBytes(readFileSync(grammarPath(`tree-sitter-${language}.wasm`)));

describe('code of grammars', () => {
  test('the largest function is found', () => {
    expect(largest('java')).toBeLessThan(mostOptimisedBytes);
    expect(largest('css')).toBeGreaterThan(mostOptimisedBytes);
    expect(largest('swift')).toBeGreaterThan(6 * mostOptimisedBytes);
    expect(largestFunctionBytes(new Uint8Array(0))).toBe(0);
    expect(largestFunctionBytes(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 10, 0xff, 0xff, 0x7f, 3))).toBe(0);
  });

  test('V8 optimises parser and small grammars, and no large one', () => {
    // Optimised as soon as it is due, in the thread that is due: so that what is optimised does not go by time.
    const flags = ['--wasm-sync-tier-up', '--trace-wasm-compilation-times'];
    const url = (name: string): string => new URL(name, import.meta.url).href;
    const program = `
      const { createParser } = await import(${JSON.stringify(url('../../code/mod.ts'))});
      const { loadGrammarFile } = await import(${JSON.stringify(url('./grammar-files.ts'))});
      const parser = await createParser(loadGrammarFile);
      for (const [path, line] of [['a.css', 'a.b > c { color: red; margin: 1px 2px }'], ['A.java', 'class A { int f(int x) { return x + 1; } }']])
        for (let times = 0; times < 20; times++) await parser.parse(path, Buffer.from((line + '\\n').repeat(300)));`;
    const done = spawnSync(process.execPath, [...flags, '--input-type=module', '--eval', program], {
      encoding: 'utf8',
      cwd: fileURLToPath(new URL('.', import.meta.url)),
    });
    expect(done.status, done.stderr).toBe(0);
    const optimised = [...done.stdout.matchAll(/using TurboFan, .*bodysize (\d+)/g)].map((found) => Number(found[1]));
    expect(optimised.length).toBeGreaterThan(5);
    expect(optimised.filter((bytes) => bytes > mostOptimisedBytes)).toEqual([]);
    expect(optimised).toContain(largest('java'));
  });
});
