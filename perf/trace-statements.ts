/**
 * How exact the order of statements in traces of Python is: modules of the standard library run their own tests, once traced and once with every
 * instruction looked at (`test/fixtures/trace/statements.truth.py`), and both say which statements of the module ran.
 *
 * node perf/trace-statements.ts PYTHON MODULE… (an interpreter with the package `test`; outside of the sandbox, which has but one version)
 *
 * Rounds of comprehensions and of loops on one line are left out. Exit code 1: something differs.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadGrammarFile } from '../src/index/mod.ts';
import { traceJob } from '../src/run/mod.ts';

type Row = readonly [file: string, code: number, statement: number, isMarked: boolean];

const [interpreter, ...modules] = process.argv.slice(2);
if (interpreter === undefined || modules.length === 0)
  throw new Error('usage: node perf/trace-statements.ts PYTHON MODULE…');
const truth = readFileSync(new URL('../test/fixtures/trace/statements.truth.py', import.meta.url));
// Sets of strings have the same order in both runs.
const env = { ...process.env, PYTHONHASHSEED: '0' };
const limits = { firstHits: 2_000_000, events: 2_000_000, bytes: 512 * 1024 * 1024 };

function python(cwd: string, ...args: string[]): string {
  const { stdout, stderr, status } = spawnSync(interpreter as string, args, {
    cwd,
    env,
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  if (status !== 0) throw new Error(`${interpreter} ${args.join(' ')} ended with ${status}: ${stderr.slice(-2000)}`);
  return stdout;
}

/** Statements of a file that a recording tells, as `line of code:line of statement`. */
function toldOf(recording: string, path: string): string[] {
  const codes: { file: string; line: number }[] = [];
  const frames = new Map<number, number>();
  const told: string[] = [];
  for (const text of recording.split('\n')) {
    if (text === '') continue;
    const row = JSON.parse(text);
    if (row.e === 'code') codes[row.c] = row;
    else if (row.e === 'call') frames.set(row.f, row.c);
    else if (row.e === 'line') {
      const code = codes[row.c ?? frames.get(row.f)];
      if (code?.file === path) told.push(`${code.line}:${row.l}`);
    }
  }
  return told;
}

let differ = 0;
for (const name of modules) {
  const root = mkdtempSync(join(tmpdir(), 'winnow-perf-'));
  const path = `${name}.py`;
  const at = execFileSync(interpreter, ['-c', `import ${name}; print(${name}.__file__)`], { encoding: 'utf8' }).trim();
  const suite = `import unittest, test.test_${name} as suite\nunittest.main(suite, exit=False, argv=['suite'])\n`;
  const files = [
    { path: 'main.py', bytes: Buffer.from(suite) },
    { path, bytes: readFileSync(at) },
    { path: 'truth.py', bytes: truth },
  ];
  const { job } = await traceJob(
    { language: 'python', files, entry: 'main.py' },
    { level: 'lines', files: ['main.py', path], limits },
    loadGrammarFile,
  );
  for (const file of job.files) {
    mkdirSync(dirname(join(root, file.path)), { recursive: true });
    writeFileSync(join(root, file.path), file.bytes);
  }
  python(root, '.winnow-trace/start.py');
  const rows: Row[] = JSON.parse(python(root, 'truth.py', 'main.py', path));
  const own = rows.filter(([file]) => file === path);
  const marked = new Set(own.flatMap(([, code, line, isMarked]) => (isMarked ? [`${code}:${line}`] : [])));
  const ran = own.map(([, code, line]) => `${code}:${line}`).filter((one) => !marked.has(one));
  const recording = readFileSync(join(root, '.winnow-trace/trace.jsonl'), 'utf8');
  const told = toldOf(recording, path).filter((one) => !marked.has(one));
  rmSync(root, { recursive: true });
  const first = Array.from(ran.length >= told.length ? ran : told).findIndex((_, index) => ran[index] !== told[index]);
  if (first >= 0) differ++;
  // A module that Python imports as it starts is not that beside the program.
  if (ran.length === 0)
    throw new Error(`nothing of ${name} ran: expected a module that Python does not import as it starts`);
  const next = (of: string[]): string => of.slice(first, first + 4).join(' ');
  const where = first < 0 ? 'the same' : `from ${first} on told ${next(told)}, ran ${next(ran)}`;
  console.log(`${name}: ${ran.length} statements ran, ${told.length} told, ${where}`);
}
process.exitCode = differ > 0 ? 1 : 0;
