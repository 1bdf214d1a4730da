/**
 * What a test says about the function that it tests.
 *
 * A test's name or title is a sentence by somebody who looked at the function from outside: "returns nothing for an empty path". Which
 * function it is about is told by two marks together: the test calls it, by a name that only one definition of the repository has, and
 * either the parts of that name stand in the test's own name or title, or it is of several words and nothing else that could be meant is
 * called. What is named the same in two places is nobody's.
 */
import type { FileFacts } from '../../code/mod.ts';
import { splitIdentifier, stem } from '../../code/mod.ts';
import { documentOf } from '../document.ts';
import { proseOf, tells } from './prose.ts';

export interface TestSaying {
  readonly sentence: string;
  /** Number of the definition that is tested. */
  readonly of: number;
}

/** Definitions by name; a name that several have is `ambiguous`. */
export type Defined = ReadonlyMap<string, number>;
export const ambiguous = -1;

/** Words of the sentence that are not words of the tested name: fewer tell nothing that the name does not. */
const leastNewWords = 2;
const longestUnits = 8_000;
/** `it("…")`, `test('…')`, `specify "…"`, `test "…" do`. */
const titled = /^[ \t]*(?:it|test|specify|scenario)(?:\.\w+)*[ (]+(?:(["'`])((?:(?!\1)[^\\\n]){8,200})\1)/gm;
const called = /([A-Za-z_]\w{2,})\s*(?:<[\w, ]*>)?\(/g;
const functionMark = /^(?:test|should|it|spec|bench(?:mark)?)$/;

/**
 * @param bytes of a test file that `facts` are of
 * @returns in order of the file
 */
export function testSayings(bytes: Uint8Array, facts: FileFacts, defined: Defined): TestSaying[] {
  const text = Buffer.from(bytes).toString('utf8');
  const found = titledSayings(text, defined);
  if (found.length > 0) return found;
  const decode = (start: number, end: number): string => Buffer.from(bytes.subarray(start, end)).toString('utf8');
  for (const chunk of facts.chunks) {
    if (chunk.symbol < 0 || chunk.piece > 0 || chunk.kind !== 'function') continue;
    const { name, doc, body } = documentOf(chunk, facts.symbols, decode);
    if (body.length > longestUnits || !isTestName(name)) continue;
    const said = proseOf(doc).sentence;
    const saying = sayingOf(said === '' ? wordsOf(name).join(' ') : said, wordsOf(name), body, defined);
    if (saying !== null) found.push(saying);
  }
  return found;
}

function titledSayings(text: string, defined: Defined): TestSaying[] {
  const titles = [...text.matchAll(titled)];
  return titles.flatMap((match, i) => {
    const end = Math.min(titles[i + 1]?.index ?? text.length, match.index + longestUnits);
    const title = match[2] as string;
    const saying = sayingOf(title, wordsOf(title), text.slice(match.index + match[0].length, end), defined);
    return saying === null ? [] : [saying];
  });
}

const isTestName = (name: string): boolean => /^(test|should|it_)|test$/i.test(name) || name.includes('_should_');

/** Parts of a name or words of a title, without marks of tests, as they stand. */
const wordsOf = (text: string): string[] =>
  (text.match(/[A-Za-z0-9_$]+/g) ?? [])
    .flatMap(splitIdentifier)
    .filter((word) => !functionMark.test(word.toLowerCase()));

function sayingOf(sentence: string, named: readonly string[], body: string, defined: Defined): TestSaying | null {
  const stems = new Set(named.map((word) => stem(word.toLowerCase())));
  const partsOf = (name: string): string[] => splitIdentifier(name).map((part) => stem(part.toLowerCase()));
  const candidates = new Map<string, number>();
  for (const [, name = ''] of body.matchAll(called)) {
    const of = defined.get(name);
    if (of !== undefined && of !== ambiguous) candidates.set(name, of);
  }
  const meant = [...candidates.keys()].filter((name) => partsOf(name).every((part) => stems.has(part)));
  const only = candidates.size === 1 ? [...candidates.keys()].filter((name) => partsOf(name).length > 1) : [];
  // The longest name says most: `parse_url_path` rather than `parse`.
  const best = (meant.length > 0 ? meant : only).sort(
    (one, other) => other.length - one.length || (one < other ? -1 : 1),
  )[0];
  if (best === undefined || !tells(sentence)) return null;
  const parts = new Set(partsOf(best));
  const fresh = wordsOf(sentence).filter((word) => !parts.has(stem(word.toLowerCase())));
  return fresh.length < leastNewWords ? null : { sentence, of: candidates.get(best) as number };
}
