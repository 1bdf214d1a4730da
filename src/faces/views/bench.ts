/** The person's view of benchmarks: tables of figures with their intervals. */
import type { BenchBoardOutput } from '../operations/bench-board.ts';
import type { BenchRetrievalOutput } from '../operations/bench-retrieval.ts';
import type { BenchStyleOutput } from '../operations/bench-style.ts';
import type { Settings } from '../operations/types.ts';
import { count, harmless, painter } from '../paint.ts';
import { leftOutText } from './leftout.ts';

interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** `0.327 (0.290–0.364)`. */
export const interval = ({ value, low, high }: Estimate): string =>
  `${value.toFixed(3)} (${low.toFixed(3)}–${high.toFixed(3)})`;

const signed = ({ value, low, high }: Estimate): string =>
  [value, low, high]
    .map((number) => `${number < 0 ? '−' : '+'}${Math.abs(number).toFixed(3)}`)
    .join(' ')
    .replace(/ (\S+) (\S+)$/, ' ($1 to $2)');

export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) => `  ${row.map((cell, i) => cell.padEnd(widths[i] as number)).join('  ')}`.trimEnd());
}

const retrievalColumns = [
  ['mrr', 'MRR'],
  ['ndcg10', 'NDCG@10'],
  ['recall1', 'Recall@1'],
  ['recall5', 'Recall@5'],
  ['recall10', 'Recall@10'],
] as const;

export function retrievalView(output: BenchRetrievalOutput, settings: Settings): string {
  const paint = painter(settings);
  const { indexing } = output;
  const lines = [
    paint.bold(`${output.queries} judged queries, ${count(output.documents, 'document')}`) +
      paint.dim(`  split ${harmless(output.split)}, mode ${output.mode}, depth ${output.depth}, 95% intervals`),
    '',
    ...table([
      ['', ...retrievalColumns.map(([, label]) => label), 'p50 / p95'],
      ...output.systems.map(({ system, scores, p50Ms, p95Ms }) => [
        system,
        ...retrievalColumns.map(([measure]) => interval(scores[measure])),
        `${p50Ms.toFixed(1)} / ${p95Ms.toFixed(1)} ms`,
      ]),
      ...output.differences.map(({ baseline, scores }) => [
        `over ${baseline}`,
        ...retrievalColumns.map(([measure]) => signed(scores[measure])),
      ]),
    ]),
    '',
  ];
  const missing = leftOutText(indexing.leftOut);
  lines.push(paint.dim(`indexed in ${(indexing.elapsedMs / 1000).toFixed(1)} s`));
  if (missing !== '') lines.push(paint.yellow(`not indexed: ${missing}`));
  for (const { system, refused } of output.systems)
    if (refused > 0) lines.push(paint.yellow(`${system} refused ${refused} of the queries; they count as not found`));
  if (output.leftOut > 0) lines.push(`${output.leftOut} judged without a relevant document or a text: left out`);
  if (output.out !== null) lines.push(`run written to ${harmless(output.out)}`);
  return `${lines.join('\n')}\n`;
}

const boardColumns = [
  ['mrr', 'MRR'],
  ['mrrExact', 'MRR exact'],
  ['ndcg10', 'NDCG@10'],
  ['success1', 'success@1'],
  ['success5', 'success@5'],
  ['success10', 'success@10'],
  ['recall10', 'Recall@10'],
] as const;

export function boardView(output: BenchBoardOutput, settings: Settings): string {
  const paint = painter(settings);
  const lines = [
    paint.bold(`${output.queries} queries`) +
      paint.dim(
        `  first ${output.depth} hits, 95% intervals, ${output.p50Ms.toFixed(1)} / ${output.p95Ms.toFixed(1)} ms p50 / p95`,
      ),
    '',
    ...table([
      ['', 'n', ...boardColumns.map(([, label]) => label)],
      ...output.groups.map(({ split, kind, scores }) => [
        `${split} ${kind ?? 'all'}`,
        `${scores.mrr.n}`,
        ...boardColumns.map(([measure]) => interval(scores[measure])),
      ]),
    ]),
  ];
  for (const { split, report } of output.clarified)
    lines.push(
      '',
      paint.bold(`${split}, questions back`) +
        paint.dim(
          `  ${report.asked} of ${report.queries} queries, ${report.answerable} with the answer among the choices`,
        ),
      ...table([
        ['MRR', 'before', 'told', 'guessed'],
        ['all queries', interval(report.before), interval(report.told), interval(report.guessed)],
        ['difference', '', signed(report.gain), signed(report.loss)],
        ...(report.amongAsked === null
          ? []
          : [
              [
                'asked ones',
                ...(['before', 'told', 'guessed'] as const).map((key) =>
                  interval(report.amongAsked?.[key] as Estimate),
                ),
              ],
            ]),
      ]),
    );
  if (output.unknownAnswers > 0)
    lines.push('', paint.yellow(`${count(output.unknownAnswers, 'answer')} not in the index under that name`));
  if (output.misses.length > 0) lines.push('', paint.bold('dev queries without an answer in the first ten'));
  for (const { id, query, mode, answers, unknown, top, problem } of output.misses) {
    lines.push(`  ${paint.cyan(id)} ${harmless(query)} ${paint.dim(`(${mode})`)}`);
    lines.push(`    wanted ${harmless(answers.join('  '))}`);
    if (unknown.length > 0) lines.push(`    ${paint.yellow('unknown')} ${harmless(unknown.join('  '))}`);
    lines.push(`    came   ${harmless(problem ?? (top.slice(0, 3).join('  ') || 'nothing'))}`);
  }
  if (output.out !== null) lines.push('', `run written to ${harmless(output.out)}`);
  return `${lines.join('\n')}\n`;
}

/** Pairs that are shown, the least alike first; all are in the JSON. */
const pairsShown = 10;
const styleColumns = ['similarity', 'names', 'calls', 'structure'] as const;

export function styleView(output: BenchStyleOutput, settings: Settings): string {
  const paint = painter(settings);
  const number = (value: number | null): string => (value === null ? '–' : value.toFixed(3));
  const shown = [...output.pairs].sort((a, b) => (a.similarity ?? 2) - (b.similarity ?? 2)).slice(0, pairsShown);
  const lines = [paint.bold(`${count(output.pairs.length, 'pair')} compared`), ''];
  if (output.pairs.length > 1)
    lines.push(
      ...table(styleColumns.map((part) => [part, output.scores[part] === null ? '–' : interval(output.scores[part])])),
      '',
      paint.dim(output.pairs.length > pairsShown ? `the ${pairsShown} least alike` : 'the least alike first'),
    );
  lines.push(
    ...table([
      ['', ...styleColumns],
      ...shown.map((pair) => [harmless(pair.id), ...styleColumns.map((part) => number(pair[part]))]),
    ]),
    '',
  );
  for (const [reason, pairs] of Object.entries(output.leftOut))
    if (pairs > 0) lines.push(paint.yellow(`left out, ${reason}: ${pairs}`));
  if (output.tooLarge > 0)
    lines.push(paint.yellow(`without structure, trees too large to compare: ${output.tooLarge}`));
  return `${lines.join('\n')}\n`;
}
