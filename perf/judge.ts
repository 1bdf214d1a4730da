/**
 * Does `winnow judge` give the references of a suite of stdin problems their verdicts, and how many tests a second does it run?
 *
 * ```
 * node perf/judge.ts FILE [--jobs N] [--backend native|embedded] [--cache DIR] [--python FILE] [--json]
 * ```
 *
 * `FILE` is `python.jsonl.gz` of AVATAR as https://github.com/Intelligent-CAT-Lab/CodeMind has it: one object a line with `id`, `code`, and
 * `tests` of `input` and `output`. Three programs are judged on each problem, all tests of each, through the real command line:
 *
 * - the reference, which is to be accepted;
 * - the reference with the last character of what it prints changed, which is not to be;
 * - one that prints the first test's output whatever it reads, which is to be accepted only where all outputs are equal.
 *
 * Beside it runs the simplest harness there is: a process for each test, without a sandbox, its output split at white space and compared
 * here. Verdicts that differ are listed. References are public programs and are started as they are; run it where that is all right.
 *
 * Exit codes: 0 measured, 2 bad use.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { table } from './markdown.ts';
import { hasGnuTime } from './measure.ts';

interface Row {
  readonly id: string;
  readonly code: string;
  readonly tests: readonly { readonly input: string; readonly output: string }[];
}

interface Result {
  readonly problem: string;
  readonly kind: string;
  readonly cpuMs: number | null;
  readonly tests: readonly { readonly kind: string; readonly reason: string | null; readonly runs: number }[];
}

const launcher = join(dirname(dirname(fileURLToPath(import.meta.url))), 'bin/winnow.js');

const changed = (code: string): string => `import io as _io, sys as _sys
_kept, _sys.stdout = _sys.stdout, _io.StringIO()
try:
    exec(compile(${JSON.stringify(code)}, 'main.py', 'exec'), {'__name__': '__main__'})
except SystemExit:
    pass
_text = _sys.stdout.getvalue().rstrip()
_kept.write(_text[:-1] + ('1' if _text[-1:] == '0' else '0') + '\\n')
`;

const constant = ({ tests }: Row): string => `print(${JSON.stringify(tests[0]?.output.trim() ?? '')})\n`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    jobs: { type: 'string', default: '2' },
    backend: { type: 'string', default: 'native' },
    cache: { type: 'string' },
    python: { type: 'string', default: '/usr/bin/python3' },
    json: { type: 'boolean', default: false },
  },
});
const [file] = positionals;
if (file === undefined || positionals.length !== 1) {
  process.stderr.write(
    'usage: node perf/judge.ts FILE [--jobs N] [--backend B] [--cache DIR] [--python FILE] [--json]\n',
  );
  process.exit(2);
}
const bytes = readFileSync(file);
const rows = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes)
  .toString()
  .split('\n')
  .filter((line) => line.trim() !== '')
  .map((line) => JSON.parse(line) as Row);
const tests = rows.reduce((sum, row) => sum + row.tests.length, 0);
const place = mkdtempSync(join(tmpdir(), 'winnow-judge-'));
try {
  const sets: readonly (readonly [string, (row: Row) => string, (row: Row) => boolean])[] = [
    ['reference', ({ code }) => code, () => true],
    ['last character changed', ({ code }) => changed(code), () => false],
    ['always the first answer', constant, isConstant],
  ];
  for (const row of rows)
    write(
      row,
      sets.map(([, program]) => program(row)),
    );
  const figures = [];
  for (const [index, [name, , isRight]] of sets.entries()) figures.push(await judgeSet(index, name, isRight));
  const plain = await plainHarness();
  report(figures, plain);
} finally {
  rmSync(place, { recursive: true, force: true });
}

function write(row: Row, programs: readonly string[]): void {
  for (const [index, test] of row.tests.entries()) {
    mkdirSync(join(place, 'problems', row.id), { recursive: true });
    writeFileSync(join(place, 'problems', row.id, `${index + 1}.in`), test.input);
    writeFileSync(join(place, 'problems', row.id, `${index + 1}.out`), test.output);
  }
  for (const [index, program] of programs.entries()) {
    mkdirSync(join(place, `set${index}`), { recursive: true });
    writeFileSync(join(place, `set${index}`, `${row.id}.py`), program);
  }
}

function isConstant({ tests }: Row): boolean {
  return tests.every(({ output }) => words(output) === words(tests[0]?.output ?? ''));
}

interface Figure {
  readonly name: string;
  readonly right: number;
  readonly accepted: number;
  readonly unjudged: number;
  readonly odd: readonly string[];
  readonly testsPerSecond: number;
  /** CPU time of the command itself, without the sandbox and the programs, ms a test; null without GNU time. */
  readonly cpuMsPerTest: number | null;
  readonly results: readonly Result[];
}

async function judgeSet(index: number, name: string, isRight: (row: Row) => boolean): Promise<Figure> {
  const home = values.cache ?? join(place, 'home');
  const asked = ['judge', 'problems', `set${index}`, '--each', '--all', '--json', '-j', values.jobs];
  const timed = join(place, 'time');
  const command = [process.execPath, launcher, ...asked, '--backend', values.backend];
  const argv = hasGnuTime ? ['/usr/bin/time', '-o', timed, '-f', '%U %S', ...command] : command;
  const ran = spawnSync(argv[0] as string, argv.slice(1), {
    cwd: place,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    env: { PATH: process.env.PATH ?? '', HOME: home, WINNOW_HOME: home },
  });
  if (ran.stdout === '') throw new Error(ran.stderr);
  const answer = JSON.parse(ran.stdout) as { results: Result[]; elapsedMs: number };
  const byProblem = new Map(answer.results.map((result) => [result.problem, result]));
  const odd = rows
    .filter((row) => (byProblem.get(row.id)?.kind === 'accepted') !== isRight(row))
    .map((row) => `${row.id}: ${byProblem.get(row.id)?.kind} (${firstReason(byProblem.get(row.id))})`);
  return {
    name,
    right: rows.filter(isRight).length,
    accepted: answer.results.filter(({ kind }) => kind === 'accepted').length,
    unjudged: answer.results.filter(({ kind }) => kind === 'unjudged').length,
    odd,
    testsPerSecond: tests / (answer.elapsedMs / 1000),
    cpuMsPerTest: hasGnuTime ? cpuMsOf(readFileSync(timed, 'utf8')) / tests : null,
    results: answer.results,
  };
}

/** Its last line: a line before it may say that the command's exit code was not 0. */
function cpuMsOf(report: string): number {
  const [user = 0, system = 0] = (report.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  return 1000 * (user + system);
}

function firstReason(result: Result | undefined): string {
  const index = result?.tests.findIndex(({ kind }) => kind !== 'accepted') ?? -1;
  return `test ${index + 1}: ${result?.tests[index]?.reason ?? 'hidden'}`;
}

/** Each reference on each test in a process of its own, `--jobs` at once. */
async function plainHarness(): Promise<{ right: Map<string, boolean>; testsPerSecond: number }> {
  const right = new Map<string, boolean>();
  const work = rows.flatMap((row) => row.tests.map((test) => ({ row, test })));
  const began = performance.now();
  const lane = async (): Promise<void> => {
    for (let one = work.shift(); one !== undefined; one = work.shift()) {
      const { row, test } = one;
      const came = await output(join(place, 'set0', `${row.id}.py`), test.input);
      right.set(row.id, (right.get(row.id) ?? true) && came !== null && words(came) === words(test.output));
    }
  };
  await Promise.all(Array.from({ length: Number(values.jobs) }, lane));
  return { right, testsPerSecond: tests / ((performance.now() - began) / 1000) };
}

/** @returns null unless it ended with 0 within 10 s */
function output(program: string, input: string): Promise<string | null> {
  return new Promise((resolve) => {
    const child = spawn(values.python, ['-I', program], {
      stdio: ['pipe', 'pipe', 'ignore'],
      timeout: 10_000,
      cwd: place,
    });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    child.on('close', (code) => resolve(code === 0 ? text : null));
  });
}

function words(text: string): string {
  return text.trim().split(/\s+/).join(' ');
}

function report(figures: readonly Figure[], plain: { right: Map<string, boolean>; testsPerSecond: number }): void {
  const reference = figures[0] as Figure;
  const differ = reference.results.filter(({ problem, kind }) => (kind === 'accepted') !== plain.right.get(problem));
  if (values.json) {
    const rows = figures.map(({ results: _, ...figure }) => figure);
    process.stdout.write(
      `${JSON.stringify({ tests, rows, plain: plain.testsPerSecond, differ: differ.map(({ problem }) => problem) })}\n`,
    );
    return;
  }
  process.stdout.write(
    `${rows.length} problems, ${tests} tests, ${values.jobs} at once, ${values.backend}\n\n${table([
      [
        'programs',
        'to be accepted',
        'accepted',
        'unjudged',
        'verdicts that are not as expected',
        'tests / s',
        'own CPU ms / test',
      ],
      ...figures.map((one) => [
        one.name,
        String(one.right),
        String(one.accepted),
        String(one.unjudged),
        String(one.odd.length),
        one.testsPerSecond.toFixed(0),
        one.cpuMsPerTest?.toFixed(1) ?? '',
      ]),
      [
        'references, a plain process each',
        '',
        String([...plain.right.values()].filter(Boolean).length),
        '',
        '',
        plain.testsPerSecond.toFixed(0),
        '',
      ],
    ])}\nVerdicts on references that differ from the plain harness: ${differ.length}\n${figures
      .flatMap(({ name, odd }) => odd.map((line) => `${name}: ${line}\n`))
      .join('')}`,
  );
}
