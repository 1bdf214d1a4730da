/**
 * One instance of the interpreter: its memory, its counter, its doors, and a way back to an earlier state.
 *
 * Everything a WebAssembly instance can change is its memory, its mutable globals and its tables. The memory and
 * the globals are put back; the module has no instruction that writes its table of functions, and the two tables of references can
 * hold nothing, since no reference is ever handed in (`machine.test.ts` holds all this for the version in use). What
 * changes on the host's side belongs to a job and goes with it. So after `restore` the instance is as it was, byte for byte.
 * Nothing that lies in memory is trusted to say what has to be put back: a program can write anywhere in it.
 */

import { type Fuel, fuelExport, fuelOf } from '../../wasm/fuel.ts';
import { GuestMemory } from '../../wasm/guestmemory.ts';
import { pageBytes } from '../../wasm/memory.ts';
import { type Clock, clockCalls } from './clock.ts';
import { setCString } from './cstring.ts';
import { buildDoors, type DoorHost } from './doors.ts';
import { type Files, fileCalls } from './syscalls.ts';
import { makeTrampoline } from './trampoline.ts';

type Value = number | bigint | undefined;

/** What belongs to one job. */
export interface World extends Files {
  readonly clock: Clock;
  readonly environment: readonly Uint8Array[];
  /** Memory past which growing is refused, bytes. */
  readonly memoryBytes: number;
  random(into: Uint8Array): void;
  /** A signal for the program, by its number; 0: none. Absent: never one. */
  signal?(): number;
}

export interface MemoryPart {
  readonly at: number;
  readonly bytes: Uint8Array;
}

/**
 * Bytes by which memory is looked at for zeros. The stack is 10 of the image's 27 MB and nearly all zero, and filling
 * is three times as fast as copying: 0.4 against 1 ms for 10 MB.
 */
const partBytes = 4096;

/** A state to come back to. */
export interface MachineState {
  /** The parts of memory that are not all zero, in order. */
  readonly parts: readonly MemoryPart[];
  /** Bytes of the whole memory. */
  readonly memoryBytes: number;
  readonly stackPointer: number;
}

export class Machine {
  readonly memory: GuestMemory;
  readonly #fuel: Fuel;
  /** Where CPython's trampoline stands in the table. */
  readonly trampoline: number;
  readonly #exports: WebAssembly.Exports;
  readonly #memory: WebAssembly.Memory;
  readonly #stackPointer: WebAssembly.Global;
  readonly #counter: WebAssembly.Global;
  readonly #breakAt: number;
  #world: World | null = null;
  #refused = false;
  #tainted = false;
  /** What the counter said when the program was halted, which takes the counter itself. */
  #halted: { readonly used: number; readonly exhausted: boolean } | null = null;

  constructor(module: WebAssembly.Module) {
    const late: { machine: Machine | null } = { machine: null };
    const self = () => late.machine as Machine;
    const memory = new GuestMemory();
    const host: DoorHost = {
      memory,
      grow: (bytes) => self().#grow(bytes),
      maxBytes: () => self().world.memoryBytes,
      random: (into) => self().world.random(into),
      environment: () => self().world.environment,
      allocate: (bytes) => self().call('malloc', bytes),
      taint: () => {
        self().#tainted = true;
      },
      function: (index) => self().#table.get(index),
      halt: () => self().#halt(),
      signal: () => self().world.signal?.() ?? 0,
    };
    const calls = { ...fileCalls(memory, () => self().world), ...clockCalls(memory, () => self().world.clock) };
    const instance = new WebAssembly.Instance(module, buildDoors(WebAssembly.Module.imports(module), host, calls));
    late.machine = this;
    this.memory = memory;
    this.#exports = instance.exports;
    this.#memory = instance.exports.memory as WebAssembly.Memory;
    memory.attach(this.#memory);
    this.#stackPointer = instance.exports.__stack_pointer as WebAssembly.Global;
    this.#counter = instance.exports[fuelExport] as WebAssembly.Global;
    this.#fuel = fuelOf(instance.exports);
    this.#resetGlobals();
    this.#breakAt = this.call('emscripten_get_sbrk_ptr');
    this.trampoline = makeTrampoline(this.#memory, this.#table);
  }

  /** The three other globals that the module ever sets: where the stack lies, which CPython asks for, and a second result of a call. */
  #resetGlobals(): void {
    this.call('emscripten_stack_init');
    this.call('_emscripten_tempret_set', 0);
  }

  get #table(): WebAssembly.Table {
    return this.#exports.__indirect_function_table as WebAssembly.Table;
  }

  get world(): World {
    if (this.#world === null) throw new Error('the interpreter ran without a job');
    return this.#world;
  }

  /** Begins a job: all calls reach this world from now on. */
  enter(world: World): void {
    this.#world = world;
    this.#refused = false;
  }

  get memoryBytes(): number {
    return this.#memory.buffer.byteLength;
  }

  /** Memory from 0 on that was ever given out: what the program and its data take. */
  get usedBytes(): number {
    return this.memory.u32(this.#breakAt);
  }

  /** Whether the program asked for more memory than it may have since `enter`. */
  get memoryRefused(): boolean {
    return this.#refused;
  }

  /** @param limit instructions from now on; null: counted but not limited */
  setFuel(limit: number | null): void {
    this.#halted = null;
    this.#fuel.set(limit);
  }

  /** Instructions since `setFuel`. */
  get instructions(): number {
    return this.#halted?.used ?? this.#fuel.used();
  }

  get exhausted(): boolean {
    return this.#halted?.exhausted ?? this.#fuel.exhausted();
  }

  #halt(): void {
    this.#halted ??= { used: this.#fuel.used(), exhausted: this.#fuel.exhausted() };
    this.#counter.value = -1n;
  }

  #grow(bytes: number): boolean {
    if (bytes > this.world.memoryBytes) {
      this.#refused = true;
      return false;
    }
    // A fifth more than asked for, as Emscripten does, so that a growing program does not ask for each page.
    const wanted = Math.min(Math.max(bytes, Math.ceil(this.memoryBytes * 1.2)), this.world.memoryBytes);
    const pages = Math.ceil(wanted / pageBytes) - this.memoryBytes / pageBytes;
    try {
      this.#memory.grow(Math.max(pages, 0));
      return this.memoryBytes >= bytes;
    } catch {
      this.#refused = true;
      return false;
    }
  }

  /** Calls an exported function of numbers. */
  call(name: string, ...args: readonly (number | bigint)[]): number {
    const target = this.#exports[name];
    if (typeof target !== 'function') throw new Error(`the interpreter has no function ${name}`);
    return Number((target as (...args: readonly (number | bigint)[]) => Value)(...args) ?? 0);
  }

  /** The address of an exported datum. */
  address(name: string): number {
    const target = this.#exports[name];
    if (!(target instanceof WebAssembly.Global)) throw new Error(`the interpreter has no datum ${name}`);
    return Number(target.value);
  }

  /** Puts a C string where the interpreter can read it. It stays until the memory is restored. */
  text(value: string): number {
    const bytes = Buffer.byteLength(value) + 1;
    const at = this.call('malloc', bytes);
    if (at === 0) throw new Error('the interpreter has no room for a string');
    setCString(this.memory, at, Buffer.from(value));
    return at;
  }

  /** @param usedBytes a multiple of 4096; all memory behind is zero */
  save(usedBytes: number): MachineState {
    const memory = this.memory.window(0, usedBytes);
    const parts: { at: number; end: number }[] = [];
    const zero = Buffer.alloc(partBytes);
    for (let at = 0; at < usedBytes; at += partBytes) {
      if (zero.equals(memory.subarray(at, at + partBytes))) continue;
      const last = parts.at(-1);
      if (last?.end === at) last.end += partBytes;
      else parts.push({ at, end: at + partBytes });
    }
    return {
      parts: parts.map(({ at, end }) => ({ at, bytes: memory.slice(at, end) })),
      memoryBytes: this.memoryBytes,
      stackPointer: Number(this.#stackPointer.value),
    };
  }

  /**
   * Goes back to a state of an instance of the same module.
   * @returns false when it cannot: the memory has grown past the state's, and WebAssembly memory does not shrink; or
   *   the program called functions by pointer, and may have changed what is not memory
   */
  restore(state: MachineState): boolean {
    if (this.#tainted || this.memoryBytes > state.memoryBytes) return false;
    if (this.memoryBytes < state.memoryBytes) this.#memory.grow((state.memoryBytes - this.memoryBytes) / pageBytes);
    const bytes = this.memory.window(0, this.memoryBytes);
    let restored = 0;
    for (const part of state.parts) {
      bytes.fill(0, restored, part.at);
      bytes.set(part.bytes, part.at);
      restored = part.at + part.bytes.length;
    }
    bytes.fill(0, restored);
    this.resume(state.stackPointer);
    return true;
  }

  /** All but the memory, which whoever calls this has put back: as it was when the stack pointer stood there. */
  resume(stackPointer: number): void {
    this.#stackPointer.value = stackPointer;
    this.setFuel(null);
    this.#resetGlobals();
    this.#world = null;
  }

  /** @param bytes a multiple of a page's, at least what it has */
  growTo(bytes: number): void {
    if (bytes > this.memoryBytes) this.#memory.grow((bytes - this.memoryBytes) / pageBytes);
  }

  get stackPointer(): number {
    return Number(this.#stackPointer.value);
  }

  /** Whether the program may have changed what is not memory: such an instance serves nobody else. */
  get isTainted(): boolean {
    return this.#tainted;
  }

  /** The part of the stack that nothing uses while nothing runs: what lies there is rubbish. */
  deadStack(): { readonly from: number; readonly to: number } {
    return { from: this.call('emscripten_stack_get_end'), to: this.stackPointer };
  }
}
