/** From what was asked to a tree: several patterns as one, whole words, whole lines, and no match across lines. */
import { WinnowError } from '../../../base/mod.ts';
import { literalPattern, parsePattern } from './parse.ts';
import { contains, difference, sizeOf } from './ranges.ts';
import { concat, either, look, type Tree, unicodeShift } from './tree.ts';
import { topCodePoint } from './unicode.ts';

export interface PatternOptions {
  readonly patterns: readonly string[];
  /** Patterns are texts. */
  readonly fixedStrings: boolean;
  readonly case: 'sensitive' | 'ignore' | 'smart';
  readonly word: boolean;
  readonly wholeLine: boolean;
  /** Matches may hold line ends. */
  readonly multiline: boolean;
  readonly dotAll: boolean;
  /** Matches may hold NUL: binary files are searched as text. */
  readonly nul: boolean;
}

/** What one expression is asked with where nobody says otherwise. */
export const usualPattern: PatternOptions = {
  patterns: [],
  fixedStrings: false,
  case: 'sensitive',
  word: false,
  wholeLine: false,
  multiline: false,
  dotAll: false,
  nul: false,
};

/** @throws WinnowError `bad-query` */
export function compilePatterns(options: PatternOptions): Tree {
  const patterns = options.patterns.map((pattern) => (options.fixedStrings ? literalPattern(pattern) : pattern));
  const read = (ignoreCase: boolean) =>
    patterns.map((pattern) => parsePattern(pattern, { ignoreCase, dotAll: options.dotAll }));
  let parsed = read(options.case === 'ignore');
  if (options.case === 'smart' && parsed.some((one) => one.literals) && !parsed.some((one) => one.upperCase))
    parsed = read(true);
  let tree = either(parsed.map((one) => one.tree));
  if (!options.nul) refuse(tree, 0);
  if (!options.multiline) tree = withoutNewline(tree);
  const at = (kind: number): Tree => ({ kind: 'look', look: kind });
  if (options.wholeLine) return concat([at(look.lineStart), tree, at(look.lineEnd)]);
  if (options.word) return concat([at(look.wordStartHalf << unicodeShift), tree, at(look.wordEndHalf << unicodeShift)]);
  return tree;
}

function refuse(tree: Tree, value: number): void {
  if (tree.kind === 'class' && sizeOf(tree.ranges) === 1 && contains(tree.ranges, value))
    throw new WinnowError(
      'bad-query',
      'The pattern holds "\\0", which no searched line does: a file with it is binary. `winnow grep -a` searches such files as text.',
    );
  if (tree.kind === 'concat' || tree.kind === 'either') for (const part of tree.parts) refuse(part, value);
  if (tree.kind === 'repeat') refuse(tree.part, value);
}

/** The same pattern, so that no match holds a line end. @throws WinnowError when it cannot do without */
function withoutNewline(tree: Tree): Tree {
  switch (tree.kind) {
    case 'class': {
      if (!contains(tree.ranges, 10)) return tree;
      const ranges = difference(tree.ranges, [10, 10], tree.bytes ? 0xff : topCodePoint);
      if (ranges.length === 0)
        throw new WinnowError(
          'bad-query',
          'The pattern holds "\\n", but matches stay within a line. `winnow grep -U` (--multiline) lets them go across lines.',
        );
      return { ...tree, ranges };
    }
    case 'concat':
    case 'either':
      return { ...tree, parts: tree.parts.map(withoutNewline) };
    case 'repeat':
      return { ...tree, part: withoutNewline(tree.part) };
    default:
      return tree;
  }
}
