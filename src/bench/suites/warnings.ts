/**
 * What a reader of a figure should know, from pitfalls that were published: samples that repeat, tests that the prompt shows, tests that let wrong programs pass, few samples, few problems,
 * verdicts that change from run to run.
 */
import type { GoldRow, ProgramRow } from './rows.ts';
import type { ProblemCounts } from './summary.ts';

/** Names that a warning lists. */
const named = 5;
/** Repeats worth a word: at temperature 0.8 CodeGen-16B repeats 12% of its programs on HumanEval's even problems. */
const muchRepeated = 0.2;
/** A pass rate of one sample has a standard error of up to 0.5 in each problem; with 10 a third of it. */
const fewSamples = 10;
/** Below this the 95% interval of a rate of 0.5 is wider than ± 14 points. */
const fewProblems = 50;

export function warningsOf(
  gold: readonly GoldRow[],
  programs: readonly ProgramRow[],
  counts: readonly ProblemCounts[],
): readonly string[] {
  const warnings: string[] = [];
  const samples = counts.reduce((sum, { n, unjudged }) => sum + n + unjudged, 0);
  const repeated = samples - programs.length;
  if (samples > 0 && repeated / samples >= muchRepeated)
    warnings.push(
      `${repeated} of ${samples} samples are copies of another of their problem: there are fewer tries than k says.`,
    );
  const shown = gold.filter(({ visible }) => visible !== null && visible > 0);
  if (shown.length > 0)
    warnings.push(
      `Hidden tests whose input stands in the prompt: in ${shown.length} of ${gold.length} problems (${names(shown)}). A program that knows these alone passes part of the key.`,
    );
  const weak = gold.filter(({ mutants }) => mutants !== null && mutants.survived > 0);
  const mutants = gold.reduce((sum, { mutants }) => sum + (mutants?.made ?? 0), 0);
  const survived = gold.reduce((sum, { mutants }) => sum + (mutants?.survived ?? 0), 0);
  if (mutants > 0)
    warnings.push(
      `Mutation score ${(1 - survived / mutants).toFixed(3)}: ${survived} of ${mutants} changed references pass their tests${weak.length === 0 ? '' : ` (${names(weak)})`}; some of them may do the same as the reference.`,
    );
  const flaky = programs.filter(({ verdict, again }) => again.some((one) => one !== verdict));
  if (flaky.length > 0)
    warnings.push(`Verdicts that change from run to run: of ${counted(flaky.length, 'program')} (${names(flaky)}).`);
  const least = Math.min(...counts.map(({ n }) => n));
  if (counts.length > 0 && least > 1 && least < fewSamples)
    warnings.push(
      `As few as ${least} samples of a problem: figures of single problems mean little, and pass@k beyond it is not given.`,
    );
  if (counts.length > 0 && counts.length < fewProblems)
    warnings.push(`Only ${counted(counts.length, 'problem')}: mind the intervals.`);
  const uneven = new Set(counts.map(({ n, unjudged }) => n + unjudged)).size > 1;
  if (uneven) warnings.push('Problems have different numbers of samples: the mean weighs problems alike, not samples.');
  return warnings;
}

const counted = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;

function names(rows: readonly { readonly problem: string }[]): string {
  const all = [...new Set(rows.map(({ problem }) => problem))];
  return all.length > named ? `${all.slice(0, named).join(', ')} and ${all.length - named} more` : all.join(', ');
}

/** The share of hidden inputs that stand in the prompt, white space apart. */
export function visibleShare(prompt: string, hidden: readonly string[]): number | null {
  const bare = (text: string): string => text.replace(/\s+/g, '').replaceAll('"', "'");
  const told = [...new Set(hidden.map(bare))].filter((one) => one.length > 0);
  if (told.length === 0 || prompt === '') return null;
  const all = bare(prompt);
  return told.filter((one) => all.includes(`(${one})`)).length / told.length;
}
