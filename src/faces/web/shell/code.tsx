/** Source on a page: numbered lines with colours, marks, and what a page puts beside them. */
import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { colouredLines, type Piece, useMode } from './highlight.ts';
import { grouped, visible } from './text.tsx';

export interface Mark {
  /** Half-open range of UTF-16 units of the line. */
  readonly start: number;
  readonly end: number;
}

export interface CodeLine {
  readonly number: number;
  readonly pieces: readonly Piece[];
  readonly marks?: readonly Mark[];
}

/** One line's text, its marks over its colours. */
export function LineText({ pieces, marks = [] }: Pick<CodeLine, 'pieces' | 'marks'>) {
  let at = 0;
  const shown: ComponentChildren[] = [];
  for (const { text, look } of pieces) {
    const end = at + text.length;
    const edges = [at, end, ...marks.flatMap((mark) => [mark.start, mark.end])].filter(
      (edge) => edge >= at && edge <= end,
    );
    const cuts = [...new Set(edges)].sort((one, other) => one - other);
    for (let index = 0; index + 1 < cuts.length; index++) {
      const [from = at, to = end] = [cuts[index], cuts[index + 1]];
      const part = visible(text.slice(from - at, to - at));
      const marked = marks.some((mark) => mark.start <= from && mark.end >= to);
      if (marked) shown.push(<mark class={look}>{part}</mark>);
      else shown.push(look === '' ? part : <span class={look}>{part}</span>);
    }
    at = end;
  }
  return <>{shown.length === 0 ? '\u00a0' : shown}</>;
}

export interface CodeProps {
  readonly text: string;
  readonly language: string;
  /** Number of the first line. */
  readonly first: number;
  readonly label: string;
  readonly lookOfLine?: (line: number) => string;
  /** Shown between number and text. */
  readonly beside?: (line: number) => ComponentChildren;
  /** Shown below a line. */
  readonly below?: (line: number) => ComponentChildren;
  readonly onLine?: (line: number) => void;
  /** It is shown in passing, such as beside a query that is being typed: lines out of sight follow when the text has stood for a moment. */
  readonly passing?: boolean;
}

/** Lines shown at once; more on request, so that a class of 5,000 lines is there at once too. */
const window = 400;
/** Those of a text shown in passing: more than a window has. */
const glance = 80;
const momentMs = 150;

export function Code(props: CodeProps) {
  const { text, language, first, label, lookOfLine, beside, below, onLine, passing = false } = props;
  const mode = useMode(language);
  const [all, setAll] = useState(false);
  const [stood, setStood] = useState<string | null>(null);
  useEffect(() => {
    if (!passing || stood === text) return;
    const timer = setTimeout(() => setStood(text), momentMs);
    return () => clearTimeout(timer);
  }, [passing, text, stood]);
  const most = passing && stood !== text ? glance : window;
  const count = useMemo(() => text.replace(/\n$/, '').split('\n').length, [text]);
  const shown = useMemo(() => {
    const whole = text.replace(/\n$/, '');
    return colouredLines(all ? whole : whole.split('\n').slice(0, most).join('\n'), mode);
  }, [text, mode, all, most]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="code" aria-label={label} tabIndex={0}>
      {shown.map((pieces, index) => {
        const line = first + index;
        return (
          <>
            {/* biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard goes from step to step instead */}
            {/* biome-ignore lint/a11y/noStaticElementInteractions: as above */}
            <div
              key={line}
              class={`line ${lookOfLine?.(line) ?? ''}`}
              data-line={line}
              onClick={onLine && (() => onLine(line))}
            >
              <span class="number" aria-hidden="true">
                {line}
              </span>
              {beside?.(line)}
              <span class="text">
                <LineText pieces={pieces} />
              </span>
            </div>
            {below?.(line)}
          </>
        );
      })}
      {count > shown.length && most === window && (
        <button type="button" class="more" onClick={() => setAll(true)}>
          Show all {grouped(count)} lines
        </button>
      )}
    </section>
  );
}
