/** The person's view of one symbol, stretch of lines or file. */
import type { ShowOutput } from '../operations/show.ts';
import type { Settings } from '../operations/types.ts';
import { cut, grouped, harmless, type Paint, painter, wrap } from '../paint.ts';
import { bodyLines, rangeText } from './hit.ts';
import { partialRunLines } from './partial-evidence.ts';

type Shown = NonNullable<ShowOutput['shown']>;
type OutlineRow = Shown['children'][number];

export function showView(output: ShowOutput, settings: Settings): string {
  const paint = painter(settings);
  const lines =
    output.shown === null
      ? [
          'Several definitions fit. Show one of these:',
          '',
          ...output.candidates.map((row) => candidateLine(row, paint)),
        ]
      : shownLines(output.shown, settings.columns, paint);
  const runs = partialRunLines(output.partialRuns);
  if (runs.length > 0) lines.push('', ...runs.map((text) => paint.dim(`  ${text}`)));
  if (output.tokens !== null) lines.push('', paint.dim(`about ${grouped(output.tokens)} tokens`));
  return `${lines.join('\n')}\n`;
}

function shownLines(shown: Shown, columns: number, paint: Paint): string[] {
  const { source, parent, before, after, children, imports } = shown;
  // Before the path there may be a repository's name.
  const end = shown.id.indexOf(shown.path) + shown.path.length;
  const head = [`${paint.blue(harmless(shown.id.slice(0, end)))}${paint.bold(harmless(shown.id.slice(end)))}`];
  head.push(paint.cyan(shown.kind ?? shown.what), rangeText(shown.lines), paint.dim(shown.language));
  const lines = [head.join('  ')];
  if (source !== null) lines.push('', ...excerptLines(source, paint));
  else if (shown.signature !== null) lines.push('', `  ${harmless(shown.signature)}`);
  if (children.length > 0) lines.push('', ...children.map((row) => outlineLine(row, '', columns, paint)));
  const around: [string, OutlineRow | null][] = [
    ['in', parent],
    ['before', before],
    ['after', after],
  ];
  const neighbours = around.flatMap(([label, row]) => (row === null ? [] : [outlineLine(row, label, columns, paint)]));
  if (imports.length > 0)
    neighbours.push(paint.dim(`  uses    ${wrap(imports.map(harmless).join(', '), columns, 10)}`));
  if (neighbours.length > 0) lines.push('', ...neighbours);
  return lines;
}

function candidateLine(row: OutlineRow, paint: Paint): string {
  return `  ${paint.bold(harmless(row.id))}  ${paint.cyan(row.kind)}  ${rangeText(row.lines)}`;
}

function excerptLines(source: NonNullable<Shown['source']>, paint: Paint): string[] {
  const { omitted } = source;
  const width = String(source.lines.last).length;
  if (omitted === null) return bodyLines(source.text, source.lines.first, width, paint);
  const texts = source.text.split('\n');
  const kept = omitted.first - source.lines.first;
  return [
    ...bodyLines(texts.slice(0, kept).join('\n'), source.lines.first, width, paint),
    paint.yellow(`  ${'⋮'.padStart(width)}  lines ${rangeText(omitted)} left out to keep within the budget`),
    ...bodyLines(texts.slice(kept).join('\n'), omitted.last + 1, width, paint),
  ];
}

function outlineLine(row: OutlineRow, label: string, columns: number, paint: Paint): string {
  const start = label === '' ? '  '.repeat(row.depth + 1) : `  ${label.padEnd(8)}`;
  const lines = rangeText(row.lines);
  const room = columns - start.length - row.kind.length - lines.length - 5;
  return `${paint.dim(start)}${cut(harmless(row.signature || row.name), Math.max(20, room))}  ${paint.cyan(row.kind)}  ${paint.dim(lines)}`;
}
