/**
 * One worktree as the store has it, in memory: what scans are compared with and what
 * snapshots answer from. Loaded once, kept in step by this process's own commits,
 * loaded again when another process raised the generation.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { FileRecord, LeftOut } from '../types.ts';
import type { RulesTable, Stamp } from '../worktree/scan.ts';

/** A row of `file` with what its version says. `version` is 0 when there is none. */
export interface FileRow extends FileRecord, Stamp {
  /** Why it is not searched; `null` when it is. */
  readonly leftOut: LeftOut | null;
  /** Its stamp proves nothing: hash it again. */
  readonly racy: boolean;
}

export class WorktreeRows {
  readonly id: number;
  readonly generation: number;
  /** Files that the last scan found and no commit has dealt with yet. */
  readonly pending: number;
  readonly rules: RulesTable | null;
  readonly byPath: Map<string, FileRow>;
  /** A snapshot answers from `byPath`: it must not change any more. */
  shared = false;
  #byVersion: Map<number, FileRow> | null = null;
  #searched: readonly FileRow[] | null = null;
  #leftOut: Partial<Record<LeftOut, number>> | null = null;

  constructor(id: number, generation: number, pending: number, rules: RulesTable | null, byPath: Map<string, FileRow>) {
    this.id = id;
    this.generation = generation;
    this.pending = pending;
    this.rules = rules;
    this.byPath = byPath;
  }

  static none(): WorktreeRows {
    return new WorktreeRows(0, 0, 0, null, new Map());
  }

  /** Directories that hold files, and those above them, each with a final slash. */
  directories(): Set<string> {
    const found = new Set<string>();
    let last = '';
    for (const file of this.byPath.keys()) {
      let end = file.lastIndexOf('/') + 1;
      // Rows come from the store in the order of their paths: most are where the one before is.
      if (end === last.length && file.startsWith(last)) continue;
      last = file.slice(0, end);
      while (end > 0 && !found.has(file.slice(0, end))) {
        found.add(file.slice(0, end));
        end = file.lastIndexOf('/', end - 2) + 1;
      }
    }
    return found;
  }

  /** Files that are searched, by path. */
  get searched(): readonly FileRow[] {
    this.#searched ??= [...this.byPath.values()]
      .filter((row) => row.leftOut === null)
      .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
    return this.#searched;
  }

  get byVersion(): ReadonlyMap<number, FileRow> {
    if (this.#byVersion === null) {
      this.#byVersion = new Map();
      for (const row of this.byPath.values()) if (row.leftOut === null) this.#byVersion.set(row.version, row);
    }
    return this.#byVersion;
  }

  /** By reason in alphabetical order: rows come in the order of commits, and an answer must not show that. */
  get leftOut(): Partial<Record<LeftOut, number>> {
    if (this.#leftOut === null) {
      const counts = new Map<LeftOut, number>();
      for (const { leftOut } of this.byPath.values()) {
        if (leftOut !== null) counts.set(leftOut, (counts.get(leftOut) ?? 0) + 1);
      }
      this.#leftOut = Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
    }
    return this.#leftOut;
  }

  /** The rows after a commit of this process; takes over the map unless a snapshot holds it. */
  after(
    generation: number,
    pending: number,
    rules: RulesTable | null,
    files: readonly FileRow[],
    removed: readonly string[],
  ): WorktreeRows {
    const byPath = this.shared ? new Map(this.byPath) : this.byPath;
    for (const row of files) byPath.set(row.path, row);
    for (const path of removed) byPath.delete(path);
    return new WorktreeRows(this.id, generation, pending, rules, byPath);
  }
}

/** Reads inside the caller's transaction. @returns `null` when the store does not know the worktree */
export function loadRows(database: DatabaseSync, root: string, cached: WorktreeRows | null): WorktreeRows | null {
  const head = database.prepare('SELECT id, generation, pending, rules FROM worktree WHERE root = ?');
  head.setReturnArrays(true);
  const found = head.get(root) as unknown as [number, number, number, string] | undefined;
  if (found === undefined) return null;
  const [id, generation, pending, rules] = found;
  if (cached !== null && cached.id === id && cached.generation === generation) return cached;
  const all = database.prepare(
    `SELECT f.path, f.version, coalesce(f.left_out, v.left_out), f.bytes, f.mtime, f.ctime, f.inode, f.racy, v.language, v.lines
     FROM file f LEFT JOIN version v ON v.id = f.version WHERE f.worktree = ?`,
  );
  all.setReturnArrays(true);
  const byPath = new Map<string, FileRow>();
  for (const row of all.all(id) as unknown as (string | number | null)[][]) {
    const path = row[0] as string;
    byPath.set(path, {
      path,
      version: (row[1] as number | null) ?? 0,
      leftOut: row[2] as LeftOut | null,
      bytes: row[3] as number,
      mtimeMs: row[4] as number,
      ctimeMs: row[5] as number,
      inode: row[6] as number,
      racy: row[7] === 1,
      language: (row[8] as string | null) ?? '',
      lines: (row[9] as number | null) ?? 0,
    });
  }
  return new WorktreeRows(id, generation, pending, JSON.parse(rules) as RulesTable, byPath);
}
