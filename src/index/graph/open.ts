/**
 * Opening the graph of a repository: looks at the worktree, then reads the kept graph, or builds what differs from it.
 *
 *   refresh → snapshot → kept graph fits → done
 *                      → read links that are missing → build on the kept graph → keep it
 *
 * Links are read only here, so whoever only searches never pays for them. A graph holds no file and no connection
 * open and never changes; the next call gives another one when the worktree changed.
 */
import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { noLinks } from '../../code/mod.ts';
import { StoreSnapshot } from '../snapshot.ts';
import { dataDirOf, guarded } from '../store/database.ts';
import { corrupt } from '../store/failures.ts';
import type { ObservedRow } from '../store/graph-rows.ts';
import { decodeLinks } from '../store/links-codec.ts';
import { CutShort } from '../store/packing.ts';
import type { FileRecord, RefreshOptions, Repository } from '../types.ts';
import { readStable } from '../worktree/read.ts';
import { type BuiltGraph, buildGraph, type LoadedFile } from './build.ts';
import { extractLinks } from './extract.ts';
import { graphNameOf, readGraph, writeGraph } from './graph-file.ts';
import { moduleRules } from './modules/table.ts';
import { Observations } from './observed.ts';
import type { GraphTables } from './tables.ts';
import type { Graph } from './types.ts';
import { TableGraph } from './view.ts';

export interface GraphOptions extends RefreshOptions {
  /** `false`: answers from what is committed, without looking at the worktree. Default: true. */
  readonly refresh?: boolean;
  /** Called when the graph that was built could not be kept, with the reason; whoever asks next builds it again. */
  readonly onUnkept?: (reason: string) => void;
}

/** What this process knows of a repository's graph. */
interface Current {
  readonly tables: GraphTables;
  readonly observations: string;
  dependencies: BuiltGraph['dependencies'] | null;
  readonly files: readonly FileRecord[];
  readonly graph: Graph;
}

const current = new WeakMap<Repository, Current>();

/** Links that are being read: ends when they are, however. */
const reading = new WeakMap<Repository, Promise<void>>();

const noMatter = (): void => {};

/** Other processes may change files between looking and reading; what is still missing then is read next time. */
const attempts = 3;

/**
 * The graph of a repository as it is on disk now.
 *
 * @throws WinnowError `cancelled`, `worker-failed`, and as `Repository.refresh` does
 */
export async function openGraph(repository: Repository, options: GraphOptions = {}): Promise<Graph> {
  if (options.refresh !== false) await repository.refresh(options);
  const unstored = new Map<number, Uint8Array>();
  for (let attempt = 1; ; attempt++) {
    // What another call reads is read once: afterwards it is in the store, and its graph in memory.
    while (reading.has(repository)) await reading.get(repository);
    const snapshot = repository.snapshot();
    if (!(snapshot instanceof StoreSnapshot)) throw new Error('snapshots of repositories are stored ones');
    try {
      const opening = new Opening(repository, snapshot, options, unstored);
      const found = opening.kept();
      if (found !== null) return found;
      const missing = opening.missing();
      if (missing.length === 0 || attempt >= attempts) return opening.build();
      const { root, storeDir } = repository;
      const { workers, signal, onProgress } = options;
      const hashOf = (version: number): Uint8Array | null => snapshot.hashOf(version);
      const links = extractLinks({ root, storeDir, files: missing, hashOf, workers, signal, onProgress });
      const ended = links.then(noMatter, noMatter).then(() => void reading.delete(repository));
      reading.set(repository, ended);
      const read = await links;
      for (const [version, packed] of read) unstored.set(version, packed);
    } finally {
      snapshot.close();
    }
  }
}

/**
 * Runs something that makes much garbage while it holds much: V8 lets what is held grow by 40% before it looks for garbage, and not to
 * several times as much. Resolving spring-framework: 0.71 GB at most and 20.5 s of processor time, against 1.08 GB and 21.7 s.
 */
function holdingLittle<T>(work: () => T): T {
  setFlagsFromString('--heap-growing-percent=40');
  try {
    return work();
  } finally {
    setFlagsFromString('--heap-growing-percent=0');
  }
}

/** Languages that give links. */
const linked = new Set(moduleRules.flatMap(({ languages }) => languages));

class Opening {
  readonly #repository: Repository;
  readonly #snapshot: StoreSnapshot;
  readonly #options: GraphOptions;
  /** Records that the store does not have. */
  readonly #unstored: ReadonlyMap<number, Uint8Array>;
  readonly #files: readonly FileRecord[];
  readonly #observed: readonly ObservedRow[];
  readonly #observations: string;
  readonly #dataDir: string;
  readonly #worktree: string;
  #before: BuiltGraph | null = null;

  constructor(
    repository: Repository,
    snapshot: StoreSnapshot,
    options: GraphOptions,
    unstored: ReadonlyMap<number, Uint8Array>,
  ) {
    this.#repository = repository;
    this.#snapshot = snapshot;
    this.#options = options;
    this.#unstored = unstored;
    this.#files = snapshot.files();
    this.#observed = guarded(repository.storeDir, () => snapshot.graphRows()?.observed(repository.root) ?? []);
    this.#observations = createHash('sha256').update(JSON.stringify(this.#observed)).digest('hex').slice(0, 16);
    this.#dataDir = dataDirOf(repository.storeDir);
    this.#worktree = graphNameOf(repository.root);
  }

  /** The graph that fits what the snapshot has, from memory or from its file. */
  kept(): Graph | null {
    const known = current.get(this.#repository);
    if (known !== undefined && this.#fits(known.tables, known.observations)) {
      const same = known.files === this.#files && known.graph.completeness.stale === this.#snapshot.completeness.stale;
      return same ? known.graph : this.#hold(known.tables, known.dependencies);
    }
    if (known !== undefined && known.dependencies !== null) {
      this.#before = { tables: known.tables, dependencies: known.dependencies, linked: 0 };
      return null;
    }
    const kept = readGraph(this.#dataDir, this.#worktree);
    if (kept !== null && this.#fits(kept.tables, kept.observations)) return this.#hold(kept.tables, null);
    const dependencies = kept?.rest() ?? null;
    if (kept !== null && dependencies !== null) this.#before = { tables: kept.tables, dependencies, linked: 0 };
    return null;
  }

  #fits({ files }: GraphTables, observations: string): boolean {
    if (files.version.length !== this.#files.length || observations !== this.#observations) return false;
    // A version is a path with a content: equal versions in the order of paths are equal files.
    return this.#files.every(({ version }, at) => files.version[at] === version);
  }

  #hold(tables: GraphTables, dependencies: BuiltGraph['dependencies'] | null): Graph {
    const graph = new TableGraph(tables, this.#files, this.#snapshot.completeness);
    const files = this.#files;
    current.set(this.#repository, { tables, observations: this.#observations, dependencies, files, graph });
    return graph;
  }

  /** Files whose links nobody has read. */
  missing(): FileRecord[] {
    const known = new Set(this.#before?.tables.files.version);
    const rows = this.#snapshot.graphRows();
    return this.#files.filter(
      ({ version, language }) =>
        linked.has(language) &&
        !known.has(version) &&
        !this.#unstored.has(version) &&
        !(rows?.hasLinks(version) ?? false),
    );
  }

  build(): Graph {
    const { onProgress, onUnkept, signal } = this.#options;
    const fileOf = new Map(this.#files.map(({ path }, file) => [path, file]));
    const built = holdingLittle(() =>
      buildGraph({
        files: this.#files,
        load: (file) => this.#load(file),
        read: (path) => this.#text(path),
        before: this.#before,
        observe: (nodes) => new Observations(this.#observed, nodes, (path) => fileOf.get(path) ?? -1),
        onProgress: (filesDone, filesTotal) =>
          onProgress?.({ phase: 'graph', filesDone, filesTotal, bytesDone: 0, bytesTotal: 0 }),
        signal,
      }),
    );
    try {
      writeGraph(this.#dataDir, this.#worktree, built, {
        stamp: randomBytes(8).toString('hex'),
        observations: this.#observations,
      });
    } catch (cause) {
      onUnkept?.(cause instanceof Error ? cause.message : String(cause));
      // A cache that cannot be written, on a full disk say, costs the next run some time and this one nothing.
    }
    return this.#hold(built.tables, built.dependencies);
  }

  #load({ version }: FileRecord): LoadedFile {
    const facts = this.#snapshot.facts(version);
    const packed = this.#unstored.get(version) ?? this.#snapshot.graphRows()?.links(version) ?? null;
    if (packed === null || packed.length === 0) return { facts, links: noLinks, packedBytes: 1_000 };
    try {
      return { facts, links: decodeLinks(packed), packedBytes: packed.length };
    } catch (cause) {
      if (!(cause instanceof CutShort)) throw cause;
      throw corrupt(this.#repository.storeDir, `links of version ${version}: ${cause.message}`, cause);
    }
  }

  #text(path: string): string | null {
    const read = readStable(join(this.#repository.root, path));
    return read.kind === 'read' ? new TextDecoder().decode(read.bytes) : null;
  }
}
