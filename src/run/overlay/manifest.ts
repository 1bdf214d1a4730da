/**
 * Reads what a sandbox tells of the changes of a run: `out/manifest`, one row a line, and `out/after/N`, the new content of row N.
 *
 * The rows were written by Winnow's own process in the sandbox, and name what a program chose. So shapes and paths are looked at before anything is
 * believed, and names stay text that is never opened here but through `contents.ts`. A removal and an addition of the same bytes are told as one renaming; what
 * is applied (`applier/`) knows the plain rows alone.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isCount, isRecord, recordOf } from '../untrusted.ts';
import type { Change, ChangeKind, ChangeSet, Side } from './types.ts';
import { warningsOf } from './warnings.ts';

/** A row before renamings are seen: `number` names its content. */
export interface Row {
  readonly number: number;
  readonly path: string;
  readonly before: Side | null;
  readonly after: Side | null;
}

export interface Manifest {
  readonly rows: readonly Row[];
  readonly leftOut: readonly { readonly path: string; readonly reason: string }[];
  readonly problem: string | null;
  /** What the new contents take on the disk, where a file of holes takes little. */
  readonly bytes: number;
  /** Where the overlay's changes lay: on the disk, in the sandbox's memory, or in a copy of the directory. */
  readonly where: 'disk' | 'memory' | 'copy';
  /** Paths whose files had a set-user-ID or other special bit, which is never kept. */
  readonly special: readonly string[];
}

/** @param out the directory that the sandbox wrote to @throws Error when it is not of Winnow's making */
export function readManifest(out: string): Manifest {
  const rows: Row[] = [];
  const leftOut: { path: string; reason: string }[] = [];
  const special: string[] = [];
  let bytes = 0;
  let where: Manifest['where'] = 'disk';
  let problem: string | null = 'it was cut off';
  for (const line of readFileSync(join(out, 'manifest'), 'utf8').split('\n')) {
    if (line === '') continue;
    const row = recordOf(line);
    if (row === null) throw new Error('a line of a manifest is no object');
    if ('end' in row) problem = typeof row.problem === 'string' ? row.problem : null;
    else if ('where' in row) where = row.where === 'memory' || row.where === 'copy' ? row.where : 'disk';
    else if (typeof row.leftOut === 'string')
      leftOut.push({ path: row.path === '.' ? '.' : pathOf(row.path), reason: row.leftOut });
    else {
      if (isRecord(row.after) && isCount(row.after.special)) special.push(pathOf(row.path));
      const [before, after] = [sideOf(row.before), sideOf(row.after)];
      if (after?.type === 'file') bytes += isRecord(row.after) && isCount(row.after.disk) ? row.after.disk : after.size;
      rows.push({ number: rows.length, path: pathOf(row.path), before, after });
    }
  }
  return { rows, leftOut, problem, bytes, where, special };
}

function pathOf(value: unknown): string {
  if (typeof value !== 'string' || value === '') throw new Error('a row of a manifest has no path');
  if (value.split('/').some((part) => part === '' || part === '.' || part === '..') || value.includes('\0'))
    throw new Error('a path of a manifest is not below its directory');
  return value;
}

function sideOf(value: unknown): Side | null {
  if (value === null) return null;
  if (!isRecord(value)) throw new Error('a side of a manifest is no object');
  const { type, mode, size, hash, target } = value;
  if (type === 'file' && isCount(mode) && isCount(size) && typeof hash === 'string') return { type, mode, size, hash };
  if (type === 'directory' && isCount(mode)) return { type, mode };
  if (type === 'link' && typeof target === 'string') return { type, target };
  if (type === 'other') return { type };
  throw new Error('a side of a manifest is of no known type');
}

/** A change and the rows it is made of: two for a renaming. */
export interface Told {
  readonly change: Omit<Change, 'diff' | 'noDiff'>;
  readonly row: Row;
}

/** As a person thinks of it: renamings are one, in the order of paths. */
export function toldChanges({ rows }: Manifest): Told[] {
  const gone = new Map<string, Row[]>();
  for (const row of rows)
    if (row.after === null && row.before?.type === 'file' && row.before.size > 0) {
      const same = gone.get(row.before.hash) ?? [];
      same.push(row);
      gone.set(row.before.hash, same);
    }
  const consumed = new Set<Row>();
  const told = new Map<Row, Told>();
  for (const row of rows) {
    const { path, before, after } = row;
    const source =
      before === null && after?.type === 'file' && after.size > 0 ? takeBest(gone.get(after.hash), path) : undefined;
    if (source !== undefined) consumed.add(source);
    const change =
      source === undefined
        ? { kind: kindOf(row), path, from: null, before, after }
        : { kind: 'renamed' as const, path, from: source.path, before: source.before, after };
    told.set(row, { change, row });
  }
  return rows
    .filter((row) => !consumed.has(row))
    .map((row) => told.get(row) as Told)
    .sort((a, b) => (a.change.path < b.change.path ? -1 : a.change.path > b.change.path ? 1 : 0));
}

/** Of several with the same bytes, one of the same name. */
function takeBest(rows: Row[] | undefined, path: string): Row | undefined {
  if (rows === undefined || rows.length === 0) return undefined;
  const name = path.slice(path.lastIndexOf('/') + 1);
  const at = rows.findIndex((row) => row.path.slice(row.path.lastIndexOf('/') + 1) === name);
  return rows.splice(Math.max(0, at), 1)[0];
}

function kindOf({ before, after }: Row): ChangeKind {
  if (before === null) return 'added';
  if (after === null) return 'removed';
  if (before.type !== after.type) return 'replaced';
  if (before.type === 'directory') return 'mode';
  if (before.type !== 'file' || after.type !== 'file' || before.hash !== after.hash) return 'modified';
  return before.mode === after.mode ? 'time' : 'mode';
}

export const noCounts: Readonly<Record<ChangeKind, number>> = {
  added: 0,
  modified: 0,
  removed: 0,
  renamed: 0,
  mode: 0,
  time: 0,
  replaced: 0,
};

export function countsOf(told: readonly Told[]): Record<ChangeKind, number> {
  const counts = { ...noCounts };
  for (const { change } of told) counts[change.kind]++;
  return counts;
}

/** Everything of a set but diffs. */
export function plainSet(manifest: Manifest, told: readonly Told[]): Omit<ChangeSet, 'changes'> {
  return { leftOut: manifest.leftOut, problem: manifest.problem, warnings: warningsOf(told, manifest.special) };
}
