/** Tests that a person names: whose they are, and what is said of those that nobody reads. */
import { describe, expect, test } from 'vitest';
import { runnerOfTests } from './named.ts';
import type { TestRunner } from './types.ts';

const files = (...paths: string[]) =>
  paths.map((path) => ({
    path,
    bytes: new TextEncoder().encode(
      path.endsWith('.py') ? 'def test_a():\n    pass\n' : "import test from 'node:test';\n",
    ),
  }));
const both = files('tests/test_a.py', 'web/a.test.mjs', 'notes.txt', 'main.go');
const runner = (paths: readonly string[], asked?: TestRunner) => runnerOfTests(both, paths, asked);

describe('the runner of tests that are named', () => {
  test.each([
    ['the first that is recognised, where none is named', [], undefined, 'pytest'],
    ['that of the file', ['web/a.test.mjs'], undefined, 'node'],
    ['a directory is as the project', ['tests/'], undefined, 'pytest'],
    ['a part of a file', ['./tests/test_a.py::test_a'], undefined, 'pytest'],
    ['the one that is asked for', ['tests'], 'unittest', 'unittest'],
    ['without tests that are named no file is held against it', [], 'go', 'go'],
  ] as const)('%s', (_, paths, asked, expected) => {
    expect(runner(paths, asked)).toBe(expected);
  });

  test('null, where nothing is recognised and nothing named', () => {
    expect(runnerOfTests(files('a.txt'), [], undefined)).toBeNull();
  });

  test.each([
    [
      'a text',
      ['notes.txt'],
      undefined,
      /"notes.txt" is none: pytest, which .* reads Python.*Accepted are tests in .*--runner/,
    ],
    [
      'a file of another runner than was asked for',
      ['web/a.test.mjs'],
      'pytest',
      /"web\/a.test.mjs" is none: pytest reads Python/,
    ],
    ['files of two runners', ['tests/test_a.py', 'web/a.test.mjs'], undefined, /"web\/a.test.mjs" is none/],
    ['a language whose runner is not recognised', ['main.go'], undefined, /"main.go" is none/],
    ['what is not there', ['tests/test_b.py'], undefined, /there is no "tests\/test_b.py" in it/],
    ['what is elsewhere', ['../tests'], undefined, /there is no "..\/tests" in it/],
  ] as const)('refused: %s', (_, paths, asked, message) => {
    expect(() => runner(paths, asked)).toThrow(message);
  });
});
