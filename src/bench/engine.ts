/**
 * The engine under test, as a user gets it: open, bring up to date, ask.
 *
 * The only place where benchmarks touch the index and the search.
 */
import type { Symbol as CodeSymbol } from '../code/mod.ts';
import { openRepository, type RefreshReport, type Snapshot } from '../index/mod.ts';
import {
  type Encoder,
  type Meaning,
  openMeaning,
  type SearchAnswer,
  type SearchOptions,
  search,
  searchWithMeaning,
} from '../search/mod.ts';
import type { BenchProgress } from './progress.ts';

export interface EngineOptions {
  /** Where the index is kept; `undefined`: the user's place. */
  readonly home?: string | undefined;
  /** Ranks words mode by meaning too; `only`: by meaning alone. */
  readonly meaning?: { readonly encoder: Encoder; readonly by: 'auto' | 'only' } | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((step: BenchProgress) => void) | undefined;
}

export interface Engine {
  /** Real path of the indexed root. */
  readonly root: string;
  readonly indexing: RefreshReport;
  /** Milliseconds that making vectors took; `null` without meaning. */
  readonly encodingMs: number | null;
  ask(query: string, options: SearchOptions): Promise<SearchAnswer>;
  /** Definitions of that qualified name in the file. */
  definitions(path: string, name: string): readonly CodeSymbol[];
  /** Whether the index holds the file and, when `name` is not `null`, a symbol of that qualified name in it. */
  holds(path: string, name: string | null): boolean;
  close(): void;
}

/** Opens `root` and brings its index up to date. @throws what opening and refreshing throw */
export async function openEngine(root: string, label: string, options: EngineOptions): Promise<Engine> {
  const repository = openRepository(root, options.home === undefined ? {} : { home: options.home });
  try {
    const indexing = await repository.refresh({
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      onProgress: (step) => options.onProgress?.({ label, done: step.filesDone, total: step.filesTotal }),
    });
    const snapshot = repository.snapshot();
    const startedMs = performance.now();
    const meaning = await meaningOf(snapshot, label, options);
    const encodingMs = meaning === null ? null : performance.now() - startedMs;
    const { by = 'auto' } = options.meaning ?? {};
    return {
      root: repository.root,
      indexing,
      encodingMs,
      ask: async (query, asked) =>
        meaning === null
          ? search(snapshot, query, asked)
          : searchWithMeaning(snapshot, query, { ...asked, by }, async () => meaning),
      definitions: (path, name) => {
        const file = snapshot.file(path);
        const symbols = file === null ? [] : snapshot.facts(file.version).symbols;
        return symbols.filter(({ qualifiedName }) => qualifiedName === name);
      },
      holds: (path, name) => {
        const file = snapshot.file(path);
        if (file === null || name === null) return file !== null;
        return snapshot.facts(file.version).symbols.some((symbol) => symbol.qualifiedName === name);
      },
      close: () => {
        snapshot.close();
        repository.close();
      },
    };
  } catch (error) {
    repository.close();
    throw error;
  }
}

async function meaningOf(snapshot: Snapshot, label: string, options: EngineOptions): Promise<Meaning | null> {
  if (options.meaning === undefined) return null;
  return openMeaning(snapshot, options.meaning.encoder, {
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    onProgress: (done, total) => options.onProgress?.({ label: `${label}, meaning`, done, total }),
  });
}
