/** The selection table as a person sees it. */
import type { BenchSelectionOutput } from '../operations/bench-selection.ts';
import type { Settings } from '../operations/types.ts';
import { count, painter } from '../paint.ts';
import { table } from './bench.ts';

type Figure = { readonly mean: number; readonly interval: readonly [number, number] };

const percent = ({ mean, interval: [low, high] }: Figure): string =>
  `${mean.toFixed(2)} [${low.toFixed(1)}, ${high.toFixed(1)}]`;

export function selectionBenchView(output: BenchSelectionOutput, settings: Settings): string {
  const paint = painter(settings);
  const rate = Math.round(output.pairsPerSecond);
  const unjudged = output.unjudged === 0 ? '' : `; ${count(output.unjudged, 'program')} unjudged, counted as wrong`;
  return `${[
    paint.bold(`${count(output.problems, 'problem')}, ${count(output.programs, 'program')}`),
    paint.dim(`${count(output.pairs, 'pair')} of a program and a test, ${rate} a second${unjudged}`),
    ...table([
      ['', 'pass@1', 'pass@2', 'pass@10', `less ${output.against}`],
      ...output.methods.map((one) => [
        one.title,
        percent(one['pass@1']),
        percent(one['pass@2']),
        percent(one['pass@10']),
        one.difference === null ? '' : percent(one.difference),
      ]),
    ]),
  ].join('\n')}\n`;
}
