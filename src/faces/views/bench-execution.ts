/** The person's view of `bench execution-reasoning`: how many questions there are, or how many of them were answered. */
import type { BenchExecutionOutput } from '../operations/bench-execution.ts';
import type { Settings } from '../operations/types.ts';
import { count, cut, harmless, painter } from '../paint.ts';

type Estimate = { readonly value: number; readonly low: number; readonly high: number };

/** `58.6 (50.1–67.0)`. */
const percent = ({ value, low, high }: Estimate): string =>
  `${(value * 100).toFixed(1)} (${(low * 100).toFixed(1)}–${(high * 100).toFixed(1)})`;

/** Rows that a person reads; --json has all. */
const mostShown = 5;

export function executionView(output: BenchExecutionOutput, settings: Settings): string {
  const paint = painter(settings);
  const { questions, leftOut, differ, scores } = output;
  const lines = [paint.bold(`${count(questions.length, 'question')} about ${count(output.programs, 'program')}`), ''];
  lines.push(...(scores === null ? questionRows(output) : scoreRows(scores)), '');
  if (output.said > 0)
    lines.push(
      `${output.said - differ.length} of ${count(output.said, 'run')} gave what the data says`,
      ...differ
        .slice(0, mostShown)
        .map(({ program, run, said, came }) =>
          paint.yellow(harmless(`  ${program} #${run}: ${cut(came, 60)}, not ${cut(said, 60)}`)),
        ),
    );
  if (output.notWhole > 0)
    lines.push(paint.dim(`${count(output.notWhole, 'run')} too long for a whole trace: no state or path is asked`));
  for (const [reason, all] of Map.groupBy(leftOut, (one) => one.reason))
    lines.push(paint.yellow(harmless(`${count(all.length, 'run')} left out: ${reason}`)));
  if (output.out !== null) lines.push(`questions written to ${harmless(output.out)}`);
  return `${lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trimEnd()}\n`;
}

function questionRows({ questions }: BenchExecutionOutput): string[] {
  const kinds = Map.groupBy(questions, ({ kind, group }) => (group === null ? kind : 'consistency'));
  return table([...kinds].map(([kind, all]) => [kind, String(all.length), cut(all[0]?.id ?? '', 60)]));
}

function scoreRows({ kinds, consistency, surrogate, unknown }: NonNullable<BenchExecutionOutput['scores']>): string[] {
  const row = (label: string, { questions, unanswered, unreadable, right }: (typeof kinds)[string]): string[] => [
    label,
    String(questions),
    percent(right.equal),
    percent(right.exact),
    percent(right.lenient),
    String(unanswered),
    String(unreadable),
  ];
  const ends = Object.entries(surrogate);
  const rows = table([
    ['percent right', 'n', 'equal', 'exact', 'lenient', 'unanswered', 'unreadable'],
    ...Object.entries(kinds).map(([kind, score]) => row(kind, score)),
    ...(ends.length > 1 ? ends.map(([end, score]) => row(`  output ${end}`, score)) : []),
  ]);
  if (consistency !== null) {
    const tasks = Object.entries(consistency.tasks).map(([task, score]) => `${task} ${percent(score)}`);
    rows.push(
      '',
      `  incremental consistency ${percent(consistency.incremental)} of ${count(consistency.places, 'place')}`,
      `  ${tasks.join(', ')}`,
    );
  }
  if (unknown > 0) rows.push('', `  ${count(unknown, 'prediction')} for no question of these`);
  return rows;
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) =>
    `  ${row.map((cell, at) => harmless(cell).padEnd(widths[at] as number)).join('  ')}`.trimEnd(),
  );
}
