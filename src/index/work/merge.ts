/**
 * Keeping segments few, so that a query visits few, and rid of what no worktree holds.
 *
 * Tiers as in log-structured stores: segments of about one size are merged when there
 * are too many of them, so that a byte is rewritten a logarithmic number of times. Versions
 * that no worktree holds any more are left out of a merge and then forgotten; a segment is
 * rewritten for their sake alone only when they are a good part of it, because switching
 * back to the branch that had them is common and costs nothing while they are there.
 */
import { inlineBytes, type SegmentRow, segmentFile } from '../store/segment-files.ts';
import type { StoreWriter } from '../store/writer.ts';
import { fileSource, memorySource, mergeSegments, openSegment, type Segment } from '../text/mod.ts';

/** Inline segments left alone: each adds some 20 µs to a query, and merging them takes a few milliseconds. */
const mostInline = 8;
/** Segments of one size class left alone. */
const mostOfTier = 4;
const tierFactor = 4;
/** A merged segment is held in memory while it is made. */
const mostMergedBytes = 128 * 1024 * 1024;
/** Part of a segment's versions, or of all versions, that may be dead before it is rewritten for that alone. */
const mostDead = 0.3;

/** Groups of segments to be merged, each into one; none when all is well. */
export function mergePlan(segments: readonly SegmentRow[]): SegmentRow[][] {
  const inline = segments.filter((segment) => segment.bytes < inlineBytes);
  const groups: SegmentRow[][] = [];
  if (inline.length > mostInline) groups.push(inline);
  const tiers = new Map<number, SegmentRow[]>();
  for (const segment of segments) {
    if (segment.bytes < inlineBytes) continue;
    const tier = Math.floor(Math.log(segment.bytes / inlineBytes) / Math.log(tierFactor));
    tiers.set(tier, [...(tiers.get(tier) ?? []), segment]);
  }
  for (const tier of tiers.values()) {
    if (tier.length > mostOfTier) groups.push(...withinBytes(tier));
  }
  return groups;
}

/** Cuts a tier into groups that stay below `mostMergedBytes`; those of one are left out. */
function withinBytes(tier: readonly SegmentRow[]): SegmentRow[][] {
  const groups: SegmentRow[][] = [];
  let group: SegmentRow[] = [];
  let bytes = 0;
  for (const segment of [...tier].sort((a, b) => a.bytes - b.bytes)) {
    if (bytes + segment.bytes > mostMergedBytes && group.length > 0) {
      groups.push(group);
      group = [];
      bytes = 0;
    }
    group.push(segment);
    bytes += segment.bytes;
  }
  groups.push(group);
  return groups.filter((members) => members.length > 1);
}

/** Merges one group; versions that no worktree holds are forgotten with it. */
export function mergeGroup(writer: StoreWriter, group: readonly SegmentRow[], held: ReadonlySet<number>): void {
  const opened: Segment[] = [];
  try {
    for (const row of group) opened.push(openForMerge(writer, row));
    const dropped: number[] = [];
    let docs = 0;
    for (const segment of opened) {
      segment.versions.forEach((version, index) => {
        if (!held.has(version)) dropped.push(version);
        else docs += (segment.firstDoc[index + 1] as number) - (segment.firstDoc[index] as number);
      });
    }
    const content = docs === 0 ? null : { docs, bytes: mergeSegments(opened, (version) => held.has(version)) };
    writer.replaceSegments(
      group.map((row) => row.id),
      content,
      dropped,
    );
  } finally {
    for (const segment of opened) segment.close();
  }
}

function openForMerge(writer: StoreWriter, row: SegmentRow): Segment {
  const source = row.inline
    ? memorySource(writer.inlineContent(row.id))
    : fileSource(segmentFile(writer.dataDir, row.id));
  return openSegment(source);
}

/** What a refresh does at its end: nothing most of the time. */
export function mergeWhenMany(writer: StoreWriter, onGroup: (done: number, total: number) => void = () => {}): void {
  const groups = mergePlan(writer.segments());
  if (groups.length === 0) return;
  const held = writer.heldVersions();
  groups.forEach((group, done) => {
    onGroup(done, groups.length);
    mergeGroup(writer, group, held);
  });
}

/** Rewrites segments that hold too much that is dead. */
export function dropDead(writer: StoreWriter): void {
  const share = writer.deadShare();
  if (share.dead === 0) return;
  const held = writer.heldVersions();
  const all = share.dead > mostDead * share.all;
  for (const row of writer.segments()) {
    const segment = openForMerge(writer, row);
    const { versions } = segment;
    const dead = versions.reduce((count, version) => count + (held.has(version) ? 0 : 1), 0);
    segment.close();
    if (dead > mostDead * versions.length || (all && dead > 0)) mergeGroup(writer, [row], held);
  }
}
