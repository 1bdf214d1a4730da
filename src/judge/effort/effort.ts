/**
 * How much work a right program is, on inputs that grow: in WebAssembly instructions, or in processor time.
 *
 * `fuel`: a job for each input on the embedded backend, which counts every instruction of interpreter and program and gives the same count on every machine and run. What the job takes besides
 * (start, input, writing the answer) is subtracted, and is measured without the candidate, so that nothing a candidate does can make its own share smaller.
 * `cpu`: the published way, calls timed in the process itself, six times each, the Hodges–Lehmann estimate of them; it differs from run to run, and a program could forge it.
 * Either way the answers of the very runs that were measured are held against the key, elsewhere.
 */
import { readFileSync } from 'node:fs';
import { WinnowError } from '../../base/mod.ts';
import { type JobFile, type Outcome, pythonLiterals, type Runner } from '../../run/mod.ts';

export const workUnits = ['fuel', 'cpu'] as const;
export type WorkUnit = (typeof workUnits)[number];

export interface EffortKey {
  readonly entryPoint: string;
  /** Python that defines `levels()`, lists of argument tuples, easiest level first, and `reference`, a function. */
  readonly inputs: string;
  /** Python that defines `same(input, answer, output)`. */
  readonly checker: string;
}

export interface EffortOptions {
  readonly runner: Runner;
  readonly signal: AbortSignal;
  readonly unit: WorkUnit;
}

/** Work of each case of each level, instructions or seconds; null: stopped at the limit, or not run because an easier one was. */
export type Work = readonly (readonly (number | null)[])[];

export interface OpenEffort {
  /**
   * @param limits of each level, in the unit; null: 60 s of processor time
   * @returns null when an answer was wrong or the program failed
   * @throws WinnowError as `Runner.run` does
   */
  measure(source: string, limits: readonly number[] | null): Promise<Work | null>;
}

/** ENAMEL's: `Hodges-Lehmann estimator … of 6 repetitions` (§3.2; its code, `n_reps = 6`). */
const repetitions = 6;
/** Added to a limit of time before a call is stopped: ENAMEL's `tolerance_sec`. */
const toleranceSeconds = 0.01;
const mostSeconds = 60;
const memoryBytes = 1024 * 2 ** 20;
const cpuMs = 120_000;

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const beside = (path: string): JobFile => ({ path, bytes: readFileSync(new URL(path, import.meta.url)) });
const text = (path: string, content: string): JobFile => ({ path, bytes: encoder.encode(content) });

/** Makes inputs and answers. @throws WinnowError `bad-data` when that fails */
export async function openEffort(key: EffortKey, { runner, signal, unit }: EffortOptions): Promise<OpenEffort> {
  const run = (
    entry: string,
    files: readonly JobFile[],
    options: { readonly backend: 'native' | 'embedded'; readonly fuel?: number },
  ): Promise<Outcome> =>
    runner.run(
      {
        language: 'python',
        entry,
        files: [beside(entry), pythonLiterals(), ...files],
        limits: {
          cpuMs,
          wallMs: 4 * cpuMs,
          memoryBytes,
          outputBytes: 64 * 2 ** 20,
          keepBytes: 64 * 2 ** 20,
          fileBytes: 256 * 2 ** 20,
          ...(options.fuel === undefined ? {} : { fuel: options.fuel }),
        },
        ...(options.backend === 'embedded' ? { count: true } : { determinism: { clockMs: null } }),
      },
      { backend: options.backend, signal },
    );
  const made = await run('winnow_inputs.py', [text('inputs.py', key.inputs)], { backend: 'native' });
  const files = new Map(made.files.flatMap((one) => ('bytes' in one ? [[one.path, one.bytes] as const] : [])));
  const names = [...files.keys()].filter((name) => name.endsWith('.in')).map((name) => name.slice(0, -3));
  if (made.ending.kind !== 'exited' || made.ending.code !== 0 || names.length === 0)
    throw new WinnowError('bad-data', `The inputs of an efficiency test could not be made: ${lastLine(made)}.`);
  const levels: string[][] = [];
  for (const name of names.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))) {
    const level = Number(name.split('-')[0]);
    levels[level] = [...(levels[level] ?? []), name];
  }
  const file = (name: string, path: string): JobFile => ({ path, bytes: files.get(name) as Uint8Array });

  const isRight = async (answers: readonly (readonly [string, string])[]): Promise<boolean> => {
    const outcome = await run(
      'winnow_same.py',
      [
        text('checker.py', key.checker),
        text('answers.json', JSON.stringify(answers)),
        ...answers.flatMap(([name]) => [file(`${name}.in`, `${name}.in`), file(`${name}.out`, `${name}.out`)]),
      ],
      { backend: 'native' },
    );
    const told = readList(stdoutOf(outcome));
    return told.length === answers.length && told.every((one) => one === true);
  };

  const inFuel = async (source: string, name: string, fuel: number | null, isTold = false): Promise<Outcome> =>
    run(
      'winnow_work.py',
      [
        text('candidate.py', source),
        text('order.json', JSON.stringify({ entry: key.entryPoint, times: 0, inputs: [['input', 0]] })),
        file(`${name}.in`, 'input'),
        ...(isTold ? [file(`${name}.out`, 'answer')] : []),
      ],
      { backend: 'embedded', ...(fuel === null ? {} : { fuel }) },
    );
  const bases = new Map<string, number>();
  /** What loading, the input and writing the answer take: a program that gives nothing, and what it takes to write the answer more than to write nothing where the answer is there. */
  const baseOf = async (name: string): Promise<number> => {
    const known = bases.get(name);
    if (known !== undefined) return known;
    const [nothing, silent, telling] = [
      await inFuel(`def ${key.entryPoint}(*args):\n    return None\n`, name, null),
      await inFuel(`def ${key.entryPoint}(*args):\n    return None\n`, name, null, true),
      await inFuel(`def ${key.entryPoint}(*args):\n    return ANSWER\n`, name, null, true),
    ].map(({ usage }) => usage.instructions ?? 0) as [number, number, number];
    const base = nothing + telling - silent;
    bases.set(name, base);
    return base;
  };

  const byFuel: OpenEffort['measure'] = async (source, limits) => {
    const answers: [string, string][] = [];
    const work: (number | null)[][] = [];
    let isStopped = false;
    for (const [level, cases] of levels.entries()) {
      const row: (number | null)[] = [];
      for (const name of cases) {
        if (isStopped) {
          row.push(null);
          continue;
        }
        const base = await baseOf(name);
        const limit = limits === null ? null : base + Math.ceil(limits[level] as number);
        const { ending, usage, stdout } = await inFuel(source, name, limit);
        if (ending.kind === 'out-of-fuel' || ending.kind === 'timed-out') row.push(null);
        else if (ending.kind !== 'exited' || ending.code !== 0) return null;
        else {
          row.push(Math.max(1, (usage.instructions ?? 0) - base));
          answers.push([name, decoder.decode(stdout.head).trimEnd()]);
        }
      }
      isStopped ||= row.includes(null);
      work.push(row);
    }
    return answers.length === 0 || (await isRight(answers)) ? work : null;
  };

  const byTime: OpenEffort['measure'] = async (source, limits) => {
    const all = levels.flatMap((cases, level) => cases.map((name) => ({ name, level })));
    const order = {
      entry: key.entryPoint,
      times: repetitions,
      inputs: all.map(({ name, level }) => [
        name,
        limits === null ? mostSeconds : (limits[level] as number) + toleranceSeconds,
      ]),
    };
    const outcome = await run(
      'winnow_work.py',
      [
        text('candidate.py', source),
        text('order.json', JSON.stringify(order)),
        ...all.map(({ name }) => file(`${name}.in`, name)),
      ],
      { backend: 'native' },
    );
    const lines = stdoutOf(outcome)
      .split('\n')
      .filter((line) => line !== '')
      .map(readList);
    const answers: [string, string][] = [];
    const work: (number | null)[][] = levels.map(() => []);
    for (const [at, { name, level }] of all.entries()) {
      const [taken, answer] = lines[at] ?? [null, null];
      const isTimed = Array.isArray(taken) && typeof answer === 'string';
      if (isTimed) answers.push([name, answer]);
      work[level]?.push(isTimed ? hodgesLehmann(taken as number[]) : null);
      // Nothing came of it, and it was not the time that ended it.
      if (lines[at] === undefined && at === lines.length && (lines[at - 1]?.[0] ?? null) !== null) return null;
    }
    if (lines.length === 0) return null;
    return answers.length === 0 || (await isRight(answers)) ? work : null;
  };

  return { measure: unit === 'fuel' ? byFuel : byTime };
}

/** The median of the means of all pairs, each number with itself too: hardly moved by outliers, and less spread than the median. */
export function hodgesLehmann(values: readonly number[]): number {
  const means = values.flatMap((one, at) => values.slice(at).map((other) => (one + other) / 2)).sort((a, b) => a - b);
  const [low, high] = [means[(means.length - 1) >> 1], means[means.length >> 1]];
  return ((low as number) + (high as number)) / 2;
}

const stdoutOf = ({ stdout }: Outcome): string => decoder.decode(stdout.head);

function readList(line: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(line);
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

function lastLine({ ending, stderr }: Outcome): string {
  const told = decoder.decode(stderr.tail.length > 0 ? stderr.tail : stderr.head).trimEnd();
  return told.split('\n').at(-1) || ending.kind;
}
