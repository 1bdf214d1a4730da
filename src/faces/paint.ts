/**
 * Text for a terminal: colours, control characters made harmless, cut to width.
 *
 * What a repository holds is not to be trusted by a terminal: an escape sequence in
 * a file's text or name must not move the cursor or change colours.
 */
import { harmless } from '../base/mod.ts';
import type { Settings } from './operations/types.ts';

export { harmless };

export type Paint = Readonly<Record<keyof typeof codes, (text: string) => string>>;

/** SGR codes, on and off (ECMA-48 §8.3.117). */
const codes = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  magenta: [35, 39],
  cyan: [36, 39],
} as const;

export function painter(settings: Pick<Settings, 'color'>): Paint {
  const entries = Object.entries(codes).map(([name, [on, off]]) => [
    name,
    settings.color ? (text: string) => (text === '' ? '' : `\x1b[${on}m${text}\x1b[${off}m`) : (text: string) => text,
  ]);
  return Object.fromEntries(entries) as Paint;
}

/** The same for text of several lines: line ends and tabs stay. */
export function harmlessLines(text: string): string {
  return text.replace(/[^\t\r\n]+|\r(?!\n)/g, harmless);
}

/** The same for text that is painted: of all escape sequences those of `painter` stay. */
export function harmlessPainted(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const parts = text.split(/(\x1b\[(?:1|2|22|3[1-69])m)/);
  return parts.map((part, at) => (at % 2 === 1 ? part : harmlessLines(part))).join('');
}

/** At most `columns` characters; `…` stands for what was cut. */
export function cut(text: string, columns: number): string {
  return text.length <= columns ? text : `${text.slice(0, Math.max(0, columns - 1))}…`;
}

/** Breaks prose at spaces so that no line is longer than `columns`; each line after the first starts with `indent` spaces. */
export function wrap(text: string, columns: number, indent = 0): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > columns - indent) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines.join(`\n${' '.repeat(indent)}`);
}

/** `1,240`. By hand, because the first `toLocaleString` of a process loads tables for 20 ms. */
export function grouped(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ',');
}

/** `1 file`, `2,000 files`. */
export function count(number: number, noun: string): string {
  return `${grouped(number)} ${noun}${number === 1 ? '' : 's'}`;
}
