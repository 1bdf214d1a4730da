/**
 * Do the canonical programs of HumanEvalPack pass, and the buggy ones fail, on the native backend?
 *
 * ```
 * node perf/run-humanevalpack.ts DIR [--packages DIR] [--languages python,go,…] [--cache DIR] [--json]
 * ```
 *
 * `DIR` holds `python.jsonl`, `js.jsonl`, `java.jsonl`, `go.jsonl`, `cpp.jsonl` and `rust.jsonl` of
 * https://huggingface.co/datasets/bigcode/humanevalpack. Programs of three languages import packages, which must lie below
 * `--packages`: `node_modules` (npm i js-md5@0.7.3), `rust` (a Cargo project with rand 0.7, regex 1 and md5 0.7,
 * built with --release by the same rustc), `go` (go.mod and go.sum that require testify 1.9.0, and its modules
 * in `gomod`: GOMODCACHE=$PWD/../gomod go mod download). C++ needs the headers of Boost and OpenSSL in the system.
 *
 * A program passes when its tests, appended as the suite has them, end with exit code 0. Failures are listed,
 * those for want of a package apart.
 *
 * Exit codes: 0 measured, 2 bad use.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { quantile } from '../src/bench/interval.ts';
import { type Job, type Outcome, openRunner } from '../src/run/mod.ts';
import { milliseconds, table } from './markdown.ts';

interface Row {
  readonly task_id: string;
  readonly prompt: string;
  readonly declaration: string;
  readonly canonical_solution: string;
  readonly buggy_solution: string;
  readonly test: string;
  readonly import?: string;
  readonly test_setup?: string;
}

interface Suite {
  readonly file: string;
  readonly language: string;
  readonly entry: string;
  program(row: Row, solution: string): string;
  /** What a job needs of the packages; a missing directory is left to show in the failures. */
  extras?(packages: string): Pick<Job, 'env' | 'grants'> & { readonly files?: Job['files'] };
}

const plain = (row: Row, solution: string): string => `${row.declaration}${solution}\n${row.test}`;

const suites: readonly Suite[] = [
  { file: 'python', language: 'python', entry: 'main.py', program: plain },
  {
    file: 'js',
    language: 'javascript',
    entry: 'main.js',
    // Node's console.assert only prints.
    program: (row, solution) =>
      `console.assert = (held) => { if (!held) throw new Error('assertion failed'); };\n${plain(row, solution)}`,
    extras: (packages) => ({ env: { NODE_PATH: join(packages, 'node_modules') }, grants: { read: [packages] } }),
  },
  { file: 'java', language: 'java', entry: 'Main.java', program: plain },
  {
    file: 'go',
    language: 'go',
    entry: 'main_test.go',
    program: goProgram,
    extras: (packages) => ({
      env: { GOMODCACHE: join(packages, 'gomod') },
      grants: { read: [join(packages, 'gomod')] },
      files: ['go.mod', 'go.sum'].map((path) => ({ path, bytes: readFileSync(join(packages, 'go', path)) })),
    }),
  },
  {
    file: 'cpp',
    language: 'cpp',
    entry: 'main.cpp',
    // Not its declaration: that of CPP/38 repeats the beginning of the solution. The prompt lacks two headers.
    program: (row, solution) => `#include <algorithm>\n#include <stdlib.h>\n${row.prompt}${solution}\n${row.test}`,
    extras: () => ({ env: { LDLIBS: '-lcrypto' } }),
  },
  {
    file: 'rust',
    language: 'rust',
    entry: 'main.rs',
    program: (row, solution) => `fn main() {}\n${plain(row, solution)}`,
    extras: (packages) => {
      const deps = join(packages, 'rust', 'target', 'release', 'deps');
      const names = existsSync(deps) ? readdirSync(deps) : [];
      const crates = ['rand', 'regex', 'md5'].map((crate) => {
        const found = names.find((name) => name.startsWith(`lib${crate}-`) && name.endsWith('.rlib'));
        return `--extern ${crate}=${join(deps, found ?? `lib${crate}.rlib`)}`;
      });
      return {
        env: { RUSTFLAGS: `--test -L dependency=${deps} ${crates.join(' ')}` },
        grants: { read: existsSync(deps) ? [deps] : [] },
      };
    },
  },
];

/** What solutions of the set use without an import of their own; the suite's own harness adds the same. */
const goPackages = 'bytes crypto/md5 fmt math math/rand regexp sort strconv strings time'.split(' ');

/**
 * The prompt, not the declaration, has the functions that a solution builds upon. Prompt and test import the same packages twice, or
 * ones that are not used, both of which Go refuses: so there is one list, of what is used.
 */
function goProgram(row: Row, solution: string): string {
  const imports = /^import \([^)]*\)\n/m;
  const body = `${row.prompt.replace(imports, '')}${solution}\n${row.test}`;
  const listed = [row.test_setup, row.import].flatMap((part) => [...(part ?? '').matchAll(/"([^"]+)"/g)]);
  const wanted = [...new Set([...listed.map((match) => match[1] as string), ...goPackages])];
  const code = body.replace(/^\s*\/\/.*$/gm, '');
  const used = wanted.filter((name) => new RegExp(`\\b${name.split('/').at(-1)}\\.`).test(code));
  return `package main\n\nimport (\n${used.map((name) => `\t"${name}"\n`).join('')})\n\n${body}`;
}

interface Result {
  readonly task: string;
  readonly kind: 'canonical' | 'buggy';
  readonly passed: boolean;
  readonly why: string;
  readonly outcome: Outcome;
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

function reason({ ending, compile, stdout, stderr }: Outcome): string {
  const said =
    compile !== null && ending.kind === 'compile-failed' ? text(compile.stderr.head) + text(compile.stdout.head) : '';
  const spoken = `${said}${text(stderr.head)}${text(stdout.head)}`;
  const lacks =
    /unresolved import|can't find crate|Cannot find module|No such file or directory|no required module|is not in std|ModuleNotFoundError/;
  const line =
    spoken.split('\n').find((one) => lacks.test(one) || /error|assert|panic|exception|FAIL/i.test(one)) ?? '';
  const ended =
    ending.kind === 'exited' ? `exit ${ending.code}` : ending.kind === 'crashed' ? String(ending.signal) : ending.kind;
  return `${lacks.test(spoken) ? 'lacks a package: ' : ''}${ended}: ${line.trim().slice(0, 160)}`;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    packages: { type: 'string' },
    languages: { type: 'string' },
    cache: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const [directory] = positionals;
if (directory === undefined) {
  process.stderr.write(
    'usage: node perf/run-humanevalpack.ts DIR [--packages DIR] [--languages LIST] [--cache DIR] [--json]\n',
  );
  process.exit(2);
}
const chosen = suites.filter(
  ({ language }) => values.languages === undefined || values.languages.split(',').includes(language),
);
const ownCache = values.cache === undefined ? mkdtempSync(join(tmpdir(), 'winnow-humanevalpack-')) : null;
const runner = openRunner({
  cacheDir: values.cache ?? ownCache,
  path: (process.env.PATH ?? '').split(':'),
  backend: 'native',
});

const rows: string[][] = [];
const raw: unknown[] = [];
for (const suite of chosen) {
  const tasks = readFileSync(join(directory, `${suite.file}.jsonl`), 'utf8')
    .trim()
    .split('\n')
    .map((line): Row => JSON.parse(line));
  const packages = values.packages === undefined ? null : resolve(values.packages);
  const extras = packages === null ? {} : (suite.extras?.(packages) ?? {});
  const jobs = tasks.flatMap((row) =>
    (['canonical', 'buggy'] as const).map((kind) => ({
      row,
      kind,
      job: {
        language: suite.language,
        entry: suite.entry,
        ...extras,
        files: [
          { path: suite.entry, bytes: new TextEncoder().encode(suite.program(row, row[`${kind}_solution`])) },
          ...(extras.files ?? []),
        ],
      } satisfies Job,
    })),
  );
  const started = performance.now();
  const results: Result[] = [];
  for await (const entry of runner.runAll(jobs.map(({ job }) => job))) {
    if ('error' in entry) throw entry.error;
    const { row, kind } = jobs[entry.index] as (typeof jobs)[number];
    const { outcome } = entry;
    const passed = outcome.ending.kind === 'exited' && outcome.ending.code === 0;
    results.push({ task: row.task_id, kind, passed, why: reason(outcome), outcome });
  }
  const seconds = (performance.now() - started) / 1000;
  const of = (kind: Result['kind']) => results.filter((result) => result.kind === kind);
  const times = (pick: (outcome: Outcome) => number | undefined): string => {
    const known = results.map(({ outcome }) => pick(outcome)).filter((value) => value !== undefined);
    return known.length === 0
      ? ''
      : milliseconds(
          quantile(
            known.sort((a, b) => a - b),
            0.5,
          ),
        );
  };
  rows.push([
    suite.language,
    `${of('canonical').filter(({ passed }) => passed).length} of ${of('canonical').length}`,
    `${of('buggy').filter(({ passed }) => !passed).length} of ${of('buggy').length}`,
    times(({ compile }) => compile?.usage.wallMs),
    times(({ usage, ending }) => (ending.kind === 'compile-failed' ? undefined : usage.wallMs)),
    (results.length / seconds).toFixed(1),
  ]);
  for (const { task, kind, passed, why } of results) {
    raw.push({ task, kind, passed, why });
    if (!values.json && passed === (kind === 'buggy'))
      process.stderr.write(`${task} ${kind} ${passed ? 'passed' : `failed: ${why}`}\n`);
  }
}
await runner.close();
if (ownCache !== null) rmSync(ownCache, { recursive: true });
process.stdout.write(
  values.json
    ? raw.map((row) => `${JSON.stringify(row)}\n`).join('')
    : `${table([['language', 'canonical pass', 'buggy fail', 'compile, median', 'run, median', 'programs per s'], ...rows])}\n`,
);
