/**
 * The nouns of undo: what a program changed in a directory of the user's, and what became of it.
 *
 * A change set lies in the undo store from the end of its run. Keeping applies it to the directory, all of it or nothing; undoing takes it back while
 * the directory is as it was left. A conflict, where the directory is not what the program saw or what was kept, is an answer and no error.
 */
import type { DatabaseChange } from '../session/types.ts';

/** What lies at a path. Numbers of a file as they were when it was looked at. */
export type Side =
  | { readonly type: 'file'; readonly mode: number; readonly size: number; readonly hash: string }
  | { readonly type: 'directory'; readonly mode: number }
  | { readonly type: 'link'; readonly target: string }
  | { readonly type: 'other' };

/** `renamed`: the same bytes went from one path to another. `replaced`: what lies there is of another type. `mode`, `time`: of a file, only that. */
export const changeKinds = ['added', 'modified', 'removed', 'renamed', 'mode', 'time', 'replaced'] as const;
export type ChangeKind = (typeof changeKinds)[number];

export interface Change {
  readonly kind: ChangeKind;
  /** Below the directory, parts by `/`. Names that are no UTF-8 hold half surrogates (U+DC80 to U+DCFF) for their bytes. */
  readonly path: string;
  /** Where it lay before; null unless it was renamed. */
  readonly from: string | null;
  readonly before: Side | null;
  readonly after: Side | null;
  /** A unified diff; null where it is no text, or there is none to show. */
  readonly diff: string | null;
  /** Why there is no diff of a change of content, in words: binary, too large; null otherwise. */
  readonly noDiff: string | null;
}

export interface ChangeSet {
  readonly changes: readonly Change[];
  /** What the program made that cannot be kept: pipes, sockets, devices. */
  readonly leftOut: readonly { readonly path: string; readonly reason: string }[];
  /** What a person should look at before keeping: hooks, links that lead out, special permission bits that are not kept. */
  readonly warnings: readonly string[];
  /** Why the set is not whole, so that it cannot be kept; null: it is. */
  readonly problem: string | null;
}

/**
 * `running`: its program runs, or was killed. `pending`: neither kept nor dropped. `keeping`, `undoing`: a process is at it,
 * or was killed, and the next command ends it. `undone`: taken back, and may be kept again.
 */
export const entryStates = ['running', 'pending', 'keeping', 'kept', 'undoing', 'undone', 'dropped'] as const;
export type EntryState = (typeof entryStates)[number];

/** One row of the history. */
export interface HistoryEntry {
  readonly id: string;
  readonly state: EntryState;
  readonly kind: 'run' | 'session';
  /** As it was typed, shortened. */
  readonly command: string;
  /** Of a database's file the directory it lies in; empty for a server's. */
  readonly directory: string;
  /** What was kept in a database and not in a directory; null otherwise. */
  readonly database: KeptDatabase | null;
  /** ms since 1970. */
  readonly startedMs: number;
  readonly keptMs: number | null;
  /** Changes by what they did; all 0 until the program has ended. */
  readonly counts: Readonly<Record<ChangeKind, number>>;
  /** It is kept and what was there before is kept too. */
  readonly undoable: boolean;
  /** Why it cannot be undone although it was kept; null where it can, or was not. */
  readonly whyNot: string | null;
  /** What it may have done that no undo takes back, in words: it had the network. */
  readonly irreversible: readonly string[];
  /** Bytes that it holds in the store. */
  readonly bytes: number;
}

/** An entry whose description cannot be read. */
export interface DamagedEntry {
  readonly id: string;
  /** Its directory in the store. */
  readonly path: string;
  readonly problem: string;
}

export interface KeptDatabase {
  readonly kind: 'sqlite' | 'postgres';
  /** The file, links followed; or user, host, port and name. */
  readonly name: string;
  /** By table; on a server by kind of statement. */
  readonly changes: readonly DatabaseChange[];
}

export interface Conflict {
  readonly path: string;
  /** What is not as expected, to follow the path in a sentence. */
  readonly why: string;
  /** From what is there now to what the change set holds, in bounded length; null where there is no text on both sides. */
  readonly diff: string | null;
  /** Of what is no text, or is not held: sizes, hashes and the first byte that differs; null where there is no more to say. */
  readonly note: string | null;
}

/** What keeping, dropping or undoing came to. */
export type Applied =
  | { readonly result: 'kept' | 'undone' | 'dropped' }
  /** Nothing was applied. */
  | { readonly result: 'conflict'; readonly conflicts: readonly Conflict[] };

export interface StoreLimits {
  /** What is held for undo, and for sets that wait, bytes. */
  readonly bytes: number;
  readonly ageMs: number;
  readonly entries: number;
}
