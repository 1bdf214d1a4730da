/** The loops in WebAssembly find the lines that the automaton in JavaScript finds, and print them as plain code does. */
import { expect, it } from 'vitest';
import { seededRandom } from '../../../base/mod.ts';
import { type GrepOptions, usualGrep } from '../options.ts';
import { PlainPrinter } from '../plain.ts';
import { Searcher } from '../searcher.ts';
import { compilePatterns } from './compile.ts';
import { giveBackHaystack, Haystack, takeHaystack } from './haystack.ts';
import { place } from './linekernel.ts';
import { needleOf } from './literals.ts';

const haystack = new Haystack();

function laid(bytes: Buffer): Buffer {
  haystack.reserve(bytes.length);
  bytes.copy(haystack.buffer);
  // What lay there before must not matter.
  haystack.buffer.fill('return x = fn_a_b_c(\n', bytes.length, bytes.length + 100);
  return haystack.buffer.subarray(0, bytes.length);
}

type Search = (bytes: Buffer) => { readonly text: string; readonly count: number };

/** Lines told one by one, by JavaScript alone. */
function slowly(options: GrepOptions): Search {
  const searcher = new Searcher(options);
  return (bytes) => searchedOneByOne(bytes, searcher, options);
}

function searchedOneByOne(bytes: Buffer, searcher: Searcher, options: GrepOptions): ReturnType<Search> {
  let text = '';
  const matched = (start: number, end: number, line: number): void => {
    text += `p:${options.lineNumbers ? `${line}:` : ''}${bytes.toString('latin1', start, end).replace(/\n$/, '')}\n`;
  };
  const { count } = searcher.search(bytes, 'leave', { matched, context: () => {}, gap: () => {} });
  return { text, count };
}

function quickly(options: GrepOptions, path = 'p'): Search {
  const searcher = new Searcher(options, haystack);
  const { lineNumbers, invert } = options;
  const form = { path: true, lineNumbers, columns: false, onlyMatching: false, invert };
  const printer = new PlainPrinter(searcher, form, false, haystack);
  return (bytes) => {
    const lying = laid(bytes);
    printer.begin(path, lying);
    const { count } = searcher.search(lying, 'leave', printer);
    return { text: Buffer.from(printer.take()).toString('latin1'), count };
  };
}

const patterns = [
  ...[
    'return',
    'fn',
    'x',
    'e',
    '=',
    '\\w+\\s*=\\s*\\w+',
    '^\\s*return',
    '[a-z]+_[a-z]+\\(',
    '_a.*\\(',
    '^$',
    '$',
    '^',
    'x*',
    '\\s$',
  ],
  ...['\\bfn\\b', '\\w+ \\w+', 'ä', '[^a]ä', '(?i)FN_', '.{9}', '^.{0,3}$', 'return|fn', '(?-u:\\xff)', 'b\\B'],
];
const pieces = ['return', 'fn', ' ', ' = ', 'fn_a_b(', 'x', '\t', 'ä', '\n', '\n', '\r\n', 'eee', 'return;\n', '\xff'];
const random = seededRandom(7);
const texts = Array.from({ length: 60 }, (_, length) =>
  Buffer.from(Array.from({ length: 1 + length }, () => pieces[random.int(pieces.length)]).join(''), 'latin1'),
);
texts.push(
  Buffer.from('fn ä\nä fn\n'),
  Buffer.from(`${'long '.repeat(900)}fn\n${'x'.repeat(4000)}`),
  Buffer.from('\n'),
);

it.each(patterns)('lists and prints the same lines: %s', (pattern) => {
  const ways: readonly Partial<GrepOptions>[] = [
    ...[{}, { lineNumbers: false }, { word: true }, { invert: true }, { maxCount: 2 }],
    ...(['count', 'files'] as const).map((report) => ({ report })),
  ];
  for (const more of ways) {
    const options = { ...usualGrep, patterns: [pattern], ...more };
    const [quick, slow] = [quickly(options), slowly(options)];
    for (const bytes of texts) {
      const [ours, theirs] = [quick(bytes), slow(bytes)];
      expect(ours.count).toBe(theirs.count);
      if (options.report === 'lines') expect(ours.text).toBe(theirs.text);
    }
  }
});

it('goes on where the list is full, and where what is printed has no more room', () => {
  const many = Buffer.from('x = 1\n\n'.repeat(3 * place.mostLines));
  const long = Buffer.from(`x = ${'y'.repeat(place.outBytes)}\nx\n`.repeat(3));
  for (const bytes of [many, long])
    for (const lineNumbers of [true, false]) {
      const options = { ...usualGrep, lineNumbers, patterns: ['\\w'] };
      const [ours, theirs] = [quickly(options)(bytes), slowly(options)(bytes)];
      expect(ours.count).toBe(theirs.count);
      expect(ours.text === theirs.text).toBe(true);
    }
});

it('prints by plain code where a path is longer than the loop has room for', () => {
  const path = 'd/'.repeat(place.headBytes);
  expect(quickly({ ...usualGrep, patterns: ['x'] }, path)(Buffer.from('x\n')).text).toBe(`${path}:1:x\n`);
});

it('leaves a pattern whose automaton fills the memory to the slow way, and ends', () => {
  const letters = Buffer.from(Array.from({ length: 30_000 }, () => (random.next() < 0.5 ? 'a' : 'b')).join(''));
  for (let at = 100; at < letters.length; at += 100) letters[at] = 10;
  const options = { ...usualGrep, patterns: ['(?:a|b)*a(?:a|b){40}c'], report: 'count' as const };
  expect(quickly(options)(letters).count).toBe(slowly(options)(letters).count);
});

it('keeps its table when the memory moves', () => {
  const options = { ...usualGrep, patterns: ['[a-y]+ = \\w'], report: 'count' as const };
  const own = takeHaystack();
  const searcher = new Searcher(options, own);
  for (const size of [10, 3_000_000, 20]) {
    const bytes = Buffer.from('abc = 1\nabc\n'.repeat(Math.ceil(size / 12)));
    own.reserve(bytes.length);
    bytes.copy(own.buffer);
    expect(searcher.search(own.buffer.subarray(0, bytes.length), 'leave', null).count).toBe(bytes.length / 12);
    // Bytes that lie elsewhere are searched with the same table.
    expect(searcher.search(bytes, 'leave', null).count).toBe(bytes.length / 12);
  }
  giveBackHaystack(own);
});

it('looks for the rarest bytes of a text and of what stands around it', () => {
  const of = (text: string, pattern = text) =>
    needleOf(Buffer.from(text), compilePatterns({ ...usualGrep, patterns: [pattern] }));
  const [c, g] = ['C'.charCodeAt(0), 'g'.charCodeAt(0)];
  expect(of('parseConfig')).toEqual({ first: c, second: g, distance: 5, also: 0 });
  expect(of('=')).toEqual({ first: 61, second: 61, distance: 0, also: 0 });
  expect(of('=', '=.*(?:x;|a;y)')?.also).toBe(59);
  expect(of('=', '=;?(?:x;|y)')?.also).toBe(0);
  expect(of('e')).toBeNull();
});
