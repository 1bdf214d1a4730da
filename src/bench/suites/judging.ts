/** Verdicts of programs on a problem, whatever kind of key it has. */
import { judgeAll, judgeFunctions, judgeHarness, type Verdict } from '../../judge/mod.ts';
import type { Runner } from '../../run/mod.ts';
import type { Program, SuiteProblem } from './types.ts';

export interface Judging {
  readonly runner: Runner;
  readonly signal: AbortSignal;
  /** CPU time of a program, ms; null: the problem's. */
  readonly cpuMs: number | null;
  /** They came with the data and may be taken at their word. */
  readonly isReference?: boolean;
}

/** @throws WinnowError as `Runner.run` does */
export async function judgePrograms(
  { id, key, cpuMs: usual, memoryBytes }: SuiteProblem,
  programs: readonly Program[],
  { runner, signal, cpuMs, isReference = false }: Judging,
): Promise<readonly Verdict[]> {
  const time = cpuMs ?? usual;
  if (key.kind === 'function')
    return judgeFunctions(
      key.key,
      programs.map(({ source }) => source),
      { runner, signal, cpuMs: time, ...(memoryBytes === undefined ? {} : { memoryBytes }) },
    );
  const verdicts: Verdict[] = [];
  if (key.kind === 'harness') {
    for (const { source } of programs)
      verdicts.push(await judgeHarness(key.key, source, { runner, signal, cpuMs: time, withControl: !isReference }));
    return verdicts;
  }
  const problem = { ...key.problem, limits: { ...key.problem.limits, timeMs: time } };
  const rounds = programs.map(({ source, language }, at) => ({
    problem,
    name: `${id} ${at}`,
    read: async () => ({
      name: `${id} ${at}`,
      submission: {
        name: `${id} ${at}`,
        language,
        entry: 'main',
        files: [{ path: 'main', bytes: new TextEncoder().encode(source) }],
      },
    }),
  }));
  const options = { runner, backend: 'native', jobs: 1, all: false, fuel: null, showSecret: false, signal } as const;
  for await (const { kind, reason } of judgeAll(rounds, options))
    verdicts.push(
      kind === 'accepted'
        ? { kind: 'right' }
        : { kind: kind === 'unjudged' ? 'unjudged' : 'wrong', reason: reason === null ? kind : `${kind}: ${reason}` },
    );
  return verdicts;
}
