/** Regular expressions in rules: those of `grep`, linear in what is searched, read as ast-grep reads them: `^` and `$` are the ends of a node's text. */
import type { ReadRegex } from '../../code/mod.ts';
import type { GramQuery } from '../../index/mod.ts';
import { compilePatterns, usualPattern } from '../grep/pattern/compile.ts';
import { gramQueryOf } from '../grep/pattern/gramquery.ts';
import { Matcher } from '../grep/pattern/matcher.ts';
import { parsePattern } from '../grep/pattern/parse.ts';
import type { Tree } from '../grep/pattern/tree.ts';

const treeOf = (pattern: string, fixed: boolean): Tree => {
  // Faults are told of the pattern as it was written, without what is put before it below.
  if (!fixed) parsePattern(pattern, { ignoreCase: false, dotAll: false });
  return compilePatterns({
    ...usualPattern,
    patterns: [fixed ? pattern : `(?-m)${pattern}`],
    fixedStrings: fixed,
    multiline: true,
    nul: true,
  });
};

export const readRegex: ReadRegex = (source) => {
  const matcher = new Matcher(treeOf(source, false));
  return (text) => {
    const bytes = Buffer.from(text);
    return matcher.matches(bytes, 0, bytes.length);
  };
};

/** What grams a text has in which the pattern matches somewhere. */
export const gramsOfRegex = (source: string): GramQuery => gramQueryOf(treeOf(source, false));

export const gramsOfText = (text: string): GramQuery => gramQueryOf(treeOf(text, true));
