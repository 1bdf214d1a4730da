/** What a store keeps for graphs, as readers see it: links of versions, and calls that runs took. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { hasLaterTable } from './schema.ts';

/** Raise it whenever the same bytes would give other links: records of another format are made anew, and graphs with them. */
export const linksFormat = 10;

/** A call between definitions, by path and qualified name; `''` is the file itself. */
export interface ObservedRow {
  readonly callerPath: string;
  readonly caller: string;
  readonly calleePath: string;
  readonly callee: string;
  readonly count: number;
  /** Seen in a partial run: of the contents that both files have now. */
  readonly partial: boolean;
}

/** What a partial run ran of a file, as its content is now. A run of the same program takes the place of the one before. */
export interface PartialRun {
  /** The program: its path, with the function after a colon where one was called. */
  readonly run: string;
  /** Level of honesty of the round that was told, 1 to 4. */
  readonly level: number;
  /** Lines from 1 of statements that ran, and of those that did not, ascending. */
  readonly ran: readonly number[];
  readonly missed: readonly number[];
}

const plainRows = `SELECT caller_path, caller, callee_path, callee, count FROM observed
  WHERE worktree = (SELECT id FROM worktree WHERE root = ?)`;

const partialRows = `SELECT a.path, o.caller, b.path, o.callee, o.count FROM observed_partially o
  JOIN file a ON a.worktree = o.worktree AND a.version = o.caller_version
  JOIN file b ON b.worktree = o.worktree AND b.version = o.callee_version
  WHERE o.worktree = (SELECT id FROM worktree WHERE root = ?)`;

/** Reads in the caller's transaction. */
export class GraphRows {
  readonly #database: DatabaseSync;
  readonly #there: boolean;
  readonly #partialThere: boolean;
  readonly #coverageThere: boolean;
  #links: StatementSync | null = null;
  #has: StatementSync | null = null;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#there = hasLaterTable(database, 'observed');
    this.#partialThere = hasLaterTable(database, 'observed_partially');
    this.#coverageThere = hasLaterTable(database, 'covered_partially');
  }

  /** @returns the record, empty for a file whose links could not be read, `null` when nobody tried */
  links(version: number): Uint8Array | null {
    if (!this.#there) return null;
    this.#links ??= this.#database.prepare('SELECT packed FROM links WHERE version = ? AND format = ?');
    return (this.#links.get(version, linksFormat)?.packed as Uint8Array | undefined) ?? null;
  }

  hasLinks(version: number): boolean {
    if (!this.#there) return false;
    this.#has ??= this.#database.prepare('SELECT 1 FROM links WHERE version = ? AND format = ?');
    return this.#has.get(version, linksFormat) !== undefined;
  }

  /** By the name of the program. */
  ranPartially(root: string, version: number): PartialRun[] {
    if (!this.#coverageThere) return [];
    const rows = this.#database
      .prepare(
        `SELECT run, level, ran, missed FROM covered_partially
         WHERE worktree = (SELECT id FROM worktree WHERE root = ?) AND version = ? ORDER BY run`,
      )
      .all(root, version) as unknown as { run: string; level: number; ran: string; missed: string }[];
    return rows.map(({ ran, missed, ...rest }) => ({ ...rest, ran: numbersIn(ran), missed: numbersIn(missed) }));
  }

  observed(root: string): ObservedRow[] {
    const read = (partial: boolean, text: string): ObservedRow[] => {
      const rows = this.#database.prepare(text);
      rows.setReturnArrays(true);
      return (rows.all(root) as unknown as [string, string, string, string, number][]).map(
        ([callerPath, caller, calleePath, callee, count]) => ({
          callerPath,
          caller,
          calleePath,
          callee,
          count,
          partial,
        }),
      );
    };
    return [...(this.#there ? read(false, plainRows) : []), ...(this.#partialThere ? read(true, partialRows) : [])];
  }
}

const numbersIn = (text: string): number[] => (text === '' ? [] : text.split(',').map(Number));
