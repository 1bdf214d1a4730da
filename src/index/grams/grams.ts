/**
 * The gram index of one tree of files: which of them can match, without reading them.
 *
 * It stands by itself, beside the store: `grep` answers for every file that ripgrep would search, parsed
 * or not, and needs nothing of an index of chunks. A document is a content, known by its hash, so that worktrees share what they have in common; a
 * tree file says which document each file of a worktree held, under which stamp.
 *
 *   `<n>.grams`      segments, immutable
 *   `<root>.tree`    one for each worktree, replaced whole
 *
 * All of it is a cache: what is missing, damaged or behind is simply read, so an answer never depends on it. Writers
 * take a lock and give up when another has it.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { WinnowError } from '../../base/mod.ts';
import { tryLock } from '../store/lock.ts';
import { defaultHome, storeDirOf } from '../store/store-dir.ts';
import { findPlace, type Place } from '../worktree/root.ts';
import { FileReader } from './file-bytes.ts';
import { GramGatherer } from './gather.ts';
import { mergeSmall } from './merge.ts';
import { candidates, type GramQuery } from './query.ts';
import { encodeSegment, GramSegment, hashBytes } from './segment.ts';
import { compacted, encodeTree, nowhere, readTree, segmentStep, stampNumbers, type Tree } from './tree.ts';
import { gramsDirectoryOf } from './verify.ts';
import { type Selection, type Walk, type WalkedFile, walk } from './walk.ts';
import { TreeWatch } from './watch.ts';

export interface GramsOptions {
  /** Where indexes are kept; default: the user's cache directory. */
  readonly home?: string;
}

export interface LookOptions {
  /** Part to search: relative directory with a final slash, or empty. */
  readonly under: string;
  readonly selection: Selection;
  /** False: answers from the last look, without looking for changes. */
  readonly refresh: boolean;
  readonly signal?: AbortSignal;
}

/** Files larger than this are read each time: few, and their grams say little. */
const mostIndexedBytes = 16 * 1024 * 1024;
/** Pairs of document and gram gathered in memory before a segment is written: 64 MB. */
const mostPairs = 16 * 1024 * 1024;
/** New files that are kept; fewer are read each time, which costs less than writing. A tree with new lists is kept always: a look at it is slow. */
const worthKeeping = { files: 32, bytes: 1024 * 1024 };
/** A file changed less than this before it was read may have changed again under the same stamp (as `worktree/read.ts`). */
const stampGranularityMs = 2_000;
/** Binary files tell themselves by a NUL before this (ripgrep's read buffer); behind a later one matches may be found. */
const earlyNul = 65_536;
/** Bytes read between turns of the event loop when a tree is gathered. */
const turnBytes = 8 * 1024 * 1024;

/** The gram index of the tree that holds `directory`. @throws WinnowError `path-not-found`, `not-a-directory`, `path-unreadable` */
export function openGrams(directory: string, options: GramsOptions = {}): Grams {
  const place = findPlace(directory);
  return new Grams(place, gramsDirectoryOf(storeDirOf(place, options.home ?? defaultHome())));
}

export class Grams {
  readonly root: string;
  readonly directory: string;
  readonly #place: Place;
  readonly #treeFile: string;
  #tree: Tree | null = null;
  /** Of the tree's file when it was read or written. */
  #treeStamp = '';
  readonly #segments = new Map<number, GramSegment | null>();
  #walk: Walk | null = null;
  /** Told instead of closing, where others keep it open. */
  onClose: (() => void) | null = null;
  #watch: TreeWatch | null = null;
  #looks = 0;
  #looking: Promise<void> = Promise.resolve();

  constructor(place: Place, directory: string) {
    this.#place = place;
    this.root = place.root;
    this.directory = directory;
    this.#treeFile = path.join(directory, `${createHash('sha256').update(place.root).digest('hex').slice(0, 16)}.tree`);
  }

  /** The files that a search covers. One look at a time: two would mark what they found in each other's trees. @throws what `signal` aborts with */
  async look(options: LookOptions): Promise<Walk> {
    const last = this.#looking;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#looking = promise;
    await last;
    try {
      return await this.#look(options);
    } finally {
      resolve();
    }
  }

  async #look({ under, selection, refresh, signal }: LookOptions): Promise<Walk> {
    // One that is asked again and again: watching costs about as much as a look.
    if (refresh && this.onClose !== null && ++this.#looks === 2) this.#watch = new TreeWatch(this.root);
    if (refresh) await this.#watch?.settle();
    this.#follow();
    const before = this.#tree;
    const seen = await walk({
      root: this.root,
      commonDir: this.#place.commonDir,
      before,
      under,
      selection,
      look: refresh || before === null,
      watch: refresh ? this.#watch : null,
      signal,
    });
    this.#walk = seen;
    // What it learned serves the next look of this process, kept on disk or not; but for a tree that was written meanwhile.
    if (this.#tree === before) this.#tree = seen.tree;
    else this.#watch?.distrust();
    this.#watch?.follow(seen.tree.directories);
    return seen;
  }

  /** Takes up the tree that is kept, anew when another process wrote or removed it since: numbers of segments may mean others then. */
  #follow(): void {
    const stamp = fileStamp(this.#treeFile);
    if (this.#tree !== null && stamp === this.#treeStamp) return;
    this.#closeSegments();
    this.#treeStamp = stamp;
    this.#tree = readTree(this.#treeFile);
    // It may know less of some directory than the one before.
    this.#watch?.distrust();
  }

  /** Of a walk's files those that can match: all that are not known, and of the known those whose grams fit. */
  select({ files, tree }: Walk, query: GramQuery): WalkedFile[] {
    if (query.kind === 'any') return [...files];
    const fitting = tree.segments.map((number) => {
      const segment = this.#segment(number);
      if (segment === null) return 'unknown';
      try {
        return candidates(query, segment) ?? 'all';
      } catch {
        this.#segments.set(number, null);
        return 'unknown';
      }
    });
    return files.filter((file) => {
      if (!file.known) return true;
      const target = tree.targets[file.entry] as number;
      const bits = fitting[Math.floor(target / segmentStep)];
      if (bits === undefined || typeof bits === 'string') return true;
      const doc = target % segmentStep;
      return (((bits[doc >>> 5] as number) >>> (doc & 31)) & 1) === 1;
    });
  }

  #segment(number: number): GramSegment | null {
    let segment = this.#segments.get(number);
    if (segment === undefined) {
      try {
        segment = new GramSegment(segmentFile(this.directory, number));
      } catch {
        // Merged away by another process, or damaged: its documents are read instead.
        segment = null;
      }
      this.#segments.set(number, segment);
    }
    return segment;
  }

  /** Whether enough is new since the tree was kept that keeping it pays. */
  worthKeeping(): boolean {
    const seen = this.#walk;
    if (seen === null) return false;
    let files = 0;
    let bytes = 0;
    for (const file of seen.files) {
      if (file.known || file.bytes > mostIndexedBytes) continue;
      files++;
      bytes += file.bytes;
    }
    const lost = [...this.#segments.values()].includes(null);
    return lost || files > worthKeeping.files || bytes > worthKeeping.bytes || seen.news > 0;
  }

  /**
   * Takes the grams of what the last look found new, and keeps the tree.
   *
   * @returns false when another process was writing
   * @throws WinnowError `store-unwritable`, `disk-full`; what `signal` aborts with
   */
  async keep(
    options: { signal?: AbortSignal; onProgress?: (done: number, total: number) => void } = {},
  ): Promise<boolean> {
    const seen = this.#walk;
    if (seen === null) return false;
    const lock = this.#lock();
    if (lock === null) return false;
    try {
      const writer = new TreeWriter(this.directory, this.root, seen, (number) => this.#segment(number));
      await writer.gather(options);
      this.#tree = writer.write(this.#treeFile);
      this.#watch?.distrust();
      this.#walk = { ...seen, tree: this.#tree };
      for (const [number, segment] of this.#segments) if (segment === null) this.#segments.delete(number);
      const merged = mergeSmall(this.directory);
      if (merged) {
        this.#closeSegments();
        this.#tree = readTree(this.#treeFile);
      }
      this.#treeStamp = fileStamp(this.#treeFile);
      return true;
    } catch (cause) {
      // It may name documents that were not written.
      this.#tree = null;
      this.#walk = null;
      const code = (cause as NodeJS.ErrnoException).code;
      if (code === 'ENOSPC') throw new WinnowError('disk-full', `The disk with ${this.directory} is full.`, { cause });
      throw cause;
    } finally {
      lock.release();
    }
  }

  #lock(): { release(): void } | null {
    try {
      mkdirSync(this.directory, { recursive: true });
      return tryLock(this.directory);
    } catch (cause) {
      throw new WinnowError(
        'store-unwritable',
        `${this.directory} cannot be written; searches go on without an index.`,
        {
          cause,
        },
      );
    }
  }

  #closeSegments(): void {
    for (const segment of this.#segments.values()) segment?.close();
    this.#segments.clear();
  }

  close(): void {
    if (this.onClose === null) this.end();
    else this.onClose();
  }

  /** Closes it for good, whoever keeps it open. */
  end(): void {
    this.#watch?.close();
    this.#watch = null;
    this.#closeSegments();
  }
}

/** Empty where there is no file. Trees are replaced whole, so that another content is another inode or another time. */
function fileStamp(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat === undefined ? '' : `${stat.ino} ${stat.size} ${stat.mtimeMs}`;
}

const segmentFile = (directory: string, number: number): string => path.join(directory, `${number}.grams`);

/** Numbers of the segments that lie in a directory. */
export function segmentNumbers(directory: string): number[] {
  return readdirSync(directory).flatMap((name) => (/^\d+\.grams$/.test(name) ? [Number.parseInt(name, 10)] : []));
}

/** Replaced whole: readers see the one before or this one. Torn by a power cut, its checksum tells. */
export function replaceFile(file: string, content: Uint8Array): void {
  writeFileSync(`${file}.new`, content);
  renameSync(`${file}.new`, file);
}

export function removeFile(file: string): void {
  if (existsSync(file)) unlinkSync(file);
}

/** Gathers grams of what is new in a walk. */
class TreeWriter {
  readonly #directory: string;
  readonly #root: string;
  readonly #walk: Walk;
  /** Segments of the tree by their place in it. */
  readonly #numbers: number[];
  /** Hash → target, of all documents there are. */
  readonly #known = new Map<string, number>();
  readonly #opened: [number, GramSegment][] = [];
  #next: number;
  #gatherer = new GramGatherer();
  #hashes: Buffer[] = [];
  readonly #reader = new FileReader();

  constructor(directory: string, root: string, seen: Walk, open: (number: number) => GramSegment | null) {
    this.#directory = directory;
    this.#root = root;
    this.#walk = seen;
    this.#numbers = [...seen.tree.segments];
    // What a killed writer did not finish.
    for (const name of readdirSync(directory)) if (name.endsWith('.new')) removeFile(path.join(directory, name));
    const there = segmentNumbers(directory);
    this.#next = Math.max(0, ...there, ...this.#numbers) + 1;
    for (const number of there) if (!this.#numbers.includes(number)) this.#numbers.push(number);
    this.#numbers.forEach((number, index) => {
      const segment = open(number);
      if (segment === null) {
        removeFile(segmentFile(directory, number));
        this.#forget(index);
        return;
      }
      this.#opened.push([index, segment]);
    });
  }

  /** Documents there are; read when the first new file is met. */
  get #documents(): Map<string, number> {
    for (const [index, segment] of this.#opened.splice(0))
      for (let doc = 0; doc < segment.docCount; doc++) {
        const hash = segment.hashes.toString('latin1', doc * hashBytes, (doc + 1) * hashBytes);
        this.#known.set(hash, index * segmentStep + doc);
      }
    return this.#known;
  }

  /** Documents of a lost segment are unknown. */
  #forget(index: number): void {
    const { targets, kinds } = this.#walk.tree;
    for (let entry = 0; entry < targets.length; entry++) {
      const target = targets[entry] as number;
      if (kinds[entry] === 0 && target !== nowhere && Math.floor(target / segmentStep) === index)
        targets[entry] = nowhere;
    }
  }

  async gather(options: { signal?: AbortSignal; onProgress?: (done: number, total: number) => void }): Promise<void> {
    const { targets } = this.#walk.tree;
    const fresh = this.#walk.files.filter((file) => targets[file.entry] === nowhere && file.bytes <= mostIndexedBytes);
    let bytes = 0;
    for (let at = 0; at < fresh.length; at++) {
      const file = fresh[at] as WalkedFile;
      this.#add(file);
      bytes += file.bytes;
      if (this.#gatherer.pairs >= mostPairs) this.#flush();
      if (bytes < turnBytes) continue;
      bytes = 0;
      options.onProgress?.(at + 1, fresh.length);
      await new Promise((resolve) => setImmediate(resolve));
      options.signal?.throwIfAborted();
    }
    this.#flush();
  }

  #add({ path: file, entry }: WalkedFile): void {
    const { stamps, targets } = this.#walk.tree;
    const startedMs = Date.now();
    const read = this.#reader.read(path.join(this.#root, file), -1, true);
    if (read.kind === 'failed') return;
    const { bytes, size, mtimeMs, ctimeMs, inode } = read;
    const hash = createHash('sha256').update(bytes).digest().subarray(0, hashBytes);
    const key = hash.toString('latin1');
    let target = this.#documents.get(key);
    if (target === undefined) {
      target = this.#numbers.length * segmentStep + this.#gatherer.docCount;
      // Of a file with an early NUL nothing behind it is searched, but by searches that ask for no grams.
      const nul = bytes.indexOf(0);
      this.#gatherer.add(bytes, nul === -1 || nul >= earlyNul ? bytes.length : nul);
      this.#hashes.push(hash);
      this.#known.set(key, target);
    }
    targets[entry] = target;
    const settled = startedMs - mtimeMs >= stampGranularityMs;
    stamps.set(settled ? [size, mtimeMs, ctimeMs, inode] : [-1, 0, 0, 0], entry * stampNumbers);
  }

  #flush(): void {
    if (this.#gatherer.docCount === 0) return;
    const number = this.#next++;
    replaceFile(
      segmentFile(this.#directory, number),
      encodeSegment(Buffer.concat(this.#hashes), this.#gatherer.turned()),
    );
    this.#numbers.push(number);
    this.#hashes = [];
    this.#gatherer = new GramGatherer();
  }

  write(file: string): Tree {
    const tree = compacted({ ...this.#walk.tree, segments: this.#numbers });
    replaceFile(file, encodeTree(tree));
    return tree;
  }
}
