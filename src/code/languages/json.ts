/**
 * JSON, with comments and trailing commas as configuration files have them: entries of
 * nested objects are keys. A scanner, not a parser: what is malformed is passed over, and
 * what stands in arrays has no name of its own.
 */
import { Keys, keyDepth } from '../text/keys.ts';
import type { TextLanguage } from './language.ts';

interface Frame {
  /** Keys here become symbols. */
  readonly named: boolean;
  readonly depth: number;
  /** Entry that this container is the value of, or -1. */
  readonly owner: number;
  /** Entry whose value is being read, or -1. */
  open: number;
}

const quote = 34;
const backslash = 92;
const structural = new Set([123, 125, 91, 93, 44, 58]);

export const json: TextLanguage = {
  form: 'text',
  code: false,
  name: 'json',
  displayName: 'JSON',
  extensions: ['json', 'jsonc', 'json5', 'geojson', 'webmanifest', 'avsc', 'tfstate'],
  fileNames: ['.babelrc', '.eslintrc', '.prettierrc', '.swcrc', 'composer.lock', 'pipfile.lock'],
  read: (text) => {
    const keys = new Keys();
    const frames: Frame[] = [];
    /** One past the last thing that belongs to a value. */
    let last = 0;
    let at = 0;
    const close = (frame: Frame | undefined): void => {
      if (frame === undefined || frame.open < 0) return;
      const key = keys.list[frame.open];
      if (key !== undefined) key.end = Math.max(key.end, last);
      frame.open = -1;
    };
    while (at < text.length) {
      const code = text.charCodeAt(at);
      const frame = frames.at(-1);
      if (code === 123 || code === 91) {
        const owner = frame === undefined ? -1 : frame.open;
        const depth = frame === undefined ? 0 : frame.depth + 1;
        const reachable = frame === undefined || owner >= 0;
        frames.push({ named: code === 123 && reachable && depth < keyDepth, depth, owner, open: -1 });
        at++;
        last = at;
        const key = owner < 0 ? undefined : keys.list[owner];
        if (key !== undefined && key.headEnd === 0) key.headEnd = at;
      } else if (code === 125 || code === 93) {
        close(frame);
        frames.pop();
        last = ++at;
      } else if (code === 44) {
        close(frame);
        at++;
      } else if (code === quote) {
        const end = stringEnd(text, at);
        if (frame?.named && frame.open < 0 && isBeforeColon(text, end)) {
          frame.open = keys.add(text, at, at + 1, end - 1, frame.owner);
        }
        at = end;
        last = end;
      } else if (code === 47 && (text[at + 1] === '/' || text[at + 1] === '*')) {
        const isLine = text[at + 1] === '/';
        const end = text.indexOf(isLine ? '\n' : '*/', at + 2);
        at = end < 0 ? text.length : isLine ? end : end + 2;
      } else {
        at++;
        if (code > 32 && !structural.has(code)) last = at;
      }
    }
    while (frames.length > 0) close(frames.pop());
    return keys.facts(text);
  },
};

/** One past the closing quote; a string left open ends with its line. */
function stringEnd(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === quote) return at + 1;
    if (code === 10) return at;
    at += code === backslash ? 2 : 1;
  }
  return text.length;
}

function isBeforeColon(text: string, from: number): boolean {
  let at = from;
  while (at < text.length && text.charCodeAt(at) <= 32) at++;
  return text.charCodeAt(at) === 58;
}
