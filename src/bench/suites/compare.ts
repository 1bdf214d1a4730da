/**
 * Two runs of a suite side by side: differences over the problems that both judged, problem by problem, since problems differ by more than models do.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WinnowError } from '../../base/mod.ts';
import { effAtK, passAtK } from '../../judge/mod.ts';
import { type Estimate, pairedDifference } from '../interval.ts';
import { readSuiteRows } from './rows.ts';
import { countsOf, type ProblemCounts } from './summary.ts';

export interface SuiteRun {
  readonly dir: string;
  readonly suite: string;
  readonly samples: string;
  readonly ks: readonly number[];
  readonly seed: number;
  readonly work: string | null;
  readonly counts: readonly ProblemCounts[];
  readonly excluded: readonly string[];
}

export interface ComparedFigure {
  readonly name: string;
  readonly before: number;
  readonly after: number;
  /** `after` less `before`. */
  readonly difference: Estimate;
}

export interface Comparison {
  readonly suite: string;
  readonly problems: number;
  /** Problems that only one of the two judged. */
  readonly unpaired: number;
  /** Problems with a higher pass@1 in the second, in the first, and the same in both. */
  readonly better: number;
  readonly worse: number;
  readonly same: number;
  readonly figures: readonly ComparedFigure[];
}

/** @throws WinnowError `path-not-found`, `bad-data` when the folder holds no whole run of a suite */
export async function readSuiteRun(dir: string): Promise<SuiteRun> {
  let command: { suite?: unknown; seed?: unknown; settings?: { samples?: unknown; ks?: unknown; work?: unknown } };
  try {
    command = JSON.parse(readFileSync(join(dir, 'command.json'), 'utf8')) as typeof command;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw code === 'ENOENT'
      ? new WinnowError(
          'path-not-found',
          `Expected a whole run in ${dir}; it has no command.json. A run that was broken off goes on with its own command.`,
          { cause },
        )
      : new WinnowError('bad-data', `${join(dir, 'command.json')} cannot be read as JSON.`, { cause });
  }
  const { suite, seed, settings } = command;
  const ks = settings?.ks;
  if (typeof suite !== 'string' || !Array.isArray(ks))
    throw new WinnowError(
      'bad-data',
      `Expected a run of a suite in ${dir}; command.json tells of another kind of run.`,
    );
  const rows = await readSuiteRows(join(dir, 'rows.jsonl'));
  const excluded = rows
    .filter((row) => row.row === 'gold')
    .filter(({ verdict }) => verdict === 'wrong' || verdict === 'unjudged')
    .map(({ problem }) => problem);
  const programs = rows.filter((row) => row.row === 'program').filter(({ problem }) => !excluded.includes(problem));
  return {
    dir,
    suite,
    samples: String(settings?.samples ?? ''),
    ks: ks as number[],
    seed: typeof seed === 'number' ? seed : 1,
    work: typeof settings?.work === 'string' ? settings.work : null,
    counts: countsOf(programs).filter(({ n }) => n > 0),
    excluded,
  };
}

/** @throws WinnowError `bad-usage` when the runs have no problem in common, or are of two suites */
export function compareRuns(before: SuiteRun, after: SuiteRun): Comparison {
  if (before.suite !== after.suite)
    throw new WinnowError(
      'bad-usage',
      `Expected two runs of one suite; they are of ${before.suite} and ${after.suite}.`,
    );
  const others = new Map(after.counts.map((one) => [one.problem, one]));
  const pairs = before.counts.flatMap((one) => {
    const other = others.get(one.problem);
    return other === undefined ? [] : [{ one, other }];
  });
  if (pairs.length === 0) throw new WinnowError('bad-usage', 'The two runs have no problem in common.');
  const ks = before.ks.filter((k) => pairs.every(({ one, other }) => one.n >= k && other.n >= k));
  const rates = pairs.map(({ one, other }) => other.right / other.n - one.right / one.n);
  const figure = (name: string, of: (one: ProblemCounts) => number, some: typeof pairs): ComparedFigure => {
    const [left, right] = [some.map(({ one }) => of(one)), some.map(({ other }) => of(other))];
    const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    return {
      name,
      before: mean(left),
      after: mean(right),
      difference: pairedDifference(left, right, { seed: before.seed }),
    };
  };
  const measured = pairs.filter(({ one, other }) => one.efficiencies !== null && other.efficiencies !== null);
  const isMeasured = before.work !== null && before.work === after.work && measured.length > 0;
  return {
    suite: before.suite,
    problems: pairs.length,
    unpaired: before.counts.length + after.counts.length - 2 * pairs.length,
    better: rates.filter((rate) => rate > 0).length,
    worse: rates.filter((rate) => rate < 0).length,
    same: rates.filter((rate) => rate === 0).length,
    figures: [
      ...ks.map((k) => figure(`pass@${k}`, ({ n, right }) => passAtK(n, right, k), pairs)),
      ...(isMeasured
        ? ks.map((k) => figure(`efficiency@${k}`, (one) => effAtK(one.efficiencies as number[], k), measured))
        : []),
    ],
  };
}
