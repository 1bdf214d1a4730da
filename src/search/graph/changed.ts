/** What changes, as nodes of the graph: a symbol that someone names, or the innermost definitions that hold the lines of a diff. */

import { decodeUtf8 } from '../../code/mod.ts';
import type { FileRecord } from '../../index/mod.ts';
import { changedLines, type FileDiff } from './diff.ts';
import { nodesTouched, pickNode } from './pick.ts';
import type { GraphView } from './view.ts';

/** Definitions listed for an ambiguous id. */
const mostCandidates = 25;

export function askedNodes(
  view: GraphView,
  given: string,
): { readonly nodes: readonly number[]; readonly candidates: readonly number[]; readonly notices: readonly string[] } {
  const picked = pickNode(view, given);
  if (picked.kind === 'several') {
    const more = picked.nodes.length - mostCandidates;
    const notices = more > 0 ? [`${more} more definitions fit.`] : [];
    return { nodes: [], candidates: picked.nodes.slice(0, mostCandidates), notices };
  }
  const notices = picked.exact ? [] : [`${given} was taken for ${view.id(picked.node)}.`];
  return { nodes: [picked.node], candidates: [], notices };
}

export interface DiffNodes {
  readonly nodes: readonly number[];
  /** Those of them that change with all that is in them: files deleted or moved. */
  readonly whole: readonly number[];
  /** Files of the diff that the graph does not have. */
  readonly outside: readonly string[];
  readonly notices: readonly string[];
}

export function diffNodes(view: GraphView, files: readonly FileDiff[]): DiffNodes {
  const nodes = new Set<number>();
  const whole: number[] = [];
  const outside: string[] = [];
  const notices: string[] = [];
  for (const file of files) {
    const record = fileOf(view, file);
    if (record === null) {
      outside.push(file.newPath ?? file.oldPath ?? '');
      continue;
    }
    const text = view.reader.text(record);
    if (text === null) continue;
    if (file.newPath === null || file.hunks.length === 0) {
      // Deleted or renamed: all that it defines is no longer where others look for it.
      const node = view.graph.nodeOf(record.path, -1);
      if (node >= 0) whole.push(node);
      continue;
    }
    const { ranges, side } = changedLines(file, decodeUtf8(text.bytes).split('\n'));
    if (side === 'neither')
      notices.push(`${record.path} is as neither side of the diff has it; lines are taken by the diff's new numbers.`);
    for (const node of nodesTouched(view, record, ranges) ?? []) nodes.add(node);
  }
  for (const node of whole) nodes.add(node);
  return { nodes: [...nodes].sort((a, b) => a - b), whole, outside, notices };
}

/** By the new path, the old one, and either without its first folder, which `--no-prefix` and `-p1` differ in. */
function fileOf(view: GraphView, { newPath, oldPath }: FileDiff): FileRecord | null {
  for (const path of [newPath, oldPath]) {
    if (path === null) continue;
    const shorter = path.includes('/') ? path.slice(path.indexOf('/') + 1) : path;
    const found = view.reader.snapshot.file(path.replace(/^\.\//, '')) ?? view.reader.snapshot.file(shorter);
    if (found !== null) return found;
  }
  return null;
}
