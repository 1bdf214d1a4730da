/**
 * How much of programs with missing parts runs, level by level: statement coverage by LExecutor's definition, mean over programs.
 *
 * A line of the data is a program: `{"id", "code"}`. Levels 1 to 3 are one run each, the best that the rounds found; level 4 is what all rounds of all levels ran
 * together, as Treefix counts its prefixes. `oneRun` has one run for every level, `union` the union, so that like is compared with like.
 *
 * Coverage says nothing of whether injected values are true to life: `bench fidelity` does. A program that does not parse counts as one of which nothing ran.
 */
import { WinnowError } from '../../base/mod.ts';
import {
  openRunner,
  type PartialLevel,
  type PartialReport,
  partialLevels,
  type RunnerSettings,
  runPartial,
} from '../../run/mod.ts';
import { type Estimate, estimate } from '../interval.ts';
import { type BenchProgress, stopIfCancelled } from '../progress.ts';
import { checkRunFolder, writeRunFolder } from '../runfolder.ts';
import { readTaskLines } from './snippets.ts';

export const coverageHalves = ['dev', 'held', 'all'] as const;
export type CoverageHalf = (typeof coverageHalves)[number];

export interface PartialBenchOptions {
  /** JSON Lines of programs. */
  readonly data: readonly string[];
  readonly half: CoverageHalf;
  /** Programs of each file, from the first; null: all. */
  readonly limit: number | null;
  readonly language: string;
  /** Rounds for a program. */
  readonly rounds: number;
  readonly seed: number;
  /** A folder for the run: command, rows, summary; null: none. */
  readonly out: string | null;
  readonly settings: Pick<RunnerSettings, 'cacheDir' | 'path'>;
  readonly backend: 'auto' | 'native' | 'embedded';
  readonly signal: AbortSignal;
  readonly onProgress: (step: BenchProgress) => void;
}

export interface LevelCoverage {
  /** Percent of statements, mean over programs. */
  readonly oneRun: Estimate;
  readonly union: Estimate;
}

export interface PartialSet {
  readonly file: string;
  readonly programs: number;
  readonly statements: number;
  readonly rounds: number;
  /** Reports of errors, by what is certain of them. */
  readonly failures: { readonly genuine: number; readonly possible: number };
  readonly levels: readonly LevelCoverage[];
}

export interface PartialBenchReport {
  readonly seed: number;
  readonly half: CoverageHalf;
  readonly sets: readonly PartialSet[];
  /** The programs of all sets as one. */
  readonly levels: readonly LevelCoverage[];
}

/** What others say of their own systems, in percent of lines or statements, mean over the whole sets; ours are other samples of them. */
export const publishedCoverage = [
  {
    name: 'LExecutor, as it is',
    functions: 4.1,
    stackOverflow: null,
    source: 'Souza and Pradel 2023, arXiv:2302.02343',
  },
  { name: 'LExecutor', functions: 51.6, stackOverflow: null, source: 'Souza and Pradel 2023, arXiv:2302.02343' },
  { name: 'SelfPiCo', functions: 72.7, stackOverflow: 83.3, source: 'Xue et al. 2024, arXiv:2407.16974' },
  {
    name: 'Treefix, GPT-4o, best prefix',
    functions: 75.6,
    stackOverflow: 81.8,
    source: 'Souza and Pradel 2025, released metrics',
  },
  {
    name: 'Treefix, GPT-4o, all prefixes',
    functions: 84.3,
    stackOverflow: 82.5,
    source: 'Souza and Pradel 2025, released metrics',
  },
] as const;

interface Row {
  readonly id: string;
  readonly statements: number;
  readonly rounds: number;
  readonly oneRun: readonly number[];
  readonly union: readonly number[];
  readonly failures: readonly { readonly certainty: string; readonly type: string; readonly line: number }[];
}

/** @throws WinnowError `bad-data` when a line is no program, `path-not-found`, and as `runPartial` does */
export async function benchPartial(options: PartialBenchOptions): Promise<PartialBenchReport> {
  if (options.out !== null) checkRunFolder(options.out);
  const runner = openRunner(options.settings);
  const sets: PartialSet[] = [];
  const all: (Row & { readonly file: string })[] = [];
  try {
    for (const file of options.data) {
      const programs = readTaskLines(file)
        .filter(({ id }) => options.half === 'all' || (options.half === 'dev') === isDev(id))
        .slice(0, options.limit ?? undefined);
      if (programs.length === 0) throw new WinnowError('bad-data', `${file} has no program of this half.`);
      const rows: Row[] = [];
      const queue = programs.entries();
      const work = async (): Promise<void> => {
        for (const [index, { id, code }] of queue) {
          stopIfCancelled(options.signal);
          rows[index] = rowOf(
            id,
            await runPartial(jobOf(code, options), { budget: { rounds: options.rounds } }, runner, {
              backend: options.backend,
              signal: options.signal,
            }),
          );
          options.onProgress({ label: 'ran', done: rows.filter(Boolean).length, total: programs.length });
        }
      };
      await Promise.all([work(), work()]);
      sets.push(setOf(file, rows, options.seed));
      all.push(...rows.map((row) => ({ file, ...row })));
    }
  } finally {
    await runner.close();
  }
  const report: PartialBenchReport = {
    seed: options.seed,
    half: options.half,
    sets,
    levels: levelsOf(all, options.seed),
  };
  if (options.out !== null)
    writeRunFolder(options.out, {
      suite: 'partial',
      settings: { half: options.half, rounds: options.rounds, data: options.data },
      seed: options.seed,
      rows: all,
      summary: report,
    });
  return report;
}

const jobOf = (code: string, { language }: PartialBenchOptions) => {
  const entry = language === 'python' ? 'main.py' : language === 'typescript' ? 'main.ts' : 'main.mjs';
  return { language, files: [{ path: entry, bytes: new TextEncoder().encode(code) }], entry };
};

function rowOf(id: string, report: PartialReport): Row {
  const share = (level: PartialLevel, which: 'coverage' | 'union'): number => {
    const one = report.levels.filter((level_) => level_.level <= level).at(-1)?.[which];
    return one === undefined || one.statements === 0 ? 0 : (100 * one.covered) / one.statements;
  };
  return {
    id,
    statements: report.coverage.statements,
    rounds: report.levels.at(-1)?.rounds ?? 0,
    oneRun: partialLevels.map((level) => share(level, 'coverage')),
    union: partialLevels.map((level) => share(level, 'union')),
    failures: report.failures.map(({ certainty, type, line }) => ({ certainty, type, line })),
  };
}

function setOf(file: string, rows: readonly Row[], seed: number): PartialSet {
  const sum = (of: (row: Row) => number): number => rows.reduce((total, row) => total + of(row), 0);
  const told = (certainty: string): number =>
    sum(({ failures }) => failures.filter((one) => one.certainty === certainty).length);
  return {
    file,
    programs: rows.length,
    statements: sum(({ statements }) => statements),
    rounds: sum(({ rounds }) => rounds),
    failures: { genuine: told('genuine'), possible: told('possible') },
    levels: levelsOf(rows, seed),
  };
}

function levelsOf(rows: readonly Row[], seed: number): LevelCoverage[] {
  const figure = (values: number[]): Estimate => estimate(values, undefined, { seed });
  return partialLevels.map((_, index) => ({
    oneRun: figure(rows.map(({ oneRun }) => oneRun[index] as number)),
    union: figure(rows.map(({ union }) => union[index] as number)),
  }));
}

/** Half by a bit of a hash (FNV-1a, 32 bits) of the id, so that it stays where it is whatever other programs there are. */
export function isDev(id: string): boolean {
  let hash = 2_166_136_261;
  for (const character of id) hash = Math.imul(hash ^ (character.codePointAt(0) as number), 16_777_619) >>> 0;
  return ((hash >>> 7) & 1) === 0;
}
