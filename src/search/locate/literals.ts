/**
 * The signal of messages: a piece whose string literals hold word pairs of the issue, above all of its error lines.
 *
 * An error message is written down somewhere, and what it says around its values is verbatim. Sources of the best
 * files are read for it; an issue without a message-like text costs nothing.
 */
import { decodeUtf8 } from '../../code/mod.ts';
import { type Evidence, symbolKey } from './evidence.ts';
import type { Issue } from './issue.ts';

const literal = /"""|'''|"(?:[^"\\\n]|\\.){8,300}"|'(?:[^'\\\n]|\\.){8,300}'|`(?:[^`\\]|\\.){8,300}`/g;
const word = /[A-Za-z]{2,}/g;
const pairOf = (first: string, second: string): string => `${first} ${second}`.toLowerCase();
const inError = 2;
const elsewhere = 0.5;
/** Larger files are tables or generated; their literals are data. */
const largestBytes = 1_000_000;

/** @param callables per candidate file: its symbols that can be answers */
export function literalSignals(
  evidence: Evidence,
  issue: Issue,
  callables: ReadonlyMap<number, readonly number[]>,
): void {
  const wanted = pairsOf(issue.text);
  const errors = pairsOf(issue.errors);
  if (wanted.size === 0) return;
  const found: {
    readonly file: number;
    readonly symbol: number;
    readonly pairs: Set<string>;
    readonly text: string;
  }[] = [];
  for (const [file, symbols] of callables) {
    const { snapshot, files } = evidence.corpus;
    const record = files[file];
    if (record === undefined || record.bytes > largestBytes) continue;
    const source = snapshot.source(record);
    if (source.kind !== 'source') continue;
    const facts = evidence.corpus.facts(file);
    const text = decodeUtf8(source.bytes, 0, source.bytes.length);
    const offsetAt = offsetsIn(text, text.length === source.bytes.length);
    const bySymbol = new Map<number, Set<string>>();
    const texts = new Map<number, string>();
    for (const match of text.matchAll(literal)) {
      if (match[0].length < 10) continue;
      const held = [...pairsOf(match[0])].filter((pair) => wanted.has(pair));
      if (held.length === 0) continue;
      const at = offsetAt(match.index);
      // A class stands before its methods, so the last is the innermost.
      const symbol = symbols.findLast((number) => {
        const span = facts.symbols[number]?.span;
        return span !== undefined && span.start <= at && at < span.end;
      });
      const key = symbol ?? -1;
      const own = bySymbol.get(key) ?? new Set<string>();
      bySymbol.set(key, own);
      for (const pair of held) own.add(pair);
      const shared = sharedPart(match[0], wanted);
      if ((texts.get(key) ?? '').length < shared.length) texts.set(key, shared);
    }
    for (const [symbol, pairs] of bySymbol) found.push({ file, symbol, pairs, text: texts.get(symbol) ?? '' });
  }
  const holding = new Map<string, number>();
  for (const { pairs } of found) for (const pair of pairs) holding.set(pair, (holding.get(pair) ?? 0) + 1);
  let pieces = 0;
  for (const symbols of callables.values()) pieces += symbols.length;
  for (const { file, symbol, pairs, text } of found) {
    let score = 0;
    for (const pair of pairs)
      score += Math.log(1 + pieces / (holding.get(pair) as number)) * (errors.has(pair) ? inError : elsewhere);
    evidence.raiseFile('literal', file, score);
    evidence.note('literal', `file ${file}`, text);
    if (symbol >= 0) {
      evidence.raiseSymbol('literal', symbolKey(file, symbol), score);
      evidence.note('literal', `${symbolKey(file, symbol)}`, text);
    }
  }
}

/** Byte offsets of ascending places in a text. */
function offsetsIn(text: string, ascii: boolean): (place: number) => number {
  let [counted, bytes] = [0, 0];
  return (place) => {
    if (ascii) return place;
    bytes += Buffer.byteLength(text.slice(counted, place));
    counted = place;
    return bytes;
  };
}

/** The longest part of a literal whose word pairs are all wanted, as it is written. */
function sharedPart(text: string, wanted: ReadonlySet<string>): string {
  const words = [...text.matchAll(word)];
  let best = '';
  for (let from = 0; from < words.length; ) {
    let to = from + 1;
    while (to < words.length && wanted.has(pairOf(words[to - 1]?.[0] ?? '', words[to]?.[0] ?? ''))) to++;
    const last = words[to - 1] as RegExpExecArray;
    const part = text.slice((words[from] as RegExpExecArray).index, last.index + last[0].length);
    if (to - from > 1 && part.length > best.length) best = part;
    from = to;
  }
  return best;
}

function pairsOf(text: string): Set<string> {
  const words = text.match(word) ?? [];
  const pairs = new Set<string>();
  for (let i = 1; i < words.length; i++) pairs.add(pairOf(words[i - 1] as string, words[i] as string));
  return pairs;
}
