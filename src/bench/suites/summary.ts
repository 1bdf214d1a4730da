/**
 * Figures of a suite's run, from its rows alone.
 *
 * A problem whose reference does not pass here is excluded and named, and so is one that has no sample. Unjudged samples are neither right nor wrong: a problem's n is without them. Figures
 * are means over problems with bootstrap intervals over problems.
 */
import { effAtK, passAtK } from '../../judge/mod.ts';
import { type Estimate, estimate } from '../interval.ts';
import type { GoldRow, ProgramRow, SuiteRow } from './rows.ts';
import { warningsOf } from './warnings.ts';

export interface ProblemCounts {
  readonly problem: string;
  /** Samples with a verdict. */
  readonly n: number;
  readonly right: number;
  readonly unjudged: number;
  /** One for each sample with a verdict, 0 where it is not right; null: not measured. */
  readonly efficiencies: readonly number[] | null;
}

export interface Figure {
  /** `pass@1`, `eff@10`. */
  readonly name: string;
  readonly k: number;
  readonly estimate: Estimate;
}

export interface SuiteSummary {
  /** Problems that count. */
  readonly problems: number;
  readonly excluded: readonly { readonly problem: string; readonly reason: string }[];
  /** Problems of the data without a sample. */
  readonly unsampled: readonly string[];
  readonly samples: number;
  readonly programs: number;
  readonly right: number;
  readonly wrong: number;
  readonly unjudged: readonly { readonly reason: string; readonly samples: number }[];
  /** Wrong samples by what was wrong, the most frequent first. */
  readonly reasons: readonly { readonly reason: string; readonly samples: number }[];
  readonly figures: readonly Figure[];
  readonly warnings: readonly string[];
}

export interface SummaryOptions {
  readonly ks: readonly number[];
  readonly seed: number;
  /** What effort is called; null: not measured. */
  readonly efficiency: 'eff' | 'efficient' | null;
}

export function summarise(rows: readonly SuiteRow[], { ks, seed, efficiency }: SummaryOptions): SuiteSummary {
  const gold = rows.filter((row) => row.row === 'gold');
  const excluded = gold.flatMap(({ problem, verdict, reason }) =>
    verdict === 'right' || verdict === 'none' ? [] : [{ problem, reason: reason ?? verdict }],
  );
  const out = new Set(excluded.map(({ problem }) => problem));
  const programs = rows.filter((row) => row.row === 'program').filter(({ problem }) => !out.has(problem));
  const problems = countsOf(programs);
  const counted = problems.filter(({ n }) => n > 0);
  const sum = (of: (one: ProblemCounts) => number): number => problems.reduce((total, one) => total + of(one), 0);
  return {
    problems: counted.length,
    excluded,
    unsampled: gold
      .map(({ problem }) => problem)
      .filter((problem) => !out.has(problem) && !problems.some((one) => one.problem === problem)),
    samples: sum(({ n, unjudged }) => n + unjudged),
    programs: programs.length,
    right: sum(({ right }) => right),
    wrong: sum(({ n, right }) => n - right),
    unjudged: byReason(programs, 'unjudged'),
    reasons: byReason(programs, 'wrong'),
    figures: figuresOf(counted, ks, seed, efficiency),
    warnings: warningsOf(gold, programs, problems),
  };
}

function figuresOf(
  counted: readonly ProblemCounts[],
  ks: readonly number[],
  seed: number,
  efficiency: SummaryOptions['efficiency'],
): readonly Figure[] {
  const least = Math.min(...counted.map(({ n }) => n));
  const usable = counted.length === 0 ? [] : ks.filter((k) => k <= least);
  const figure = (name: string, k: number, values: readonly number[]): Figure => ({
    name: `${name}@${k}`,
    k,
    estimate: estimate(values, undefined, { seed }),
  });
  const passed = usable.map((k) =>
    figure(
      'pass',
      k,
      counted.map(({ n, right }) => passAtK(n, right, k)),
    ),
  );
  const measured = counted.filter((one) => one.efficiencies !== null);
  if (efficiency === null || measured.length === 0) return passed;
  const worked = usable.map((k) =>
    figure(
      efficiency,
      k,
      measured.map(({ efficiencies }) => effAtK(efficiencies as number[], k)),
    ),
  );
  return [...passed, ...worked];
}

/** In the order of the rows. */
export function countsOf(rows: readonly ProgramRow[]): readonly ProblemCounts[] {
  const byProblem = Map.groupBy(rows, ({ problem }) => problem);
  return [...byProblem].map(([problem, programs]) => {
    const drawn = (kind: ProgramRow['verdict']): number =>
      programs.reduce((sum, { verdict, samples }) => sum + (verdict === kind ? samples.length : 0), 0);
    const judged = programs.filter(({ verdict }) => verdict !== 'unjudged');
    const isMeasured = judged.every(({ verdict, efficiency }) => verdict === 'wrong' || efficiency !== null);
    return {
      problem,
      n: drawn('right') + drawn('wrong'),
      right: drawn('right'),
      unjudged: drawn('unjudged'),
      efficiencies: isMeasured ? judged.flatMap(({ samples, efficiency }) => samples.map(() => efficiency ?? 0)) : null,
    };
  });
}

function byReason(programs: readonly ProgramRow[], kind: ProgramRow['verdict']): SuiteSummary['reasons'] {
  const counts = new Map<string, number>();
  for (const { verdict, reason, samples } of programs)
    if (verdict === kind) counts.set(reason ?? kind, (counts.get(reason ?? kind) ?? 0) + samples.length);
  return [...counts].map(([reason, samples]) => ({ reason, samples })).sort((a, b) => b.samples - a.samples);
}

export type { GoldRow };
