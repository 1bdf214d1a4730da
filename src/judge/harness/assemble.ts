/**
 * One program of a candidate and the tests that call it, for languages in which both must be compiled together. As HumanEvalPack's tests are written.
 *
 * Behind the tests stands a line that writes a mark which only we know; `isControl` puts a failure before that line, so that a program which gets past it does not owe it to the tests.
 * Libraries that tests of HumanEvalPack use and that are not there without a network (testify, rand, md5, boost::any, OpenSSL's md5) are small stand-ins of ours, with just what those tests need.
 */
import { readFileSync } from 'node:fs';
import type { JobFile } from '../../run/mod.ts';

export interface Assembled {
  readonly entry: string;
  readonly files: readonly JobFile[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface Mark {
  /** Letters, digits and dashes. */
  readonly text: string;
  readonly isControl: boolean;
}

export type HarnessLanguage = 'python' | 'javascript' | 'java' | 'go' | 'cpp' | 'rust';

type Assemble = (program: string, test: string, mark: Mark) => Assembled;

export const assemble: Readonly<Record<HarnessLanguage, Assemble>> = {
  /** For tests that give objects to a function, which have no literal; others run apart (`functions/`). */
  python: (program, test, { text, isControl }) =>
    one(
      'main.py',
      [program, test, ...(isControl ? ['raise AssertionError'] : []), `import os; os.write(1, b'${text}')`].join('\n'),
    ),
  javascript: (program, test, { text, isControl }) => ({
    entry: 'main.js',
    files: [
      {
        path: 'node_modules/js-md5/index.js',
        bytes: encoder.encode(
          "module.exports = (text) => require('node:crypto').createHash('md5').update(text).digest('hex');",
        ),
      },
      file(
        'main.js',
        [
          program,
          'function winnowAssert(isTrue) { if (!isTrue) throw new Error("assertion"); }',
          test.replaceAll('console.assert(', 'winnowAssert('),
          ...(isControl ? ['winnowAssert(false);'] : []),
          `require('node:fs').writeSync(1, '${text}');`,
        ].join('\n'),
      ),
    ],
  }),
  java: (program, test, { text, isControl }) => ({
    entry: 'Winnow.java',
    files: [
      file('Main.java', `${program}\n${test}`),
      file(
        'Winnow.java',
        [
          'public class Winnow { public static void main(String[] args) throws Throwable {',
          'Main.main(args);',
          ...(isControl ? ['if (args.length == 0) throw new AssertionError();'] : []),
          `System.out.print("${text}"); System.out.flush(); } }`,
        ].join('\n'),
      ),
    ],
  }),
  cpp: (program, test, { text, isControl }) => ({
    entry: 'main.cpp',
    files: [
      { path: 'boost/any.hpp', bytes: standIn('any.hpp') },
      { path: 'openssl/md5.h', bytes: standIn('md5.h') },
      file(
        'main.cpp',
        [
          program,
          test.replace(/\bint\s+main\s*\(\s*(?:void)?\s*\)/, 'void winnow_tests()'),
          '#include <stdio.h>',
          'int main() { winnow_tests();',
          ...(isControl ? ['assert(false);'] : []),
          `fputs("${text}", stdout); return 0; }`,
        ].join('\n'),
      ),
    ],
    env: { CXXFLAGS: '-I.' },
  }),
  go: (program, test, { text, isControl }) => one('main.go', goProgram(program, test, text, isControl)),
  rust: (program, test, { text, isControl }) =>
    one(
      'main.rs',
      [
        program.replace(/^fn main\(\)\s*\{\s*\}/m, '').replace(/^use (?:rand::Rng|regex::Regex|md5);$/gm, ''),
        'use rand::Rng;',
        new TextDecoder().decode(standIn('crates.rs')),
        test.replace('#[cfg(test)]', '').replace(rustTest, 'pub fn $1'),
        'fn main() {',
        ...namesIn(test, rustTest).map((name) => `tests::${name}();`),
        ...(isControl ? ['assert!(std::env::args().count() == 0);'] : []),
        `print!("${text}"); }`,
      ].join('\n'),
    ),
};

/** A comment may stand between the mark of a test and its function. */
const rustTest = /#\[test\]\s*(?:\/\/.*\s*)*(?:pub\s+)?fn (\w+)/g;
const goTest = /^func (Test\w+)\(/gm;
const namesIn = (test: string, form: RegExp): readonly string[] =>
  [...test.matchAll(form)].map(([, name]) => name as string);

/** Whether tests are called at all: where a language marks them and none is found, a program that passes has shown nothing. */
export const hasTests = (language: HarnessLanguage, test: string): boolean =>
  (language !== 'rust' || namesIn(test, rustTest).length > 0) &&
  (language !== 'go' || namesIn(test, goTest).length > 0);

const encoder = new TextEncoder();
const file = (path: string, text: string): JobFile => ({ path, bytes: encoder.encode(text) });
const one = (path: string, text: string): Assembled => ({ entry: path, files: [file(path, text)] });
const standIn = (name: string): Uint8Array => readFileSync(new URL(`standins/${name}`, import.meta.url));

/** Imports of program and test stand first, each once, and only those that are used: Go takes no other. */
function goProgram(program: string, test: string, mark: string, isControl: boolean): string {
  // What published harnesses import as well where it is used: some references of HumanEvalPack count on it.
  const usual = ['bytes', 'fmt', 'math', 'math/rand', 'regexp', 'sort', 'strconv', 'strings', 'time'];
  const imports = new Set(['os', 'reflect', 'testing', ...usual]);
  const body = [program, test]
    .join('\n')
    .replace(/^\)?package \w+\s*$/gm, '')
    .replace(/^import\s*\(([^)]*)\)/gm, (_, list: string) => {
      for (const [, path = ''] of list.matchAll(/"([^"]+)"/g)) imports.add(path);
      return '';
    })
    .replace(/^import\s+"([^"]+)"\s*$/gm, (_, path: string) => {
      imports.add(path);
      return '';
    });
  const used = [...imports].filter((path) => {
    const name = path.split('/').at(-1) as string;
    return (
      ['os', 'reflect', 'testing'].includes(path) ||
      (!path.includes('.') && new RegExp(`\\b${name}\\.[A-Z]`).test(body))
    );
  });
  const tests = namesIn(test, goTest).map((name) => `${name}(new(testing.T))`);
  return [
    'package main',
    ...used.map((path) => `import "${path}"`),
    body,
    'type winnowAssertions struct{}',
    'func (winnowAssertions) New(_ *testing.T) winnowAssertions { return winnowAssertions{} }',
    'func (winnowAssertions) Equal(expected, actual interface{}, _ ...interface{}) {',
    'if !reflect.DeepEqual(expected, actual) { panic("assertion") } }',
    'var assert = winnowAssertions{}',
    'func main() {',
    ...tests,
    ...(isControl ? ['assert.Equal(len(os.Args) > 0, false)'] : []),
    `os.Stdout.WriteString("${mark}") }`,
  ].join('\n');
}
