/**
 * What a comparison of strategies and models says, from its rows alone.
 *
 * The share solved is over problems that were judged; a task without a program is wrong, one that failed or could not be judged is in no share and is named. Differences are over problems that both pairs
 * have judged. Cost is all that was spent on problems that count, failed tasks included: who pays, pays for these too.
 */
import { type Estimate, estimate, pairedDifference } from '../interval.ts';
import type { JudgedRow } from './rows.ts';

export interface PairSummary {
  /** `ldb, openai/gpt-4o-mini`. */
  readonly name: string;
  readonly tasks: number;
  readonly solved: number;
  /** Share of judged problems whose program passes the hidden tests; null: none was judged. */
  readonly share: Estimate | null;
  /** Share solved, less the first pair's; null for the first pair, and where the two have no problem in common. */
  readonly difference: Estimate | null;
  /** Programs that pass all visible tests and fail the hidden ones. */
  readonly misled: number;
  readonly withoutProgram: number;
  readonly unjudged: readonly { readonly reason: string; readonly tasks: number }[];
  readonly overBudget: readonly { readonly limit: string; readonly tasks: number }[];
  readonly failed: readonly { readonly reason: string; readonly tasks: number }[];
  readonly spent: {
    readonly calls: number;
    readonly inputTokens: number;
    readonly outputTokens: number;
    readonly executions: number;
    /** US dollars; null: a call had no price. */
    readonly costUsd: number | null;
  };
  /** All that was spent, for each task solved; null: none was. */
  readonly perSolved: {
    readonly calls: number;
    readonly tokens: number;
    readonly executions: number;
    readonly costUsd: number | null;
  } | null;
}

export interface SolvingSummary {
  readonly problems: number;
  readonly excluded: readonly { readonly problem: string; readonly reason: string }[];
  readonly pairs: readonly PairSummary[];
}

/** @param names of the pairs, in their order */
export function summariseSolving(rows: readonly JudgedRow[], names: readonly string[], seed: number): SolvingSummary {
  const excluded = new Map(
    rows.filter(({ hidden }) => hidden === 'excluded').map(({ problem, why }) => [problem, why ?? '']),
  );
  const counted = rows.filter(({ problem }) => !excluded.has(problem));
  const byPair = new Map(names.map((name) => [name, counted.filter(({ pair }) => pair === name)]));
  const first = byPair.get(names[0] ?? '') ?? [];
  return {
    problems: new Set(counted.map(({ problem }) => problem)).size,
    excluded: [...excluded].map(([problem, reason]) => ({ problem, reason })),
    pairs: [...byPair].map(([name, own], at) => pairOf(name, own, at === 0 ? null : first, seed)),
  };
}

function pairOf(
  name: string,
  rows: readonly JudgedRow[],
  first: readonly JudgedRow[] | null,
  seed: number,
): PairSummary {
  const sum = (of: (row: JudgedRow) => number): number => rows.reduce((total, row) => total + of(row), 0);
  const judged = rows.filter(isJudged);
  const solved = judged.filter(({ hidden }) => hidden === 'right').length;
  const costUsd = sum(({ spent }) => spent.unpriced) > 0 ? null : sum(({ spent }) => spent.costUsd);
  const spent = {
    calls: sum((row) => row.spent.calls),
    inputTokens: sum((row) => row.spent.inputTokens),
    outputTokens: sum((row) => row.spent.outputTokens),
    executions: sum((row) => row.spent.executions),
    costUsd,
  };
  const of = (some: readonly JudgedRow[]) => some.map(({ hidden }) => (hidden === 'right' ? 1 : 0));
  const others = new Map(first?.filter(isJudged).map((row) => [row.problem, row]));
  const common = judged.flatMap((row) => {
    const other = others.get(row.problem);
    return other === undefined ? [] : [{ row, other }];
  });
  return {
    name,
    tasks: rows.length,
    solved,
    share: judged.length === 0 ? null : estimate(of(judged), undefined, { seed }),
    difference:
      common.length === 0
        ? null
        : pairedDifference(of(common.map(({ other }) => other)), of(common.map(({ row }) => row)), { seed }),
    misled: judged.filter(({ visible, hidden }) => visible === 'solved' && hidden === 'wrong').length,
    withoutProgram: rows.filter(({ visible }) => visible === 'none').length,
    unjudged: tallied(rows.filter(({ hidden }) => hidden === 'unjudged').map(({ why }) => why ?? 'unjudged')).map(
      ([reason, tasks]) => ({ reason, tasks }),
    ),
    overBudget: tallied(rows.flatMap(({ limit }) => limit ?? [])).map(([limit, tasks]) => ({ limit, tasks })),
    failed: tallied(rows.flatMap(({ reason }) => reason ?? [])).map(([reason, tasks]) => ({ reason, tasks })),
    spent,
    perSolved:
      solved === 0
        ? null
        : {
            calls: spent.calls / solved,
            tokens: (spent.inputTokens + spent.outputTokens) / solved,
            executions: spent.executions / solved,
            costUsd: costUsd === null ? null : costUsd / solved,
          },
  };
}

const isJudged = ({ hidden }: JudgedRow): boolean => hidden === 'right' || hidden === 'wrong';

/** Each with how often it comes, the most frequent first. */
const tallied = (all: readonly string[]): readonly (readonly [string, number])[] =>
  [...Map.groupBy(all, (one) => one)]
    .map(([one, some]) => [one, some.length] as const)
    .sort(([, one], [, other]) => other - one);
