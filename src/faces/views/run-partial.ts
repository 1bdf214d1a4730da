/**
 * A partial run as a person sees it: the program's own streams, then how much of it ran, what failed for real, and what was guessed.
 *
 * What is certain stands first: coverage and level in a line, genuine errors before possible ones, and then the injected values, those that a failure rests on marked.
 */
import type { PartialOutput } from '../operations/run-partial-schemas.ts';
import { count, cut, harmless, type Paint } from '../paint.ts';
import { ranges } from './partial-evidence.ts';

/** Injected values that are shown; --json has all. */
const mostShown = 30;

const levelTexts: Readonly<Record<PartialOutput['level'], string>> = {
  1: 'as it is',
  2: 'what is missing was filled in',
  3: 'branches were forced, and what was never called was called',
  4: 'errors that injected values may have caused were passed over',
};

export function partialLines(partial: PartialOutput, paint: Paint, columns: number): string[] {
  const { coverage, level, failures, injections, called, gaps } = partial;
  const share = coverage.statements === 0 ? 0 : Math.round((100 * coverage.covered) / coverage.statements);
  const subject = partial.function === null ? partial.entry : `${partial.entry}:${partial.function}`;
  const lines = [
    paint.bold(
      `${harmless(subject)}: ${coverage.covered} of ${count(coverage.statements, 'statement')} ran (${share}%)`,
    ),
    `level ${level}: ${levelTexts[level]}`,
  ];
  for (const { path, missed } of coverage.files)
    if (missed.length > 0)
      lines.push(`did not run: ${harmless(path)} ${missed.length === 1 ? 'line' : 'lines'} ${ranges(missed)}`);
  for (const failure of [...failures].sort((a, b) => order(a) - order(b)))
    lines.push(...failureLines(failure, partial, paint));
  if (called.length > 0) lines.push(`called, though the program does not: ${harmless(called.join(', '))}`);
  if (injections.length > 0)
    lines.push('', paint.bold(`${count(injections.length + partial.moreInjections, 'value')} injected`));
  for (const one of injections.slice(0, mostShown)) {
    const why = one.why.length === 0 ? 'nothing tells' : one.why.slice(0, 2).join(', ');
    const elsewhere = one.path === partial.entry ? '' : `${one.path}:`;
    const text = `  ${elsewhere}${one.line}:${one.column} ${one.kind} ${one.what}: ${one.type} ${one.value} (${why})`;
    lines.push(cut(harmless(text), Math.max(columns, 60)));
  }
  const more = injections.length - mostShown + partial.moreInjections;
  if (injections.length > mostShown) lines.push(`  and ${more} more; --json has them`);
  if (partial.observed !== null)
    lines.push(
      `${count(partial.observed.kept, 'call')} went to the graph as seen in partial runs; of ${partial.observed.unknown} one end is no definition of it`,
    );
  if (partial.proposals !== null) lines.push(proposalLine(partial.proposals));
  for (const gap of gaps) lines.push(`${paint.yellow('not all')}: ${harmless(gap)}`);
  return lines;
}

function proposalLine(proposals: NonNullable<PartialOutput['proposals']>): string {
  const { model, asked, proposed, taken, coveredWithout, coveredWith } = proposals;
  if (asked === 0) return `${harmless(model)} was not asked: nothing that it could say was missing`;
  const said = `${harmless(model)} gave ${count(proposed, 'value')} for ${count(asked, 'place')}`;
  if (coveredWith === null) return said;
  const ran = `with them ${count(coveredWith, 'statement')} ran, without ${coveredWithout}`;
  return `${said}; ${ran}${taken ? '' : ', so they were not taken'}`;
}

const order = ({ certainty, after }: PartialOutput['failures'][number]): number =>
  (certainty === 'genuine' ? 0 : 2) + (after === 'ended' ? 0 : 1);

function failureLines(
  failure: PartialOutput['failures'][number],
  { injections, entry }: PartialOutput,
  paint: Paint,
): string[] {
  const { certainty, type, message, path: file, line, because, after, guessedPath } = failure;
  const mark = certainty === 'genuine' ? paint.red('genuine error') : paint.yellow('possible error');
  const end = after === 'resumed' ? '; the run went on behind it' : after === 'caught' ? '; the program caught it' : '';
  const path = guessedPath ? '; a condition over injected values led there' : '';
  const causes = because.flatMap((index) => injections[index]?.what ?? []).slice(0, 3);
  const cause = causes.length === 0 ? '' : `; it may come from ${causes.join(', ')}`;
  const place = file === entry ? `line ${line}` : `${harmless(file)}:${line}`;
  return [`${mark} at ${place}: ${harmless(`${type}: ${message}${end}${path}${cause}`)}`];
}
