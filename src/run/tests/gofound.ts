/**
 * Tests of Go that nobody told of: a package whose process ends in one of its tests says nothing of those after it, so they are read from its sources.
 *
 * Only for packages that ended early: what ran is told by the events. `go test -list` would know the same and link every package a second time.
 * Files with a build constraint are left out, and so are those that name a system or a machine: whether they belong is for Go to say.
 */
import type { JobFile } from '../types.ts';
import type { TestRequest, TestResult } from './types.ts';

/** https://pkg.go.dev/testing: after the word no small letter, and the one parameter. Generated and hand-written sources are all formatted alike. */
const declared = /^func ((?:Test|Fuzz)(?:[^\p{Ll}(\s][^(\s]*)?)\s*\(\s*\w+\s+\*\w+\.(?:T|F)\s*\)/gmu;
/** https://pkg.go.dev/testing#hdr-Examples: without such a comment an example is compiled and not run. */
const examples = /^func (Example(?:[^\p{Ll}(\s][^(\s]*)?)\s*\(\s*\)\s*\{([\s\S]*?)^\}/gmu;
const output = /\/\/\s*(unordered )?output:/i;

/** https://pkg.go.dev/cmd/go#hdr-Build_constraints, the systems and machines of Go 1.26. */
const constrained =
  /_(aix|android|darwin|dragonfly|freebsd|illumos|ios|js|linux|netbsd|openbsd|plan9|solaris|wasip1|windows|386|amd64|arm|arm64|loong64|mips\w*|ppc64\w*|riscv64|s390x|wasm)_test\.go$/;

/**
 * @param early import paths of packages whose process ended before its tests were over
 * @param module import path of the project
 */
export function neverBegun(
  early: readonly string[],
  told: readonly TestResult[],
  { files, only, arguments: given }: Pick<TestRequest, 'files' | 'only' | 'arguments'>,
  module: string,
): TestResult[] {
  // What these choose is for Go to say.
  if (given.some((one) => /^--?(test\.)?(run|skip|list|bench|fuzz)\b/.test(one))) return [];
  const known = new Set(told.map(({ name }) => name));
  const wanted = only.map((name) => name.replace(/\/.*/, ''));
  return early.flatMap((name) => {
    if (name !== module && !name.startsWith(`${module}/`)) return [];
    const directory = name.slice(module.length + 1);
    const inside = files.filter(({ path }) => path.slice(0, Math.max(0, path.lastIndexOf('/'))) === directory);
    return inside.flatMap((file) =>
      namesIn(file)
        .filter((test) => !known.has(`${name}.${test}`))
        .filter((test) => wanted.length === 0 || wanted.some((part) => test.includes(part)))
        .map(
          (test): TestResult => ({
            name: `${name}.${test}`,
            state: 'not-run',
            ms: 0,
            place: { path: file.path, line: 0 },
            message: 'the process of its package ended before it',
            failedAt: null,
            details: '',
          }),
        ),
    );
  });
}

function namesIn({ path, bytes }: JobFile): string[] {
  if (!path.endsWith('_test.go') || constrained.test(path)) return [];
  const text = new TextDecoder().decode(bytes);
  if (/^\/\/(go:build|\s*\+build) /m.test(text)) return [];
  const tests = [...text.matchAll(declared)].map(([, name = '']) => name);
  const shown = [...text.matchAll(examples)].filter(([, , body = '']) => output.test(body));
  return [...tests, ...shown.map(([, name = '']) => name)].filter((name) => name !== 'TestMain');
}
