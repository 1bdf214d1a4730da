/** What a scan found that the store does not have: the work of a refresh. */
import type { FileRow, WorktreeRows } from '../store/rows.ts';
import type { FileChange } from '../store/writer.ts';
import { type Entry, type RulesTable, type Scan, unsettledRules } from '../worktree/scan.ts';

export interface Changes {
  /** New files, and files whose stamp says they may have changed; by path. */
  readonly suspects: readonly Entry[];
  /** Entries that are not to be read, where the store says otherwise or nothing. */
  readonly leftOut: readonly FileChange[];
  readonly removed: readonly string[];
  readonly rulesChanged: boolean;
  readonly none: boolean;
}

export function changesBetween(rows: WorktreeRows, scan: Scan): Changes {
  const suspects: Entry[] = [];
  const leftOut: FileChange[] = [];
  let met = 0;
  for (const entry of scan.entries) {
    const row = rows.byPath.get(entry.path);
    if (row !== undefined) met++;
    if (entry.leftOut !== null) {
      if (row?.leftOut !== entry.leftOut) leftOut.push({ ...entry, version: null, racy: false });
    } else if (row === undefined || row.racy || !sameStamp(row, entry)) suspects.push(entry);
  }
  const removed = met === rows.byPath.size ? [] : missing(rows, scan);
  suspects.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  const rulesChanged = !sameRules(rows.rules, scan.rules);
  const none = suspects.length + leftOut.length + removed.length === 0 && !rulesChanged && rows.pending === 0;
  return { suspects, leftOut, removed, rulesChanged, none };
}

function sameStamp(row: FileRow, entry: Entry): boolean {
  return (
    row.bytes === entry.bytes &&
    row.mtimeMs === entry.mtimeMs &&
    row.ctimeMs === entry.ctimeMs &&
    row.inode === entry.inode
  );
}

function missing(rows: WorktreeRows, scan: Scan): string[] {
  const found = new Set(scan.entries.map((entry) => entry.path));
  return [...rows.byPath.keys()].filter((path) => !found.has(path));
}

/** A rules file without a settled stamp counts as unchanged here: it is read at the next scan in any case. */
function sameRules(before: RulesTable | null, now: RulesTable): boolean {
  if (before === null) return false;
  const files = Object.keys(now);
  return (
    files.length === Object.keys(before).length &&
    files.every((file) => before[file] === now[file] || now[file] === unsettledRules)
  );
}
