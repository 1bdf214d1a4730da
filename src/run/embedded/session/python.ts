/**
 * Sessions of Python, and of SQL by a kernel in Python: one interpreter, in which all sessions of this process take turns.
 *
 * Between cells a session is a state: pages of memory that differ from the interpreter that has just started (`heap.ts`), the stack pointer, and a copy of
 * its files, clock and chance. The session that ran last stays in place, and what it changed is put aside after its answer is out. So the
 * next cell of the same session waits for nothing, another session's for the pages in which the two differ, and a copy of a session is a copy of a table.
 *
 * A cell is asked to stop by what CPython looks at every few thousand steps: it gets a KeyboardInterrupt and keeps its state. One that does not hear it
 * (a long call into C) is ended by V8, after which the instance cannot be entered again: a new one takes up the state of before the cell.
 */
import { readFileSync } from 'node:fs';
import type { CellError } from '../../session/types.ts';
import type { JobFile } from '../../types.ts';
import { pythonEngine } from '../engines/python.ts';
import { Interrupted, interruptibly } from '../interruptible.ts';
import { shownDescriptor } from '../python/descriptors.ts';
import { Exit, Fault, Stop } from '../python/doors.ts';
import { workPath } from '../python/filesystem.ts';
import { type Distribution, fileInput, openDistribution, openImage } from '../python/image.ts';
import { Machine } from '../python/machine.ts';
import { usableStackBytes } from '../python/stackshadow.ts';
import { type CopiedWorld, makeWorld } from '../python/world.ts';
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
import { treeFiles } from './treefiles.ts';
import { type Room, type Tenant, Turns } from './turns.ts';

export const pythonSessions: SessionEngineModule = {
  language: 'python',
  probe: () => pythonEngine.probe(),
  open: async (options) => new PythonSessions(options, 'python_kernel.py'),
};

/** SQL: the kernel of the native backend's sessions, on the SQLite that is in this Python. */
export const sqlSessions: SessionEngineModule = {
  language: 'sql',
  async probe() {
    const found = await pythonEngine.probe();
    return 'missing' in found ? found : { version: `SQLite in ${found.version}` };
  },
  open: async (options) => new PythonSessions(options, 'sql_kernel.py'),
};

/** Addresses of what the host calls in the interpreter. */
interface Doors {
  readonly begin: number;
  readonly open: number;
  readonly run: number;
}

/** A session while nothing of it runs. */
interface State {
  readonly heap: HeapState;
  readonly stackPointer: number;
  /** Never entered itself: copies of it are. */
  readonly world: CopiedWorld;
  /** Instructions of all its cells, which move a pinned clock. */
  readonly instructions: number;
}

const nobody: CellSink = {
  stdout: () => undefined,
  stderr: () => undefined,
  shown: () => undefined,
  overflow: () => undefined,
};
const stackReason = 'the stack overflowed';
/** SIGINT. */
const interruptSignal = 2;

/** The started interpreter with the kernel in it. */
interface Template {
  readonly doors: Doors;
  readonly heap: HeapState;
  readonly stackPointer: number;
}

class PythonSessions implements SessionEngine {
  readonly options: SessionEngineOptions;
  readonly distribution: Distribution;
  readonly turns: Turns;
  readonly #kernel: string;
  /** By hash seed, which is CPython's before anything else. */
  readonly #templates = new Map<number, Template>();
  readonly #base: Uint8Array;
  #machine: Machine;
  sink: CellSink = nobody;
  /** A wish that the cell stops reaches the interpreter. */
  listens = false;
  /** Instructions of the placed session before those that the machine counts now. */
  #before = 0;
  #counting = false;

  /** @param kernel a file of `run/session/kernels/` that has a class `Kernel` */
  constructor(options: SessionEngineOptions, kernel: string) {
    this.options = options;
    this.distribution = openDistribution(options);
    this.#kernel = kernelSource(kernel);
    const { state, begin } = openImage(this.distribution, 0, options.cacheDir);
    const machine = new Machine(this.distribution.module);
    machine.restore(state);
    this.#machine = machine;
    const doors = { begin, ...this.#loadKernel(machine) };
    const { from, to } = machine.deadStack();
    this.#base = machine.memory.window(0, machine.memoryBytes).slice().fill(0, from, to);
    this.turns = new Turns(this.#room(), this.#base);
    const heap = this.turns.heaps.first(machine.memoryBytes);
    this.#templates.set(0, { doors, heap, stackPointer: machine.stackPointer });
  }

  readonly instructions = (): number => this.#before + (this.#counting ? this.#machine.instructions : 0);

  template(seed: number): Template {
    const known = this.#templates.get(seed);
    if (known !== undefined) return known;
    this.turns.vacate();
    const { state, begin } = openImage(this.distribution, seed, this.options.cacheDir);
    const machine = new Machine(this.distribution.module);
    machine.restore(state);
    const doors = { begin, ...this.#loadKernel(machine) };
    this.#machine = machine;
    const heap = this.turns.take();
    const made = { doors, heap, stackPointer: machine.stackPointer };
    this.#templates.set(seed, made);
    return made;
  }

  #loadKernel(machine: Machine): Omit<Doors, 'begin'> {
    const errors: Uint8Array[] = [];
    machine.enter(
      makeWorld(this.distribution.library, () => 0, {
        files: [],
        stdin: new Uint8Array(0),
        env: {},
        output: { stdout: () => undefined, stderr: (bytes) => void errors.push(bytes.slice()) },
        determinism: { seed: 0, clockMs: 0, locale: 'C.UTF-8', timeZone: 'UTC' },
        memoryBytes: this.options.memoryBytes,
        fileBytes: 0,
      }),
    );
    protectStack(machine);
    const room = machine.call('PyDict_New');
    machine.call('PyDict_SetItemString', room, machine.text('__builtins__'), machine.call('PyEval_GetBuiltins'));
    if (machine.call('PyRun_StringFlags', machine.text(this.#kernel), fileInput, room, room, 0) === 0) {
      machine.call('PyErr_Print');
      throw new Error(`the kernel of Python could not be loaded: ${Buffer.concat(errors).toString()}`);
    }
    machine.memory.setU32(machine.address('Py_EMSCRIPTEN_SIGNAL_HANDLING'), 1);
    const find = (name: string) => machine.call('PyDict_GetItemString', room, machine.text(name));
    return { open: find('open_kernel'), run: find('run_cell') };
  }

  async open(setup: SessionSetup): Promise<EngineSession> {
    return PythonSession.fresh(this, setup);
  }

  #room(): Room {
    return {
      memory: () => this.#machine.memory.window(0, this.#machine.memoryBytes),
      grow: (bytes) => this.#machine.growTo(bytes),
      renew: () => {
        this.#machine = new Machine(this.distribution.module);
        this.#machine.growTo(this.#base.length);
        this.#machine.memory.window(0, this.#base.length).set(this.#base);
      },
      gap: () => this.#machine.deadStack(),
      isTainted: () => this.#machine.isTainted,
    };
  }

  settle(): void {
    this.turns.settle();
  }

  /** A session's memory is in place: the rest of it as well. */
  enter({ stackPointer, instructions }: State, world: CopiedWorld): void {
    this.#machine.resume(stackPointer);
    this.#machine.enter(world);
    this.#before = instructions;
  }

  /** What lies outside of the memory and the world. */
  now(): Pick<State, 'stackPointer' | 'instructions'> {
    return { stackPointer: this.#machine.stackPointer, instructions: this.#before };
  }

  /** Runs something in the placed session, counted. */
  counted<Value>(session: PythonSession, body: (machine: Machine) => Value): Value {
    this.turns.place(session);
    this.#machine.setFuel(null);
    this.#counting = true;
    try {
      return body(this.#machine);
    } finally {
      this.#before += this.#machine.instructions;
      this.#counting = false;
      this.#machine.setFuel(null);
    }
  }

  heldBytes(): number {
    return this.turns.heaps.heldBytes;
  }
}

class PythonSession implements EngineSession, Tenant {
  readonly files: EngineFiles;
  readonly #engine: PythonSessions;
  readonly #setup: SessionSetup;
  readonly #given: JobFile[];
  #state: State;
  /** What the interpreter has entered; null while the session is not in place. */
  #live: CopiedWorld | null = null;

  private constructor(engine: PythonSessions, setup: SessionSetup, given: JobFile[], state: State) {
    this.#engine = engine;
    this.#setup = setup;
    this.#given = given;
    this.#state = state;
    this.files = treeFiles(
      {
        look: () => {
          const { system } = this.#live ?? this.#state.world;
          return { memory: system.files, work: system.work };
        },
        edit: (body) => {
          const world = this.#live ?? this.#state.world.copy();
          body({ memory: world.system.files, work: world.system.work });
          this.#state = { ...this.#state, world: world.copy() };
        },
      },
      given,
    );
  }

  static fresh(engine: PythonSessions, setup: SessionSetup): PythonSession {
    const { determinism, memoryBytes, fileBytes, files } = setup;
    const { heap, stackPointer } = engine.template(determinism.seed);
    const world = makeWorld(engine.distribution.library, engine.instructions, {
      files,
      stdin: new Uint8Array(0),
      env: {},
      output: {
        stdout: (bytes) => engine.sink.stdout(bytes),
        stderr: (bytes) => engine.sink.stderr(bytes),
        shown: (bytes) => engine.sink.shown(bytes),
      },
      determinism,
      memoryBytes: Math.min(memoryBytes, engine.options.memoryBytes),
      fileBytes: Math.min(fileBytes, memoryBytes),
      signal: () => (engine.listens && engine.options.stopping() ? interruptSignal : 0),
    });
    const state = { heap: engine.turns.heaps.copy(heap), stackPointer, world, instructions: 0 };
    const session = new PythonSession(engine, setup, [...files], state);
    session.#begin();
    return session;
  }

  get heap(): HeapState {
    return this.#state.heap;
  }

  enter(): void {
    this.#live = this.#state.world.copy();
    this.#engine.enter(this.#state, this.#live);
  }

  putAside(heap: HeapState): void {
    const { world } = this.#state;
    this.#state = { heap, world: this.#live === null ? world : this.#live.copy(), ...this.#engine.now() };
  }

  leave(): void {
    this.#live = null;
  }

  #begin(): void {
    const { determinism, env } = this.#setup;
    const { locale, timeZone, seed } = determinism;
    const { doors } = this.#engine.template(seed);
    this.#engine.counted(this, (machine) => {
      protectStack(machine);
      const zone = machine.world.clock.zone();
      const config = {
        entry: '',
        args: [],
        seed,
        zone: [-zone.standard, -zone.summer, zone.summer === zone.standard ? 0 : 1],
        zoneNames: zone.names,
        env: { HOME: workPath, PATH: '/usr/local/bin:/usr/bin:/bin', LANG: locale, TZ: timeZone, ...env },
        shadows: [],
      };
      const begun = withText(machine, JSON.stringify(config), (text) =>
        machine.call('PyObject_CallOneArg', doors.begin, text),
      );
      const opened = begun === 0 ? 0 : machine.call('PyObject_CallNoArgs', doors.open);
      if (opened !== 0) return;
      machine.call('PyErr_Print');
      throw new Error('the interpreter could not be prepared for a session');
    });
  }

  async run(code: string, count: number, sink: CellSink): Promise<EngineCell> {
    const engine = this.#engine;
    engine.sink = sink;
    try {
      return engine.counted(this, (machine) => this.#cell(machine, code, count));
    } finally {
      engine.sink = nobody;
    }
  }

  #cell(machine: Machine, code: string, count: number): EngineCell {
    const { doors } = this.#engine.template(this.#setup.determinism.seed);
    const engine = this.#engine;
    let said: ReturnType<typeof read>;
    try {
      said = interruptibly(true, () => {
        engine.listens = true;
        const result = withText(machine, JSON.stringify({ code, count }), (text) =>
          machine.call('PyObject_CallOneArg', doors.run, text),
        );
        engine.listens = false;
        const end = read(result === 0 ? null : takeText(machine, result), machine);
        // A wish that was heard as the cell ended would be the next one's.
        if (machine.call('PyErr_CheckSignals') !== 0) machine.call('PyErr_Clear');
        return end;
      });
    } catch (error) {
      return this.#broken(machine, error);
    } finally {
      engine.listens = false;
    }
    const { ending, notices } = said;
    const lost = (machine.world as CopiedWorld).system.repair();
    if (ending.kind === 'exit') this.#lose();
    return { ending, state: ending.kind === 'exit' ? 'lost' : 'kept', notices: [...notices, ...lost] };
  }

  /** The instance was left in the middle of something. The state of before the cell is what stays. */
  #broken(machine: Machine, error: unknown): EngineCell {
    const ending = endingOf(machine, error);
    this.#engine.turns.abandon();
    const exits = ending.kind === 'exit' && ending.signal === null;
    if (exits) this.#lose();
    return { ending, state: exits ? 'lost' : 'before', notices: [] };
  }

  /** The next cell meets a fresh interpreter; the files stay. */
  #lose(): void {
    const world = (this.#live ?? this.#state.world).copy();
    const { turns } = this.#engine;
    turns.forget(this);
    const { heap, stackPointer } = this.#engine.template(this.#setup.determinism.seed);
    turns.heaps.drop(this.#state.heap);
    world.descriptors.closeAll();
    world.system.current = world.system.work;
    this.#state = { ...this.#state, heap: turns.heaps.copy(heap), stackPointer, world };
    this.#begin();
  }

  copy(): EngineSession {
    this.#engine.settle();
    const state = { ...this.#state, heap: this.#engine.turns.heaps.copy(this.#state.heap) };
    return new PythonSession(this.#engine, this.#setup, [...this.#given], state);
  }

  async restart(): Promise<void> {
    this.#engine.settle();
    this.#lose();
  }

  heldBytes(): number {
    return this.#state.heap.pages.size * heapPageBytes + this.#state.world.system.files.usedBytes;
  }

  drop(): void {
    this.#engine.turns.forget(this);
    this.#engine.turns.heaps.drop(this.#state.heap);
  }
}

function protectStack(machine: Machine): void {
  const [threadState, stackBase] = [machine.call('PyThreadState_Get'), machine.call('emscripten_stack_get_base')];
  const stackBytes = usableStackBytes(process.execArgv);
  machine.call('PyUnstable_ThreadState_SetStackProtection', threadState, stackBase - stackBytes, stackBytes);
}

function kernelSource(kernel: string): string {
  const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
  return (
    `KERNEL = ${JSON.stringify(read(`../../session/kernels/${kernel}`))}\nDESCRIPTOR = ${shownDescriptor}\n` +
    `exec(compile(${JSON.stringify(read('../python/session.py'))}, '<kernel>', 'exec'))\n` +
    // What is there before the first cell is never garbage of a cell.
    'import gc\ngc.collect()\ngc.freeze()\n'
  );
}

/** Gives a string to a call that takes it as an object. @returns what the call gives; 0 when there was no room for the string */
function withText<Result>(machine: Machine, value: string, body: (text: number) => Result): Result {
  const at = machine.text(value);
  const text = machine.call('PyUnicode_FromString', at);
  machine.call('free', at);
  if (text === 0) throw new Error('the interpreter has no room for a string');
  const result = body(text);
  machine.call('Py_DecRef', text);
  return result;
}

function takeText(machine: Machine, object: number): string {
  const at = machine.call('PyUnicode_AsUTF8', object);
  const rest = machine.memory.window(at, machine.memoryBytes - at);
  const text = Buffer.from(rest.subarray(0, rest.indexOf(0))).toString('utf8');
  machine.call('Py_DecRef', object);
  return text;
}

interface KernelSaid {
  readonly ending:
    | { readonly kind: 'done' | 'interrupted' }
    | { readonly kind: 'exit'; readonly code: number }
    | { readonly kind: 'failed'; readonly error: CellError; readonly memory?: boolean };
  readonly notices: readonly string[];
}

/** @param said what the kernel returned; null: an exception came out of it */
function read(said: string | null, machine: Machine): { ending: EngineEnding; notices: readonly string[] } {
  if (said === null) return { ending: escaped(machine), notices: [] };
  const { ending, notices } = JSON.parse(said) as KernelSaid;
  if (ending.kind === 'failed') {
    if (ending.memory === true && machine.memoryRefused) return { ending: { kind: 'out-of-memory' }, notices };
    return { ending: { kind: 'failed', error: ending.error }, notices };
  }
  if (ending.kind === 'exit') return { ending: { kind: 'exit', code: ending.code, signal: null }, notices };
  return { ending: { kind: ending.kind }, notices };
}

/** An exception that met the kernel outside of the cell's own code: a wish that came as the cell ended, or what the cell did to the kernel. */
function escaped(machine: Machine): EngineEnding {
  const error = machine.call('PyErr_GetRaisedException');
  const isA = (name: string): boolean =>
    machine.call('PyErr_GivenExceptionMatches', error, machine.memory.u32(machine.address(name))) !== 0;
  const told = (): EngineEnding => {
    if (isA('PyExc_KeyboardInterrupt')) return { kind: 'interrupted' };
    if (isA('PyExc_MemoryError')) return { kind: 'out-of-memory' };
    const text = machine.call('PyObject_Repr', error);
    if (text === 0) machine.call('PyErr_Clear');
    return crashed(text === 0 ? 'an exception whose repr fails' : takeText(machine, text).slice(0, 1000));
  };
  const ending = told();
  machine.call('Py_DecRef', error);
  return ending;
}

function endingOf(machine: Machine, error: unknown): EngineEnding {
  if (error instanceof Interrupted) return { kind: 'interrupted' };
  if (error instanceof Stop) {
    const { cause } = error;
    if (cause instanceof Exit) return { kind: 'exit', code: cause.code & 0xff, signal: null };
    if (!(cause instanceof Fault)) throw cause;
    if (machine.memoryRefused) return { kind: 'out-of-memory' };
    return crashed(cause.reason);
  }
  if (error instanceof RangeError) return crashed(stackReason);
  if (!(error instanceof WebAssembly.RuntimeError)) throw error;
  if (machine.memoryRefused) return { kind: 'out-of-memory' };
  return crashed(error.message);
}

/** What would have been the end of a process; here it is an error of the cell. */
function crashed(reason: string): EngineEnding {
  return {
    kind: 'failed',
    error: { name: 'Crash', message: `The interpreter broke: ${reason}.`, line: null, column: null, frames: [] },
  };
}
