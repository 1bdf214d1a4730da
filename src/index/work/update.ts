/**
 * One refresh under the lock: takes what a scan found to what the store holds.
 *
 * What is gone is committed as gone first. A few files are then parsed in this thread,
 * many in the pool; in between, files whose content the store knows (touched, or back
 * from another branch) are settled by their hash. Each commit counts down `pending`, so that a
 * snapshot taken meanwhile knows how much is missing.
 */
import { availableParallelism } from 'node:os';
import { WinnowError } from '../../base/mod.ts';
import type { WorktreeRows } from '../store/rows.ts';
import type { FileChange, NewVersion, StoreWriter } from '../store/writer.ts';
import type { RefreshOptions, RefreshReport } from '../types.ts';
import { contentHash, readStable } from '../worktree/read.ts';
import type { Place } from '../worktree/root.ts';
import type { Entry, RulesTable, Scan } from '../worktree/scan.ts';
import { type Changes, changesBetween } from './changes.ts';
import { Digester, versionWithoutFacts } from './digester.ts';
import { mergeWhenMany } from './merge.ts';
import { runPool } from './pool.ts';
import type { Digest, FileTask } from './tasks.ts';
import { threadParser } from './thread-parser.ts';

/** Up to this much is parsed in the calling thread: below the time that starting workers takes. */
const inThread = { files: 64, bytes: 256 * 1024 };
/** Suspects up to this much are hashed in the calling thread first: most of them turn out to be known. */
const hashedFirstBytes = 16 * 1024 * 1024;
/** A batch for a worker: small enough to share evenly, large enough to hide the messages. */
const batch = { files: 50, bytes: 1024 * 1024 };
/** From this size on a file is given to few workers only. */
const largeBytes = 1024 * 1024;
/**
 * All workers together gather this much before they hand over: what a killed or cancelled run
 * loses at most, some three seconds of work; a commit for some 10 MB of source.
 */
const gatheredBytes = 16 * 1024 * 1024;
/** A worker holds 130 to 250 MB, so four stay within 1 GB on what we tried; more is for who has the memory. */
const usualWorkers = 4;
const mostWorkers = 8;

export const cancelled = () => new WinnowError('cancelled', 'Indexing was cancelled; what was indexed before is kept.');

export interface UpdateInput {
  readonly place: Place;
  readonly options: RefreshOptions;
  /** Told of every commit. */
  readonly onRows: (rows: WorktreeRows) => void;
}

export class Update {
  readonly #input: UpdateInput;
  readonly #writer: StoreWriter;
  readonly #changes: Changes;
  readonly #rules: RulesTable;
  readonly #bytesTotal: number;
  #rows: WorktreeRows;
  /** Still to be read, last first. */
  #queue: Entry[];
  /** Suspects that no commit has dealt with. */
  #pending: number;
  #added = 0;
  #changed = 0;
  #removed = 0;
  #bytesParsed = 0;
  #filesDone = 0;
  #bytesDone = 0;

  constructor(input: UpdateInput, writer: StoreWriter, rows: WorktreeRows, scanned: Scan) {
    const changes = changesBetween(rows, scanned);
    this.#input = input;
    this.#writer = writer;
    this.#rows = rows;
    this.#rules = scanned.rules;
    this.#changes = changes;
    this.#queue = [...changes.suspects].reverse();
    this.#pending = changes.suspects.length;
    this.#bytesTotal = changes.suspects.reduce((sum, entry) => sum + entry.bytes, 0);
  }

  async run(): Promise<void> {
    const { suspects, leftOut, removed } = this.#changes;
    const small = this.#bytesTotal <= inThread.bytes && suspects.length <= inThread.files;
    // What is gone must not be found any more, however long the rest takes.
    if (!small || suspects.length === 0) this.#commit({ files: leftOut, removed });
    const carried = small && suspects.length > 0 ? { files: leftOut, removed } : { files: [], removed: [] };
    if (!small && this.#bytesTotal <= hashedFirstBytes && !this.#writer.isEmpty()) this.#settleKnown();
    const left = this.#queue.reduce((sum, entry) => sum + entry.bytes, 0);
    if (this.#queue.length === 0) {
      // All settled by their hashes.
    } else if (left <= inThread.bytes && this.#queue.length <= inThread.files) await this.#parseHere(carried);
    else await this.#parseInPool(left);
    this.#checkSignal();
    await mergeWhenMany(this.#writer, (filesDone, filesTotal) =>
      this.#input.options.onProgress?.({ phase: 'merge', filesDone, filesTotal, bytesDone: 0, bytesTotal: 0 }),
    );
  }

  report(startedMs: number): RefreshReport {
    return {
      added: this.#added,
      changed: this.#changed,
      removed: this.#removed,
      unchanged: this.#rows.searched.length - this.#added - this.#changed,
      bytesParsed: this.#bytesParsed,
      busy: false,
      leftOut: this.#rows.leftOut,
      elapsedMs: performance.now() - startedMs,
    };
  }

  /** Takes files whose content the store knows off the queue, without parsing. */
  #settleKnown(): void {
    const files: FileChange[] = [];
    const unknown: Entry[] = [];
    for (const entry of this.#queue) {
      const known = this.#writer.knownVersions(entry.path);
      const read = known.length === 0 ? null : readStable(`${this.#input.place.root}/${entry.path}`);
      const hash = read?.kind === 'read' ? contentHash(read.bytes) : null;
      const same = hash === null ? undefined : known.find((one) => Buffer.compare(one.hash, hash) === 0);
      if (same === undefined || read?.kind !== 'read') unknown.push(entry);
      else files.push({ path: entry.path, version: same.id, leftOut: null, racy: read.racy, ...read.stamp });
    }
    this.#queue = unknown;
    if (files.length > 0) this.#commit({ files, removed: [] });
  }

  async #parseHere(carried: { files: readonly FileChange[]; removed: readonly string[] }): Promise<void> {
    const digester = new Digester(this.#input.place.root, await threadParser());
    for (const task of this.#take(this.#queue, this.#queue.length, Number.POSITIVE_INFINITY)) {
      await digester.add(task);
      this.#checkSignal();
    }
    this.#settle(digester.take(), carried);
  }

  async #parseInPool(bytes: number): Promise<void> {
    const { options, place } = this.#input;
    const asked = Math.min(options.workers ?? Math.min(availableParallelism(), usualWorkers), mostWorkers);
    const large = this.#queue.filter((entry) => entry.bytes >= largeBytes);
    this.#queue = this.#queue.filter((entry) => entry.bytes < largeBytes);
    const workers = Math.max(1, Math.min(asked, Math.ceil(bytes / (batch.bytes / 2))));
    this.#showProgress();
    await runPool<Digest>({
      program: 'parse',
      root: place.root,
      workers,
      flushBytes: gatheredBytes / workers,
      signal: options.signal,
      next: (mayBeLarge) => {
        // Large ones first: the end is better shared among small ones.
        const queue = mayBeLarge && large.length > 0 ? large : this.#queue;
        return queue.length === 0 ? null : this.#take(queue, batch.files, batch.bytes);
      },
      again: (tasks) => {
        for (const { path, bytes } of [...tasks].reverse()) {
          (bytes < largeBytes ? this.#queue : large).push(lostEntry(path, bytes));
        }
      },
      onDigest: (digest) => this.#settle(digest, { files: [], removed: [] }),
      onWorked: (files, worked) => {
        this.#filesDone += files;
        this.#bytesDone += worked;
        this.#showProgress();
      },
      onFailed: (task) => this.#recordFailed(task),
    });
  }

  #showProgress(): void {
    this.#input.options.onProgress?.({
      phase: 'parse',
      filesDone: Math.min(this.#filesDone, this.#changes.suspects.length),
      filesTotal: this.#changes.suspects.length,
      bytesDone: Math.min(this.#bytesDone, this.#bytesTotal),
      bytesTotal: this.#bytesTotal,
    });
  }

  /** The next tasks off a queue, at least one. */
  #take(queue: Entry[], mostFiles: number, mostBytes: number): FileTask[] {
    const entries: Entry[] = [];
    for (let bytes = 0; entries.length < mostFiles && bytes < mostBytes; ) {
      const entry = queue.pop();
      if (entry === undefined) break;
      entries.push(entry);
      bytes += entry.bytes;
    }
    const first = this.#writer.reserveVersions(entries.length);
    return entries.map(({ path, bytes }, at) => ({
      path,
      bytes,
      version: first + at,
      known: this.#writer.knownVersions(path),
    }));
  }

  /** A worker died on this file: it is left out until its content changes. */
  #recordFailed(task: FileTask): void {
    const read = readStable(`${this.#input.place.root}/${task.path}`);
    if (read.kind !== 'read') {
      this.#again(task);
      return;
    }
    const version = versionWithoutFacts(task, read.bytes.length, contentHash(read.bytes), 'failed');
    const change = { path: task.path, version: task.version, leftOut: null, racy: read.racy, ...read.stamp };
    const results = [{ kind: 'found' as const, change, version }];
    this.#settle({ results, segment: null, sourceBytes: 0 }, { files: [], removed: [] });
  }

  /** It changed under our hands: the next worker may try what it is now. */
  #again({ path, bytes }: FileTask): void {
    this.#queue.push(lostEntry(path, bytes));
  }

  #settle(digest: Digest, carried: { files: readonly FileChange[]; removed: readonly string[] }): void {
    const files: FileChange[] = [...carried.files];
    const removed: string[] = [...carried.removed];
    const versions: NewVersion[] = [];
    for (const result of digest.results) {
      if (result.kind === 'gone') {
        if (this.#rows.byPath.has(result.path)) removed.push(result.path);
        continue;
      }
      files.push(result.change);
      if (result.version !== null) versions.push(result.version);
    }
    this.#bytesParsed += digest.sourceBytes;
    this.#pending -= digest.results.length;
    this.#write({ files, removed, versions, segment: digest.segment });
  }

  #commit(part: { files: readonly FileChange[]; removed: readonly string[] }): void {
    this.#pending -= part.files.length - part.files.filter((file) => file.version === null).length;
    this.#write({ ...part, versions: [], segment: null });
  }

  #write(part: {
    files: readonly FileChange[];
    removed: readonly string[];
    versions: readonly NewVersion[];
    segment: Digest['segment'];
  }): void {
    const before = new Map(part.files.map(({ path }) => [path, searchedVersion(this.#rows, path)]));
    for (const path of part.removed) if (searchedVersion(this.#rows, path) !== null) this.#removed++;
    this.#rows = this.#writer.commit(this.#rows, { ...part, pending: this.#pending, rules: this.#rules });
    for (const [path, version] of before) {
      const now = searchedVersion(this.#rows, path);
      if (now === version) continue;
      if (version === null) this.#added++;
      else if (now === null) this.#removed++;
      else this.#changed++;
    }
    this.#input.onRows(this.#rows);
  }

  #checkSignal(): void {
    if (this.#input.options.signal?.aborted) throw cancelled();
  }
}

function searchedVersion(rows: WorktreeRows, path: string): number | null {
  const row = rows.byPath.get(path);
  return row === undefined || row.leftOut !== null ? null : row.version;
}

const lostEntry = (path: string, bytes: number): Entry => ({
  path,
  bytes,
  leftOut: null,
  mtimeMs: 0,
  ctimeMs: 0,
  inode: 0,
});
