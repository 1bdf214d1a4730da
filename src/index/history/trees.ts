/**
 * Trees: what a directory of a commit holds, and in which files two commits differ.
 *
 * Equal ids mean equal directories, so a difference is found by walking only what differs: a commit that touches
 * one file of ten thousand costs a few objects. Renames are not looked for: a file that moved is one gone and one new.
 */
import type { ObjectStore } from './objects.ts';

export interface TreeEntry {
  /** Octal mode as git writes it: `40000` a directory, `120000` a symbolic link, `160000` a submodule. */
  readonly mode: string;
  readonly name: string;
  readonly id: Buffer;
}

const directory = '40000';

/** Entries of a tree object, in git's order. A tree cut short gives those before the cut. */
export function treeEntries(bytes: Buffer, idBytes: number): TreeEntry[] {
  const entries: TreeEntry[] = [];
  let at = 0;
  while (at < bytes.length) {
    const space = bytes.indexOf(0x20, at);
    const end = bytes.indexOf(0, space);
    if (space < 0 || end < 0 || end + 1 + idBytes > bytes.length) break;
    entries.push({
      mode: bytes.toString('latin1', at, space),
      name: bytes.toString('utf8', space + 1, end),
      id: bytes.subarray(end + 1, end + 1 + idBytes),
    });
    at = end + 1 + idBytes;
  }
  return entries;
}

/** A file that is not the same in two trees; `null`: it is not in that one. */
export interface TreeChange {
  readonly path: string;
  readonly before: TreeEntry | null;
  readonly after: TreeEntry | null;
}

/**
 * Files that differ, by path in the order of the trees.
 *
 * @param before id of a tree; `null`: an empty one
 * @param most changes wanted; the walk ends at that many
 * @returns `null` when a tree is not there
 */
export function treeChanges(
  objects: ObjectStore,
  before: Buffer | null,
  after: Buffer | null,
  most: number,
): TreeChange[] | null {
  const changes: TreeChange[] = [];
  return walk(objects, before, after, '', changes, most) ? changes : null;
}

function walk(
  objects: ObjectStore,
  before: Buffer | null,
  after: Buffer | null,
  prefix: string,
  changes: TreeChange[],
  most: number,
): boolean {
  if (changes.length >= most) return true;
  if (before !== null && after !== null && before.equals(after)) return true;
  const old = before === null ? Buffer.alloc(0) : objects.readKind(before, 'tree');
  const fresh = after === null ? Buffer.alloc(0) : objects.readKind(after, 'tree');
  if (old === null || fresh === null) return false;
  for (const [left, right] of pairs(treeEntries(old, objects.idBytes), treeEntries(fresh, objects.idBytes))) {
    if (changes.length >= most) return true;
    const name = (left ?? right)?.name ?? '';
    const leftTree = left?.mode === directory ? left.id : null;
    const rightTree = right?.mode === directory ? right.id : null;
    if (leftTree !== null || rightTree !== null) {
      if (!walk(objects, leftTree, rightTree, `${prefix}${name}/`, changes, most)) return false;
    }
    const leftFile = leftTree === null ? left : null;
    const rightFile = rightTree === null ? right : null;
    if (leftFile !== null || rightFile !== null)
      changes.push({ path: prefix + name, before: leftFile, after: rightFile });
  }
  return true;
}

/** Entries of the same name side by side, without those that are equal. */
function pairs(left: TreeEntry[], right: TreeEntry[]): [TreeEntry | null, TreeEntry | null][] {
  const found: [TreeEntry | null, TreeEntry | null][] = [];
  const unmatched = new Map(left.map((entry) => [entry.name, entry]));
  for (const entry of right) {
    const other = unmatched.get(entry.name);
    unmatched.delete(entry.name);
    if (other !== undefined && other.mode === entry.mode && other.id.equals(entry.id)) continue;
    found.push([other ?? null, entry]);
  }
  for (const entry of unmatched.values()) found.push([entry, null]);
  return found;
}
