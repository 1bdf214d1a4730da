/**
 * Headings of prose as symbols, and the text under each as chunks.
 *
 * What a heading looks like is the language's business (`markdown.ts`, `rst.ts`,
 * `asciidoc.ts`); nesting by level, spans and chunks are the same for all.
 */
import type { TextFacts, TextSymbol } from '../languages/language.ts';
import { TextChunks } from './split.ts';

export interface Heading {
  /** From the start of its first line to the end of its last, underline included. */
  readonly start: number;
  readonly end: number;
  readonly nameStart: number;
  readonly nameEnd: number;
  /** 1 for the outermost. */
  readonly level: number;
}

/** More headings than this make a generated reference; the rest is found as text. */
const mostHeadings = 5_000;
/** A longer line marked as heading is a paragraph. */
const longestName = 200;

/** Offsets of lines: calls `visit` with each line's `[start, end)`, line break and `\r` excluded. */
export function forEachLine(text: string, visit: (start: number, end: number) => void): void {
  let start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  while (start < text.length) {
    const newline = text.indexOf('\n', start);
    const next = newline < 0 ? text.length : newline;
    const end = next > start && text.charCodeAt(next - 1) === 13 ? next - 1 : next;
    visit(start, end);
    start = next + 1;
  }
}

/** @param headings in order, not overlapping */
export function outlineFacts(text: string, headings: readonly Heading[]): TextFacts {
  const taken = headings.filter((h) => h.nameEnd > h.nameStart && h.nameEnd - h.nameStart <= longestName);
  const problems: TextFacts['problems'][number][] = [];
  if (taken.length > mostHeadings) {
    const { start, end } = taken[mostHeadings] as Heading;
    const message = `More than ${mostHeadings} headings; the later ones are searched as text only.`;
    problems.push({ kind: 'too-many-symbols', start, end, message });
    taken.length = mostHeadings;
  }
  const symbols: TextSymbol[] = [];
  const chunks = new TextChunks(text);
  const ends = sectionEnds(taken, text.length);
  const open: number[] = [];
  chunks.add(-1, 0, taken[0]?.start ?? text.length);
  taken.forEach((heading, at) => {
    while (open.length > 0 && (taken[open.at(-1) as number] as Heading).level >= heading.level) open.pop();
    const parent = open.at(-1) ?? -1;
    const name = text.slice(heading.nameStart, heading.nameEnd);
    symbols.push({
      kind: 'section',
      name,
      qualifiedName: parent < 0 ? name : `${symbols[parent]?.qualifiedName}.${name}`,
      start: heading.start,
      end: ends[at] as number,
      nameStart: heading.nameStart,
      nameEnd: heading.nameEnd,
      signatureEnd: heading.end,
      parent,
    });
    open.push(at);
    chunks.add(at, heading.start, taken[at + 1]?.start ?? text.length);
  });
  return { symbols, chunks: chunks.list, problems };
}

/** A section ends where the next heading of its level or an outer one begins. */
function sectionEnds(headings: readonly Heading[], length: number): number[] {
  const ends = new Array<number>(headings.length).fill(length);
  const open: number[] = [];
  headings.forEach((heading, at) => {
    while (open.length > 0 && (headings[open.at(-1) as number] as Heading).level >= heading.level) {
      ends[open.pop() as number] = heading.start;
    }
    open.push(at);
  });
  return ends;
}
