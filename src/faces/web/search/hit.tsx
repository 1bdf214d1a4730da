/** One hit in the list: what it is, where it is, and the lines that show why it was found. */
import { useMemo } from 'preact/hooks';
import { LineText } from '../shell/code.tsx';
import { colouredLines, type Piece, useMode } from '../shell/highlight.ts';
import { visible } from '../shell/text.tsx';
import type { Hit } from './search.tsx';
import { sourceOf } from './source.ts';

/** Lines of a snippet in the list; the source beside it has the rest. */
const shownLines = 4;
/** Past so many lines of a body what is shown is coloured by itself: a class of thousands would cost a letter more than all else. */
const farthest = 300;

/** Colours of a line depend on what stands before it, as a line of a comment looks like code by itself; on what stands behind it they do not. */
function colouredTo(hit: Hit, mode: ReturnType<typeof useMode>): (line: number) => readonly Piece[] | undefined {
  const shown = hit.snippet.slice(0, shownLines);
  const source = sourceOf(hit);
  const last = (shown.at(-1)?.line ?? hit.lines.first) - hit.lines.first + 1;
  if (source === null || last > farthest) {
    const alone = colouredLines(shown.map(({ text }) => text).join('\n'), mode);
    return (line) => alone[shown.findIndex((one) => one.line === line)];
  }
  const lines = colouredLines(upTo(source, last), mode);
  return (line) => lines[line - hit.lines.first];
}

/** The first so many lines. */
function upTo(text: string, lines: number): string {
  let end = -1;
  for (let line = 0; line < lines; line++) {
    end = text.indexOf('\n', end + 1);
    if (end < 0) return text;
  }
  return text.slice(0, Math.max(0, end));
}

export function HitRow({ hit, current, href }: { hit: Hit; current: boolean; href: string }) {
  const mode = useMode(hit.language);
  const piecesAt = useMemo(() => colouredTo(hit, mode), [hit.body, hit.snippet, mode]);
  return (
    <li class="hit" aria-current={current ? 'true' : undefined}>
      <a href={href}>
        <span class="head">
          <span class={`kind kind-${hit.kind}`}>{hit.kind}</span>
          <span class="name">{visible(hit.name ?? hit.path.split('/').at(-1) ?? hit.path)}</span>
          {hit.duplicates.length > 0 && <span class="dim">+{hit.duplicates.length} alike</span>}
        </span>
        <span class="where">
          {hit.repository !== undefined && <b>{visible(hit.repository)} </b>}
          {visible(hit.path)}:{hit.lines.first}
        </span>
      </a>
      <span class="snippet">
        {hit.snippet.slice(0, shownLines).map(({ line, text, marks }) => {
          const inBody = piecesAt(line);
          const same = inBody?.map((piece) => piece.text).join('') === text;
          return (
            <span key={line} class="line">
              <span class="number">{line}</span>
              <span class="text">
                <LineText pieces={same && inBody !== undefined ? inBody : [{ text, look: '' }]} marks={marks} />
              </span>
            </span>
          );
        })}
      </span>
    </li>
  );
}
