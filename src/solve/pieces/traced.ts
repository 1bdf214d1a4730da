/**
 * What a program did on one test, from its trace: basic blocks in the order in which they ran, with the variables before and after each, and calls with arguments and results.
 *
 * Values are recorded and never asked of the model, and no code of the program runs to show them. LDB (Zhong et al. 2024, arXiv:2402.16906, §3.1) cuts traces at the blocks of the control flow in the same way.
 */
import { staticLines, type Trace, type TraceEvent, traceRun, traceStates, valueText } from '../../run/mod.ts';
import type { Kit } from '../frame/kit.ts';
import type { VisibleTest } from '../types.ts';
import { jobOf, linesAbove, programText } from './program.ts';

/** One run of a basic block. */
export interface BlockRun {
  /** Of the function that it stands in. */
  readonly code: string;
  /** Lines of the candidate, from 1, in the order in which they ran. */
  readonly lines: readonly number[];
  readonly text: string;
  /** Variables of its function, as texts. */
  readonly before: Readonly<Record<string, string>>;
  /** Of the function's last block with its `return value`. */
  readonly after: Readonly<Record<string, string>>;
}

export interface CallRun {
  readonly code: string;
  readonly arguments: Readonly<Record<string, string>>;
  /** As text; null where it did not return. */
  readonly result: string | null;
}

export interface TracedTest {
  readonly blocks: readonly BlockRun[];
  /** Blocks that ran and are not among `blocks`: those in the middle. */
  readonly omitted: number;
  readonly calls: readonly CallRun[];
  /** `ValueError: …`; null where nothing was raised in the candidate. */
  readonly raised: string | null;
  /** Why there is no trace; null: there is one. */
  readonly missing: string | null;
}

export interface TracedOptions {
  /** Blocks that are told: the first and last half of so many. */
  readonly blocks: number;
  /** Characters of a value. LDB's released code cuts at 100. */
  readonly characters: number;
  /** `lines`: every line is a block of its own. `functions`: a call is one. */
  readonly level: 'blocks' | 'lines' | 'functions';
}

/** LDB's released code: at most ten blocks, the first five and the last five. */
export const usualTraced: TracedOptions = { blocks: 10, characters: 100, level: 'blocks' };

/** Enough for the ends of any test; the middle is not told anyway. */
const traceLimits = { events: 50_000, firstHits: 2_000, items: 30, text: 200, depth: 3 };
const mostCalls = 60;

export function traceTest(
  kit: Kit,
  title: string,
  source: string,
  test: VisibleTest,
  options: TracedOptions = usualTraced,
): Promise<TracedTest> {
  const { task } = kit;
  const asInput = test.expected !== null;
  const text = programText(task, source, asInput ? '' : test.source);
  return kit.execute<TracedTest>({
    what: 'trace',
    title,
    programs: 1,
    key: [task.language, text, test, options],
    work: () => traced(kit, text, source, test, options),
    summary: ({ blocks, omitted, calls, missing }) =>
      missing ?? `${blocks.length + omitted} blocks ran, ${calls.length} calls`,
  });
}

async function traced(
  { task, around: { runner, load, signal } }: Kit,
  text: string,
  source: string,
  test: VisibleTest,
  options: TracedOptions,
): Promise<TracedTest> {
  const job = jobOf(task, text, test.expected === null ? null : test.source);
  const { traces, outcome } = await traceRun(runner, job, { level: 'values', limits: traceLimits }, load, { signal });
  const [trace] = traces;
  const [file] = job.files;
  if (trace === undefined || file === undefined)
    return {
      blocks: [],
      omitted: 0,
      calls: [],
      raised: null,
      missing: `nothing was recorded: it ${outcome.ending.kind}`,
    };
  const { blocks: starts } = await staticLines(file, load);
  return new Reader(trace, new Set(starts), source, linesAbove(task), task.entry === null, options).read();
}

interface OpenBlock {
  readonly number: number;
  readonly lines: number[];
  readonly before: Readonly<Record<string, string>>;
}

class Reader {
  readonly #trace: Trace;
  readonly #starts: ReadonlySet<number>;
  readonly #source: readonly string[];
  readonly #above: number;
  readonly #withModule: boolean;
  readonly #options: TracedOptions;
  readonly #states = traceStates(10_000);
  readonly #open = new Map<number, OpenBlock>();
  readonly #calls = new Map<number, { code: string; arguments: Record<string, string>; result: string | null }>();
  readonly #first: (BlockRun & { number: number })[] = [];
  readonly #last: (BlockRun & { number: number })[] = [];
  #begun = 0;
  #ended = 0;

  constructor(
    trace: Trace,
    starts: ReadonlySet<number>,
    source: string,
    above: number,
    withModule: boolean,
    options: TracedOptions,
  ) {
    this.#trace = trace;
    this.#starts = starts;
    // Line breaks at the end are no lines, as in the program that ran.
    this.#source = source.replace(/\n*$/, '').split('\n');
    this.#above = above;
    this.#withModule = withModule;
    this.#options = options;
  }

  read(): TracedTest {
    let raised: string | null = null;
    // What a program does by itself when it is loaded, a call in its last line say, is not what the test does.
    let isInTest = this.#withModule;
    for (const event of this.#trace.events) {
      // Before a state changes, so that a block's end is what held when the next began.
      if (event.kind === 'line' && this.#isStart(event)) this.#close(event.frame);
      this.#states.apply(event);
      isInTest ||= this.#isTest(event);
      if (!isInTest) continue;
      const code = this.#codeOf(event);
      if (code === null) continue;
      if (event.kind === 'call') this.#call(event, code);
      else if (event.kind === 'line') this.#line(event);
      else if (event.kind === 'return') {
        const call = this.#calls.get(event.frame);
        const result = this.#text(event.value);
        if (call !== undefined) call.result = result;
        this.#close(event.frame, result);
      } else if (event.kind === 'unwind') this.#close(event.frame);
      else if (event.kind === 'raise') raised = event.message === '' ? event.type : `${event.type}: ${event.message}`;
    }
    for (const frame of [...this.#open.keys()]) this.#close(frame);
    const blocks = [...this.#first, ...this.#last].sort((one, other) => one.number - other.number);
    return {
      blocks: blocks.map(({ number: _, ...block }) => block),
      omitted: this.#ended - blocks.length,
      calls: [...this.#calls.values()],
      raised,
      missing: null,
    };
  }

  /** A line behind the candidate: the test's own. */
  #isTest(event: TraceEvent): boolean {
    return event.kind === 'line' && event.line > this.#above + this.#source.length;
  }

  /** The name of the function that an event happens in; null: it is none of the candidate's. */
  #codeOf({ frame }: TraceEvent): string | null {
    const code = this.#trace.codes[this.#states.frames.get(frame)?.code ?? -1];
    if (code === undefined || code.line <= this.#above || code.line > this.#above + this.#source.length)
      return this.#withModule && code?.kind === 'module' ? code.name : null;
    if (code.kind === 'module') return this.#withModule ? code.name : null;
    return code.kind === 'class' || (code.name.startsWith('<') && code.name !== '<lambda>') ? null : code.name;
  }

  #isStart({ line, frame }: TraceEvent & { kind: 'line' | 'block' }): boolean {
    if (!this.#open.has(frame) || this.#options.level === 'functions') return false;
    return this.#options.level === 'lines' || this.#starts.has(line);
  }

  #line(event: TraceEvent & { kind: 'line' | 'block' }): void {
    const own = event.line - this.#above;
    if (own < 1 || own > this.#source.length) return;
    const open = this.#open.get(event.frame);
    if (open !== undefined) {
      if (!open.lines.includes(own)) open.lines.push(own);
    } else this.#open.set(event.frame, { number: this.#begun++, lines: [own], before: this.#variables(event.frame) });
  }

  #close(frame: number, returned: string | null = null): void {
    const open = this.#open.get(frame);
    if (open === undefined) return;
    this.#open.delete(frame);
    this.#ended++;
    const code = this.#trace.codes[this.#states.frames.get(frame)?.code ?? -1]?.name ?? '';
    const { number, lines, before } = open;
    const text = lines.map((line) => this.#source[line - 1] ?? '').join('\n');
    const block = {
      number,
      code,
      lines,
      text,
      before,
      after: { ...this.#variables(frame), ...(returned === null ? {} : { 'return value': returned }) },
    };
    const half = this.#options.blocks / 2;
    if (this.#first.length < Math.ceil(half)) this.#first.push(block);
    else {
      this.#last.push(block);
      if (this.#last.length > Math.floor(half)) this.#last.shift();
    }
  }

  #call(event: TraceEvent & { kind: 'call' }, code: string): void {
    if (this.#calls.size >= mostCalls) return;
    const given = event.arguments.map(({ name, value }) => [name, this.#text(value)] as const);
    this.#calls.set(event.frame, { code, arguments: Object.fromEntries(given), result: null });
  }

  #variables(frame: number): Record<string, string> {
    const variables = this.#states.frames.get(frame)?.variables ?? new Map();
    return Object.fromEntries([...variables].map(([name, value]) => [name, this.#text(value)]));
  }

  #text(value: Parameters<typeof valueText>[0]): string {
    return valueText(value, this.#states, this.#trace.language, { depth: 3, length: this.#options.characters });
  }
}
