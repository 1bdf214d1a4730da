/** Coverage of partial execution as a person sees it: a table for each set, and what others say of theirs. */
import { basename } from 'node:path';
import type { BenchPartialOutput } from '../operations/bench-partial.ts';
import type { Settings } from '../operations/types.ts';
import { count, harmless, painter } from '../paint.ts';
import { table } from './bench.ts';

type Figure = { readonly mean: number; readonly interval: readonly [number, number] };

const percent = ({ mean, interval: [low, high] }: Figure): string =>
  `${mean.toFixed(1)} [${low.toFixed(1)}, ${high.toFixed(1)}]`;

export function partialBenchView(output: BenchPartialOutput, settings: Settings): string {
  const paint = painter(settings);
  const lines: string[] = [];
  for (const set of output.sets) {
    lines.push(
      paint.bold(`${harmless(basename(set.file))}: ${count(set.programs, 'program')}, half: ${output.half}`),
      paint.dim(
        `${count(set.rounds, 'round')}; errors told: ${set.failures.genuine} genuine, ${set.failures.possible} possible`,
      ),
      ...table([
        ['level', 'one run', 'all rounds'],
        ...([1, 2, 3, 4] as const).map((level) => {
          const { oneRun, union } = set[`level${level}`];
          return [`${level}`, percent(oneRun), percent(union)];
        }),
      ]),
      '',
    );
  }
  const shown = (value: number | null): string => (value === null ? '–' : value.toFixed(1));
  lines.push(
    paint.bold('What others say of their own systems, on the whole sets'),
    ...table([
      ['', 'functions', 'Stack Overflow', 'source'],
      ...output.published.map((one) => [one.name, shown(one.functions), shown(one.stackOverflow), one.source]),
    ]),
  );
  return `${lines.join('\n')}\n`;
}
