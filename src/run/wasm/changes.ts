/**
 * What a program did to its files: the tree after the run against the files that it was given.
 */
import type { ChangedFile } from '../types.ts';
import { type DirectoryNode, mostPathBytes, type TreeFile } from './filetree.ts';

/**
 * @param directory the work directory after the run
 * @param given the files that were put there before
 * @param options.leaveOut names right below it that are the sandbox's own
 * @returns changes by path; paths that are no UTF-8 are given with replacement characters
 */
export function changedFiles(
  directory: DirectoryNode,
  given: readonly TreeFile[],
  options: { leaveOut?: readonly string[] } = {},
): readonly ChangedFile[] {
  const before = new Map(given.map((file) => [Buffer.from(file.path, 'utf8').toString('latin1'), file]));
  const changes: ChangedFile[] = [];
  const text = (name: string) => Buffer.from(name, 'latin1').toString('utf8');
  // Not recursive: a program may make directories deeper than our stack.
  const waiting: { directory: DirectoryNode; path: string }[] = [{ directory, path: '' }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const [name, node] of next.directory.entries) {
      if (next.path === '' && options.leaveOut?.includes(name)) continue;
      const key = next.path + name;
      if (key.length > mostPathBytes) {
        // Names of names of names: writing them all out would take memory by the square.
        const path = text(key.slice(0, mostPathBytes));
        changes.push({ path, change: 'left-out', reason: `its path is longer than ${mostPathBytes} bytes` });
        continue;
      }
      if (node.kind === 'directory') {
        if (!node.readOnly) waiting.push({ directory: node, path: `${key}/` });
      } else if (node.kind === 'link') changes.push({ path: text(key), change: 'symlink', target: text(node.target) });
      else if (node.kind === 'file') {
        const was = before.get(key);
        before.delete(key);
        const bytes = node.bytes.subarray(0, node.size);
        if (was !== undefined && (node.bytes === was.bytes || Buffer.compare(bytes, was.bytes) === 0)) continue;
        const change = was === undefined ? 'added' : 'modified';
        changes.push({ path: text(key), change, bytes: bytes.slice(), mode: node.mode });
      }
    }
  }
  for (const path of before.keys()) changes.push({ path: text(path), change: 'removed' });
  return changes.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}
