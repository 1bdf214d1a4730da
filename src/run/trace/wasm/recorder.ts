/**
 * What the probes of a module tell, as a recording: winnow.recording/1.
 *
 * Runs in the process of the engine, beside the module, and keeps all in memory: where that process breaks down nothing comes out. Lines are
 * those of statements as the compiler marks them. Several marks of one line in a row are one visit, until one of them comes again (a loop on one
 * line). A frame whose function is left without its end (`longjmp`) is unwound when the next line shows it.
 */
import type { Probed, ProbeSink } from '../../wasm/probe.ts';
import { traceFormat } from '../read.ts';
import type { ProbePlan } from './tracer.ts';

interface Frame {
  readonly number: number;
  readonly code: number;
  line: number;
  isTold: boolean;
}

interface Row {
  readonly order: number;
  readonly text: string;
  readonly at: number;
  readonly isLine: boolean;
}

/** By line: how often it ran (holes: no line), where it first led, how often it led there; other ways by both lines in one number. */
interface FileCount {
  readonly lines: number[];
  readonly usual: number[];
  readonly times: number[];
  readonly ways: Map<number, number>;
  /** Of a condition's line and one where it goes on, by both in one number: how it was decided. */
  readonly decided: ReadonlyMap<number, string>;
  /** Further lines of a statement on several: its first. */
  readonly first: ReadonlyMap<number, number>;
}

/** More than any line, and than any place in a module that jobs may bring. Where a way ends a code its line is negative. */
const wayBase = 2 ** 26;

export class ProbeRecorder implements ProbeSink {
  readonly #plan: ProbePlan;
  readonly #probed: Probed;
  readonly #files = new Map<string, FileCount>();
  readonly #countOf: FileCount[] = [];
  readonly #hasEvents: boolean;
  readonly #isBlocks: boolean;
  readonly #frames: Frame[] = [];
  readonly #announced: (number | undefined)[] = [];
  readonly #calls: number[] = [];
  readonly #ends: number[] = [];
  /** Of each probe: the visit of a line in which it was last met. */
  readonly #met: Float64Array;
  readonly #rings = new Map<string, Row[]>();
  readonly #out: string[] = [];
  #given: string[] = [];
  #result = 'null';
  #memoryBytes = 0;
  #memory: WebAssembly.Memory | null = null;
  #visit = 0;
  #frameCount = 0;
  #codes = 0;
  #lines = 0;
  #said = 0;
  #order = 0;
  #dropped = 0;
  #left: number;
  #room: number;

  constructor(plan: ProbePlan, language: string, runtime: string, probed: Probed) {
    this.#plan = plan;
    this.#probed = probed;
    this.#hasEvents = plan.level !== 'coverage' && plan.level !== 'counts';
    this.#isBlocks = plan.level === 'blocks';
    this.#met = new Float64Array(probed.probes.length);
    this.#left = plan.limits.events;
    this.#room = plan.limits.bytes;
    for (const { kind, code, line } of probed.probes) if (kind === 'line') this.#fileOf(code).lines[line] = 0;
    this.#row(JSON.stringify({ format: traceFormat, language, runtime, level: plan.level, limits: plan.limits }));
  }

  attach(exports: WebAssembly.Exports): void {
    this.#memory = exports.memory as WebAssembly.Memory;
    this.#memoryBytes = this.#memory.buffer.byteLength;
  }

  value(at: number, value: number | bigint): void {
    const text = valueText(value);
    if (at < 0) this.#result = text;
    else this.#given.push(`["$${at}",${text}]`);
  }

  probe(number: number): void {
    const probe = this.#probed.probes[number];
    if (probe === undefined) return;
    const { kind, code, line } = probe;
    if (kind === 'line') this.#line(this.#frameOf(code), line, number);
    else if (kind === 'enter') this.#enter(code);
    else if (kind === 'leave') this.#leave(this.#frameOf(code));
    else if (kind === 'block') this.#block(this.#frameOf(code), line, number);
    else this.#grown();
  }

  output(stream: 'stdout' | 'stderr', bytes: Uint8Array): void {
    if (!this.#hasEvents) return;
    const text = JSON.stringify(new TextDecoder().decode(bytes));
    this.#event(`{"e":"output","f":${this.#frames.at(-1)?.number ?? 0},"s":"${stream}","text":${text}`);
  }

  /**
   * @param failure why the program was stopped; null: it ended by itself
   * @param options.isCut it was stopped from outside, wherever it was: the recording has no end
   */
  finish(failure: string | null, options: { isCut?: boolean } = {}): Uint8Array {
    const top = this.#frames.at(-1);
    if (failure !== null && options.isCut !== true && top !== undefined && this.#hasEvents) {
      this.#event(`{"e":"raise","f":${top.number},"l":${top.line},"t":"trap","m":${JSON.stringify(failure)}`);
      while (this.#frames.length > 0) this.#end(this.#frames.pop() as Frame, 'unwind', '');
    }
    this.#release();
    const isCoverage = this.#plan.level === 'coverage';
    const once = (count: number): number => (isCoverage ? Math.min(count, 1) : count);
    for (const [file, { lines, usual, times, ways }] of this.#files) {
      const hits = [...lines.entries()].flatMap(([line, count]) => (count === undefined ? [] : [[line, once(count)]]));
      const first = [...usual.entries()].flatMap(([from, to]) =>
        to === undefined ? [] : [[from, to, once(times[from] ?? 0)]],
      );
      const others = [...ways].map(([key, count]) => [
        Math.floor(key / (2 * wayBase)),
        (key % (2 * wayBase)) - wayBase,
        once(count),
      ]);
      this.#row(JSON.stringify({ e: 'hits', file, lines: hits, ways: [...first, ...others] }));
    }
    if (options.isCut !== true) this.#row(`{"e":"end","skip":${this.#lines - this.#said},"dropped":${this.#dropped}}`);
    return new TextEncoder().encode(`${this.#out.join('\n')}\n`);
  }

  /** The frame on top; those of functions that were left without a word have ended. */
  #frameOf(code: number): Frame {
    for (;;) {
      const top = this.#frames.at(-1);
      if (top?.code === code) return top;
      if (top === undefined || !this.#frames.some((frame) => frame.code === code)) return this.#enter(code);
      this.#frames.pop();
      this.#end(top, 'unwind', '');
    }
  }

  #enter(code: number): Frame {
    const caller = this.#frames.at(-1)?.number ?? 0;
    const frame: Frame = { number: ++this.#frameCount, code, line: 0, isTold: false };
    this.#frames.push(frame);
    const given = this.#given;
    this.#given = [];
    if (!this.#hasEvents) return frame;
    const number = this.#codeOf(code);
    this.#calls[code] = (this.#calls[code] ?? 0) + 1;
    frame.isTold = (this.#calls[code] ?? 0) <= this.#plan.limits.firstHits && this.#left > 0;
    const text = `{"e":"call","f":${frame.number},"c":${number},"from":${caller},"args":[${given.join(',')}]`;
    if (frame.isTold) this.#event(text);
    else this.#hold(`c${code}`, text, false);
    return frame;
  }

  #line(frame: Frame, line: number, number: number): void {
    if (line === frame.line && this.#met[number] !== this.#visit) {
      this.#met[number] = this.#visit;
      return;
    }
    this.#met[number] = ++this.#visit;
    const file = this.#fileOf(frame.code);
    const hits = (file.lines[line] ?? 0) + 1;
    file.lines[line] = hits;
    this.#way(frame, line);
    if (this.#hasEvents && frame.line > 0 && file.decided.size > 0) this.#decided(file, frame, line, hits);
    frame.line = line;
    if (this.#hasEvents && !this.#isBlocks) this.#tell('line', frame, line, hits);
  }

  /** A condition was decided, where the line that comes next is only come to one way. */
  #decided({ decided, first }: FileCount, frame: Frame, line: number, hits: number): void {
    const from = first.get(frame.line) ?? frame.line;
    const to = first.get(line) ?? line;
    const way = decided.get(from * 2 * wayBase + to);
    if (way === undefined || from === to) return;
    const text = `{"e":"branch","f":${frame.number},"l":${from},"way":"${way}","to":${to}`;
    if (hits <= this.#plan.limits.firstHits && this.#left > 0) this.#event(text);
    else this.#hold(`b${frame.code} ${from} ${to}`, text, false);
  }

  #block(frame: Frame, line: number, number: number): void {
    if (!this.#isBlocks) return;
    // Blocks have no counts of their own in the format; so many of each are told.
    this.#calls[-1 - number] = (this.#calls[-1 - number] ?? 0) + 1;
    this.#tell('block', frame, line, this.#calls[-1 - number] ?? 0);
  }

  #tell(kind: 'line' | 'block', frame: Frame, line: number, hits: number): void {
    const code = this.#codeOf(frame.code);
    const text = `{"e":"${kind}","f":${frame.number},"l":${line}${frame.isTold ? '' : `,"c":${code}`}`;
    if (hits <= this.#plan.limits.firstHits && this.#left > 0) {
      this.#release();
      this.#put(text, this.#lines);
      this.#said = ++this.#lines;
    } else {
      this.#hold(`${code} ${line}`, text, true);
      this.#lines++;
    }
  }

  #leave(frame: Frame): void {
    this.#frames.pop();
    const result = this.#result;
    this.#result = 'null';
    this.#end(frame, 'return', `,"to":${result}`);
  }

  #end(frame: Frame, kind: 'return' | 'unwind', more: string): void {
    this.#way(frame, -(this.#probed.functions[frame.code]?.first ?? 0));
    if (!this.#hasEvents) return;
    const ends = (this.#ends[frame.code] ?? 0) + 1;
    this.#ends[frame.code] = ends;
    const text = `{"e":"${kind}","f":${frame.number}${more}`;
    if (ends <= this.#plan.limits.firstHits && this.#left > 0) this.#event(text);
    else this.#hold(`c${frame.code}`, text, false);
  }

  #grown(): void {
    const bytes = this.#memory?.buffer.byteLength ?? 0;
    const text = `memory is ${bytes / 65_536} pages${bytes === this.#memoryBytes ? ': it may not grow' : ''}`;
    this.#memoryBytes = bytes;
    if (this.#hasEvents)
      this.#event(`{"e":"note","f":${this.#frames.at(-1)?.number ?? 0},"about":"memory","text":"${text}"`);
  }

  #way(frame: Frame, to: number): void {
    const from = frame.line;
    if (from === 0) return;
    const { usual, times, ways } = this.#fileOf(frame.code);
    if (usual[from] === to) times[from] = (times[from] ?? 0) + 1;
    else if (usual[from] === undefined) [usual[from], times[from]] = [to, 1];
    else {
      const key = from * 2 * wayBase + to + wayBase;
      ways.set(key, (ways.get(key) ?? 0) + 1);
    }
  }

  #fileOf(code: number): FileCount {
    const known = this.#countOf[code];
    if (known !== undefined) return known;
    const path = this.#probed.functions[code]?.file ?? '';
    const file = this.#files.get(path) ?? emptyCount(this.#plan.static[path]);
    this.#files.set(path, file);
    this.#countOf[code] = file;
    return file;
  }

  #codeOf(code: number): number {
    const known = this.#announced[code];
    if (known !== undefined) return known;
    const { file, name, first, last } = this.#probed.functions[code] as Probed['functions'][number];
    const number = this.#codes++;
    this.#announced[code] = number;
    this.#row(
      JSON.stringify({ e: 'code', c: number, file, name: shortName(name), kind: 'function', line: first, end: last }),
    );
    return number;
  }

  #event(text: string): void {
    if (this.#left <= 0) {
      this.#dropped++;
      return;
    }
    this.#release();
    this.#put(text, this.#lines);
  }

  #hold(key: string, text: string, isLine: boolean): void {
    let ring = this.#rings.get(key);
    if (ring === undefined) {
      ring = [];
      this.#rings.set(key, ring);
    }
    ring.push({ order: this.#order++, text, at: this.#lines, isLine });
    // Cut seldom: taking the first of an array costs its length.
    if (ring.length < 2 * this.#plan.limits.lastHits + 64) return;
    this.#cut(ring);
  }

  #cut(ring: Row[]): void {
    const gone = ring.splice(0, Math.max(ring.length - this.#plan.limits.lastHits, 0));
    for (const { isLine } of gone) if (!isLine) this.#dropped++;
  }

  #release(): void {
    if (this.#rings.size === 0) return;
    for (const ring of this.#rings.values()) this.#cut(ring);
    const rows = [...this.#rings.values()].flat().sort((a, b) => a.order - b.order);
    this.#rings.clear();
    for (const { text, at, isLine } of rows) {
      this.#put(text, at);
      if (isLine) this.#said = at + 1;
    }
  }

  #put(text: string, at: number): void {
    const skip = at - this.#said;
    if (skip > 0) this.#said = at;
    this.#left--;
    this.#row(skip > 0 ? `${text},"skip":${skip}}` : `${text}}`);
  }

  #row(text: string): void {
    this.#out.push(text);
    this.#room -= text.length + 1;
    if (this.#room <= 0) this.#left = 0;
  }
}

function emptyCount(known: ProbePlan['static'][string] | undefined): FileCount {
  const { first = [], ways = [] } = known ?? {};
  const heads = first.flatMap(([from, to]) =>
    Array.from({ length: to - from }, (_, at) => [from + 1 + at, from] as const),
  );
  return {
    lines: [],
    usual: [],
    times: [],
    ways: new Map(),
    decided: new Map(ways.map(([from, to, way]) => [from * 2 * wayBase + to, way])),
    first: new Map(heads),
  };
}

/** The linker writes names of C++ as they were declared; parameters are left out. */
const shortName = (name: string): string =>
  name.startsWith('__main_') || name === '__original_main' ? 'main' : name.replace(/\(.*\)( const)?$/, '');

function valueText(value: number | bigint): string {
  if (typeof value === 'bigint')
    return value <= Number.MAX_SAFE_INTEGER && value >= -Number.MAX_SAFE_INTEGER
      ? String(value)
      : `{"t":"i64","v":"${value}"}`;
  if (Number.isNaN(value)) return '{"f":"nan"}';
  if (!Number.isFinite(value)) return value > 0 ? '{"f":"inf"}' : '{"f":"-inf"}';
  return Object.is(value, -0) ? '{"f":"-0"}' : String(value);
}
