/** Merging segments into one, wherever it runs: what is read, what comes out, what is dropped. */
import { segmentFile } from '../store/segment-files.ts';
import type { SegmentContent } from '../store/writer.ts';
import { fileSource, memorySource, mergeSegments, openSegment, type Segment } from '../text/mod.ts';

/** A segment to read: its number, and its content when it is not a file. */
export interface MergeSource {
  readonly id: number;
  readonly content: Uint8Array | null;
}

export interface Merged {
  /** `null` when nothing was kept. */
  readonly content: SegmentContent | null;
  /** Versions that were not. */
  readonly dropped: readonly number[];
}

export function openSource(dataDir: string, { id, content }: MergeSource): Segment {
  return openSegment(content === null ? fileSource(segmentFile(dataDir, id)) : memorySource(content));
}

/** @throws WinnowError `index-corrupt` when a segment is damaged */
export function mergeContent(dataDir: string, sources: readonly MergeSource[], held: ReadonlySet<number>): Merged {
  const opened: Segment[] = [];
  try {
    for (const source of sources) opened.push(openSource(dataDir, source));
    const dropped: number[] = [];
    let docs = 0;
    for (const segment of opened) {
      segment.versions.forEach((version, index) => {
        if (!held.has(version)) dropped.push(version);
        else docs += (segment.firstDoc[index + 1] as number) - (segment.firstDoc[index] as number);
      });
    }
    if (docs === 0) return { content: null, dropped };
    return { content: { docs, bytes: mergeSegments(opened, (version) => held.has(version)) }, dropped };
  } finally {
    for (const segment of opened) segment.close();
  }
}
