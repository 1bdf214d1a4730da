/**
 * Makes a job of an issue's pieces of code, and reads what it left.
 *
 * One process runs them all, one after the other, as they stand in the text: later pieces use the names of earlier ones. The repository is not copied: the sandbox sees it, read-only, where it
 * lies, so that a large one costs no more than a small one. What takes the pieces apart, watches them and fills in what is missing lies in `python/`. Only Python; a piece of another language
 * is no program there and comes to nothing. Nothing is retried outside: one job, one outcome.
 */
import { pathProblem } from '../jobpath.ts';
import { ownFile, writtenBytes } from '../owndirectory.ts';
import { pythonFilling } from '../partial/python/tool.ts';
import type { Runner } from '../runner.ts';
import { interpreterOf } from '../tests/python.ts';
import type { Job, Limits, Outcome } from '../types.ts';
import { isCount, isRecord, recordOf } from '../untrusted.ts';
import type { Filled, RanFunction, ReproducedStep, Reproduction, ReproductionRequest } from './types.ts';

const directory = '.winnow-issue';

/** Statements of issues take less than a second; a loop that does not end is to leave time for the others. */
const defaultStepMs = 10_000;

/** Some 30 tests of most projects end in it. */
const backgroundMs = 15_000;

/** Importing sympy without caches of its modules takes 8 s of processor time on a slow core; numpy and pandas ask for a gibibyte. */
const issueLimits: Partial<Limits> = {
  wallMs: 60_000,
  cpuMs: 60_000,
  memoryBytes: 2 * 1024 ** 3,
  outputBytes: 16 * 1024 ** 2,
  keepBytes: 64 * 1024,
};

/**
 * Runs the snippets of a request and reads what they did.
 *
 * @throws WinnowError `path-not-found`, `toolchain-missing` when there is no interpreter, and as `Runner.run` does
 */
export async function reproduce(
  runner: Runner,
  request: ReproductionRequest,
  signal?: AbortSignal,
): Promise<Reproduction> {
  const job = await reproductionJob(request);
  return takeReproduction(await runner.run(job, { backend: 'native', ...(signal === undefined ? {} : { signal }) }));
}

/** @throws WinnowError `path-not-found`, `toolchain-missing` when there is no interpreter */
export async function reproductionJob(request: ReproductionRequest): Promise<Job> {
  const { path, read } = interpreterOf(request);
  const { root, roots, packages, snippets, background, stepMs = defaultStepMs } = request;
  const plan = {
    root,
    roots,
    packages,
    seconds: stepMs / 1000,
    blocks: snippets,
    background,
    backgroundSeconds: backgroundMs / 1000,
  };
  const quoted = `'${path.replaceAll("'", `'\\''`)}'`;
  return {
    language: 'bash',
    files: [
      { path: `${directory}/start.sh`, bytes: encoded(`exec ${quoted} ${directory}/winnow_start.py </dev/null\n`) },
      { path: `${directory}/plan.json`, bytes: encoded(JSON.stringify(plan)) },
      ...(await Promise.all(parts.map((name) => ownFile(new URL(`python/${name}`, import.meta.url), directory)))),
      ...(await pythonFilling(directory)),
    ],
    entry: `${directory}/start.sh`,
    env: { PYTHONDONTWRITEBYTECODE: '1', PYTHONHASHSEED: '0', PYTHONNOUSERSITE: '1', MPLBACKEND: 'Agg' },
    limits: { ...issueLimits, ...request.limits },
    grants: { read: [...new Set([root, ...read])] },
  };
}

const parts = ['start', 'watch', 'told', 'guess', 'fill', 'text', 'documents', 'pieces', 'background'].map(
  (name) => `winnow_${name}.py`,
);

const encoded = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Rows and functions that are read at most; a run of 60 s writes some thousands. */
const mostFunctions = 50_000;
const mostSteps = 2_000;

export function takeReproduction(outcome: Outcome): Reproduction {
  const text = new TextDecoder().decode(writtenBytes(outcome, `${directory}/rows.jsonl`));
  const functions: RanFunction[] = [];
  const steps: ReproducedStep[] = [];
  const filled: Filled[] = [];
  const unimported: { package: string; reason: string }[] = [];
  const background: number[][] = [];
  let [runtime, whole] = ['', false];
  for (const line of text.split('\n')) {
    const row = recordOf(line);
    if (row === null) continue;
    const read = functionOf(row);
    if (read !== null && row.code === functions.length && functions.length < mostFunctions) functions.push(read);
    const step = stepOf(row, functions.length);
    if (step !== null && steps.length < mostSteps) steps.push(step);
    if (typeof row.background === 'string' && background.length < mostSteps)
      background.push(listOf(row.ran).filter((at): at is number => isCount(at) && at < functions.length));
    if (typeof row.runtime === 'string') runtime = row.runtime.slice(0, 20);
    if (row.end === true) whole = true;
    for (const one of listOf(row.filled)) {
      const { what, by } = isRecord(one) ? one : {};
      if (typeof what === 'string') filled.push({ what: what.slice(0, 200), by: typeof by === 'string' ? by : null });
    }
    for (const one of listOf(row.imports)) {
      const [name, type, message] = listOf(one);
      unimported.push({ package: `${name}`.slice(0, 100), reason: `${type}: ${message}`.slice(0, 500) });
    }
  }
  return { functions, steps, background, filled, unimported, runtime, whole, outcome };
}

type Row = Readonly<Record<string, unknown>>;

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function functionOf({ path, line, name }: Row): RanFunction | null {
  return typeof path === 'string' && pathProblem(path) === null && isCount(line) && typeof name === 'string'
    ? { path, line, name: name.slice(0, 300) }
    : null;
}

const endings = ['done', 'raised', 'exited', 'timed-out'] as const;

function stepOf({ step, block, text, ran, ended, type, message, frames }: Row, known: number): ReproducedStep | null {
  const how = endings.find((one) => one === ended);
  if (!isCount(step) || !isCount(block) || typeof text !== 'string' || how === undefined) return null;
  const isFunction = (value: unknown): value is number => isCount(value) && value < known;
  return {
    snippet: block,
    text: text.slice(0, 300),
    ran: listOf(ran).flatMap((one) => {
      const [at, calls, depth] = listOf(one);
      return isFunction(at) && isCount(calls) && isCount(depth) ? [{ function: at, calls, depth }] : [];
    }),
    ended: how,
    error: typeof type === 'string' ? { type: type.slice(0, 200), message: `${message ?? ''}`.slice(0, 500) } : null,
    frames: listOf(frames).flatMap((one) => {
      const [at, line] = listOf(one);
      return isFunction(at) && isCount(line) ? [{ function: at, line }] : [];
    }),
  };
}
