/** Goes through a trace, forwards and backwards: at each step what holds, what was written, and what the lines before it left. */
import { pathTo, type TraceStates, traceStates, valueText } from 'winnow:trace';
import type { TraceOutput } from '../../operations/trace-schemas.ts';

export type Trace = TraceOutput['traces'][number];

export interface Place {
  readonly file: string;
  readonly line: number;
}

export interface StepView {
  readonly at: Place;
  /** Callers, the nearest first. */
  readonly stack: readonly { readonly frame: number; readonly name: string; readonly place: Place }[];
  readonly variables: readonly { readonly name: string; readonly value: string; readonly fresh: boolean }[];
  /** What this step did, in words. */
  readonly effects: readonly { readonly text: string; readonly bad: boolean }[];
  /** What the lines of this frame last wrote, by line of its file. */
  readonly margin: ReadonlyMap<number, string>;
  readonly output: readonly { readonly text: string; readonly bad: boolean }[];
  readonly frame: number;
}

const longestValue = 400;
const longestMargin = 60;
const mostOutput = 2000;

export class Stepper {
  readonly trace: Trace;
  /** Indices of events at which one can stop. */
  readonly stops: readonly number[];
  readonly #first: string;
  #states: TraceStates = traceStates();
  #applied = 0;
  /** By frame, then line: events that wrote there last. */
  #written = new Map<number, Map<number, number[]>>();
  #lines = new Map<number, number>();
  #output: { text: string; bad: boolean }[] = [];

  constructor(trace: Trace, first: string) {
    this.trace = trace;
    this.#first = first;
    this.stops = trace.events.flatMap(({ kind }, at) => (kind === 'line' || kind === 'block' ? [at] : []));
  }

  /** @param step index into `stops` */
  view(step: number): StepView | null {
    const at = this.stops[step];
    const event = at === undefined ? undefined : this.trace.events[at];
    if (at === undefined || event === undefined || !('line' in event)) return null;
    // What the step did is shown with it.
    const until = (this.stops[step + 1] ?? this.trace.events.length) - 1;
    this.#goTo(until);
    const mine = [];
    for (let index = at + 1; index <= until; index++)
      if (this.trace.events[index]?.frame === event.frame) mine.push(index);
    const stack = [];
    for (let frame = event.frame; frame > 0 && stack.length < 200; frame = this.#states.frames.get(frame)?.caller ?? 0)
      stack.push({
        frame,
        name: this.nameOf(frame),
        place: { file: this.#fileOf(frame), line: this.#states.frames.get(frame)?.line ?? 0 },
      });
    return {
      at: { file: this.#fileOf(event.frame), line: event.line },
      frame: event.frame,
      stack,
      variables: this.#variables(event.frame, mine),
      effects: this.#effects(mine),
      margin: this.#margin(event.frame),
      output: this.#output.slice(-mostOutput),
    };
  }

  /** The next step, or the one before, that runs this line; null: there is none. */
  toLine({ file, line }: Place, from: number, way: 1 | -1): number | null {
    for (let step = from + way; step >= 0 && step < this.stops.length; step += way) {
      const event = this.trace.events[this.stops[step] ?? -1];
      if (event !== undefined && 'line' in event && event.line === line && this.#codeFile(event.frame) === file)
        return step;
    }
    return null;
  }

  /** The first step in a function of this name, as `Class.method`; null: there is none. */
  firstIn(name: string | null): number | null {
    if (name === null) return null;
    const called = new Set<number>();
    for (const event of this.trace.events)
      if ('code' in event && this.trace.codes[event.code]?.name === name) called.add(event.frame);
    const step = this.stops.findIndex((at) => called.has(this.trace.events[at]?.frame ?? 0));
    return step < 0 ? null : step;
  }

  /** The next step in this frame or in one that it returned to. */
  over(from: number, way: 1 | -1): number {
    const frameOf = (step: number): number => this.trace.events[this.stops[step] ?? -1]?.frame ?? 0;
    this.#goTo(this.stops[from] ?? 0);
    const around = new Set<number>();
    for (let frame = frameOf(from); frame > 0; frame = this.#states.frames.get(frame)?.caller ?? 0) around.add(frame);
    for (let step = from + way; step >= 0 && step < this.stops.length; step += way)
      if (around.has(frameOf(step))) return step;
    return way > 0 ? this.stops.length - 1 : 0;
  }

  nameOf(frame: number): string {
    return this.trace.codes[this.#states.frames.get(frame)?.code ?? -1]?.name ?? '?';
  }

  #fileOf(frame: number): string {
    return this.trace.codes[this.#states.frames.get(frame)?.code ?? -1]?.file ?? this.#first;
  }

  /** Of a frame that may not have begun yet. */
  #codes: Map<number, number> | null = null;
  #codeFile(frame: number): string {
    if (this.#codes === null) {
      this.#codes = new Map();
      for (const event of this.trace.events)
        if ('code' in event && event.code >= 0) this.#codes.set(event.frame, event.code);
    }
    return this.trace.codes[this.#codes.get(frame) ?? -1]?.file ?? this.#first;
  }

  #goTo(until: number): void {
    if (until + 1 < this.#applied) {
      this.#states = traceStates();
      this.#applied = 0;
      this.#written = new Map();
      this.#lines = new Map();
      this.#output = [];
    }
    for (; this.#applied <= until; this.#applied++) {
      const event = this.trace.events[this.#applied];
      if (event === undefined) break;
      this.#states.apply(event);
      if (event.kind === 'line' || event.kind === 'block') {
        this.#lines.set(event.frame, event.line);
        const lines = this.#written.get(event.frame) ?? new Map<number, number[]>();
        lines.set(event.line, []);
        this.#written.set(event.frame, lines);
      } else if (event.kind === 'write' || event.kind === 'object' || event.kind === 'return')
        this.#written
          .get(event.frame)
          ?.get(this.#lines.get(event.frame) ?? -1)
          ?.push(this.#applied);
      else if (event.kind === 'output') this.#output.push({ text: event.text, bad: event.stream === 'stderr' });
    }
  }

  #text(value: unknown, length = longestValue): string {
    return valueText(value, this.#states, this.trace.language, { depth: 4, length });
  }

  #effects(mine: readonly number[]): StepView['effects'] {
    const { events } = this.trace;
    const written = new Set(
      mine.flatMap((index) => {
        const event = events[index];
        return event?.kind === 'write' && isObject(event.value) ? [event.value.r] : [];
      }),
    );
    return mine.flatMap((index): StepView['effects'][number][] => {
      const event = events[index];
      const good = (text: string) => [{ text, bad: false }];
      switch (event?.kind) {
        case 'write':
          return good(event.gone ? `${event.name} is gone` : `${event.name} = ${this.#text(event.value)}`);
        case 'object': {
          const path = written.has(event.object) ? null : pathTo(event.object, event.frame, this.#states);
          return path === null ? [] : good(`${path} = ${this.#text({ r: event.object })}`);
        }
        case 'return':
          return good(`returns ${this.#text(event.value)}`);
        case 'yield':
          return good(`yields ${this.#text(event.value)}`);
        case 'branch':
          return good(`condition: ${event.way}`);
        case 'raise':
          return [{ text: `raises ${event.type}${event.message === '' ? '' : `: ${event.message}`}`, bad: true }];
        case 'unwind':
          return [{ text: 'left by the exception', bad: true }];
        case 'output':
          return good(`prints ${JSON.stringify(event.text)}`);
        case 'note':
          return good(event.text);
        default:
          return [];
      }
    });
  }

  #variables(frame: number, mine: readonly number[]): StepView['variables'] {
    const held = this.#states.frames.get(frame)?.variables ?? new Map<string, unknown>();
    const names = new Set<string>();
    const objects = new Set<number>();
    for (const index of mine) {
      const event = this.trace.events[index];
      if (event?.kind === 'write') names.add(event.name);
      if (event?.kind === 'object') objects.add(event.object);
    }
    return [...held].map(([name, value]) => ({
      name,
      value: this.#text(value),
      fresh: names.has(name) || (isObject(value) && objects.has(value.r)),
    }));
  }

  #margin(frame: number): ReadonlyMap<number, string> {
    const margin = new Map<number, string>();
    for (const [line, written] of this.#written.get(frame) ?? []) {
      const texts = new Map<string, string>();
      for (const index of written) {
        const event = this.trace.events[index];
        if (event?.kind === 'write' && !event.gone)
          texts.set(event.name, `${event.name} = ${this.#text(event.value, longestMargin)}`);
        else if (event?.kind === 'return') texts.set(' ', `returns ${this.#text(event.value, longestMargin)}`);
        else if (event?.kind === 'object') {
          const path = pathTo(event.object, event.frame, this.#states);
          if (path !== null) texts.set(path, `${path} = ${this.#text({ r: event.object }, longestMargin)}`);
        }
      }
      if (texts.size > 0) margin.set(line, [...texts.values()].join('   '));
    }
    return margin;
  }
}

const isObject = (value: unknown): value is { readonly r: number } =>
  typeof value === 'object' && value !== null && 'r' in value;
