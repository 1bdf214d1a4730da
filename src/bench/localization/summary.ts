/** Figures of a run of `bench localization`, computed from its rows and nothing else. */
import { estimateAll, quantile } from '../interval.ts';
import { summarizeRuns } from './issuerun.ts';
import type { LocalizationGroup, LocalizationReport, LocalizationRow } from './run.ts';

export const fileMeasures = ['file1', 'file3', 'file5', 'file10'] as const;
export const functionMeasures = ['function1', 'function5', 'function10'] as const;

const within = (rank: number | null, k: number): number => (rank !== null && rank <= k ? 1 : 0);

/** Figures computed from rows, nothing else. */
export function summarize(rows: readonly LocalizationRow[], seed: number): Omit<LocalizationReport, 'rows'> {
  const repos = [...new Set(rows.map(({ repo }) => repo))].sort();
  const groups = (repos.length > 1 ? [null, ...repos] : [null]).map((repo): LocalizationGroup => {
    const own = rows.filter((row) => repo === null || row.repo === repo);
    const withFunctions = own.filter(({ goldFunctions }) => goldFunctions.length > 0);
    return {
      repo,
      files: estimateAll(
        own.map(({ fileRank }) => ({
          file1: within(fileRank, 1),
          file3: within(fileRank, 3),
          file5: within(fileRank, 5),
          file10: within(fileRank, 10),
        })),
        fileMeasures,
        { seed },
      ),
      functions:
        withFunctions.length === 0
          ? null
          : estimateAll(
              withFunctions.map(({ functionRank }) => ({
                function1: within(functionRank, 1),
                function5: within(functionRank, 5),
                function10: within(functionRank, 10),
              })),
              functionMeasures,
              { seed },
            ),
    };
  });
  const times = Float64Array.from(rows, ({ elapsedMs }) => elapsedMs.locate).sort();
  const mean = (of: (row: LocalizationRow) => number): number =>
    Math.round((rows.reduce((sum, row) => sum + of(row), 0) / rows.length) * 10) / 10;
  return {
    instances: rows.length,
    withFunctions: rows.filter(({ goldFunctions }) => goldFunctions.length > 0).length,
    seed,
    groups,
    runs: summarizeRuns(rows, seed),
    p50Ms: quantile(times, 0.5),
    p95Ms: quantile(times, 0.95),
    meanMs: {
      checkout: mean((row) => row.elapsedMs.checkout),
      refresh: mean((row) => row.elapsedMs.refresh),
      encode: mean((row) => row.elapsedMs.encode),
      history: mean((row) => row.elapsedMs.history),
      run: mean((row) => row.elapsedMs.run),
      locate: mean((row) => row.elapsedMs.locate),
    },
  };
}
