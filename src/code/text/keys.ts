/**
 * Named entries of structured data as symbols, and the data in chunks that follow its
 * structure: neighbouring entries share a chunk while they fit, an entry too large is
 * cut between the entries inside it.
 *
 * What an entry looks like is the language's business (`json.ts`, `yaml.ts`, `toml.ts`).
 * Only the outer levels become symbols: `scripts.test` is looked for, the ten
 * thousandth row of a table is not.
 */
import type { TextFacts, TextSymbol } from '../languages/language.ts';
import { pieceUnits, TextChunks } from './split.ts';

/** Levels of entries that become symbols. `paths./users.get` and `jobs.build.steps` have three. */
export const keyDepth = 3;
/** A hand-written configuration has fewer entries; more are rows of data. */
const mostKeys = 2_000;
const longestName = 200;
/** An entry on one line is shown with its value up to this many units; of others, what opens them. */
const shownUnits = 160;

/** An entry while reading: `end` grows until the entry is closed. */
export interface Key {
  readonly name: string;
  readonly start: number;
  readonly nameStart: number;
  readonly nameEnd: number;
  /** Index of the entry around it, or -1. */
  readonly parent: number;
  /** One past the value. */
  end: number;
  /** Where what opens a container ends; 0 for a scalar. */
  headEnd: number;
}

/** Collects entries within the bounds. */
export class Keys {
  readonly list: Key[] = [];
  overflowedAt = -1;

  /** @returns the entry's index, or -1 when it is not kept */
  add(text: string, start: number, nameStart: number, nameEnd: number, parent: number): number {
    if (nameEnd <= nameStart || nameEnd - nameStart > longestName) return -1;
    if (this.list.length >= mostKeys) {
      if (this.overflowedAt < 0) this.overflowedAt = start;
      return -1;
    }
    const name = text.slice(nameStart, nameEnd);
    this.list.push({ name, start, nameStart, nameEnd, parent, end: nameEnd, headEnd: 0 });
    return this.list.length - 1;
  }

  facts(text: string): TextFacts {
    const symbols: TextSymbol[] = [];
    const children: number[][] = this.list.map(() => []);
    const outer: number[] = [];
    this.list.forEach((key, at) => {
      (key.parent < 0 ? outer : (children[key.parent] as number[])).push(at);
      symbols.push(symbolOf(text, key, symbols));
    });
    const chunks = new TextChunks(text);
    const cut = (symbol: number, start: number, end: number, inside: readonly number[]): void => {
      if (end - start <= pieceUnits || inside.length === 0) {
        chunks.add(symbol, start, end);
        return;
      }
      let from = start;
      let held = 0;
      inside.forEach((key, at) => {
        const keyStart = at === 0 ? start : boundary(text, symbols[inside[at - 1] as number], symbols[key]);
        const next = inside[at + 1];
        const keyEnd = next === undefined ? end : boundary(text, symbols[key], symbols[next]);
        if (held > 0 && keyEnd - from > pieceUnits) {
          chunks.add(held === 1 ? (inside[at - 1] as number) : symbol, from, keyStart);
          from = keyStart;
          held = 0;
        }
        held++;
        if (keyEnd - from > pieceUnits) {
          cut(key, from, keyEnd, children[key] as number[]);
          from = keyEnd;
          held = 0;
        }
      });
      if (held > 0) chunks.add(held === 1 ? (inside.at(-1) as number) : symbol, from, end);
    };
    cut(-1, 0, text.length, outer);
    const problems: TextFacts['problems'][number][] = [];
    if (this.overflowedAt >= 0) {
      const message = `More than ${mostKeys} entries; the later ones are searched as text only.`;
      problems.push({ kind: 'too-many-symbols', start: this.overflowedAt, end: this.overflowedAt + 1, message });
    }
    return { symbols, chunks: chunks.list, problems };
  }
}

/** Between two entries: after the first one's line, so that a comment above the second stays with it. */
function boundary(text: string, before: TextSymbol | undefined, after: TextSymbol | undefined): number {
  const from = before?.end ?? 0;
  const to = after?.start ?? text.length;
  const newline = text.slice(from, to).indexOf('\n');
  return newline < 0 ? to : from + newline + 1;
}

function symbolOf(text: string, key: Key, before: readonly TextSymbol[]): TextSymbol {
  const parent = key.parent < 0 ? undefined : before[key.parent];
  const newline = text.slice(key.start, Math.min(key.end, key.start + shownUnits)).indexOf('\n');
  const isLong = newline >= 0 || key.end - key.start > shownUnits;
  const lineEnd = newline < 0 ? key.start + shownUnits : key.start + newline;
  return {
    kind: 'key',
    name: key.name,
    qualifiedName: parent === undefined ? key.name : `${parent.qualifiedName}.${key.name}`,
    start: key.start,
    end: key.end,
    nameStart: key.nameStart,
    nameEnd: key.nameEnd,
    signatureEnd: Math.max(key.nameEnd, Math.min(isLong && key.headEnd > 0 ? key.headEnd : key.end, lineEnd)),
    parent: key.parent,
  };
}
