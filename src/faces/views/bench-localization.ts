/** The person's view of `bench localization`: one row per repository, all together first, in percent. */
import type { BenchLocalizationOutput } from '../operations/bench-localization.ts';
import type { Settings } from '../operations/types.ts';
import { count, harmless, painter } from '../paint.ts';

type Estimate = { readonly value: number; readonly low: number; readonly high: number };

/** `58.6 (50–67)`. */
const percent = ({ value, low, high }: Estimate): string =>
  `${(value * 100).toFixed(1)} (${Math.round(low * 100)}–${Math.round(high * 100)})`;

export function localizationView(output: BenchLocalizationOutput, settings: Settings): string {
  const paint = painter(settings);
  const head = ['', 'n', 'file@1', 'file@3', 'file@5', 'file@10', 'function@1', 'function@5', 'function@10'];
  const rows = output.groups.map(({ repo, files, functions }) => [
    repo ?? 'all',
    String(files.file1?.n ?? 0),
    ...(['file1', 'file3', 'file5', 'file10'] as const).map((measure) => percent(files[measure] as Estimate)),
    ...(['function1', 'function5', 'function10'] as const).map((measure) =>
      functions === null ? '–' : percent(functions[measure] as Estimate),
    ),
  ]);
  const table = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...table.map((row) => (row[column] ?? '').length)));
  const { meanMs } = output;
  const lines = [
    paint.bold(`${count(output.instances, 'instance')}, ${output.withFunctions} with a function`) +
      paint.dim('  all gold in the first k, percent, 95% intervals'),
    '',
    ...table.map((row) => `  ${row.map((cell, i) => harmless(cell).padEnd(widths[i] as number)).join('  ')}`.trimEnd()),
    '',
    paint.dim(
      `locate ${output.p50Ms.toFixed(0)} / ${output.p95Ms.toFixed(0)} ms p50 / p95 · mean: checkout ${meanMs.checkout.toFixed(0)} ms, refresh ${meanMs.refresh.toFixed(0)} ms, history ${meanMs.history.toFixed(0)} ms`,
    ),
  ];
  const refused = output.rows.filter(({ problem }) => problem !== null).length;
  if (refused > 0) lines.push(paint.yellow(`${refused} issues were refused; they count as not found`));
  if (output.runs !== null) {
    const { carry, ran, filled, meanWallMs, ...figures } = output.runs;
    lines.push(
      '',
      `${ran} of ${carry} issues with code ran functions of the repository, ${filled} with something filled in; ${(meanWallMs / 1000).toFixed(1)} s on average`,
      ...Object.entries(figures.difference).map(
        ([measure, { value, low, high }]) =>
          `  ${measure.replace(/(\d+)$/, '@$1').padEnd(12)}${percent(figures.without[measure] as Estimate)} → ${percent(figures.with[measure] as Estimate)}  ${(value * 100).toFixed(1)} (${(low * 100).toFixed(1)}, ${(high * 100).toFixed(1)})`,
      ),
    );
  }
  if (output.out !== null) lines.push(`run written to ${harmless(output.out)}`);
  return `${lines.join('\n')}\n`;
}
