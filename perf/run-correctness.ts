/**
 * Whether Python run by Winnow gives what real Python gave: three public suites on both Python backends.
 *
 * ```
 * node perf/run-correctness.ts [--cruxeval FILE] [--quixbugs FILE] [--avatar FILE] [--backend NAME]… [--first N] [--json]
 * ```
 *
 * - CRUXEval: `print(repr(f(input)))` must print the recorded output.
 * - QuixBugs: the correct program must give the recorded result of each case; the buggy one must do what this machine's own Python does
 *   with it, wrong results, exceptions and endless loops included. Programs without recorded cases have a driver, whose output is compared likewise.
 * - Avatar: each test's standard input must give its standard output, but for white space at the end.
 *
 * Every run is a job of its own. Differences are listed one by one, so that each can be explained.
 * Exit codes: 0 no difference, 1 differences, 2 bad use, 3 a backend cannot run Python here.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { type BackendName, type Outcome, openRunner, type Runner } from '../src/run/mod.ts';
import { keptCache } from '../test/keptcache.ts';
import { milliseconds, table } from './markdown.ts';
import { avatarChecks, type Check, cruxevalChecks, quixbugsChecks } from './run-correctness-suites.ts';

const usage =
  'usage: node perf/run-correctness.ts [--cruxeval FILE] [--quixbugs FILE] [--avatar FILE] [--backend embedded|native]… [--first N] [--json]';

interface Difference {
  readonly suite: string;
  readonly name: string;
  readonly backend: string;
  readonly expected: string;
  readonly got: string;
  /** What this machine's own Python gives. */
  readonly real: string;
}

interface Sum {
  readonly suite: string;
  readonly backend: string;
  readonly version: string;
  readonly checks: number;
  readonly different: number;
  readonly elapsedMs: number;
}

/** CPU time, ms: for what may be an endless loop, on both sides, and for what is to end (the slowest takes 8 s of real Python's). */
const endlessMs = 2000;
const mostMs = 30_000;

async function check(runner: Runner, backend: BackendName, checks: readonly Check[]): Promise<Difference[]> {
  const jobs = checks.map(({ program, stdin, files, endless }) => ({
    language: 'python',
    entry: 'main.py',
    files: [{ path: 'main.py', bytes: Buffer.from(program) }, ...(files ?? [])],
    stdin: Buffer.from(stdin ?? ''),
    limits: endless ? { wallMs: endlessMs * 5, cpuMs: endlessMs } : { wallMs: mostMs * 3, cpuMs: mostMs },
  }));
  const differences: Difference[] = [];
  for await (const entry of runner.runAll(jobs, { ordered: true, backend })) {
    const { suite, name, expected, same, program, files, stdin, endless } = checks[entry.index] as Check;
    const got = 'error' in entry ? `the sandbox failed: ${entry.error.message}` : textOf(entry.outcome);
    const wanted = typeof expected === 'string' ? expected : await expected();
    if (!(same ?? ((a, b) => a === b))(wanted, got))
      differences.push({
        suite,
        name,
        backend,
        expected: wanted,
        got,
        real: await realPython(program, files, stdin ?? '', endless ? endlessMs * 2 : mostMs),
      });
  }
  return differences;
}

/** Output, and how it ended unless well; an exception is named by its class, since its words and lines differ among versions. */
function textOf({ stdout, stderr, ending }: Outcome): string {
  const all = (output: Outcome['stdout']): string => Buffer.concat([output.head, output.tail]).toString('utf8');
  if (ending.kind === 'timed-out') return 'timed out';
  if (ending.kind !== 'exited') return `${all(stdout)}[${ending.kind}]`;
  return all(stdout) + failure(ending.code, all(stderr));
}

function failure(code: number, stderr: string): string {
  return code === 0 ? '' : `[exited ${code}: ${exceptionOf(stderr)}]`;
}

/** The last line that names one: since 3.11 notes may follow it. */
function exceptionOf(stderr: string): string {
  const named = [...stderr.matchAll(/^([A-Za-z_][\w.]*(?:Error|Exception|Exit|Interrupt|Iteration|Warning))(?::|$)/gm)];
  return named.at(-1)?.[1] ?? stderr.trimEnd().split('\n').at(-1) ?? '';
}

/** This machine's own Python, a plain process: what the outputs of buggy programs are compared with. */
async function realPython(
  program: string,
  files: Check['files'],
  stdin: string,
  timeoutMs = endlessMs * 2,
): Promise<string> {
  const key = JSON.stringify([program, stdin, files?.map(({ bytes }) => Buffer.from(bytes).toString())]);
  const known = asked.get(key) ?? askPython(program, files, stdin, timeoutMs);
  asked.set(key, known);
  return known;
}

const asked = new Map<string, Promise<string>>();

async function askPython(program: string, files: Check['files'], stdin: string, timeoutMs: number): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'winnow-correctness-'));
  try {
    for (const file of [{ path: 'main.py', bytes: Buffer.from(program) }, ...(files ?? [])]) {
      mkdirSync(join(dir, file.path, '..'), { recursive: true });
      writeFileSync(join(dir, file.path), file.bytes);
    }
    const options = {
      cwd: dir,
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
      env: { PATH: process.env.PATH, PYTHONHASHSEED: '0' },
    } as const;
    const ran = promisify(execFile)('python3', ['main.py'], options);
    ran.child.stdin?.end(stdin);
    return (await ran).stdout;
  } catch (error) {
    const { stdout, stderr, code, killed } = error as {
      stdout: string;
      stderr: string;
      code: number | 'ENOENT';
      killed: boolean;
    };
    // Not a difference: without Python there is nothing to compare with.
    if (code === 'ENOENT') throw new Error('expected python3 on the path, to compare with');
    return killed ? 'timed out' : stdout + failure(code, stderr);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

function render(sums: readonly Sum[], differences: readonly Difference[]): string {
  const rows = sums.map((sum) => [
    sum.suite,
    sum.backend,
    sum.version,
    String(sum.checks),
    String(sum.different),
    milliseconds(sum.elapsedMs),
  ]);
  const short = (text: string): string => JSON.stringify(text.length > 300 ? `${text.slice(0, 297)}…` : text);
  const groups = Map.groupBy(differences, (d) => `${d.suite} ${d.name.replace(/ #\d+$/, '')}, ${d.backend}`);
  const lines = [...groups].map(([name, members]) => {
    const [d] = members as [Difference, ...Difference[]];
    const real = members.every((one) => one.real === one.got) ? ', as real Python' : `; real Python ${short(d.real)}`;
    return `- ${name}, ${members.length} tests: expected ${short(d.expected)}, got ${short(d.got)}${real}`;
  });
  return `${table([['suite', 'backend', 'version', 'checks', 'different', 'time'], ...rows])}\n\n${lines.join('\n')}\n`;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      cruxeval: { type: 'string' },
      quixbugs: { type: 'string' },
      avatar: { type: 'string' },
      backend: { type: 'string', multiple: true, default: ['embedded', 'native'] },
      first: { type: 'string', default: '1000000' },
      json: { type: 'boolean', default: false },
    },
  });
  const first = Number(values.first);
  const read = (file: string): Buffer => readFileSync(file);
  const suites: Check[][] = [];
  if (values.cruxeval !== undefined) suites.push(cruxevalChecks(read(values.cruxeval), first));
  if (values.quixbugs !== undefined) suites.push(quixbugsChecks(read(values.quixbugs), first, realPython));
  if (values.avatar !== undefined) suites.push(avatarChecks(read(values.avatar), first));
  const backends = values.backend.filter((name): name is BackendName => name === 'embedded' || name === 'native');
  if (suites.length === 0 || backends.length !== values.backend.length) {
    process.stderr.write(`${usage}\n`);
    return 2;
  }
  const runner = openRunner({ cacheDir: keptCache, path: (process.env.PATH ?? '').split(':') });
  const sums: Sum[] = [];
  const differences: Difference[] = [];
  try {
    for (const backend of backends) {
      const runtimes = (await runner.offers()).find((offer) => offer.backend === backend)?.runtimes ?? [];
      const runtime = runtimes.find(({ language }) => language === 'python');
      if (runtime?.state !== 'ready') {
        process.stderr.write(`The ${backend} backend has no Python here: ${runtime?.reason}\n`);
        return 3;
      }
      for (const suite of suites) {
        const started = performance.now();
        const found = await check(runner, backend, suite);
        differences.push(...found);
        const name = suite[0]?.suite ?? '';
        sums.push({
          suite: name,
          backend,
          version: runtime.version ?? '',
          checks: suite.length,
          different: found.length,
          elapsedMs: performance.now() - started,
        });
      }
    }
  } finally {
    await runner.close();
  }
  process.stdout.write(values.json ? `${JSON.stringify({ sums, differences }, null, 2)}\n` : render(sums, differences));
  return differences.length > 0 ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${(error as Error).stack}\n${usage}\n`);
  process.exitCode = 2;
}
