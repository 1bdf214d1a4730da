/**
 * What one file teaches: pairs of words that people wrote about code, and that code.
 *
 * Two kinds. A definition with its documentation: the first sentence asks for the code, which is shown without it; the name asks for
 * the body too. A comment inside a function: it asks for the lines that follow it. Chunks are those that search ranks, taken apart by
 * the same `documentOf`, so that what is learned is what is met later. Tests, copies of others' code and generated files are left
 * out: they say what programs check or print, not what code does.
 */
import type { FileFacts } from '../../code/mod.ts';
import { documentOf } from '../document.ts';
import type { DocumentText } from '../types.ts';
import { proseOf, tells } from './prose.ts';

export interface MinedExample {
  /** `comment` and `guide`: no name and signature. */
  readonly kind: 'definition' | 'comment' | 'guide';
  readonly name: string;
  readonly signature: string;
  /** What asks; empty when nobody wrote anything telling. */
  readonly sentence: string;
  /** What the documentation says beyond the sentence. */
  readonly rest: string;
  readonly body: string;
}

/** Shorter bodies are calls of another function or a constant; longer ones are tables. Lines. */
const shortestLines = 2;
const longestLines = 150;
const longestUnits = 8_000;

/**
 * @param bytes of the file that `facts` are of
 * @returns in order of the file
 */
export function mineFile(bytes: Uint8Array, facts: FileFacts): MinedExample[] {
  const { traits, problems } = facts;
  if (traits.test || traits.vendored || traits.generated) return [];
  if (problems.some(({ kind }) => kind !== 'syntax-error')) return [];
  const decode = (start: number, end: number): string => Buffer.from(bytes.subarray(start, end)).toString('utf8');
  const found: MinedExample[] = [];
  for (const chunk of facts.chunks) {
    if (chunk.symbol < 0 || chunk.piece > 0 || (chunk.kind !== 'function' && chunk.kind !== 'class')) continue;
    const document = documentOf(chunk, facts.symbols, decode);
    const lines = document.body.split('\n').length;
    if (lines < shortestLines || lines > longestLines || document.body.length > longestUnits) continue;
    found.push(definition(document));
    if (chunk.kind === 'function') found.push(...comments(document.body, facts.language));
  }
  return found;
}

function definition({ name, signature, doc, body }: DocumentText): MinedExample {
  const prose = proseOf(doc);
  // Go's convention begins with the name; the name must not be what is recognised.
  const sentence = prose.sentence.startsWith(`${name} `) ? prose.sentence.slice(name.length + 1) : prose.sentence;
  return {
    kind: 'definition',
    name,
    signature: name === '' ? signature : signature.replaceAll(name, ' '),
    sentence: tells(sentence) ? sentence : '',
    rest: prose.rest,
    // A function that calls itself would give its name away.
    body: name.length < 3 ? body : body.replaceAll(name, ' '),
  };
}

const hashComments = new Set(['python', 'ruby']);
const blockLines = 15;
const shortestBlockUnits = 60;
const commentLines = 4;

/** Comments on lines of their own, each with the block that follows it at the same depth or deeper. */
export function comments(body: string, language: string): MinedExample[] {
  const mark = hashComments.has(language) ? /^(\s*)# ?(.*)$/ : /^(\s*)(?:\/\/(?![/!])|\/\*(?!\*)) ?(.*?)(?:\*\/)?$/;
  const lines = body.split('\n');
  const found: MinedExample[] = [];
  for (let at = 0; at < lines.length; at++) {
    const first = mark.exec(lines[at] as string);
    if (first === null) continue;
    const depth = (first[1] as string).length;
    const said = [first[2] as string];
    let next = at + 1;
    for (; next < lines.length; next++) {
      const more = mark.exec(lines[next] as string);
      if (more === null) break;
      said.push(more[2] as string);
    }
    at = next - 1;
    if (said.length > commentLines) continue;
    const block: string[] = [];
    for (; next < lines.length && block.length < blockLines; next++) {
      const line = lines[next] as string;
      const isDeep = line.length - line.trimStart().length >= depth;
      if (line.trim() === '' || !isDeep || mark.test(line)) break;
      block.push(line.slice(depth));
    }
    const code = block.join('\n');
    if (block.length < 2 || code.length < shortestBlockUnits) continue;
    const { sentence } = proseOf(said.join(' '));
    // Fewer than four words, or signs of a program: code that was commented out.
    if (sentence.split(' ').length < 4 || /[=(){};]/.test(sentence)) continue;
    found.push({ kind: 'comment', name: '', signature: '', sentence, rest: '', body: code });
  }
  return found;
}
