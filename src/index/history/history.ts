/**
 * The past of a repository as one commit sees it: messages and files of the commits that lead to it.
 *
 * Commits are read newest first up to a limit, taken apart once and kept (`kept.ts`), so that a branch switch or
 * a new commit costs only what differs. Only ancestors of the commit asked for are in the answer: what came after
 * it, or on another branch, is never seen.
 */

import { WinnowError } from '../../base/mod.ts';
import { termsOf } from '../../code/mod.ts';
import { findPlace } from '../worktree/root.ts';
import { type Block, type CommitRow, hashTerm, packBlock, readBlock, subjectLength } from './block.ts';
import { type Commit, parseCommit } from './commit.ts';
import { keep, readKept } from './kept.ts';
import { headCommit, ObjectStore, shallowCommits } from './objects.ts';
import { treeChanges } from './trees.ts';

/** Newest first. All 62,000 commits of sympy take 15 s once; what is older than this many says little of today's files. */
const mostCommits = 30_000;
/** A commit of more files is an import or a mass change and says nothing of any. */
const mostFiles = 100;
/** Commits in one block, and between two reports of progress. */
const blockCommits = 2_000;

export interface HistoryCommit {
  readonly id: string;
  readonly timeS: number;
  readonly subject: string;
}

/** How much of the past could be read; anything but `whole` is to be told. */
export type HistoryExtent = 'whole' | 'limited' | 'shallow' | 'partial' | 'none';

export interface History {
  readonly extent: HistoryExtent;
  /** When HEAD was committed, seconds since 1970. */
  readonly headTimeS: number;
  /** Commits that are no merges and changed files, newest first: how many. */
  readonly count: number;
  /** Paths that any of them changed, by number. */
  readonly paths: readonly string[];
  commit(at: number): HistoryCommit;
  timeOf(at: number): number;
  /** Calls `visit` with the numbers of the paths that commit `at` changed. */
  filesOf(at: number): Uint32Array;
  /** Hashes (`hashTerm`) of the terms of its message and how often each comes. */
  termsOf(at: number): Uint32Array;
  countsOf(at: number): Uint8Array;
}

export interface HistoryOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((step: { readonly done: number }) => void) | undefined;
  /** Called when commits that were read could not be kept; whoever asks next reads them again. */
  readonly onUnkept?: (() => void) | undefined;
  /** Commits read at most, newest first; default 30,000. */
  readonly limit?: number | undefined;
}

/** Blocks read by this process, by store: the next commit of the same repository asks for them again. */
const loaded = new Map<string, Loaded>();

interface Loaded {
  readonly blocks: Block[];
  /** Commit → block × 2^20 + place in it. */
  readonly at: Map<string, number>;
}

const placeBits = 2 ** 20;

/**
 * The history of the commit that a worktree stands on.
 *
 * @param root of a worktree, or a directory in one
 * @param storeDir where the repository's index lies; commits are kept there
 * @throws WinnowError `cancelled`, and those of an unreadable path
 */
export function readHistory(root: string, storeDir: string, options: HistoryOptions = {}): History {
  const place = findPlace(root);
  if (place.gitDir === null || place.commonDir === null) return noHistory;
  const head = headCommit(place.gitDir, place.commonDir);
  if (head === null) return noHistory;
  const known = loadedOf(storeDir);
  const objects = new ObjectStore(place.commonDir);
  try {
    const walk = new Walk(objects, known, shallowCommits(place.commonDir), storeDir, options);
    return walk.from(head);
  } finally {
    objects.close();
  }
}

const noHistory: History = {
  extent: 'none',
  headTimeS: 0,
  count: 0,
  paths: [],
  commit: () => ({ id: '', timeS: 0, subject: '' }),
  timeOf: () => 0,
  filesOf: () => new Uint32Array(0),
  termsOf: () => new Uint32Array(0),
  countsOf: () => new Uint8Array(0),
};

function loadedOf(storeDir: string): Loaded {
  const known = loaded.get(storeDir);
  if (known !== undefined) return known;
  const fresh: Loaded = { blocks: [], at: new Map() };
  for (const block of readKept(storeDir)) addBlock(fresh, block);
  loaded.clear();
  loaded.set(storeDir, fresh);
  return fresh;
}

function addBlock(into: Loaded, block: Block): void {
  for (const [place, id] of block.ids.entries())
    if (!into.at.has(id)) into.at.set(id, into.blocks.length * placeBits + place);
  into.blocks.push(block);
}

/** A commit on its way: known ones have their place, fresh ones their object. */
interface Waiting {
  readonly id: string;
  readonly timeS: number;
  readonly parents: readonly string[];
  readonly fresh: Commit | null;
}

class Walk {
  readonly #objects: ObjectStore;
  readonly #known: Loaded;
  readonly #shallow: ReadonlySet<string>;
  readonly #storeDir: string;
  readonly #options: HistoryOptions;
  readonly #heap: Waiting[] = [];
  readonly #rows: CommitRow[] = [];
  #missing = false;
  #cut = false;
  #headTimeS = 0;

  constructor(
    objects: ObjectStore,
    known: Loaded,
    shallow: ReadonlySet<string>,
    storeDir: string,
    options: HistoryOptions,
  ) {
    this.#objects = objects;
    this.#known = known;
    this.#shallow = shallow;
    this.#storeDir = storeDir;
    this.#options = options;
  }

  from(head: string): History {
    const limit = this.#options.limit ?? mostCommits;
    const seen = new Set([head]);
    const order: string[] = [];
    this.#push(head);
    for (let next = this.#pop(); next !== undefined; next = this.#pop()) {
      if (order.length >= limit) {
        this.#cut = true;
        break;
      }
      if (order.length === 0) this.#headTimeS = next.timeS;
      order.push(next.id);
      if (next.fresh !== null) this.#take(next.id, next.fresh);
      for (const parent of next.parents) {
        if (seen.has(parent)) continue;
        seen.add(parent);
        this.#push(parent);
      }
    }
    this.#flush();
    return historyOf(this.#known, order, this.#extent(order), this.#headTimeS);
  }

  #extent(order: readonly string[]): HistoryExtent {
    if (order.length === 0) return 'none';
    if (order.some((id) => this.#shallow.has(id))) return 'shallow';
    if (this.#missing) return 'partial';
    return this.#cut ? 'limited' : 'whole';
  }

  #push(id: string): void {
    const known = this.#known.at.get(id);
    if (known !== undefined) {
      const block = this.#known.blocks[Math.floor(known / placeBits)] as Block;
      const place = known % placeBits;
      const parents = block.parents.slice(block.parentStarts[place], block.parentStarts[place + 1]);
      this.#lift({ id, timeS: block.times[place] as number, parents, fresh: null });
      return;
    }
    const bytes = this.#objects.readKind(id, 'commit');
    const fresh = bytes === null ? null : parseCommit(bytes);
    if (fresh === null) {
      this.#missing = true;
      return;
    }
    const parents = this.#shallow.has(id) ? [] : fresh.parents;
    this.#lift({ id, timeS: fresh.timeS, parents, fresh: { ...fresh, parents } });
  }

  /** A binary heap, newest on top. */
  #lift(entry: Waiting): void {
    const heap = this.#heap;
    let at = heap.push(entry) - 1;
    while (at > 0) {
      const up = (at - 1) >> 1;
      if ((heap[up] as Waiting).timeS >= entry.timeS) break;
      heap[at] = heap[up] as Waiting;
      at = up;
    }
    heap[at] = entry;
  }

  #pop(): Waiting | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (top === undefined || last === undefined || heap.length === 0) return top;
    let at = 0;
    for (;;) {
      let down = at * 2 + 1;
      if (down >= heap.length) break;
      if (down + 1 < heap.length && (heap[down + 1] as Waiting).timeS > (heap[down] as Waiting).timeS) down++;
      if ((heap[down] as Waiting).timeS <= last.timeS) break;
      heap[at] = heap[down] as Waiting;
      at = down;
    }
    heap[at] = last;
    return top;
  }

  /** A commit whose changes cannot be told is not kept: what is missing may be fetched one day. */
  #take(id: string, commit: Commit): void {
    const paths = this.#pathsOf(id, commit);
    if (paths === null) return;
    const terms = new Map<number, number>();
    for (const term of termsOf(withoutTrailers(commit.message))) {
      const hash = hashTerm(term);
      terms.set(hash, (terms.get(hash) ?? 0) + 1);
    }
    const subject = (/\S.*/.exec(commit.message)?.[0] ?? '').slice(0, subjectLength);
    this.#rows.push({
      id,
      parents: commit.parents,
      timeS: commit.timeS,
      subject,
      paths,
      terms,
    });
    if (this.#rows.length >= blockCommits) this.#flush();
  }

  /** @returns `null` when what would tell them is not in this clone */
  #pathsOf(id: string, commit: Commit): string[] | null {
    // The whole tree of a commit at which a shallow clone ends, or of a first one, is not what it changed.
    if (this.#shallow.has(id)) return null;
    if (commit.parents.length !== 1) return [];
    const bytes = this.#objects.readKind(commit.parents[0] as string, 'commit');
    const parent = bytes === null ? null : parseCommit(bytes);
    const changes = parent === null ? null : treeChanges(this.#objects, parent.tree, commit.tree, mostFiles + 1);
    if (changes === null) {
      this.#missing = true;
      return null;
    }
    return changes.length > mostFiles ? [] : changes.map(({ path }) => path);
  }

  #flush(): void {
    if (this.#options.signal?.aborted) throw new WinnowError('cancelled', 'Cancelled while reading the history.');
    if (this.#rows.length === 0) return;
    const rows = this.#rows.splice(0);
    if (!keep(this.#storeDir, rows)) this.#options.onUnkept?.();
    addBlock(this.#known, readBlock(packBlock(rows)));
    this.#options.onProgress?.({ done: this.#known.at.size });
  }
}

/** Lines such as `Signed-off-by: name` say who, not what. */
function withoutTrailers(message: string): string {
  return message.replace(/^[ \t]*(?:[A-Z][A-Za-z-]+-by|Change-Id|git-svn-id):.*$/gim, '');
}

function historyOf(known: Loaded, order: readonly string[], extent: HistoryExtent, headTimeS: number): History {
  const numbers = new Map<string, number>();
  const paths: string[] = [];
  const ofBlock = known.blocks.map(() => null as Uint32Array | null);
  const renumber = (at: number): Uint32Array => {
    const done = ofBlock[at];
    if (done !== null && done !== undefined) return done;
    const fresh = Uint32Array.from((known.blocks[at] as Block).paths, (path) => {
      const number = numbers.get(path);
      if (number !== undefined) return number;
      numbers.set(path, paths.length);
      return paths.push(path) - 1;
    });
    ofBlock[at] = fresh;
    return fresh;
  };
  const places: number[] = [];
  for (const id of order) {
    const place = known.at.get(id);
    if (place === undefined) continue;
    const block = known.blocks[Math.floor(place / placeBits)] as Block;
    const within = place % placeBits;
    if ((block.fileStarts[within + 1] as number) > (block.fileStarts[within] as number)) places.push(place);
  }
  const blockOf = (at: number): Block => known.blocks[Math.floor((places[at] as number) / placeBits)] as Block;
  const withinOf = (at: number): number => (places[at] as number) % placeBits;
  for (let at = 0; at < known.blocks.length; at++) renumber(at);
  return {
    extent,
    headTimeS,
    count: places.length,
    paths,
    commit: (at) => ({
      id: blockOf(at).ids[withinOf(at)] as string,
      timeS: blockOf(at).times[withinOf(at)] as number,
      subject: blockOf(at).subjects[withinOf(at)] as string,
    }),
    timeOf: (at) => blockOf(at).times[withinOf(at)] as number,
    filesOf: (at) => {
      const block = blockOf(at);
      const within = withinOf(at);
      const numbersOf = renumber(Math.floor((places[at] as number) / placeBits));
      return block.files
        .subarray(block.fileStarts[within], block.fileStarts[within + 1])
        .map((path) => numbersOf[path] as number);
    },
    termsOf: (at) =>
      blockOf(at).terms.subarray(blockOf(at).termStarts[withinOf(at)], blockOf(at).termStarts[withinOf(at) + 1]),
    countsOf: (at) =>
      blockOf(at).counts.subarray(blockOf(at).termStarts[withinOf(at)], blockOf(at).termStarts[withinOf(at) + 1]),
  };
}
