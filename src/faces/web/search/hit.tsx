/** One hit in the list: what it is, where it is, and the lines that show why it was found. */
import { useMemo } from 'preact/hooks';
import { LineText } from '../shell/code.tsx';
import { colouredLines, useMode } from '../shell/highlight.ts';
import { visible } from '../shell/text.tsx';
import type { Hit } from './search.tsx';
import { sourceOf } from './source.ts';

/** Lines of a snippet in the list; the source beside it has the rest. */
const shownLines = 4;

export function HitRow({ hit, current, href }: { hit: Hit; current: boolean; href: string }) {
  const mode = useMode(hit.language);
  // Colours of a line depend on what stands before it: a line of a comment looks like code by itself.
  const lines = useMemo(
    () => colouredLines(sourceOf(hit) ?? hit.snippet.map(({ text }) => text).join('\n'), mode),
    [hit, mode],
  );
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
        {hit.snippet.slice(0, shownLines).map(({ line, text, marks }, index) => {
          const inBody = lines[hit.body === null ? index : line - hit.lines.first];
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
