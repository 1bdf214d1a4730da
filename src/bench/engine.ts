/**
 * The engine under test, as a user gets it: open, bring up to date, ask.
 *
 * The only place where benchmarks touch the index and the search.
 */
import { openRepository, type RefreshReport } from '../index/mod.ts';
import { type SearchAnswer, type SearchOptions, search } from '../search/mod.ts';
import type { BenchProgress } from './progress.ts';

export interface EngineOptions {
  /** Where the index is kept; `undefined`: the user's place. */
  readonly home?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((step: BenchProgress) => void) | undefined;
}

export interface Engine {
  /** Real path of the indexed root. */
  readonly root: string;
  readonly indexing: RefreshReport;
  ask(query: string, options: SearchOptions): SearchAnswer;
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
    return {
      root: repository.root,
      indexing,
      ask: (query, asked) => search(snapshot, query, asked),
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
