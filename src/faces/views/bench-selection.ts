/** The selection table as a person sees it. */
import type { BenchSelectionOutput } from '../operations/bench-selection.ts';
import type { Settings } from '../operations/types.ts';
import { count, cut, harmless, painter } from '../paint.ts';
import { table } from './bench.ts';

type Figure = { readonly mean: number; readonly interval: readonly [number, number] };

const percent = ({ mean, interval: [low, high] }: Figure): string =>
  `${mean.toFixed(2)} [${low.toFixed(1)}, ${high.toFixed(1)}]`;

export function selectionBenchView(output: BenchSelectionOutput, settings: Settings): string {
  const paint = painter(settings);
  const { ran, pairsPerSecond } = output;
  const known = ran === output.pairs ? '' : ` (${ran} run now, the others known)`;
  const rate = pairsPerSecond === null ? '' : `, ${Math.round(pairsPerSecond)} a second`;
  const unjudged = output.unjudged === 0 ? '' : `; ${count(output.unjudged, 'program')} unjudged, counted as wrong`;
  return `${[
    paint.bold(`${count(output.problems, 'problem')}, ${count(output.programs, 'program')}`),
    ...output.excluded.map(({ task, reason }) =>
      paint.yellow(`left out: ${harmless(task)}, ${cut(harmless(reason), 120)}`),
    ),
    paint.dim(`${count(output.pairs, 'pair')} of a program and a test${known}${rate}${unjudged}`),
    ...table([
      ['', 'pass@1', 'pass@2', 'pass@10', ...output.against.map((name) => `less ${name}`)],
      ...output.methods.map((one) => [
        one.title,
        percent(one['pass@1']),
        percent(one['pass@2']),
        percent(one['pass@10']),
        ...output.against.map((name) => (one.differences[name] === undefined ? '' : percent(one.differences[name]))),
      ]),
    ]),
    ...ownLines(output),
  ].join('\n')}\n`;
}

function ownLines({ own }: BenchSelectionOutput): string[] {
  if (own === null) return [];
  const share = (value: number): string => value.toFixed(2);
  return [
    '',
    `The posterior, in ${own.folds} folds: Brier ${own.brier.toFixed(3)}, of the mean alone ${own.brierBase.toFixed(3)}`,
    ...table([
      ['problems', 'chance', 'right'],
      ...own.calibration.map(({ problems, chance, right }) => [`${problems}`, share(chance), share(right)]),
    ]),
    ...table([
      ['answered', 'least chance', 'right'],
      ...own.coverage.map(({ coverage, chance, right }) => [share(coverage), share(chance), share(right)]),
    ]),
    ...(own.questions === null
      ? []
      : table([
          ['questions at most', 'asked', 'pass@1', 'of problems with a right program'],
          ...own.questions.map(({ most, asked, pass, solvable }) => [
            `${most}`,
            share(asked),
            pass.toFixed(2),
            solvable.toFixed(2),
          ]),
        ])),
  ];
}
