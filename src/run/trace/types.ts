/**
 * The nouns of seeing inside a run: events that a tracer writes while a program runs, one format for all languages.
 *
 * A tracer writes lines of JSON, winnow.recording/1 (docs/formats.md); `read.ts` makes a `Trace` of them. A program can forge what its tracer
 * writes, and can do no more with it than that: every line is looked at, and everything is bounded.
 *
 * Values are written by difference: a variable when it changes, an object when its content does. What two variables
 * share is one object with a number, so that a change through the one is seen through the other.
 */

/**
 * What is recorded; each holds what those before it hold, but that `lines` stands in the place of `blocks`.
 * `coverage`: which lines ran, and which ways between them were taken. `counts`: how often. `blocks`: where each basic block began, in order, with
 * calls, returns, exceptions and output. `lines`: every line instead. `values`: what each line wrote, arguments and results.
 */
export const traceLevels = ['coverage', 'counts', 'blocks', 'lines', 'values'] as const;
export type TraceLevel = (typeof traceLevels)[number];

/** What a trace may hold at most. What is left out is counted. */
export interface TraceLimits {
  /** Events in all, from 1. Past that lines are counted, and only each line's last `lastHits` are kept. */
  readonly events: number;
  /** Bytes of the recording, from 10,000. */
  readonly bytes: number;
  /** Of each line its first so many executions are events. 0: none. */
  readonly firstHits: number;
  /** Of each line its last so many executions are events as well. */
  readonly lastHits: number;
  /** Items of an object, characters of a text that are written of a value. */
  readonly items: number;
  readonly text: number;
  /** Objects below a variable, one inside the other. Deeper ones are named by type and length. */
  readonly depth: number;
}

/** What is no object with a number. */
export type Plain =
  | null
  | boolean
  /** An integer in languages that have integers; else any finite number but -0. */
  | number
  | string
  /** A number with a fraction's type (Python's `float`), or one that JSON cannot say: `nan`, `inf`, `-inf`, `-0`. */
  | { readonly f: number | 'nan' | 'inf' | '-inf' | '-0' }
  /** All else, by its type and a text; `n` is its whole length where the text is cut, or its digits or bytes. */
  | { readonly t: string; readonly v: string; readonly n?: number }
  /** A value with parts that cannot change: a tuple. `n`: how many there are, where not all are here. */
  | { readonly t: string; readonly items: readonly Value[]; readonly n?: number };

/** `r`: the object of that number, whose content is what the last `object` event before said. */
export type Value = Plain | { readonly r: number };

/** A part of an object: its key (an index, a field's name as text, a key as a value), and what is there. */
export type Entry = readonly [key: Value, value: Value];

/** A piece of code that runs by itself: a function, a file's own code, the body of a class. */
export interface TraceCode {
  readonly file: string;
  /** Qualified: `Class.method`; `<module>`, `<lambda>`. */
  readonly name: string;
  readonly kind: 'module' | 'function' | 'class' | 'generator' | 'coroutine' | 'part';
  /** Lines from 1, inclusive; `end` 0: not known. */
  readonly line: number;
  readonly end: number;
}

/**
 * `frame` numbers an activation of a code, from 1. `thread` numbers threads from 0. `skipped`: executions of lines since the event before that are no
 * events.
 */
interface InFrame {
  readonly frame: number;
  readonly thread: number;
  readonly skipped: number;
}

export type TraceEvent =
  | (InFrame & {
      readonly kind: 'call';
      /** Index of `Trace.codes`. */
      readonly code: number;
      /** The frame that was running, of traced code; 0: none. */
      readonly caller: number;
      readonly arguments: readonly { readonly name: string; readonly value: Value }[];
    })
  /** A line, or a block by its first line, is about to run. */
  | (InFrame & {
      readonly kind: 'line' | 'block';
      readonly line: number;
      /** Index of `Trace.codes`; said where the frame's call may be no event, else -1. */
      readonly code: number;
    })
  /** A condition was decided. `to`: the line that it leads to, 0 when not known. */
  | (InFrame & {
      readonly kind: 'branch';
      readonly line: number;
      readonly way: 'true' | 'false' | 'case' | 'exception' | 'next';
      readonly to: number;
    })
  /** A variable has a new value, or none any more (`gone`). `closure`: of a function around, `global`: of a file. */
  | (InFrame & {
      readonly kind: 'write';
      readonly name: string;
      readonly scope: 'local' | 'closure' | 'global';
      readonly value: Value;
      readonly gone: boolean;
    })
  /**
   * An object's content. `whole`: `entries` is all there is (up to the limit); else only what changed, and `removed` what is no more.
   * `size`: how many parts it has. Sequences are cut to `size` before entries are put in.
   */
  | (InFrame & {
      readonly kind: 'object';
      readonly object: number;
      readonly type: string;
      readonly form: 'sequence' | 'mapping' | 'set' | 'record';
      readonly whole: boolean;
      readonly size: number;
      readonly entries: readonly Entry[];
      readonly removed: readonly Value[];
    })
  | (InFrame & { readonly kind: 'return' | 'yield' | 'resume'; readonly value: Value })
  /** An exception was raised in this frame, or came up into it (`unwind`: the frame ends by it), or was caught in it at a line. */
  | (InFrame & { readonly kind: 'raise'; readonly line: number; readonly type: string; readonly message: string })
  | (InFrame & { readonly kind: 'unwind' })
  | (InFrame & { readonly kind: 'output'; readonly stream: 'stdout' | 'stderr'; readonly text: string })
  /** Something that this trace cannot look into, or that ended part of it: a process started, another tracer, memory that grew. */
  | (InFrame & { readonly kind: 'note'; readonly about: TraceNote; readonly text: string });

export const traceNotes = ['process', 'tracer', 'thread', 'memory', 'syntax'] as const;
export type TraceNote = (typeof traceNotes)[number];

/** How often each line of a file ran, and each way from a line to a line of the same code. */
export interface FileCounts {
  readonly file: string;
  /** Lines that can run, from 1, rising; with how often they did. At level `coverage` 1 stands for once or more. */
  readonly lines: ReadonlyMap<number, number>;
  /** Lines that ran at least so often, and were not counted any further. */
  readonly least: readonly number[];
  /** `from`, `to`: lines; `to` negative: out of the code whose first line is `-to`. */
  readonly ways: readonly { readonly from: number; readonly to: number; readonly count: number }[];
}

/** Why a trace is not all of what happened. */
export interface TraceGaps {
  /** Executions of lines that are no events, because of `firstHits`, `lastHits` or `events`. */
  readonly skippedLines: number;
  /** Lines whose further executions were not even counted. */
  readonly uncountedLines: number;
  /** Other events left out. */
  readonly droppedEvents: number;
  /** The recording has no end: the program was stopped, or ended in a way that the tracer could not see. */
  readonly cut: boolean;
  /** Lines of the recording that are none of this format. */
  readonly unreadable: number;
}

export interface Trace {
  readonly language: string;
  /** Of the tracer's runtime: `CPython 3.13.2`. */
  readonly runtime: string;
  readonly level: TraceLevel;
  readonly limits: TraceLimits;
  readonly codes: readonly TraceCode[];
  readonly events: readonly TraceEvent[];
  readonly counts: readonly FileCounts[];
  readonly gaps: TraceGaps;
}
