/**
 * Trees of values, as `values.cjs` writes them, and their canonical texts: literals of JavaScript, with properties and parts of sets sorted, so that equal values have equal texts.
 *
 * Where a tree comes from a candidate's interpreter it is a stranger's: whatever is no tree is refused.
 */
import { createHash } from 'node:crypto';

export type Tree = null | boolean | number | string | readonly unknown[];

/** As `winnow_value.py`: characters of a text that a matrix keeps. */
const mostText = 20_000;
const mostDepth = 100;
/** Of all of a tree's text, as `winnow_typed.py`. */
const mostCharacters = 8 << 20;

const typedArrays = new Set(
  'Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array Float32Array Float64Array BigInt64Array BigUint64Array'.split(
    ' ',
  ),
);

export class NoTree extends Error {}

const isText = (value: unknown): value is string => typeof value === 'string';

/** @throws NoTree */
export function writeTree(tree: unknown, depth = 0): string {
  if (depth > mostDepth) throw new NoTree('too deep');
  if (tree === null || typeof tree === 'boolean' || typeof tree === 'number') return String(tree);
  if (isText(tree)) return JSON.stringify(tree);
  if (!Array.isArray(tree)) throw new NoTree('a list was expected');
  const [tag, one, two] = tree as unknown[];
  const inner = (value: unknown): string => writeTree(value, depth + 1);
  const list = (value: unknown): string[] => {
    if (!Array.isArray(value)) throw new NoTree('a list was expected');
    return value.map(inner);
  };
  const pairs = (value: unknown, write: (key: unknown, it: unknown) => string): string => {
    if (!Array.isArray(value)) throw new NoTree('pairs were expected');
    return value
      .map((pair) => {
        if (!Array.isArray(pair) || pair.length !== 2) throw new NoTree('a pair was expected');
        return write(pair[0], pair[1]);
      })
      .sort()
      .join(', ');
  };
  const object = (value: unknown): string =>
    `{${pairs(value, (key, it) => {
      if (!isText(key)) throw new NoTree('a key was expected');
      return `${JSON.stringify(key)}: ${inner(it)}`;
    })}}`;
  switch (tag) {
    case 'a':
      return `[${list(one).join(', ')}]`;
    case 'o':
      return object(one);
    case 'c':
      if (isText(one)) return `object(${JSON.stringify(one)}, ${object(two)})`;
      break;
    case 'm':
      return `new Map([${pairs(one, (key, it) => `[${inner(key)}, ${inner(it)}]`)}])`;
    case 't':
      return `new Set([${list(one).sort().join(', ')}])`;
    case 'd':
      return `new Date(${inner(one)})`;
    case 'r':
      if (isText(one) && isText(two)) return `new RegExp(${JSON.stringify(one)}, ${JSON.stringify(two)})`;
      break;
    case 'y':
      if (isText(one) && typedArrays.has(one)) return `new ${one}([${list(two).join(', ')}])`;
      break;
    case 'e':
      if (isText(one) && isText(two)) return `error(${JSON.stringify(one)}, ${JSON.stringify(two)})`;
      break;
    case 'b':
      if (isText(one) && /^-?\d+$/.test(one)) return `${one}n`;
      break;
    case 'n':
      if (isText(one) && /^(NaN|-0|-?Infinity)$/.test(one)) return one;
      break;
    case 'u':
      return 'undefined';
    case 'h':
      return 'hole';
    case 'i':
      if (isText(two))
        return `iterator([${list(one).join(', ')}]${two === '' ? '' : two === '...' ? ', ...' : `, error(${JSON.stringify(two)})`})`;
      break;
    case 'x':
      if (Number.isSafeInteger(one)) return `cycle(${one})`;
      break;
    case 'p':
      return `Promise(${inner(one)})`;
    case 'f':
      if (isText(one)) return `opaque(${JSON.stringify(one.slice(0, 80))})`;
      break;
    case 'l':
      throw new NoTree('too much');
  }
  throw new NoTree(`${JSON.stringify(tag)?.slice(0, 40)} is no kind of value`);
}

/** The text of an output, as a matrix keeps it; `?large` also for what is no tree. */
export function canonicalText(tree: unknown): string {
  if (Array.isArray(tree) && tree[0] === 'f' && isText(tree[1])) return `?${tree[1].slice(0, 80)}`;
  let text: string;
  try {
    text = writeTree(tree);
  } catch (error) {
    if (error instanceof NoTree || error instanceof RangeError) return '?large';
    throw error;
  }
  if (text.length <= mostText) return text;
  return text.length > mostCharacters ? '?large' : largeText(text);
}

/** As `winnow_typed.py` tells of large values. */
export function largeText(text: string): string {
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 32);
  return `?large:${text.length}:${digest}:${digest}`;
}
