/** Why a call was not resolved, as far as its text tells: what kind of expression it is called on. */
import type { CallPair, Places } from './call-truth.ts';

type At = Pick<CallPair, 'path' | 'line' | 'column'>;

/** The line of a call up to and with the called name. */
function before(source: Uint8Array, { path, line, column }: At, places: Places): string {
  const start = places.starts(path)[line - 1] as number;
  const text = new TextDecoder().decode(source.subarray(Math.max(0, start - 200), start + Math.max(0, column - 1)));
  return text.trimEnd();
}

/** The name that is called, with what stands before it on the line. */
export function nameAt(source: Uint8Array, at: At, places: Places): string {
  const start = places.starts(at.path)[at.line - 1] as number;
  const rest = new TextDecoder().decode(source.subarray(start, start + 400)).split('\n', 1)[0] as string;
  return at.column === 0 ? rest.trim().slice(0, 60) : rest.slice(Math.max(0, at.column - 30), at.column + 30).trim();
}

export function causeOf(source: Uint8Array, at: At, places: Places): string {
  if (at.line === 0) return 'no place known';
  if (at.column === 0) return 'no call written (decorator, class statement)';
  const text = before(source, at, places);
  if (!/[.]\s*#?$/.test(text)) return 'plain name';
  const receiver = text.replace(/[?!]?\.\s*#?$/, '').trimEnd();
  if (/super\([^)]*\)$|super$/.test(receiver)) return 'on super';
  if (/(^|[^\w.$])(self|this|cls)$/.test(receiver)) return 'on self';
  if (/\b(self|this|cls)\.#?\w+$/.test(receiver)) return 'on a field of self';
  if (/\)$/.test(receiver)) return 'on what a call gives';
  if (/\]$/.test(receiver)) return 'on an element';
  if (/["'`}]$/.test(receiver)) return 'on a literal';
  if (/\.\s*#?\w+$/.test(receiver)) return 'on a field of something';
  return 'on a name';
}
