/** What a store keeps for graphs, as readers see it: links of versions, and calls that runs took. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { hasLaterTables } from './schema.ts';

/** Raise it whenever the same bytes would give other links: records of another format are made anew, and graphs with them. */
export const linksFormat = 10;

/** A call between definitions, by path and qualified name; `''` is the file itself. */
export interface ObservedRow {
  readonly callerPath: string;
  readonly caller: string;
  readonly calleePath: string;
  readonly callee: string;
  readonly count: number;
}

/** Reads in the caller's transaction. */
export class GraphRows {
  readonly #database: DatabaseSync;
  readonly #there: boolean;
  #links: StatementSync | null = null;
  #has: StatementSync | null = null;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#there = hasLaterTables(database);
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

  observed(root: string): ObservedRow[] {
    if (!this.#there) return [];
    const rows = this.#database.prepare(
      `SELECT caller_path, caller, callee_path, callee, count FROM observed
       WHERE worktree = (SELECT id FROM worktree WHERE root = ?)`,
    );
    rows.setReturnArrays(true);
    return (rows.all(root) as unknown as [string, string, string, string, number][]).map(
      ([callerPath, caller, calleePath, callee, count]) => ({ callerPath, caller, calleePath, callee, count }),
    );
  }
}
