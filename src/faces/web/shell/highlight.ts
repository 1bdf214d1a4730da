/** Source as lines of coloured pieces. */
import { useEffect, useState } from 'preact/hooks';
import { loadMode, type Mode, modeOf } from './modes.ts';
import { LineStream } from './stream.ts';

export interface Piece {
  readonly text: string;
  /** A class of base.css; empty: plain. */
  readonly look: string;
}

/** Past these a line, or a text, has no colours: nobody reads it, and a tokeniser may be slow on it. */
const longestLine = 2000;
const mostLines = 5000;

/** Of a tokeniser's tag (`variableName.definition`, `string.special`) what it looks like. */
const looks: readonly (readonly [RegExp, string])[] = [
  [/\bcomment\b/, 'tok-comment'],
  [/\b(string|regexp|character|url|link)\b/, 'tok-string'],
  [/\b(number|atom|bool|null|unit|color)\b/, 'tok-number'],
  [/\b(keyword|moduleKeyword|controlKeyword|modifier|self)\b/, 'tok-keyword'],
  [/\b(def|definition|heading|labelName)\b/, 'tok-def'],
  [/\b(typeName|type|tag|tagName|className|namespace|qualifier)\b/, 'tok-type'],
  [/\b(meta|annotation|processingInstruction|documentMeta)\b/, 'tok-meta'],
  [/\b(builtin|standard|special)\b/, 'tok-builtin'],
  [/\b(propertyName|property|attribute|attributeName)\b/, 'tok-property'],
];
const seen = new Map<string, string>();

function lookOf(tag: string | null | undefined): string {
  if (!tag) return '';
  let look = seen.get(tag);
  if (look === undefined) {
    look = looks.find(([pattern]) => pattern.test(tag))?.[1] ?? '';
    seen.set(tag, look);
  }
  return look;
}

export function colouredLines(text: string, mode: Mode | null): readonly (readonly Piece[])[] {
  const lines = text.split('\n');
  const plainly = (line: string): Piece[] => (line === '' ? [] : [{ text: line, look: '' }]);
  if (mode === null || lines.length > mostLines) return lines.map(plainly);
  const state = mode.startState?.(4) ?? {};
  return lines.map((line, at) => {
    if (line === '') {
      mode.blankLine?.(state, 4);
      return [];
    }
    if (line.length > longestLine) return plainly(line);
    const stream = new LineStream(line, (ahead) => lines[at + ahead] ?? null);
    const pieces: Piece[] = [];
    try {
      while (!stream.eol()) {
        stream.start = stream.pos;
        // A tokeniser may read nothing and only change its state, but not for ever.
        let tag: string | null = null;
        for (let tries = 0; tries < 10 && stream.pos === stream.start; tries++)
          tag = mode.token(stream as never, state) as string | null;
        if (stream.pos === stream.start) stream.pos++;
        const look = lookOf(tag);
        const piece = stream.current();
        const last = pieces.at(-1);
        if (last?.look === look) pieces[pieces.length - 1] = { text: last.text + piece, look };
        else pieces.push({ text: piece, look });
      }
      return pieces;
    } catch {
      // Tokenisers are written for whole programs of one language; what they trip over is shown without colours.
      return plainly(line);
    }
  });
}

/** The tokeniser of a language, once it is there; null until then, and where there is none. */
export function useMode(language: string): Mode | null {
  const [, setRound] = useState(0);
  const mode = modeOf(language);
  useEffect(() => {
    if (mode === undefined) void loadMode(language).then(() => setRound((count) => count + 1));
  }, [language, mode]);
  return mode ?? null;
}
