/**
 * Searching a set of repositories: gathered, ranked as one, and told apart again.
 *
 * Ids carry the repository, `flask//src/app.py:Flask.run`, and can be shown as they are, since names are unique in a home. What did not answer, or answers
 * from an older state, is told for each repository, and one that went away meanwhile by one line instead of one for each of its files.
 */
import { WinnowError } from '../../base/mod.ts';
import type { Encoder } from '../../embed/mod.ts';
import { ChunkVectors, mostExact } from '../meaning/blocks.ts';
import { Meaning, openMeaning } from '../meaning/open.ts';
import { searchWithMeaning } from '../meaning/search.ts';
import { search } from '../search.ts';
import type { SearchAnswer, SearchOptions } from '../types.ts';
import { type AskedRepository, type Gathered, type GatherOptions, gather, type Member } from './gather.ts';
import { JoinedSnapshot, type NamedSnapshot, nameEnd } from './joined.ts';

export interface ManyOptions extends Omit<SearchOptions, 'under' | 'meaning' | 'words'>, GatherOptions {
  readonly signal?: AbortSignal;
  /** `off`: words as they stand; `auto`: meaning too; `only`: meaning alone. */
  readonly by: 'off' | 'auto' | 'only';
  /** Opens what ranks by meaning: one encoder for all, as vectors of different ones never meet. `null`: there is none. */
  readonly openEncoder: () => Promise<Encoder | null>;
  /** Told how far the vectors of a repository are. */
  readonly onVectors?: (name: string, done: number, total: number) => void;
}

export interface ManyAnswer {
  readonly answer: SearchAnswer;
  /** By name. */
  readonly members: readonly Member[];
  readonly elapsedMs: { readonly gather: number; readonly search: number };
}

/**
 * @param asked each name and root once
 * @throws WinnowError as `search`, and what the encoder throws
 */
export async function searchMany(
  asked: readonly AskedRepository[],
  queryText: string,
  options: ManyOptions,
): Promise<ManyAnswer> {
  const startedMs = performance.now();
  const gathered = await gather(asked, options);
  try {
    const gatheredMs = performance.now();
    const { parts } = gathered;
    const joined = new JoinedSnapshot(parts);
    const notices: string[] = [];
    const { home, refresh, deadlineMs, onProgress, by, openEncoder, onVectors, ...plain } = options;
    const found =
      by === 'off'
        ? search(joined, queryText, plain)
        : await searchWithMeaning(joined, queryText, { ...plain, by }, async () => {
            const encoder = await openEncoder();
            if (encoder === null) return null;
            const meaning = await meaningOf(parts, joined, encoder, gathered, options);
            if (meaning === null)
              notices.push('Words were ranked without their meaning: not all vectors were made before the deadline.');
            return meaning;
          });
    const members = gathered.members();
    return {
      answer: { ...found, notices: [...notices, ...told(found.notices, members)] },
      members,
      elapsedMs: { gather: gatheredMs - startedMs, search: performance.now() - gatheredMs },
    };
  } finally {
    gathered.close();
  }
}

/** Vectors of all, with those made that are missing; `null` when the time is over before. */
async function meaningOf(
  parts: readonly NamedSnapshot[],
  joined: JoinedSnapshot,
  encoder: Encoder,
  { ending }: Gathered,
  { signal, onVectors }: ManyOptions,
): Promise<Meaning | null> {
  const vectors: { vectors: ChunkVectors; base: number }[] = [];
  let exact = mostExact;
  for (const [at, { name, snapshot }] of parts.entries()) {
    try {
      const { vectors: own } = await openMeaning(snapshot, encoder, {
        signal: ending,
        onProgress: (done, total) => onVectors?.(name, done, total),
        mostExact: Math.max(0, exact),
      });
      exact -= own.count;
      vectors.push({ vectors: own, base: joined.bases[at] as number });
    } catch (cause) {
      // Cosines of some repositories alone would put these before the others.
      if (ending.aborted && signal?.aborted !== true && cause instanceof WinnowError) return null;
      throw cause;
    }
  }
  const holds = (version: number): boolean => joined.fileOfVersion(version) !== null;
  return new Meaning(encoder, ChunkVectors.joined(encoder.dimension, vectors, holds));
}

/** Without what is said of each file of a repository that is gone, and of files by a set of which nothing was asked. */
function told(notices: readonly string[], members: readonly Member[]): string[] {
  const gone = members.filter(({ state }) => state === 'removed').map(({ name }) => name + nameEnd);
  if (members.every(({ completeness }) => completeness === null)) return [];
  return notices.filter((notice) => !gone.some((name) => notice.startsWith(name)));
}

/** A path or id of a set's answer, divided; `null` when it has no repository's name. */
export function dividedId(id: string): { readonly name: string; readonly rest: string } | null {
  const [, name, rest] = /^([A-Za-z0-9][A-Za-z0-9._-]*)\/\/(.+)$/s.exec(id) ?? [];
  return name === undefined || rest === undefined ? null : { name, rest };
}
