/** A hit's source with the indentation of its first line, which its span begins behind. */
import type { Hit } from './search.tsx';

/** @returns null where the hit has no source */
export function sourceOf({ body, lines, snippet }: Pick<Hit, 'body' | 'lines' | 'snippet'>): string | null {
  if (body === null || /^\s/.test(body)) return body;
  const shown = snippet.find(({ line }) => line === lines.first)?.text;
  return `${shown?.endsWith(firstOf(body)) ? shown.slice(0, shown.length - firstOf(body).length) : guessed(body)}${body}`;
}

const firstOf = (body: string): string => body.split('\n', 1)[0] ?? '';

/** Where the first line is not known as it stands: as far in as the line that closes it, or a step less than what is in it. */
function guessed(body: string): string {
  const rest = body
    .split('\n')
    .slice(1)
    .filter((line) => line.trim() !== '');
  const least = rest.reduce<string | null>(
    (found, line) => (found === null || indentOf(line).length < indentOf(found).length ? line : found),
    null,
  );
  if (least === null) return '';
  const indent = indentOf(least);
  return /^\s*([)\]}@]|def |class |async |end\b)/.test(least)
    ? indent
    : indent.startsWith('\t')
      ? indent.slice(1)
      : indent.slice(4);
}

const indentOf = (line: string): string => /^\s*/.exec(line)?.[0] ?? '';
