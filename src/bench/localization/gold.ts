/**
 * The right answer of an instance: the files and functions that its patch changes.
 *
 * LocAgent's protocol (arXiv:2503.09089, §5.1): gold are the files that the patch changes and that exist before it, and
 * the functions it changes that exist before it. A change outside of functions has no gold function; an instance whose
 * patch changes no existing function counts for files only. A function within a function counts as the outer one.
 *
 * A function is changed when a line of it with anything on it is removed, or lines are added between two of its lines,
 * or after its last line but indented deeper than its head (they then belong to it).
 */
import { lineStarts } from '../../base/mod.ts';
import type { FileFacts, Symbol } from '../../code/mod.ts';
import type { Snapshot } from '../../index/mod.ts';
import { type FilePatch, parsePatch } from './patch.ts';

export interface Gold {
  readonly files: readonly string[];
  /** `path:Qualified.name`, sorted; overloads of one name in one file are one. */
  readonly functions: readonly string[];
}

/** @param patch unified diff from the snapshot's state */
export function goldOf(snapshot: Snapshot, patch: string): Gold {
  const files = new Set<string>();
  const functions = new Set<string>();
  for (const change of parsePatch(patch)) {
    if (change.path === null) continue;
    files.add(change.path);
    const record = snapshot.file(change.path);
    const source = record === null ? null : snapshot.source(record);
    if (record === null || source?.kind !== 'source') continue;
    for (const name of changedFunctions(snapshot.facts(record.version), source.bytes, change))
      functions.add(`${change.path}:${name}`);
  }
  return { files: [...files].sort(), functions: [...functions].sort() };
}

const callable: ReadonlySet<string> = new Set(['function', 'method', 'constructor']);

/** Names of the functions of a file that a patch changes. */
export function changedFunctions(facts: FileFacts, source: Uint8Array, change: FilePatch): Set<string> {
  const starts = lineStarts(source);
  const outer = facts.symbols.filter((symbol) => callable.has(symbol.kind) && !withinCallable(facts, symbol));
  const ranges = outer.map(({ span, qualifiedName }) => ({
    first: lineAtOffset(starts, span.start),
    last: lineAtOffset(starts, Math.max(span.start, span.end - 1)),
    indent: indentAt(source, starts, span.start),
    name: qualifiedName,
  }));
  const at = (line: number) => ranges.find(({ first, last }) => first <= line && line <= last);
  const changed = new Set<string>();
  for (const line of change.removed) {
    const found = at(line);
    if (found !== undefined) changed.add(found.name);
  }
  for (const { after, indent } of change.inserted) {
    const found = at(after);
    if (found !== undefined && (at(after + 1) === found || indent > found.indent)) changed.add(found.name);
  }
  return changed;
}

function withinCallable(facts: FileFacts, symbol: Symbol): boolean {
  for (let at = symbol.parent; at >= 0; at = facts.symbols[at]?.parent ?? -1)
    if (callable.has(facts.symbols[at]?.kind ?? '')) return true;
  return false;
}

/** 1-based line of a byte offset. */
function lineAtOffset(starts: Uint32Array, offset: number): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] as number) <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

function indentAt(source: Uint8Array, starts: Uint32Array, offset: number): number {
  let at = starts[lineAtOffset(starts, offset) - 1] ?? 0;
  const from = at;
  while (source[at] === 32 || source[at] === 9) at++;
  return at - from;
}
