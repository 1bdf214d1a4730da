/**
 * Contents of a change set for people to look at: what a file held before and after, from wherever it lies at the time, and diffs of them.
 *
 * What is in the user's directory is read only as far as its hash is the one expected, so that a diff never shows what came there since as something that it is not.
 * Everything is bounded, in memory by pieces (`filediff.ts`); applying does not come through here.
 */
import { join } from 'node:path';
import { emptySource, type FileDifference, fileDifference, hashOf, type Source, withFile } from './filediff.ts';
import type { Told } from './manifest.ts';
import { bytesOfName } from './realdirectory.ts';
import type { Change, Conflict, EntryState, Side } from './types.ts';

/** Characters of diffs of one change, and of all of a set: 400 and 4,000 lines of what people read. */
const mostOfOne = 32 << 10;
const mostOfAll = 512 << 10;
/** Bytes of files that are read for the diffs of a set: a second's worth. */
const mostRead = 512 << 20;

/** What is left of it, for the diffs of a set. */
class Room {
  characters = mostOfAll;
  bytes = mostRead;

  /** Whether contents of so many bytes may still be read. */
  takes(bytes: number): boolean {
    if (bytes > this.bytes) return false;
    this.bytes -= bytes;
    return true;
  }

  difference(old: Source, fresh: Source): FileDifference {
    const found = fileDifference(old, fresh, Math.min(mostOfOne, this.characters));
    this.characters -= found.diff?.length ?? 0;
    return found;
  }
}

/** Where an entry's contents lie. */
export interface Place {
  readonly entry: string;
  readonly directory: string;
  readonly state: EntryState;
}

/** Diffs of the changes of a set, in order, until there are enough. */
export function withDiffs(told: readonly Told[], place: Place): Change[] {
  const room = new Room();
  return told.map((one) => ({ ...one.change, ...diffOf(one, place, room) }));
}

function diffOf(one: Told, place: Place, room: Room): Pick<Change, 'diff' | 'noDiff'> {
  const { before, after } = one.change;
  const none = (noDiff: string | null): Pick<Change, 'diff' | 'noDiff'> => ({ diff: null, noDiff });
  const isSame = before?.type === 'file' && after?.type === 'file' && before.hash === after.hash;
  if ((before?.type !== 'file' && after?.type !== 'file') || isSame) return none(null);
  if (room.characters <= 0) return none('enough diffs are shown already');
  if (!room.takes(sizeOf(before) + sizeOf(after)))
    return none(`more than the ${mostRead} bytes that are read for diffs`);
  return withContent(one, 'before', place, (old) =>
    withContent(one, 'after', place, (fresh) => {
      if (old === null || fresh === null) return none('what it held is not there to be read any more');
      const { diff } = room.difference(old, fresh);
      return { diff, noDiff: diff === null ? 'binary' : null };
    }),
  );
}

const sizeOf = (side: Side | null | undefined): number => (side?.type === 'file' ? side.size : 0);

/** @param use gets null when what a side held is nowhere to be read; nothing is an empty content */
function withContent<T>(told: Told, which: 'before' | 'after', place: Place, use: (content: Source | null) => T): T {
  const { change, row } = told;
  const side = change[which];
  if (side?.type !== 'file') return use(emptySource);
  const inDirectory = join(place.directory, which === 'before' ? (change.from ?? change.path) : change.path);
  const isThere = place.state === 'kept' || place.state === 'undoing';
  const inStore =
    which === 'after'
      ? [join(place.entry, 'out', 'after', String(row.number)), join(place.entry, 'stage', `a${row.number}`)]
      : ['stage', 'before'].flatMap((name) => ['a', 'b'].map((slot) => join(place.entry, name, slot + row.number)));
  const places = which === 'before' && !isThere ? [inDirectory, ...inStore] : [...inStore, inDirectory];
  const next = (at: number): T =>
    at === places.length
      ? use(null)
      : withFile(bytesOfName(places[at] as string), (found) =>
          found?.size === side.size && hashOf(found) === side.hash ? use(found) : next(at + 1),
        );
  return next(0);
}

/** Conflicts with the difference between what is there and what was expected there. */
export function withConflictDiffs(
  conflicts: readonly { readonly path: string; readonly why: string }[],
  told: readonly Told[],
  expected: 'before' | 'after',
  place: Place,
): Conflict[] {
  const byPath = new Map(told.map((one) => [one.change.path, one]));
  const room = new Room();
  return conflicts.map((conflict) =>
    withFile(bytesOfName(join(place.directory, conflict.path)), (now) => ({
      ...conflict,
      ...conflictDiff(byPath.get(conflict.path), now, expected, place, room),
    })),
  );
}

function conflictDiff(
  one: Told | undefined,
  now: Source | null,
  expected: 'before' | 'after',
  place: Place,
  room: Room,
): Pick<Conflict, 'diff' | 'note'> {
  const side = one?.change[expected];
  if (now === null || (side != null && side.type !== 'file')) return { diff: null, note: null };
  if (room.characters <= 0) return { diff: null, note: 'enough diffs are shown already' };
  // What was there before a run is known by its hash alone, until it is kept; what the program made of it is at hand.
  const whose = expected === 'after' ? 'kept' : 'the program left';
  const wanted = one?.change.after ?? null;
  if (!room.takes(now.size + sizeOf(wanted)))
    return { diff: null, note: `there now ${now.size} bytes, ${whose} ${sizeOf(wanted)}: more than is read for diffs` };
  const sizes = `there now ${now.size} bytes of SHA-256 ${hashOf(now).slice(0, 12)}, ${whose} ${wanted?.type === 'file' ? `${wanted.size} of ${wanted.hash.slice(0, 12)}` : 'nothing'}`;
  const use = (known: Source | null): Pick<Conflict, 'diff' | 'note'> => {
    if (known === null)
      return { diff: null, note: `${sizes}; that is not held any more, so where they differ is not known` };
    const { diff, firstByte } = room.difference(now, known);
    if (diff !== null) return { diff, note: null };
    return {
      diff,
      note: `${sizes}; ${firstByte === null ? 'the bytes are equal' : `they differ from byte ${firstByte} on`}`,
    };
  };
  return one === undefined || wanted?.type !== 'file' ? use(emptySource) : withContent(one, 'after', place, use);
}
