/** The person's view of `locate`: three lists with reasons, then one line of what was used. */
import { type LocateAnswer, locatedText } from '../../search/mod.ts';
import type { LocateOutput } from '../operations/locate.ts';
import type { Settings } from '../operations/types.ts';
import { count, grouped, harmless, type Paint, painter } from '../paint.ts';
import { explanationTree } from './explanation.ts';
import { rangeText } from './hit.ts';

export function locateView(output: LocateOutput, settings: Settings): string {
  // Within a budget exactly the text that was counted is printed; the rest goes to standard error.
  if (output.tokens !== null)
    return locatedText({ ...(output as unknown as LocateAnswer), notices: [] })
      .split('\n')
      .map(harmless)
      .join('\n');
  const paint = painter(settings);
  const lines = [
    ...section(
      'files',
      output.files.map((file) => [paint.blue(harmless(file.path)), share(file.score), file]),
      paint,
    ),
    ...section(
      'classes',
      output.classes.map((symbol) => [named(symbol, paint), rangeText(symbol.lines), symbol]),
      paint,
    ),
    ...section(
      'functions',
      output.functions.map((symbol) => [named(symbol, paint), rangeText(symbol.lines), symbol]),
      paint,
    ),
  ];
  if (output.files.length === 0) lines.push('Nothing in this repository fits the issue.');
  lines.push(...runLines(output, paint), paint.dim(footer(output)));
  return `${lines.join('\n')}\n`;
}

/** A chance is never rounded to certainty, nor to nothing. */
function share(score: number): string {
  const percent = Math.round(score * 100);
  if (percent === 100 && score < 1) return '>99%';
  return percent === 0 && score > 0 ? '<1%' : `${percent}%`;
}

type Entry = Pick<LocateOutput['files'][number], 'reasons' | 'explanation'>;

function section(label: string, rows: readonly (readonly [string, string, Entry])[], paint: Paint): string[] {
  if (rows.length === 0) return [];
  return [
    paint.bold(label),
    ...rows.flatMap(([head, aside, { reasons, explanation }]) => [
      `  ${head}  ${paint.dim(aside)}`,
      ...reasons.map(({ text }) => paint.dim(`      ${harmless(text)}`)),
      ...(explanation === null ? [] : explanationTree(explanation, paint)),
    ]),
    '',
  ];
}

const named = ({ id, path }: { id: string; path: string }, paint: Paint): string =>
  `${paint.blue(harmless(path))}${paint.bold(harmless(id.slice(path.length)))}`;

/** What the issue's own code did, in one line, and what was filled in, in another. */
function runLines({ run }: LocateOutput, paint: Paint): string[] {
  if (run === null) return [];
  const ended = (how: string): number => run.statements.filter((one) => one.ended === how).length;
  const late = ended('timed-out');
  const lines = [
    `the issue’s code: ${count(run.statements.length, 'statement')}, ${ended('raised')} raised an error, ${late === 0 ? '' : `${late} ran out of time, `}${count(run.functions, 'function')} of the repository ran; beside ${count(run.tests, 'test')} of the project`,
  ];
  const put = run.filled.map(({ what, by }) => (by === null ? `${what} (not found)` : `${what} (${by})`));
  if (put.length > 0) lines.push(`filled in: ${[...new Set(put)].slice(0, 10).join(', ')}`);
  for (const one of run.unimported) lines.push(`${one.package} could not be imported: ${one.reason}`);
  if (!run.whole) lines.push('the run was stopped before all of the issue’s code was gone through');
  return [...lines.map((line) => paint.dim(harmless(line))), ''];
}

function footer({ issue, history, completeness, elapsedMs }: LocateOutput): string {
  const parts = [
    count(completeness.indexedFiles, 'file'),
    history.extent === 'none' ? 'no history' : `${count(history.commits, 'commit')} of ${history.extent} history`,
    ...(issue.frames > 0 ? [count(issue.frames, 'frame')] : []),
    `${grouped(Math.round(elapsedMs.locate))} ms`,
  ];
  if (elapsedMs.refresh >= 1000) parts.push(`${(elapsedMs.refresh / 1000).toFixed(1)} s to bring the index up to date`);
  if (elapsedMs.run >= 1000) parts.push(`${(elapsedMs.run / 1000).toFixed(1)} s to run the issue’s code`);
  if (elapsedMs.history >= 1000) parts.push(`${(elapsedMs.history / 1000).toFixed(1)} s to read history`);
  return parts.join(' · ');
}
