/** The person's view of copies: each class with all its places, and the beginning of the first. */
import type { DuplicatesOutput } from '../operations/duplicates.ts';
import type { Settings } from '../operations/types.ts';
import { grouped, harmless, type Paint, painter } from '../paint.ts';
import { bodyLines, rangeText } from './hit.ts';

type Class = DuplicatesOutput['classes'][number];

/** Lines of the first place, and places of a class, that are printed. */
const mostLines = 4;
const mostPlaces = 20;

export function duplicatesView(output: DuplicatesOutput, settings: Settings): string {
  const paint = painter(settings);
  const { classes, total, leftOut } = output;
  const lines = classes.flatMap((one) => [...classLines(one, paint), '']);
  const { exact, renamed, near } = total.byKind;
  const found = exact + renamed + near;
  if (classes.length === 0 && output.completeness.indexedFiles === 0) lines.push('Nothing was compared.');
  else if (classes.length === 0) lines.push('There are no copies of that size.');
  else {
    const kinds = [`${grouped(exact)} exact`, `${grouped(renamed)} renamed`, `${grouped(near)} near`].join(', ');
    const share = total.tokens === 0 ? 0 : total.copied / total.tokens;
    lines.push(
      `${grouped(found)} class${found === 1 ? '' : 'es'} of copies (${kinds}); ${percent(share)} of all tokens lie in one.`,
    );
    if (found > classes.length)
      lines.push(paint.dim(`The largest ${grouped(classes.length)} are shown; more with --limit.`));
    if (total.inDoubt > 0)
      lines.push(
        paint.dim(`${grouped(total.inDoubt)} more may be as long: a few tokens at their ends were not looked at.`),
      );
  }
  const { noGrammar, tooSmall } = leftOut;
  const left = [
    ...(noGrammar === 0 ? [] : [`${grouped(noGrammar)} of prose, data or a language without a grammar`]),
    ...(tooSmall === 0 ? [] : [`${grouped(tooSmall)} too small`]),
  ];
  const not = left.length === 0 ? '' : `; not compared: ${left.join(', ')}`;
  lines.push(paint.dim(`${grouped(total.files)} files with ${grouped(total.tokens)} tokens were compared${not}.`));
  return `${lines.join('\n')}\n`;
}

const percent = (share: number): string => `${(share * 100).toFixed(1)}%`;

function classLines(one: Class, paint: Paint): string[] {
  const [first] = one.places;
  if (first === undefined) return [];
  const size = first.lines.last - first.lines.first + 1;
  const common = one.kind === 'near' ? `, ${percent(one.common)} in common` : '';
  const lowered = one.lowered ? `  ${paint.dim('lowered')}` : '';
  const head = `${paint.bold(one.kind)}  ${grouped(size)} lines, ${grouped(one.tokens)} tokens${common}, ${one.places.length} places${lowered}`;
  const lines = [head];
  for (const place of one.places.slice(0, mostPlaces)) {
    const name = place.name === null ? '' : `  ${paint.cyan(harmless(place.name))}`;
    const alike =
      place.asWritten === null || place.asWritten === 1
        ? ''
        : `  ${paint.dim(`${percent(place.asWritten)} as written${place.consistent ? ', names replaced throughout' : ''}`)}`;
    const sorts = place.sorts.length === 0 ? '' : `  ${paint.dim(place.sorts.join(', '))}`;
    lines.push(`  ${paint.blue(harmless(place.path))}:${rangeText(place.lines)}${name}${alike}${sorts}`);
  }
  if (one.places.length > mostPlaces) lines.push(paint.dim(`  and ${one.places.length - mostPlaces} more`));
  const texts = one.source.split('\n');
  const width = String(first.lines.first + mostLines).length;
  lines.push(...bodyLines(texts.slice(0, mostLines).join('\n'), first.lines.first, width, paint));
  if (texts.length > mostLines) lines.push(paint.dim(`  ${'⋮'.padStart(width)}`));
  return lines;
}
