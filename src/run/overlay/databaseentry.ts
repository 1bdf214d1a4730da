/**
 * Entries of the undo store about databases: what of them is written down, and where contents lie.
 *
 * An SQLite file's entry holds whole contents, of what the file is to hold in `database/after` and of what it held in `database/before`, where `applier/database.py`
 * saves it; a server's holds none, since what was committed there cannot be taken back, and is written down all the same.
 */
import { constants, copyFileSync, linkSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DatabaseChange } from '../session/types.ts';
import { isCount, isRecord } from '../untrusted.ts';
import type { KeptDatabase } from './types.ts';

export interface CommitRequest {
  /** User, host, port and name. */
  readonly name: string;
  /** As it was typed, for the history. */
  readonly command: string;
  readonly changes: readonly DatabaseChange[];
}

export interface DatabaseRequest extends CommitRequest {
  /** The file, links followed. */
  readonly name: string;
  /** Of what the file must hold, and is to hold (`database/lockedfile.ts`). */
  readonly fingerprints: { readonly before: string; readonly after: string };
  /** A file of our own with what it is to hold; nobody may write to it later, as it is linked where that can be. */
  readonly after: string;
}

/** Changes that the history shows of one keep: more tables than that nobody reads. */
const mostChanges = 200;

type Facts = Readonly<Record<string, unknown>> & { readonly command: string };

export const databaseFacts = ({ name, command, changes, fingerprints, after }: DatabaseRequest): Facts => ({
  ...factsOf({ kind: 'sqlite', name, changes }, command, dirname(name)),
  fingerprints,
  bytes: statSync(after).size,
});

export const commitFacts = ({ name, command, changes }: CommitRequest): Facts =>
  factsOf({ kind: 'postgres', name, changes }, command, '');

const factsOf = ({ changes, ...database }: KeptDatabase, command: string, directory: string): Facts => ({
  kind: 'session',
  command,
  directory,
  irreversible: [],
  database: { ...database, changes: changes.slice(0, mostChanges) },
});

/** @param making the entry's directory */
export function fillDatabase(making: string, { after }: DatabaseRequest): void {
  mkdirSync(join(making, 'database'), { mode: 0o700 });
  const target = join(making, 'database', 'after');
  try {
    linkSync(after, target);
  } catch {
    // Another file system, or one without links.
    copyFileSync(after, target, constants.COPYFILE_FICLONE);
  }
}

/** Reads what `factsOf` wrote; null where there is none. */
export function keptDatabase(raw: unknown): KeptDatabase | null {
  if (!isRecord(raw) || (raw.kind !== 'sqlite' && raw.kind !== 'postgres')) return null;
  const changes = Array.isArray(raw.changes) ? raw.changes.filter(isRecord) : [];
  const rows = (value: unknown): number | null => (isCount(value) ? value : null);
  return {
    kind: raw.kind,
    name: String(raw.name),
    changes: changes.map((one) => ({
      name: String(one.name),
      change: one.change === 'added' || one.change === 'removed' ? one.change : 'modified',
      addedRows: rows(one.addedRows),
      removedRows: rows(one.removedRows),
      schema: one.schema === true,
    })),
  };
}
