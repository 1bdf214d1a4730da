/** Globs of files, as `-g` takes them: those of `.gitignore`, turned round, with `{a,b}`. The last that fits a path decides. */
import { WinnowError } from '../../base/mod.ts';
import { compilePatterns, usualPattern } from './pattern/compile.ts';
import { Matcher } from './pattern/matcher.ts';
import { literalPattern, parsePattern } from './pattern/parse.ts';

interface Glob {
  /** Files that it fits are left out. */
  readonly out: boolean;
  readonly directoriesOnly: boolean;
  fits(path: string): boolean;
}

/** @returns what judges a path, relative to the directory that the globs are relative to */
export function globJudge(
  globs: readonly string[],
  ignoreCase: readonly string[],
): (path: string, directory: boolean) => 'out' | 'in' | null {
  const read = [...globs.map((text) => readGlob(text, false)), ...ignoreCase.map((text) => readGlob(text, true))];
  if (read.length === 0) return () => null;
  const wants = read.some((glob) => !glob.out);
  return (path, directory) => {
    for (let at = read.length - 1; at >= 0; at--) {
      const glob = read[at] as Glob;
      if (glob.directoriesOnly && !directory) continue;
      if (glob.fits(path)) return glob.out ? 'out' : 'in';
    }
    return wants && !directory ? 'out' : null;
  };
}

function readGlob(text: string, ignoreCase: boolean): Glob {
  const out = text.startsWith('!');
  let glob = out ? text.slice(1) : text;
  const directoriesOnly = glob.endsWith('/') && glob !== '/';
  if (directoriesOnly) glob = glob.slice(0, -1);
  const ending = /^\*(\.[\w.-]+)$/.exec(glob)?.[1];
  if (ending !== undefined && !ignoreCase) return { out, directoriesOnly, fits: (path) => path.endsWith(ending) };
  const anchored = glob.includes('/');
  if (glob.startsWith('/')) glob = glob.slice(1);
  const pattern = `\\A${anchored || glob.startsWith('**/') ? '' : '(?:.*/)?'}${globPattern(glob, text)}\\z`;
  const matcher = matcherOf(pattern, ignoreCase);
  return { out, directoriesOnly, fits: (path) => matches(matcher, path) };
}

function matcherOf(pattern: string, ignoreCase: boolean): Matcher {
  return new Matcher(
    compilePatterns({
      ...usualPattern,
      patterns: [pattern],
      case: ignoreCase ? 'ignore' : 'sensitive',
      multiline: true,
      dotAll: true,
      nul: true,
    }),
  );
}

function matches(matcher: Matcher, path: string): boolean {
  const bytes = Buffer.from(path);
  return matcher.matches(bytes, 0, bytes.length);
}

/** The pattern of a glob, in the syntax of `pattern/parse.ts`. @throws WinnowError `bad-usage` */
function globPattern(glob: string, whole: string): string {
  let pattern = '';
  let braces = 0;
  const fail = (why: string): never => {
    throw new WinnowError('bad-usage', `The glob "${whole}" cannot be read: ${why}.`);
  };
  for (let at = 0; at < glob.length; at++) {
    const character = glob[at] as string;
    const before = glob[at - 1];
    if (character === '*') {
      const stars = /^\*+/.exec(glob.slice(at))?.[0].length ?? 1;
      const after = glob[at + stars];
      const alone = (before === undefined || before === '/') && (after === undefined || after === '/');
      at += stars - 1;
      if (stars !== 2 || !alone) pattern += '[^/]*';
      else if (after === '/') {
        // `**/` is any directories, or none.
        pattern += '(?:.*/)?';
        at++;
      } else pattern += before === '/' ? '.+' : '.*';
    } else if (character === '?') pattern += '[^/]';
    else if (character === '[') {
      const end = glob.indexOf(']', at + (/^\[[!^]?\]/.test(glob.slice(at)) ? 3 : 1));
      if (end === -1) fail('a "[" has no "]"');
      const inside = glob
        .slice(at + 1, end)
        .replace(/^!/, '^')
        .replace(/[\\[&~]/g, '\\$&');
      pattern += `[${inside}]`;
      at = end;
    } else if (character === '{') {
      braces++;
      pattern += '(?:';
    } else if (character === '}' && braces > 0) {
      braces--;
      pattern += ')';
    } else if (character === ',' && braces > 0) pattern += '|';
    else if (character === '\\' && at + 1 < glob.length) pattern += literalPattern(glob[++at] as string);
    else pattern += literalPattern(character);
  }
  if (braces > 0) fail('a "{" has no "}"');
  try {
    parsePattern(pattern, { ignoreCase: false, dotAll: true });
  } catch {
    fail('a set in it is not sound');
  }
  return pattern;
}
