/**
 * What `run --partial` was given: a file, a function of a file, or an id of a search hit, which may stand for either.
 *
 * A file, and a name behind one, are found without an index. All else is an id: the index says what it stands for, and lines stand for the one definition that
 * they show or lie in. Several are no answer, since nobody can tell which was meant; they are named. Lines outside of every definition are the file's own code.
 */
import { existsSync, statSync } from 'node:fs';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { WinnowError } from '../../base/mod.ts';
import { runLanguages } from '../../run/mod.ts';
import { type OutlineRow, type Shown, show } from '../../search/mod.ts';
import { withRepository } from './repository.ts';
import { placeOfId } from './repository-sets.ts';
import type { Context } from './types.ts';

export interface Target {
  /** As `jobOf` takes it: `-`, relative to where the person stands, or absolute. */
  readonly file: string | undefined;
  /** Qualified; null: the file is run from its top. */
  readonly function: string | null;
}

/** Definitions that can be called; others are looked up in what is around them. */
const callable: ReadonlySet<string | null> = new Set(['class', 'function', 'method', 'constructor']);

/** @throws WinnowError `unknown-id` when nothing or more than one definition fits, and as opening an index does */
export async function targetOf(given: string | undefined, context: Context): Promise<Target> {
  if (given === undefined || given === '-' || existsSync(resolve(context.cwd, given)))
    return { file: given, function: null };
  const [, path, name] = /^(.+\.\w+):([\p{L}_$][\p{L}\p{N}_$.]*)$/u.exec(given) ?? [];
  if (path !== undefined && name !== undefined && isFile(resolve(context.cwd, path)))
    return { file: path, function: name };
  const { directory, id } = placeOfId(given, '.', context);
  if (id === given && isPath(id)) return { file: given, function: null };
  return withRepository(directory, context, { refresh: true, whole: true }, ({ snapshot, notices }) => {
    for (const text of notices) context.notice(text);
    const ask = (one: string): Shown => {
      const answer = show(snapshot, one);
      if (answer.kind === 'ambiguous') throw several(given, answer.candidates);
      for (const text of answer.notices) context.notice(text);
      return answer.shown;
    };
    const shown = ask(id === given ? belowRoot(id, snapshot.root, context.cwd) : id);
    const name = definitionOf(shown, given, ask);
    if (name === null && shown.what === 'lines')
      context.notice(`${given} lies in no function or class; all of ${shown.path} is run.`);
    return { file: resolve(snapshot.root, shown.path), function: name };
  });
}

function definitionOf(shown: Shown, given: string, ask: (id: string) => Shown): string | null {
  if (shown.what === 'file') return null;
  if (shown.what === 'symbol') {
    if (callable.has(shown.kind)) return shown.name;
    return shown.parent === null ? null : definitionOf(ask(shown.parent.id), given, ask);
  }
  const around = innermost(shown.lines, ask(shown.parent?.id ?? shown.path), ask);
  if (around !== null) return around;
  const within = shown.children.filter(({ kind }) => callable.has(kind));
  const outermost = within.filter((one) => !within.some((other) => other !== one && holds(other, one)));
  if (outermost.length > 1) throw several(given, outermost);
  return outermost[0]?.name ?? (shown.parent === null ? null : definitionOf(ask(shown.parent.id), given, ask));
}

/** The definition below another whose lines hold all of these: indentation and decorators are part of them, and of no span. */
function innermost(lines: Shown['lines'], around: Shown, ask: (id: string) => Shown): string | null {
  const holders = around.children.filter((one) => one.lines.first <= lines.first && one.lines.last >= lines.last);
  const next = holders.find(({ kind }) => callable.has(kind));
  if (next === undefined) return null;
  return innermost(lines, ask(next.id), ask) ?? next.name;
}

const holds = (one: OutlineRow, other: OutlineRow): boolean => other.name.startsWith(`${one.name}.`);

/** The path of a file that is not there: that is said without reading a repository. */
const isPath = (id: string): boolean =>
  !/[:#]/.test(id) &&
  (/[/\\]/.test(id) || runLanguages.some(({ extensions }) => extensions.some((one) => id.endsWith(one))));

/** What is typed in a directory of the repository is meant from there. */
function belowRoot(id: string, root: string, cwd: string): string {
  const colon = id.lastIndexOf(':');
  if (colon < 0) return id;
  const path = resolve(cwd, id.slice(0, colon));
  const below = relative(root, path);
  if (!isFile(path) || below.startsWith('..') || isAbsolute(below)) return id;
  return below.split(sep).join('/') + id.slice(colon);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function several(id: string, rows: readonly OutlineRow[]): WinnowError {
  const near = rows.slice(0, 8).map((one) => one.id);
  const more = rows.length > near.length ? `, and ${rows.length - near.length} more` : '';
  return new WinnowError(
    'unknown-id',
    `Several definitions fit ${id}: ${near.join(', ')}${more}. Give one of these to \`winnow run --partial\`.`,
    { details: { id, near } },
  );
}
