/**
 * Whether an error that is told as genuine is one: snippets with a known type error, beside bodies that ran without error in every recorded call.
 *
 * A snippet is reported when at least one of its failures is told as `genuine`. What ran without error can still fail with values that no run had; to
 * call that genuine is the false alarm that is counted here. Positives come as files of Python or as JSON lines with `code`; they are
 * evaluation data and are named by the user.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { seededRandom, WinnowError } from '../../base/mod.ts';
import { type PartialLevel, type PartialReport, type Runner, runPartial } from '../../run/mod.ts';
import { type Estimate, estimate } from '../interval.ts';
import { readObjects } from '../tablerows.ts';

export interface Snippet {
  readonly id: string;
  readonly code: string;
  readonly hasError: boolean;
}

export interface SnippetVerdict {
  readonly id: string;
  readonly hasError: boolean;
  /** Told as genuine: of any type, and of these those that are a TypeError. */
  readonly genuine: readonly { readonly type: string; readonly message: string; readonly line: number }[];
  /** Failures told as possible. */
  readonly possible: readonly { readonly type: string; readonly message: string; readonly line: number }[];
}

export interface ErrorScores {
  readonly reported: { readonly withError: number; readonly without: number };
  /** null: nothing was reported. */
  readonly precision: Estimate | null;
  readonly recall: Estimate;
}

export interface TypeErrorReport {
  readonly level: PartialLevel;
  readonly withError: number;
  readonly without: number;
  /** Snippets that could not be run partially. */
  readonly failed: number;
  /** By a genuine error of any type. */
  readonly genuine: ErrorScores;
  /** By a genuine TypeError. */
  readonly genuineTypeError: ErrorScores;
  /** By any TypeError, genuine or possible. */
  readonly anyTypeError: ErrorScores;
  readonly verdicts: readonly SnippetVerdict[];
}

/** @throws WinnowError `bad-data` when there are none, `path-not-found` */
export async function readErrorSnippets(path: string): Promise<Snippet[]> {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined)
    throw new WinnowError(
      'path-not-found',
      `Expected a directory of Python files, or JSON lines, at ${path}; there is nothing.`,
    );
  const found: Snippet[] = [];
  if (stats.isDirectory())
    for (const name of readdirSync(path)
      .filter((one) => one.endsWith('.py'))
      .sort())
      found.push({ id: basename(name, '.py'), code: readFileSync(join(path, name), 'utf8'), hasError: true });
  else
    for await (const { row, line } of readObjects(path))
      if (typeof row.code === 'string') found.push({ id: String(row.id ?? line), code: row.code, hasError: true });
  if (found.length === 0)
    throw new WinnowError('bad-data', `Expected snippets with a type error in ${path}; there are none.`);
  return found;
}

export async function judgeErrors(
  snippets: readonly Snippet[],
  level: PartialLevel,
  seed: number,
  runner: Runner,
  watch: { readonly signal: AbortSignal; readonly onSnippet: (done: number, total: number) => void },
): Promise<TypeErrorReport> {
  const verdicts: SnippetVerdict[] = [];
  let failed = 0;
  for (const [done, { id, code, hasError }] of snippets.entries()) {
    if (watch.signal.aborted) throw new WinnowError('cancelled', 'The benchmark was cancelled.');
    watch.onSnippet(done, snippets.length);
    const files = [{ path: 'snippet.py', bytes: new TextEncoder().encode(code) }];
    let report: PartialReport;
    try {
      report = await runPartial({ language: 'python', files, entry: 'snippet.py' }, { level }, runner, {
        signal: watch.signal,
      });
    } catch (error) {
      if (!(error instanceof WinnowError) || error.code === 'cancelled') throw error;
      failed++;
      continue;
    }
    const told = (certainty: 'genuine' | 'possible') =>
      report.failures
        .filter((one) => one.certainty === certainty)
        .map(({ type, message, line }) => ({ type, message, line }));
    verdicts.push({ id, hasError, genuine: told('genuine'), possible: told('possible') });
  }
  const isTypeError = ({ type }: { readonly type: string }): boolean => type === 'TypeError';
  return {
    level,
    withError: verdicts.filter(({ hasError }) => hasError).length,
    without: verdicts.filter(({ hasError }) => !hasError).length,
    failed,
    genuine: errorScores(verdicts, ({ genuine }) => genuine.length > 0, seed),
    genuineTypeError: errorScores(verdicts, ({ genuine }) => genuine.some(isTypeError), seed),
    anyTypeError: errorScores(verdicts, ({ genuine, possible }) => [...genuine, ...possible].some(isTypeError), seed),
    verdicts,
  };
}

/** Precision and recall with intervals from drawing snippets of both sorts again. @param verdicts with at least one that has an error */
export function errorScores(
  verdicts: readonly SnippetVerdict[],
  isReported: (verdict: SnippetVerdict) => boolean,
  seed: number,
): ErrorScores {
  const marks = verdicts.map((verdict) => (verdict.hasError ? 2 : 0) + (isReported(verdict) ? 1 : 0));
  const count = (values: ArrayLike<number>, mark: number): number =>
    Array.from(values).filter((one) => one === mark).length;
  const reported = { withError: count(marks, 3), without: count(marks, 1) };
  const all = reported.withError + reported.without;
  const share = (of: number, rest: number, otherwise: number): number =>
    of + rest === 0 ? otherwise : of / (of + rest);
  // A draw without a report, or without an error, says nothing: it counts as the whole does.
  const overall = {
    precision: share(reported.withError, reported.without, 0),
    recall: share(reported.withError, count(marks, 2), 0),
  };
  return {
    reported,
    precision:
      all === 0
        ? null
        : estimate(marks, (drawn) => share(count(drawn, 3), count(drawn, 1), overall.precision), { seed }),
    recall: estimate(marks, (drawn) => share(count(drawn, 3), count(drawn, 2), overall.recall), { seed }),
  };
}

/** Bodies to be run as snippets without an error, by the seed. */
export const drawSnippets = (snippets: readonly Snippet[], count: number, seed: number): Snippet[] =>
  seededRandom(seed).shuffle(snippets).slice(0, count);
