/**
 * Several snapshots as one: what ranking sees of a set of repositories.
 *
 * Scores of different repositories cannot be compared as they come, since the worth of a word depends on how many documents hold it. So nothing is
 * ranked apart and merged: the views of all repositories are ranked together, with statistics summed over all, and a set answers as
 * one repository would that held the files of all: the same hits with the same scores, bit for bit, as tests hold.
 *
 * A path begins with the repository's name and two slashes, `flask//src/app.py`, which no path of a repository holds. Versions
 * are numbered through: those of each repository begin where the ones before it end.
 */
import type { FileFacts } from '../../code/mod.ts';
import type {
  Completeness,
  FileRecord,
  LeftOut,
  PartialRun,
  Segment,
  SegmentView,
  Snapshot,
  Source,
} from '../../index/mod.ts';
import { RenumberedSegment } from './renumbered.ts';

/** What divides a repository's name from a path. */
export const nameEnd = '//';

/** A repository of a set, opened. */
export interface NamedSnapshot {
  /** Without slashes. */
  readonly name: string;
  readonly snapshot: Snapshot;
}

interface Part extends NamedSnapshot {
  /** Added to each of its version ids. */
  readonly base: number;
  /** Made once each: what is remembered of a segment's names hangs on it. */
  readonly segments: Map<Segment, RenumberedSegment>;
}

export class JoinedSnapshot implements Snapshot {
  readonly root = '';
  readonly completeness: Completeness;
  /** Vectors are kept by each repository for itself. */
  readonly vectorPlace = null;
  readonly #parts: readonly Part[];
  readonly #records = new Map<number, FileRecord | null>();
  #files: readonly FileRecord[] | null = null;

  /** @param parts each name once */
  constructor(parts: readonly NamedSnapshot[]) {
    let base = 0;
    this.#parts = parts.map((part) => {
      const joined = { ...part, base, segments: new Map() };
      base += mostVersion(part.snapshot) + 1;
      return joined;
    });
    // Segments number versions by 32 bits; that many edits are some hundred years of work.
    if (base > 2 ** 32) throw new Error(`${base} version numbers are too many to be joined`);
    this.completeness = sumOf(parts.map(({ snapshot }) => snapshot.completeness));
  }

  /** What is added to the version ids of each part, in order. */
  get bases(): readonly number[] {
    return this.#parts.map(({ base }) => base);
  }

  files(): readonly FileRecord[] {
    this.#files ??= this.#parts.flatMap((part) =>
      part.snapshot.files().flatMap(({ version }) => this.fileOfVersion(version + part.base) ?? []),
    );
    return this.#files;
  }

  file(path: string): FileRecord | null {
    const [part, own] = this.#divided(path);
    const file = part?.snapshot.file(own) ?? null;
    return part === null || file === null ? null : this.fileOfVersion(file.version + part.base);
  }

  fileOfVersion(version: number): FileRecord | null {
    const known = this.#records.get(version);
    if (known !== undefined) return known;
    const part = this.#partOf(version);
    const file = part.snapshot.fileOfVersion(version - part.base);
    const record = file === null ? null : { ...file, version, path: `${part.name}${nameEnd}${file.path}` };
    this.#records.set(version, record);
    return record;
  }

  leftOut(end: string): { readonly path: string; readonly reason: LeftOut } | null {
    for (const { name, snapshot } of this.#parts) {
      const found = snapshot.leftOut(end);
      if (found !== null) return { ...found, path: `${name}${nameEnd}${found.path}` };
    }
    return null;
  }

  facts(version: number): FileFacts {
    const part = this.#partOf(version);
    return part.snapshot.facts(version - part.base);
  }

  source(file: FileRecord): Source {
    const part = this.#partOf(file.version);
    const own = part.snapshot.fileOfVersion(file.version - part.base);
    return own === null ? { kind: 'gone' } : part.snapshot.source(own);
  }

  part(file: FileRecord, start: number, end: number): Uint8Array | null {
    const part = this.#partOf(file.version);
    const own = part.snapshot.fileOfVersion(file.version - part.base);
    return own === null ? null : part.snapshot.part(own, start, end);
  }

  hashOf(version: number): Uint8Array | null {
    const part = this.#partOf(version);
    return part.snapshot.hashOf(version - part.base);
  }

  ranPartially(version: number): readonly PartialRun[] {
    const part = this.#partOf(version);
    return part.snapshot.ranPartially(version - part.base);
  }

  segments(admit: ((file: FileRecord) => boolean) | null): SegmentView[] {
    return this.#parts.flatMap(({ snapshot, base, segments }) => {
      const renumbered = (segment: Segment): RenumberedSegment => {
        const known = segments.get(segment) ?? new RenumberedSegment(segment, base);
        segments.set(segment, known);
        return known;
      };
      const admits =
        admit === null
          ? null
          : ({ version }: FileRecord): boolean => {
              const file = this.fileOfVersion(version + base);
              return file !== null && admit(file);
            };
      return snapshot.segments(admits).map((view) => ({ ...view, segment: renumbered(view.segment) }));
    });
  }

  /** The parts are closed by who opened them. */
  close(): void {}

  #partOf(version: number): Part {
    let low = 0;
    let high = this.#parts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.#parts[middle] as Part).base <= version) low = middle;
      else high = middle - 1;
    }
    return this.#parts[low] as Part;
  }

  #divided(path: string): readonly [Part | null, string] {
    const end = path.indexOf(nameEnd);
    const name = path.slice(0, Math.max(0, end));
    return [this.#parts.find((part) => part.name === name) ?? null, path.slice(end + nameEnd.length)];
  }
}

function mostVersion(snapshot: Snapshot): number {
  let most = 0;
  // Ascending in each segment, and a segment may hold versions that no file has any more.
  for (const { segment } of snapshot.segments(null)) most = Math.max(most, segment.versions.at(-1) ?? 0);
  return snapshot.files().reduce((sum, { version }) => Math.max(sum, version), most);
}

/** Whether a repository is behind or unfinished is told by who gathered them, of each: not once more of all. */
function sumOf(all: readonly Completeness[]): Completeness {
  const leftOut: Partial<Record<LeftOut, number>> = {};
  for (const one of all)
    for (const [reason, count] of Object.entries(one.leftOut))
      leftOut[reason as LeftOut] = (leftOut[reason as LeftOut] ?? 0) + count;
  const indexedFiles = all.reduce((sum, one) => sum + one.indexedFiles, 0);
  return { pendingFiles: 0, indexedFiles, leftOut, stale: false };
}
