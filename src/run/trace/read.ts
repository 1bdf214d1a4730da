/**
 * From the lines of a recording to a trace: winnow.recording/1 (docs/formats.md).
 *
 * The lines come out of a program's own process, so none is believed to have the right form: what is none is counted and passed
 * over. Numbers of frames and objects are the recording's own; that they make sense is not checked here, only that they are numbers.
 */
import { isCount, isRecord, recordOf } from '../untrusted.ts';
import type { Entry, FileCounts, Trace, TraceCode, TraceEvent, TraceLimits, Value } from './types.ts';
import { traceLevels, traceNotes } from './types.ts';

/** Events that are held at once: some 400 MB. A tracer's own limit is lower; this holds when it was tampered with. */
const mostEvents = 2_000_000;
const mostCodes = 100_000;
/** Nesting of a value; tracers stop at their `depth`, tuples within tuples do not count there. */
const mostNesting = 64;

export const traceFormat = 'winnow.recording/1';

/** @returns null when there is no head: nothing was recorded */
export function readTrace(bytes: Uint8Array): Trace | null {
  const reader = new Reader();
  for (const line of linesOf(bytes)) reader.take(line);
  return reader.trace();
}

/** Line by line, without a second copy of all of it. */
function* linesOf(bytes: Uint8Array): Generator<string> {
  const decoder = new TextDecoder();
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(10, at);
    const to = end < 0 ? bytes.length : end;
    if (to > at) yield decoder.decode(bytes.subarray(at, to));
    at = to + 1;
  }
}

type Row = Readonly<Record<string, unknown>>;
type Head = Pick<Trace, 'language' | 'runtime' | 'level' | 'limits'>;

class Reader {
  readonly #codes: TraceCode[] = [];
  readonly #events: TraceEvent[] = [];
  readonly #counts = new Map<string, FileCounts>();
  #head: Head | null = null;
  #thread = 0;
  #ended = false;
  #skipped = 0;
  #dropped = 0;
  #unreadable = 0;

  take(line: string): void {
    const row = recordOf(line);
    if (row === null) this.#unreadable++;
    else if (this.#head === null) {
      this.#head = headOf(row);
      if (this.#head === null) this.#unreadable++;
    } else if (!this.#takeRow(row)) this.#unreadable++;
  }

  trace(): Trace | null {
    if (this.#head === null) return null;
    return {
      ...this.#head,
      codes: this.#codes,
      events: this.#events,
      counts: [...this.#counts.values()].sort((a, b) => (a.file < b.file ? -1 : 1)),
      gaps: {
        skippedLines: this.#skipped,
        uncountedLines: [...this.#counts.values()].reduce((sum, { least }) => sum + least.length, 0),
        droppedEvents: this.#dropped,
        cut: !this.#ended,
        unreadable: this.#unreadable,
      },
    };
  }

  #takeRow(row: Row): boolean {
    switch (row.e) {
      case 'code':
        return this.#takeCode(row);
      case 'thread':
        if (!isCount(row.t)) return false;
        this.#thread = row.t;
        return true;
      case 'hits': {
        const counts = countsOf(row);
        if (counts === null) return false;
        const known = row.more === true ? this.#counts.get(counts.file) : undefined;
        this.#counts.set(counts.file, known === undefined ? counts : added(known, counts));
        return true;
      }
      case 'end':
        this.#ended = true;
        if (isCount(row.dropped)) this.#dropped += row.dropped;
        if (isCount(row.skip)) this.#skipped += row.skip;
        return true;
      default: {
        const event = eventOf(row, this.#thread);
        if (event === null) return false;
        this.#skipped += event.skipped;
        if (this.#events.length < mostEvents) this.#events.push(event);
        else this.#dropped++;
        return true;
      }
    }
  }

  #takeCode({ c, file, name, kind, line, end }: Row): boolean {
    const found = codeKinds.find((one) => one === kind);
    if (c !== this.#codes.length || c >= mostCodes || found === undefined) return false;
    if (typeof file !== 'string' || typeof name !== 'string' || !isCount(line) || !isCount(end)) return false;
    this.#codes.push({ file, name, kind: found, line, end });
    return true;
  }
}

const codeKinds: readonly TraceCode['kind'][] = ['module', 'function', 'class', 'generator', 'coroutine', 'part'];
const scopes = ['local', 'closure', 'global'] as const;
const ways = ['true', 'false', 'case', 'exception', 'next'] as const;
const forms = ['sequence', 'mapping', 'set', 'record'] as const;

function headOf({ format, language, runtime, level, limits }: Row): Head | null {
  const found = traceLevels.find((one) => one === level);
  const bounds = limitsOf(limits);
  if (format !== traceFormat || typeof language !== 'string' || typeof runtime !== 'string') return null;
  return found === undefined || bounds === null ? null : { language, runtime, level: found, limits: bounds };
}

function limitsOf(value: unknown): TraceLimits | null {
  if (!isRecord(value)) return null;
  const { events, bytes, firstHits, lastHits, items, text, depth } = value;
  if (!isCount(events) || !isCount(bytes) || !isCount(firstHits) || !isCount(lastHits)) return null;
  if (!isCount(items) || !isCount(text) || !isCount(depth)) return null;
  return { events, bytes, firstHits, lastHits, items, text, depth };
}

function countsOf({ file, lines, ways: gone, least = [] }: Row): FileCounts | null {
  if (typeof file !== 'string' || !Array.isArray(lines) || !Array.isArray(gone)) return null;
  const isLine = (row: unknown): row is [number, number] =>
    Array.isArray(row) && row.length === 2 && isCount(row[0]) && isCount(row[1]);
  const isWay = (row: unknown): row is [number, number, number] =>
    Array.isArray(row) && row.length === 3 && isCount(row[0]) && Number.isSafeInteger(row[1]) && isCount(row[2]);
  if (!lines.every(isLine) || !gone.every(isWay) || !Array.isArray(least) || !least.every(isCount)) return null;
  return {
    file,
    lines: new Map([...lines].sort(([a], [b]) => a - b)),
    least,
    ways: gone.map(([from, to, count]) => ({ from, to, count })),
  };
}

const added = (known: FileCounts, more: FileCounts): FileCounts => ({
  file: known.file,
  lines: new Map([...known.lines, ...more.lines].sort(([a], [b]) => a - b)),
  least: [...known.least, ...more.least],
  ways: [...known.ways, ...more.ways],
});

function eventOf(row: Row, thread: number): TraceEvent | null {
  const skipped = row.skip ?? 0;
  const frame = row.f ?? 0;
  if (!isCount(frame) || !isCount(skipped)) return null;
  const place = { frame, thread, skipped };
  const { l: line, t: type, to } = row;
  switch (row.e) {
    case 'call': {
      const { c: code, from: caller = 0, args = [] } = row;
      if (!isCount(code) || !isCount(caller) || !Array.isArray(args)) return null;
      const given = args.map((pair: unknown) => {
        const value = Array.isArray(pair) && pair.length === 2 ? valueOf(pair[1]) : undefined;
        return value === undefined || typeof (pair as unknown[])[0] !== 'string'
          ? null
          : { name: (pair as [string])[0], value };
      });
      return given.some((one) => one === null)
        ? null
        : { ...place, kind: 'call', code, caller, arguments: given.filter((one) => one !== null) };
    }
    case 'line':
    case 'block':
      return isCount(line) ? { ...place, kind: row.e, line, code: isCount(row.c) ? row.c : -1 } : null;
    case 'branch': {
      const way = ways.find((one) => one === row.way);
      const target = to ?? 0;
      return way === undefined || !isCount(line) || !isCount(target)
        ? null
        : { ...place, kind: 'branch', line, way, to: target };
    }
    case 'write': {
      const { v: name, in: within = 'local', gone = false } = row;
      const scope = scopes.find((one) => one === within);
      const value = gone === true ? null : valueOf(to);
      if (typeof name !== 'string' || scope === undefined || value === undefined || typeof gone !== 'boolean')
        return null;
      return { ...place, kind: 'write', name, scope, value, gone };
    }
    case 'object':
      return objectOf(row, place);
    case 'return':
    case 'yield':
    case 'resume': {
      const value = to === undefined ? null : valueOf(to);
      return value === undefined ? null : { ...place, kind: row.e, value };
    }
    case 'raise': {
      const message = row.m ?? '';
      return !isCount(line) || typeof type !== 'string' || typeof message !== 'string'
        ? null
        : { ...place, kind: 'raise', line, type, message };
    }
    case 'unwind':
      return { ...place, kind: 'unwind' };
    case 'output': {
      const { s: stream, text } = row;
      return (stream !== 'stdout' && stream !== 'stderr') || typeof text !== 'string'
        ? null
        : { ...place, kind: 'output', stream, text };
    }
    case 'note': {
      const about = traceNotes.find((one) => one === row.about);
      return about === undefined || typeof row.text !== 'string'
        ? null
        : { ...place, kind: 'note', about, text: row.text };
    }
    default:
      return null;
  }
}

function objectOf(row: Row, place: { frame: number; thread: number; skipped: number }): TraceEvent | null {
  const { o: object, t: type, n: size, whole = false, items, at, out = [] } = row;
  const form = forms.find((one) => one === row.form);
  if (!isCount(object) || typeof type !== 'string' || !isCount(size) || typeof whole !== 'boolean') return null;
  if (form === undefined || !Array.isArray(out)) return null;
  const entries = Array.isArray(items)
    ? items.map((item, index) => entryOf([index, item]))
    : Array.isArray(at)
      ? at.map(entryOf)
      : [null];
  const removed = out.map((one) => valueOf(one));
  if (entries.some((one) => one === null) || removed.some((one) => one === undefined)) return null;
  return {
    ...place,
    kind: 'object',
    object,
    type,
    form,
    whole,
    size,
    entries: entries.filter((one) => one !== null),
    removed: removed.filter((one) => one !== undefined),
  };
}

function entryOf(pair: unknown): Entry | null {
  if (!Array.isArray(pair) || pair.length !== 2) return null;
  const key = valueOf(pair[0]);
  const value = valueOf(pair[1]);
  return key === undefined || value === undefined ? null : [key, value];
}

const specials = new Set<unknown>(['nan', 'inf', '-inf', '-0']);

/** Only what the format has is taken over. @returns undefined when it is no value */
function valueOf(given: unknown, nesting = 0): Value | undefined {
  if (given === null || typeof given === 'boolean' || typeof given === 'string') return given;
  if (typeof given === 'number') return Number.isFinite(given) ? given : undefined;
  if (!isRecord(given) || nesting > mostNesting) return undefined;
  const { r, f, t, v, n, items } = given;
  if (isCount(r)) return { r };
  if (typeof f === 'number' || specials.has(f)) return { f: f as number };
  const length = isCount(n) ? { n } : {};
  if (typeof t !== 'string') return undefined;
  if (typeof v === 'string') return { t, v, ...length };
  if (!Array.isArray(items)) return undefined;
  const parts = items.map((item) => valueOf(item, nesting + 1));
  return parts.some((part) => part === undefined)
    ? undefined
    : { t, items: parts.filter((part) => part !== undefined), ...length };
}
