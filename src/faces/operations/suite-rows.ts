/** Rows of the suites of programs, one verb each: they share one operation (`bench-suite.ts`) and differ by what they read. */
import type { OperationRow } from './table.ts';

export const suiteSummaries = {
  humaneval: 'sampled programs on HumanEval, with pass@k',
  mbpp: 'sampled programs on MBPP, with pass@k',
  evalplus: 'sampled programs on HumanEval+ or MBPP+, with pass@k',
  humanevalpack: 'sampled programs on HumanEvalPack, in six languages, with pass@k',
  cruxeval: 'predicted outputs and inputs of CRUXEval, with pass@k',
  quixbugs: 'repairs of the QuixBugs programs, with pass@k',
  'quixbugs-java': 'repairs of the QuixBugs programs in Java, with pass@k',
  enamel: 'sampled programs on ENAMEL, with pass@k and how efficient they are (eff@k)',
  coffe: 'sampled programs on COFFE, with pass@k and how efficient they are (efficient@k)',
  stdin: 'sampled programs on problems of APPS or CodeContests, with pass@k',
} as const;

export type SuiteVerb = keyof typeof suiteSummaries;

export const suiteRows: readonly OperationRow[] = [
  ...(Object.keys(suiteSummaries) as SuiteVerb[]).map((suite) => ({
    name: `bench ${suite}`,
    summary: suiteSummaries[suite],
    load: async () => (await import('./bench-suite.ts')).suiteOperation(suite),
  })),
  {
    name: 'bench solve',
    summary: 'strategies × models on a suite, with intervals and what a solved task costs',
    load: async () => (await import('./bench-solve.ts')).benchSolveOperation,
  },
  {
    name: 'bench compare',
    summary: 'two runs of a suite, with paired differences and their intervals',
    load: async () => (await import('./bench-compare.ts')).benchCompareOperation,
  },
  {
    name: 'bench metric',
    summary: 'exact match, edit similarity, CodeBLEU, DPS or Elo of rows, with intervals',
    load: async () => (await import('./bench-metric.ts')).benchMetricOperation,
  },
  {
    name: 'bench report',
    summary: 'runs of suites as a page with plots, and as a table in Markdown',
    load: async () => (await import('./bench-report.ts')).benchReportOperation,
  },
];
