/**
 * Sessions of JavaScript and TypeScript: one QuickJS, in whose memory all sessions of this process take turns (`turns.ts`).
 *
 * A cell is a script that may await (`jscell.ts`), run in the session's own global names. It is over when its promise is settled and nothing is left
 * to do: timers run in virtual time, so nothing waits; what goes on for ever is left for the next cell. QuickJS asks now and then whether to stop, so an
 * interrupted cell keeps its state; one inside a long built-in is broken off and has that of before the cell.
 */
import type { CellError } from '../../session/types.ts';
import type { JobFile } from '../../types.ts';
import { fuelOf } from '../../wasm/fuel.ts';
import { pageBytes } from '../../wasm/memory.ts';
import { type WasiClock, wasiClock } from '../../wasm/wasiclock.ts';
import { quickjsVersion } from '../engines/javascript.ts';
import { strip } from '../engines/typescript.ts';
import { Interrupted, interruptibly } from '../interruptible.ts';
import { evalAsync } from '../quickjs/abi.ts';
import { type Image, makeImage, startVm } from '../quickjs/image.ts';
import { JobFiles, workDirectory } from '../quickjs/jobfiles.ts';
import { Exit, nodeVersion, ProgramHost, type ProgramParts } from '../quickjs/programhost.ts';
import { EngineFault, OutOfMemory, type Value, type Vm, type VmHost } from '../quickjs/vm.ts';
import type {
  CellSink,
  EngineCell,
  EngineEnding,
  EngineFiles,
  EngineSession,
  SessionEngine,
  SessionEngineModule,
  SessionEngineOptions,
  SessionSetup,
} from './engine.ts';
import { type HeapState, heapPageBytes } from './heap.ts';
import { type RewrittenCell, rewriteCell } from './jscell.ts';
import { treeFiles } from './treefiles.ts';
import { type Room, type Tenant, Turns } from './turns.ts';

export const javascriptSessions: SessionEngineModule = {
  language: 'javascript',
  probe: async () => ({ version: quickjsVersion }),
  open: async (options) => new QuickSessions(options, false),
};

export const typescriptSessions: SessionEngineModule = {
  language: 'typescript',
  probe: async () => ({ version: `${quickjsVersion}, types stripped by Node ${process.versions.node}` }),
  async open(options) {
    // Loads the stripper, which a confined process could not.
    strip('enum E { A }', '');
    return new QuickSessions(options, true);
  },
};

/** Turns of timers after a cell's own end: those of a program that has an end are fewer. */
const mostTurns = 10_000;

/** Nobody caught it. The vm is sound: it was thrown where nothing of it ran. */
class Uncaught extends Error {
  readonly value: Value;
  constructor(value: Value) {
    super('the cell failed');
    this.value = value;
  }
}

/** What a session is outside of the vm's memory. */
interface State {
  readonly heap: HeapState;
  readonly clock: WasiClock;
  readonly files: JobFiles;
  readonly host: ProgramHost;
}

class QuickSessions implements SessionEngine {
  readonly options: SessionEngineOptions;
  readonly isTypeScript: boolean;
  readonly image: Image;
  readonly turns: Turns;
  vm: Vm;
  /** Whose calls the vm makes. */
  host: ProgramHost | null = null;

  constructor(options: SessionEngineOptions, isTypeScript: boolean) {
    this.options = options;
    this.isTypeScript = isTypeScript;
    const image = makeImage(options.cacheDir);
    this.image = image;
    this.vm = this.#start();
    this.vm.calls.QTS_RuntimeEnableInterruptHandler(this.vm.runtime);
    const base = this.vm.bytes().slice();
    const room: Room = {
      memory: () => this.vm.bytes(),
      grow: (bytes) => {
        const missing = bytes - this.vm.bytes().length;
        if (missing > 0) this.vm.memory.grow(missing / pageBytes);
      },
      renew: () => {
        this.vm = this.#start();
        this.vm.bytes().set(base);
      },
    };
    this.turns = new Turns(room, base);
  }

  #start(): Vm {
    const mine = (): ProgramHost => {
      if (this.host === null) throw new Error('the vm ran without a session');
      return this.host;
    };
    const calls: VmHost = {
      call: (vm, args) => mine().call(vm, args),
      loadModule: (name) => mine().loadModule(name),
      resolveModule: (base, name) => mine().resolveModule(base, name),
      error: (error) => mine().error(error),
      clock: (isMonotonic) => mine().clock(isMonotonic),
      get timeZone() {
        return mine().timeZone;
      },
      interrupts: () => mine().interrupts(),
      rejection: (promise, isHandled) => mine().rejection(promise, isHandled),
    };
    const vm = startVm(this.image, this.options.memoryBytes, calls);
    vm.count();
    fuelOf(vm.exports).set(null);
    return vm;
  }

  async open(setup: SessionSetup): Promise<EngineSession> {
    return QuickSession.fresh(this, setup);
  }

  settle(): void {
    this.turns.settle();
  }

  heldBytes(): number {
    return this.turns.heaps.heldBytes;
  }
}

class QuickSession implements EngineSession, Tenant {
  readonly files: EngineFiles;
  readonly #engine: QuickSessions;
  readonly #setup: SessionSetup;
  readonly #given: JobFile[];
  #state: State;
  #live: Omit<State, 'heap'> | null = null;
  #sink: CellSink | null = null;
  #wasInterrupted = false;

  private constructor(
    engine: QuickSessions,
    setup: SessionSetup,
    given: JobFile[],
    state: (session: QuickSession) => State,
  ) {
    this.#engine = engine;
    this.#setup = setup;
    this.#given = given;
    this.#state = state(this);
    const now = (files: JobFiles) => ({ memory: files.memory, work: files.work().directory });
    this.files = treeFiles(
      {
        look: () => now((this.#live ?? this.#state).files),
        edit: (body) => {
          if (this.#live === null) this.#state = { ...this.#copied(this.#state), heap: this.#state.heap };
          body(now((this.#live ?? this.#state).files));
          if (this.#live !== null) this.#state = { ...this.#copied(this.#live), heap: this.#state.heap };
        },
      },
      given,
    );
  }

  static fresh(engine: QuickSessions, setup: SessionSetup): QuickSession {
    const { determinism, files, fileBytes, memoryBytes } = setup;
    const clock = wasiClock(determinism.clockMs);
    const tree = new JobFiles(files, Math.min(fileBytes, memoryBytes), clock);
    const session = new QuickSession(engine, setup, [...files], (self) => {
      const heap = engine.turns.heaps.first(engine.vm.bytes().length);
      return { heap, clock, files: tree, host: new ProgramHost(self.#parts(tree, clock)) };
    });
    session.#begin();
    return session;
  }

  #parts(files: JobFiles, clock: WasiClock): ProgramParts {
    return {
      files,
      clock,
      timeZone: this.#setup.determinism.timeZone,
      stdin: new Uint8Array(0),
      output: { stdout: (bytes) => this.#sink?.stdout(bytes), stderr: (bytes) => this.#sink?.stderr(bytes) },
      strip: this.#engine.isTypeScript ? strip : null,
      uncaught: (error) => {
        throw new Uncaught(error);
      },
      rejected: (promise) => {
        const { vm } = this.#engine;
        throw new Uncaught(vm.own(vm.calls.QTS_PromiseResult(vm.context, promise)));
      },
      shown: (json, png) => {
        const head = Buffer.from(json, 'utf8');
        const length = Buffer.alloc(4);
        length.writeUInt32LE(head.length);
        this.#sink?.shown(Buffer.concat([length, head, png ?? new Uint8Array(0)]));
      },
      interrupts: () => {
        if (!this.#engine.options.stopping()) return false;
        this.#wasInterrupted = true;
        return true;
      },
    };
  }

  #copied({ clock, files, host }: Omit<State, 'heap'>): Omit<State, 'heap'> {
    const ownClock = clock.copy();
    const ownFiles = files.copy(ownClock);
    return { clock: ownClock, files: ownFiles, host: host.copy(this.#parts(ownFiles, ownClock)) };
  }

  get heap(): HeapState {
    return this.#state.heap;
  }

  enter(): void {
    this.#live = this.#copied(this.#state);
    this.#attach(this.#live.host);
  }

  #attach(host: ProgramHost): void {
    this.#engine.host = host;
    host.attach(this.#engine.vm, this.#engine.image.enter);
  }

  putAside(heap: HeapState): void {
    this.#state = { ...this.#copied(this.#live ?? this.#state), heap };
  }

  leave(): void {
    this.#live = null;
    this.#engine.host = null;
  }

  get #host(): ProgramHost {
    if (this.#live === null) throw new Error('the session is not in place');
    return this.#live.host;
  }

  #begin(): void {
    const { determinism, env } = this.#setup;
    this.#engine.turns.place(this);
    const start = { entry: `${workDirectory}/<cell>`, args: [], env, nodeVersion, seed: determinism.seed };
    const { vm } = this.#engine;
    this.#host.ask('session', vm.string(JSON.stringify(start)));
    vm.free();
  }

  async run(code: string, count: number, sink: CellSink): Promise<EngineCell> {
    const { turns } = this.#engine;
    turns.place(this);
    this.#sink = sink;
    this.#wasInterrupted = false;
    const { vm } = this.#engine;
    try {
      const made = this.#source(code);
      const notices: string[] = [];
      let ending: EngineEnding = { kind: 'done' };
      if ('error' in made) ending = { kind: 'failed', error: made.error };
      else {
        try {
          interruptibly(true, () => notices.push(...this.#cell(made.sources, made.names, count)));
        } catch (error) {
          if (!(error instanceof Uncaught)) throw error;
          ending = this.#wasInterrupted
            ? { kind: 'interrupted' }
            : { kind: 'failed', error: this.#told(error.value, count) };
          // Its stack is told by a function of the realm's, for which a full stack has no room.
          notices.push(...withoutLine(ending));
        }
      }
      if (this.#wasInterrupted) ending = { kind: 'interrupted' };
      vm.free();
      if (this.#live?.files.work().wasLost === true)
        notices.push('The work directory was removed; an empty one stands in its place.');
      return { ending, state: 'kept', notices };
    } catch (error) {
      const ending = endingOf(error);
      // The engine was left in the middle of something.
      if (ending.kind === 'exit') {
        const live = this.#live === null ? null : this.#copied(this.#live);
        turns.abandon();
        this.#fresh(live ?? this.#state);
        return { ending, state: 'lost', notices: [] };
      }
      turns.abandon();
      return { ending, state: 'before', notices: withoutLine(ending) };
    } finally {
      this.#sink = null;
    }
  }

  /** Variables are gone, files stay. */
  #fresh({ files, clock }: Omit<State, 'heap'>): void {
    const { turns } = this.#engine;
    turns.heaps.drop(this.#state.heap);
    const heap = turns.heaps.first(this.#engine.vm.bytes().length);
    this.#state = { heap, files, clock, host: new ProgramHost(this.#parts(files, clock)) };
    this.#begin();
  }

  /** The texts to try, the best first. */
  #source(
    code: string,
  ): { readonly sources: readonly Source[]; readonly names: Names } | { readonly error: CellError } {
    let text = code;
    if (this.#engine.isTypeScript) {
      try {
        text = strip(code, 'cell.ts');
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        // Node tells the place in the first lines of the stack alone: `:2`, the line, and a caret below.
        const [, line, caret] = /^[^\n]*:(\d+)\n(?:[^\n]*\n)*?( *)\^+\n/.exec(error.stack ?? '') ?? [];
        return {
          error: {
            name: 'SyntaxError',
            message: error.message.trim(),
            line: line === undefined ? null : Number(line),
            column: caret === undefined ? null : caret.length + 1,
            frames: [],
          },
        };
      }
    }
    const rewritten = rewriteCell(text);
    const { source, constants, variables } = rewritten;
    // As natively: a semicolon says that the value is not wanted.
    const givesValue = rewritten.givesValue && !/;\s*$/.test(text);
    return {
      names: { constants, variables },
      sources:
        source === text
          ? [{ text, givesValue }]
          : [
              { text: source, givesValue },
              { text, givesValue },
            ],
    };
  }

  /** @returns notices */
  #cell(sources: readonly Source[], names: Names, count: number): readonly string[] {
    const { vm } = this.#engine;
    const host = this.#host;
    host.forgetSources();
    let first: Value | null = null;
    const declares = names.constants.length + names.variables.length > 0;
    if (declares) host.ask('declare', vm.string(JSON.stringify(names)));
    for (const { text, givesValue } of sources) {
      const begun = vm.settle(vm.evaluate(text, cellPath(count), evalAsync));
      if ('error' in begun) {
        if (declares && first === null) host.ask('undeclare');
        first ??= begun.error;
        continue;
      }
      return this.#await(begun.value, givesValue);
    }
    throw new Uncaught(first ?? 0);
  }

  #await(promise: Value, givesValue: boolean): readonly string[] {
    const { vm } = this.#engine;
    const host = this.#host;
    const state = (): number => vm.calls.QTS_PromiseState(vm.context, promise);
    host.settle();
    while (state() === 0 && !this.#wasInterrupted) if (!host.next()) break;
    if (state() === 0)
      return this.#wasInterrupted ? [] : ['The cell awaits something that nothing will bring; it was left at that.'];
    const result = vm.own(vm.calls.QTS_PromiseResult(vm.context, promise));
    if (state() === 2) throw new Uncaught(result);
    if (givesValue) host.ask('result', vm.property(result, 'value'));
    for (let turn = 0; turn < mostTurns; turn++) if (!host.next()) return [];
    return ['Timers are left; they go on with the next cell.'];
  }

  #told(value: Value, count: number): CellError {
    const { vm } = this.#engine;
    const told = this.#host.ask('failure', value);
    const { name, message, stack } = JSON.parse(told === null ? '{}' : vm.toText(told)) as Record<string, string>;
    const frames = [...(stack ?? '').matchAll(/\n {4}at (?:(.*) \()?(.*?):(\d+):(\d+)\)?(?=\n|$)/g)].map(
      ([, called, file = '', line, column]) => {
        const cell = /^\/work\/<cell (\d+)>$/.exec(file)?.[1];
        return {
          name: called === undefined || called === '<eval>' ? '<cell>' : called,
          cell: cell === undefined ? null : Number(cell),
          file: cell === undefined ? file : null,
          line: Number(line),
          column: Number(column),
        };
      },
    );
    const own = frames.find((frame) => frame.cell === count);
    return {
      name: name ?? 'Error',
      message: message ?? '',
      line: own?.line ?? null,
      column: own?.column ?? null,
      frames: frames.reverse().map(({ column: _, ...frame }) => frame),
    };
  }

  copy(): EngineSession {
    const { turns } = this.#engine;
    turns.settle();
    return new QuickSession(this.#engine, this.#setup, [...this.#given], (self) => {
      const { clock, files, host } = this.#state;
      const ownClock = clock.copy();
      const ownFiles = files.copy(ownClock);
      const own = host.copy(self.#parts(ownFiles, ownClock));
      return { heap: turns.heaps.copy(this.#state.heap), clock: ownClock, files: ownFiles, host: own };
    });
  }

  async restart(): Promise<void> {
    this.#engine.turns.forget(this);
    this.#fresh(this.#state);
  }

  heldBytes(): number {
    return this.#state.heap.pages.size * heapPageBytes + this.#state.files.memory.usedBytes;
  }

  drop(): void {
    this.#engine.turns.forget(this);
    this.#engine.turns.heaps.drop(this.#state.heap);
  }
}

/** What a cell declares at its top. */
type Names = Pick<RewrittenCell, 'constants' | 'variables'>;

interface Source {
  readonly text: string;
  readonly givesValue: boolean;
}

const cellPath = (count: number): string => `${workDirectory}/<cell ${count}>`;

const stackText = 'Maximum call stack size exceeded';

const withoutLine = (ending: EngineEnding): readonly string[] =>
  ending.kind === 'failed' && ending.error.line === null && ending.error.message === stackText
    ? ['The stack was full, so the engine could not tell the line; the native backend can.']
    : [];

function endingOf(error: unknown): EngineEnding {
  if (error instanceof Exit) return { kind: 'exit', code: error.code, signal: null };
  if (error instanceof Interrupted) return { kind: 'interrupted' };
  if (error instanceof OutOfMemory) return { kind: 'out-of-memory' };
  const isStack = error instanceof RangeError && /call stack/.test(error.message);
  if (!isStack && !(error instanceof WebAssembly.RuntimeError) && !(error instanceof EngineFault)) throw error;
  const message = isStack ? stackText : `The engine broke: ${(error as Error).message}.`;
  return {
    kind: 'failed',
    error: { name: isStack ? 'RangeError' : 'Crash', message, line: null, column: null, frames: [] },
  };
}
