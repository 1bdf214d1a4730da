/** Precision and recall of `diff-behaviour` as a person sees them: all commits, each repository, and what others say of theirs. */
import type { BenchDiffBehaviourOutput } from '../operations/bench-diff-behaviour.ts';
import type { Settings } from '../operations/types.ts';
import { count, harmless, painter } from '../paint.ts';
import { table } from './bench.ts';

type Share = BenchDiffBehaviourOutput['all']['precision'];

const percent = (share: Share): string =>
  share === null ? '–' : `${share.value.toFixed(1)} [${share.low.toFixed(1)}, ${share.high.toFixed(1)}]`;

export function benchDiffBehaviourView(output: BenchDiffBehaviourOutput, settings: Settings): string {
  const paint = painter(settings);
  const { all, repositories, wallMs, missing, published } = output;
  const row = (name: string, one: BenchDiffBehaviourOutput['all']): string[] => [
    harmless(name),
    `${one.pairs}`,
    `${one.changing}`,
    `${one.right} of ${one.told}`,
    percent(one.precision),
    percent(one.recall),
    `${one.undecided}`,
  ];
  return `${[
    paint.bold(`${count(all.pairs, 'commit')}, half: ${output.half}`),
    paint.dim(
      `${(wallMs.median / 1000).toFixed(1)} s a pair at the median, ${(wallMs.p90 / 1000).toFixed(1)} s at the 90th percentile; ${missing} could not be read`,
    ),
    ...table([
      ['', 'commits', 'changing', 'told rightly', 'precision', 'recall', 'undecided'],
      row('all', all),
      ...repositories.map((one) => row(one.repository, one)),
    ]),
    '',
    paint.bold('What others say of their own commits'),
    ...table([
      ['', 'precision', 'recall'],
      ...published.map((one) => [one.name, one.precision === null ? '–' : `${one.precision}`, `${one.recall}`]),
    ]),
  ].join('\n')}\n`;
}
