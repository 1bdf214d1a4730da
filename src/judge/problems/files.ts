/**
 * What a problem's directory holds: names of files, found once, and the rules that all formats share for names of tests.
 *
 * A problem is its author's and is trusted as far as this: links in it are followed, because packages link tests that occur twice. How many
 * files there may be is bounded, so that a wrong directory is refused and not read for minutes.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { WinnowError } from '../../base/mod.ts';
import type { Checker, JudgeTest } from '../types.ts';

/** Tests of the largest problems of public archives are some hundreds. */
const mostFiles = 50_000;
const mostDepth = 8;

/** @returns paths below `directory` with `/`, in no order; none where there is no such directory */
export function filesBelow(directory: string): string[] {
  const found: string[] = [];
  const walk = (path: string, prefix: string, depth: number): void => {
    if (depth > mostDepth) return;
    for (const name of readdirSync(path)) {
      if (name.startsWith('.') && name !== '.timelimit') continue;
      const there = statSync(join(path, name), { throwIfNoEntry: false });
      if (there?.isDirectory() === true) walk(join(path, name), `${prefix}${name}/`, depth + 1);
      else if (there?.isFile() === true) found.push(prefix + name);
      if (found.length > mostFiles)
        throw badData(directory, `has more than ${mostFiles} files; the directory of one problem was expected.`);
    }
  };
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() === true) walk(directory, '', 0);
  return found;
}

/** Numbers in names count as numbers: `2` before `10`. */
const byName = new Intl.Collator('en', { numeric: true });

/** A test is a sample where its name or the first directory of it says so; every other is hidden. */
export const isSample = (name: string): boolean => /^samples?([^a-z]|$)/i.test(name);

const answers = ['.ans', '.out', '.a'] as const;

export interface TestsFound {
  readonly tests: JudgeTest[];
  readonly notices: string[];
}

/**
 * Tests are `NAME.in` with `NAME.ans`, `NAME.out` or `NAME.a`; `NAME.args` has arguments, one line. Samples first, then by name.
 *
 * @param files as `filesBelow(directory)` gives them
 * @param needsAnswers whether a test without an answer is a mistake
 * @throws WinnowError `bad-data`
 */
export function testsAmong(directory: string, files: readonly string[], needsAnswers: boolean): TestsFound {
  const there = new Set(files);
  const names = files.filter((file) => file.endsWith('.in')).map((file) => file.slice(0, -'.in'.length));
  names.sort((a, b) => Number(isSample(b)) - Number(isSample(a)) || byName.compare(a, b) || (a < b ? -1 : 1));
  const tests = names.map((name): JudgeTest => {
    const answer = answers.map((ending) => name + ending).find((file) => there.has(file));
    if (answer === undefined && needsAnswers)
      throw badData(join(directory, `${name}.in`), `has no answer: ${name}.ans or ${name}.out was expected beside it.`);
    return {
      name,
      input: { file: join(directory, `${name}.in`) },
      args: there.has(`${name}.args`)
        ? readFileSync(join(directory, `${name}.args`), 'utf8')
            .split(/\s+/)
            .filter((word) => word !== '')
        : [],
      key: { answer: answer === undefined ? null : { file: join(directory, answer) } },
      isHidden: !isSample(name),
      group: null,
      checker: null,
    };
  });
  const known = new Set(names);
  const alone = files.filter((file) =>
    answers.some((end) => file.endsWith(end) && !known.has(file.slice(0, -end.length))),
  );
  const notices =
    alone.length === 0 ? [] : [`${alone.length} answers have no input, ${alone[0]} among them; they are left out.`];
  return { tests, notices };
}

/** The checker where nobody says: words, with nothing about case or numbers. */
export const words: Checker = { kind: 'tokens', ignoreCase: false, spaces: false, tolerance: null };

/** @param what ends the sentence that the path begins */
export const badData = (path: string, what: string): WinnowError =>
  new WinnowError('bad-data', `${path} ${what}`, { details: { path } });

/** @throws WinnowError `bad-data` when it is no UTF-8 */
export function readText(path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
  } catch (cause) {
    if (cause instanceof TypeError) throw badData(path, 'is not UTF-8.');
    throw cause;
  }
}
