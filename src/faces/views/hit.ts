/**
 * One hit as a person reads it: a line that says what and where, then the lines that
 * show why.
 *
 *     src/app.py:Flask.dispatch_request  method  867–889  12.4
 *       867  def dispatch_request(self):
 *       875      raise_routing_exception(request)
 *
 * The id stands first and unbroken so that it can be copied into `winnow show`.
 */
import type { LineRange } from '../../base/mod.ts';
import type { Hit, SnippetLine } from '../../search/mod.ts';
import type { Settings } from '../operations/types.ts';
import { cut, harmless, type Paint, painter } from '../paint.ts';
import { explanationTree } from './explanation.ts';

/** What a terminal shows for a tab: four columns, to save width. */
const tab = '    ';

export function hitView(hit: Hit, settings: Settings): string {
  const paint = painter(settings);
  const lines = [headerOf(hit, paint)];
  const width = String(hit.lines.last).length;
  if (hit.body !== null) lines.push(...bodyLines(hit.body, hit.lines.first, width, paint));
  else for (const line of dedent(hit.snippet.map(untab))) lines.push(snippetLine(line, width, settings.columns, paint));
  if (hit.duplicates.length > 0) lines.push(paint.dim(`  same text: ${hit.duplicates.map(harmless).join('  ')}`));
  if (hit.explanation !== null) lines.push(...explanationTree(hit.explanation, paint));
  return `${lines.join('\n')}\n`;
}

function headerOf(hit: Hit, paint: Paint): string {
  const name = hit.id.slice(hit.path.length);
  return [
    `${paint.blue(harmless(hit.path))}${paint.bold(harmless(name))}`,
    paint.cyan(hit.kind),
    rangeText(hit.lines),
    paint.dim(scoreText(hit.score)),
  ].join('  ');
}

/** `12–40`, or `12` for one line. */
export function rangeText({ first, last }: LineRange): string {
  return first === last ? `${first}` : `${first}–${last}`;
}

/** Three digits that count: 0.0123, 1.23, 12.3, 123. */
function scoreText(score: number): string {
  if (score === 0) return '0';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(score))));
  return score.toFixed(Math.min(6, digits));
}

export function bodyLines(body: string, firstLine: number, width: number, paint: Paint): string[] {
  const texts = body.replace(/\r?\n$/, '').split(/\r?\n/);
  return texts.map((text, index) => {
    const number = paint.dim(String(firstLine + index).padStart(width));
    return `  ${number}  ${text.split('\t').map(harmless).join(tab)}`.trimEnd();
  });
}

function snippetLine(line: SnippetLine, width: number, columns: number, paint: Paint): string {
  const { text, marks } = cutAround(line, Math.max(20, columns - width - 4));
  let shown = '';
  let at = 0;
  for (const mark of marks) {
    const start = Math.min(Math.max(mark.start, at), text.length);
    const end = Math.min(Math.max(mark.end, start), text.length);
    shown += harmless(text.slice(at, start)) + paint.bold(paint.yellow(harmless(text.slice(start, end))));
    at = end;
  }
  return `  ${paint.dim(String(line.line).padStart(width))}  ${shown}${harmless(text.slice(at))}`.trimEnd();
}

/** At most `room` characters of a line, the first mark among them. */
function cutAround({ line, text, marks }: SnippetLine, room: number): SnippetLine {
  const first = marks[0];
  // A third of the room goes to what comes before the mark.
  const from = first === undefined || first.end < room ? 0 : Math.max(0, first.start - Math.floor(room / 3));
  if (from === 0) return { line, text: cut(text, room), marks };
  const moved = marks.map(({ start, end }) => ({ start: start - from + 1, end: end - from + 1 }));
  return { line, text: cut(`…${text.slice(from)}`, room), marks: moved };
}

/** Tabs as spaces, marks moved with them. */
function untab(line: SnippetLine): SnippetLine {
  if (!line.text.includes('\t')) return line;
  const columnOf = (offset: number): number => line.text.slice(0, offset).replaceAll('\t', tab).length;
  return {
    line: line.line,
    text: line.text.replaceAll('\t', tab),
    marks: line.marks.map(({ start, end }) => ({ start: columnOf(start), end: columnOf(end) })),
  };
}

/** Without the white space that all lines begin with. */
function dedent(lines: readonly SnippetLine[]): SnippetLine[] {
  const depths = lines.filter((line) => line.text.trim() !== '').map((line) => line.text.search(/\S/));
  const depth = depths.length === 0 ? 0 : Math.min(...depths);
  return lines.map(({ line, text, marks }) => ({
    line,
    text: text.slice(depth),
    marks: marks.map(({ start, end }) => ({ start: Math.max(0, start - depth), end: Math.max(0, end - depth) })),
  }));
}
