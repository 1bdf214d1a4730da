/**
 * Keeping segments few, so that a query visits few, and rid of what no worktree holds.
 *
 * Tiers as in log-structured stores: segments of about one size are merged when there
 * are too many of them, so that a byte is rewritten a logarithmic number of times. Versions
 * that no worktree holds any more are left out of a merge and then forgotten; a segment is
 * rewritten for their sake alone only when they are a good part of it, because switching
 * back to the branch that had them is common and costs nothing while they are there.
 */
import path from 'node:path';
import { corrupt } from '../store/failures.ts';
import { inlineBytes, type SegmentRow } from '../store/segment-files.ts';
import type { StoreWriter } from '../store/writer.ts';
import { type Merged, mergeContent, openSource } from './merge-content.ts';
import type { MergeSetup } from './messages.ts';
import { startThread } from './threads.ts';

/** A merged segment is held in memory while it is made, and two are made at a time. */
const mostMergedBytes = 32 * 1024 * 1024;
/** Part of a segment's versions, or of all versions, that may be dead before it is rewritten for that alone. */
const mostDead = 0.3;

/** How many segments of one tier may stay. */
export interface MergeLimits {
  /** Of those kept inline: each adds some 20 µs to a query. */
  readonly inline: number;
  /** Of those that are files. */
  readonly files: number;
}

/** A refresh is waited for: it merges only what would get out of hand. */
const afterRefresh: MergeLimits = { inline: 8, files: 10 };
const tidied: MergeLimits = { inline: 1, files: 4 };

/** Below this all segments are one tier: the edits of one file make segments of 2 to 10 KB. */
const smallestTierBytes = 16 * 1024;
/** Each tier holds sizes up to this many times those of the one below. */
const tierFactor = 4;

/** Groups of segments to be merged, each into one; none when all is well. */
export function mergePlan(segments: readonly SegmentRow[], limits: MergeLimits): SegmentRow[][] {
  const tiers = new Map<number, SegmentRow[]>();
  for (const segment of segments) {
    const tier = Math.max(0, Math.ceil(Math.log(segment.bytes / smallestTierBytes) / Math.log(tierFactor)));
    tiers.set(tier, [...(tiers.get(tier) ?? []), segment]);
  }
  const groups: SegmentRow[][] = [];
  for (const tier of tiers.values()) {
    const inline = tier.every((segment) => segment.bytes < inlineBytes);
    if (tier.length > (inline ? limits.inline : limits.files)) groups.push(...withinBytes(tier));
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

/** Groups below this are merged in the calling thread. */
const inThreadBytes = 4 * 1024 * 1024;
/** A merging thread's JavaScript heap: dictionaries of the result; its bytes are outside of it. */
const heap = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 16 };

/** Merges one group and forgets the versions that no worktree holds. */
async function mergeGroup(writer: StoreWriter, group: readonly SegmentRow[], held: ReadonlySet<number>): Promise<void> {
  const ids = group.map((row) => row.id);
  const sources = group.map((row) => ({ id: row.id, content: row.inline ? writer.inlineContent(row.id) : null }));
  const bytes = group.reduce((sum, row) => sum + row.bytes, 0);
  const merged =
    bytes < inThreadBytes
      ? mergeContent(writer.dataDir, sources, held)
      : await mergeInThread({ dataDir: writer.dataDir, sources, held: Float64Array.from(held) });
  writer.replaceSegments(ids, merged.content, merged.dropped);
}

/** @throws WinnowError `index-corrupt` when a segment is damaged */
export function mergeInThread(setup: Omit<MergeSetup, 'compileCacheDir' | 'program'>): Promise<Merged> {
  return new Promise((resolve, reject) => {
    const thread = startThread<MergeSetup>({ program: 'merge', ...setup }, heap);
    thread.on('message', resolve);
    // Errors cross threads without their class and code; reading segments throws but one.
    thread.on('error', (cause: Error) => {
      const damaged = cause.name === 'WinnowError';
      reject(damaged ? corrupt(path.dirname(setup.dataDir), cause.message, cause) : cause);
    });
    thread.on('exit', () => reject(new Error('a merging thread ended without a result')));
  });
}

/** What a refresh does at its end: nothing most of the time. */
export async function mergeWhenMany(
  writer: StoreWriter,
  onGroup?: (done: number, total: number) => void,
): Promise<void> {
  await mergeAll(writer, mergePlan(writer.segments(), afterRefresh), onGroup);
}

/** Leaves few segments, and none that holds too much that is dead. */
export async function mergeThoroughly(writer: StoreWriter): Promise<void> {
  await mergeAll(writer, mergePlan(writer.segments(), tidied));
  const share = writer.deadShare();
  if (share.dead === 0) return;
  const held = writer.heldVersions();
  const all = share.dead > mostDead * share.all;
  const deadly = writer.segments().filter((row) => {
    const segment = openSource(writer.dataDir, {
      id: row.id,
      content: row.inline ? writer.inlineContent(row.id) : null,
    });
    const dead = segment.versions.reduce((count, version) => count + (held.has(version) ? 0 : 1), 0);
    const { length } = segment.versions;
    segment.close();
    return dead > mostDead * length || (all && dead > 0);
  });
  await mergeAll(
    writer,
    deadly.map((row) => [row]),
  );
}

/** Two groups at a time: memory for two results. */
async function mergeAll(
  writer: StoreWriter,
  groups: readonly SegmentRow[][],
  onGroup: (done: number, total: number) => void = () => {},
): Promise<void> {
  if (groups.length === 0) return;
  const held = writer.heldVersions();
  const waiting = [...groups];
  let done = 0;
  onGroup(done, groups.length);
  const mergeSome = async () => {
    for (let group = waiting.shift(); group !== undefined; group = waiting.shift()) {
      await mergeGroup(writer, group, held);
      onGroup(++done, groups.length);
    }
  };
  await Promise.all([mergeSome(), mergeSome()]);
}
