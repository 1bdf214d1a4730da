/**
 * Queries of filters alone (`kind:class path:src/`): definitions listed by how likely
 * they are looked for, since there is nothing to match.
 */
import type { FileFacts } from '../code/mod.ts';
import type { FileRecord, SegmentView } from '../index/mod.ts';
import { kindAdmitted, nameTest } from './filters.ts';
import { type FileSort, flagFactor, priorOf, shallowness } from './prior.ts';
import type { Reader } from './reader.ts';
import type { Query } from './types.ts';
import { admitsIndex, flagsOfVersion } from './views.ts';
import { depth } from './weights.ts';

export interface Browsed {
  readonly file: FileRecord;
  readonly facts: FileFacts;
  readonly symbol: number;
  readonly chunks: readonly number[];
  readonly score: number;
}

export interface BrowseAnswer {
  /** Best first. */
  readonly hits: readonly Browsed[];
  readonly total: { readonly count: number; readonly moreThan: boolean };
}

/** Definitions, and chunks where only they have the kind, that the filters let through. */
export function browse(
  reader: Reader,
  views: readonly SegmentView[],
  query: Query,
  asked: ReadonlySet<FileSort>,
): BrowseAnswer {
  const named = nameTest(query.names);
  const files = filesOf(reader, views, query, asked);
  const hits: Browsed[] = [];
  for (const { view, file } of files.slice(0, depth.browsed)) {
    const facts = reader.facts(file.version);
    const flags = flagsOfVersion(view, file.version);
    for (const [symbol, definition] of facts.symbols.entries()) {
      if (!kindAdmitted(query.kinds, definition.kind) || !(named?.(definition.name) ?? true)) continue;
      const score = priorOf({ ...definition, path: file.path, flags }, asked);
      hits.push({ file, facts, symbol, chunks: [], score });
    }
    if (query.kinds.length > 0 && named === null) {
      for (const [at, chunk] of facts.chunks.entries()) {
        if (chunk.symbol >= 0 || !kindAdmitted(query.kinds, chunk.kind)) continue;
        const score = shallowness(file.path) * flagFactor(flags, asked) * chunkShare;
        hits.push({ file, facts, symbol: -1, chunks: [at], score });
      }
    }
  }
  hits.sort((a, b) => b.score - a.score || byPlace(a, b));
  return { hits, total: { count: hits.length, moreThan: files.length > depth.browsed } };
}

/** Chunks that define nothing stand after definitions. */
const chunkShare = 0.1;

function byPlace(a: Browsed, b: Browsed): number {
  if (a.file.path !== b.file.path) return a.file.path < b.file.path ? -1 : 1;
  return a.symbol - b.symbol || (a.chunks[0] ?? 0) - (b.chunks[0] ?? 0);
}

/** Files let through, the likeliest first; with `name:`, those that define such a name. */
function filesOf(reader: Reader, views: readonly SegmentView[], query: Query, asked: ReadonlySet<FileSort>) {
  const named = nameTest(query.names);
  const files: { readonly view: SegmentView; readonly file: FileRecord; readonly likely: number }[] = [];
  for (const view of views) {
    const { segment } = view;
    const defining = new Set<number>();
    if (named !== null) {
      segment.names.scan((name, at) => {
        if (named(name)) for (const { version } of segment.names.entries(at)) defining.add(version);
        return true;
      });
    }
    for (const [index, version] of segment.versions.entries()) {
      if (!admitsIndex(view, index) || (named !== null && !defining.has(version))) continue;
      const file = reader.snapshot.fileOfVersion(version);
      if (file === null) continue;
      const likely = shallowness(file.path) * flagFactor(flagsOfVersion(view, version), asked);
      files.push({ view, file, likely });
    }
  }
  return files.sort((a, b) => b.likely - a.likely || (a.file.path < b.file.path ? -1 : 1));
}
