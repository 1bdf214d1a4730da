/**
 * Measures what running an issue's own code adds: each instance whose issue carries code is ranked with and without what it ran.
 *
 * Reported over the instances in which a function of the repository ran, and beside it how many carry code at all: where nothing ran both rankings are one. Nothing here starts a process of
 * its own; the code runs in the sandbox, as a user's `locate --run` has it.
 */
import type { Snapshot } from '../../index/mod.ts';
import { type Reproduction, type Runner, reproduce } from '../../run/mod.ts';
import { issueProgram } from '../../search/mod.ts';
import { type Estimate, estimateAll, pairedDifference } from '../interval.ts';

/** How issues run. */
export interface IssueRunning {
  readonly runner: Runner;
  /** Environments by repository, `owner/name`; `null` under a name that is not there. */
  readonly python: (repo: string) => string | null;
  readonly path: readonly string[];
}

/** What became of an issue's code, and how the gold ranks without it. */
export interface RunRow {
  readonly statements: number;
  /** Functions of the repository that ran. */
  readonly functions: number;
  /** Tests run beside it. */
  readonly tests: number;
  readonly raised: number;
  /** What was missing, filled in or not: `np (import numpy)`. */
  readonly filled: readonly string[];
  readonly unimported: readonly string[];
  readonly whole: boolean;
  readonly wallMs: number;
  readonly cpuMs: number | null;
  readonly fileRankWithout: number | null;
  readonly functionRankWithout: number | null;
}

/** @returns null when the issue carries nothing that could run */
export async function runOf(
  snapshot: Snapshot,
  text: string,
  repo: string,
  { runner, python, path }: IssueRunning,
  signal?: AbortSignal,
): Promise<Reproduction | null> {
  const program = issueProgram(snapshot, text);
  if (program === null) return null;
  return reproduce(runner, { ...program, root: snapshot.root, python: python(repo), path }, signal);
}

export function rowOf(
  { steps, background, filled, unimported, whole, outcome }: Reproduction,
  without: Pick<RunRow, 'fileRankWithout' | 'functionRankWithout'>,
): RunRow {
  return {
    statements: steps.length,
    functions: new Set(steps.flatMap((step) => step.ran.map((one) => one.function))).size,
    tests: background.length,
    raised: steps.filter(({ ended }) => ended === 'raised').length,
    filled: [...new Set(filled.map(({ what, by }) => `${what} (${by ?? 'not found'})`))],
    unimported: unimported.map((one) => `${one.package}: ${one.reason}`),
    whole,
    wallMs: Math.round(outcome.usage.wallMs),
    cpuMs: outcome.usage.cpuMs === null ? null : Math.round(outcome.usage.cpuMs),
    ...without,
  };
}

const measures = ['file1', 'file3', 'file5', 'file10', 'function1', 'function5', 'function10'] as const;
type Measure = (typeof measures)[number];

interface Ranked {
  readonly goldFunctions: readonly string[];
  readonly fileRank: number | null;
  readonly functionRank: number | null;
  readonly run: RunRow | null;
}

export interface RunSummary {
  /** Instances whose issue carries code. */
  readonly carry: number;
  /** Of these, in how many a function of the repository ran; all else is over these. */
  readonly ran: number;
  readonly filled: number;
  readonly meanWallMs: number;
  readonly without: Readonly<Partial<Record<Measure, Estimate>>>;
  readonly with: Readonly<Partial<Record<Measure, Estimate>>>;
  /** Paired. */
  readonly difference: Readonly<Partial<Record<Measure, { value: number; low: number; high: number }>>>;
}

/** @returns null when no row was run */
export function summarizeRuns(rows: readonly Ranked[], seed: number): RunSummary | null {
  const carrying = rows.filter(({ run }) => run !== null);
  const own = carrying.filter(({ run }) => (run?.functions ?? 0) > 0);
  if (own.length === 0) return null;
  const told: {
    without: Record<string, Estimate>;
    with: Record<string, Estimate>;
    difference: Record<string, Estimate>;
  } = {
    without: {},
    with: {},
    difference: {},
  };
  for (const measure of measures) {
    const isFile = measure.startsWith('file');
    const k = Number(/\d+$/.exec(measure)?.[0]);
    const scored = isFile ? own : own.filter(({ goldFunctions }) => goldFunctions.length > 0);
    if (scored.length === 0) continue;
    const hit = (rank: number | null | undefined): number => (typeof rank === 'number' && rank <= k ? 1 : 0);
    const after = scored.map((row) => hit(isFile ? row.fileRank : row.functionRank));
    const before = scored.map(({ run }) => hit(isFile ? run?.fileRankWithout : run?.functionRankWithout));
    const one = (values: readonly number[]): Estimate =>
      estimateAll(
        values.map((value) => ({ value })),
        ['value'],
        { seed },
      ).value;
    told.without[measure] = one(before);
    told.with[measure] = one(after);
    told.difference[measure] = pairedDifference(before, after, { seed });
  }
  const wall = carrying.reduce((sum, { run }) => sum + (run?.wallMs ?? 0), 0);
  return {
    carry: carrying.length,
    ran: own.length,
    filled: own.filter(({ run }) => (run?.filled.length ?? 0) > 0).length,
    meanWallMs: Math.round(wall / carrying.length),
    ...told,
  };
}
