/**
 * Which paths ripgrep leaves out by default: `.rgignore`, `.ignore`, and in a git repository `.gitignore`,
 * `.git/info/exclude` and the user's own list of git.
 *
 * This differs from what the index leaves out (`worktree/ignore-rules.ts`): what git tracks is left out here when a pattern
 * says so, `.winnowignore` says nothing, and the user's list counts, because `grep` promises ripgrep's files.
 */
import { existsSync, lstatSync, readFileSync, type Stats } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { RuleFile } from '../worktree/ignore-rules.ts';

/** In the order in which they count. */
const kinds = ['.rgignore', '.ignore', '.gitignore', 'exclude', 'global'] as const;
type Kind = (typeof kinds)[number];

/** Names of files that hold rules for the directory they lie in. */
export const ruleNames: readonly string[] = ['.rgignore', '.ignore', '.gitignore'];

/** Rules of a directory: for each kind the nearest file, which leads to those above. */
export interface Rules {
  readonly files: Readonly<Partial<Record<Kind, RuleFile>>>;
  /** In a git repository: `.gitignore` counts. */
  readonly git: boolean;
}

/** File → its stamp, empty for one that is not there: rules are the same while these are. */
export type RuleStamps = Map<string, string>;

export function ruleStamp(file: string): string {
  let stat: Stats | undefined;
  try {
    stat = lstatSync(file, { throwIfNoEntry: false });
  } catch {
    // What cannot even be looked at is not read either.
  }
  if (stat === undefined) return '';
  // One written just now may change again under the same stamp.
  return Date.now() - stat.mtimeMs > 2_000 ? `${stat.size} ${stat.mtimeMs} ${stat.ino}` : `unsettled ${Date.now()}`;
}

/** @returns true: left out; false: brought in, even if hidden; null: nothing is said */
export function ignored(rules: Rules, file: string): boolean | null {
  for (const kind of kinds) {
    if (!rules.git && (kind === '.gitignore' || kind === 'exclude' || kind === 'global')) continue;
    for (let link = rules.files[kind] ?? null; link !== null; link = link.above) {
      const said = link.says(file);
      if (said !== null) return said;
    }
  }
  return null;
}

/** Rules that hold at the root itself. @param stamps gets what was read */
export function rootRules(root: string, commonDir: string | null, stamps: RuleStamps): Rules {
  let rules: Rules = { files: {}, git: false };
  for (const directory of above(root))
    for (const name of ['.rgignore', '.ignore'] as const) {
      // Their patterns are relative to them: the root's own paths are given from there.
      const base = `${path.relative(directory, root).split(path.sep).join('/')}/`;
      rules = added(rules, name, path.join(directory, name), '', stamps, base);
    }
  if (commonDir !== null) rules = added(rules, 'exclude', path.join(commonDir, 'info', 'exclude'), '', stamps);
  for (const file of globalFiles()) rules = added(rules, 'global', file, '', stamps);
  return rules;
}

/** @param prefix root-relative with a final slash, or empty */
export function rulesIn(above: Rules, root: string, prefix: string, stamps: RuleStamps): Rules {
  const directory = path.join(root, prefix);
  const { '.gitignore': _left, exclude: _excluded, ...others } = above.files;
  let rules = above;
  if (existsSync(path.join(directory, '.git'))) {
    // Another repository: the patterns of the one around it end here.
    rules = prefix === '' ? { ...above, git: true } : { files: others, git: true };
    if (prefix !== '') rules = added(rules, 'exclude', path.join(directory, '.git/info/exclude'), prefix, stamps);
  }
  for (const name of ruleNames) rules = added(rules, name as Kind, path.join(directory, name), prefix, stamps);
  return rules;
}

function added(rules: Rules, kind: Kind, file: string, prefix: string, stamps: RuleStamps, from = ''): Rules {
  const stamp = ruleStamp(file);
  // That there is none is remembered only of files outside the tree: inside it the directory's time tells.
  if (stamp !== '' || kind === 'exclude' || kind === 'global' || from !== '') stamps.set(file, stamp);
  if (stamp === '') return rules;
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    // Without permission to read it, ripgrep too goes on without it.
    return rules;
  }
  return { ...rules, files: { ...rules.files, [kind]: new RuleFile(text, prefix, rules.files[kind] ?? null, from) } };
}

/** Directories above, the farthest first. */
function above(root: string): string[] {
  const found: string[] = [];
  for (let at = path.dirname(root); ; at = path.dirname(at)) {
    found.unshift(at);
    if (at === path.dirname(at)) return at === root ? [] : found;
  }
}

function globalFiles(): string[] {
  const home = os.homedir();
  const config = path.join(home, '.gitconfig');
  try {
    const named = /^\s*excludesfile\s*=\s*"?(.+?)"?\s*$/im.exec(readFileSync(config, 'utf8'))?.[1];
    if (named !== undefined) return [named.replace(/^~(?=\/)/, home)];
  } catch {
    // There is none: the usual place is looked at.
  }
  return [path.join(home, '.config', 'git', 'ignore')];
}
