/**
 * One run of a metered WASI program, from its first instruction to an ending in the words of an outcome.
 */
import { OutputLimit } from '../embedded/engine.ts';
import { Interrupted, interrupted, interruptibly } from '../embedded/interruptible.ts';
import type { Ending } from '../types.ts';
import { type Fuel, fuelExport, fuelOf } from './fuel.ts';
import { ProcExit, Wasi, type WasiOptions, wasiModule } from './wasi.ts';

export interface ProgramOptions {
  /** Rewritten by `meter`, unless it is a tool of ours; and by `capMemory` if its memory is to be held. */
  readonly module: WebAssembly.Module;
  readonly wasi: WasiOptions;
  /** What it imports besides WASI. */
  readonly imports?: WebAssembly.Imports;
  /** Instructions, from after instantiation; null: not limited. */
  readonly fuel: number | null;
  /** Its files are wanted also where it is stopped from outside (`embedded/interruptible.ts`). Default false. */
  readonly rescues?: boolean | undefined;
  /** Called before the program begins. */
  readonly attach?: (exports: WebAssembly.Exports) => void;
  /** What to call; default `_start`. A return is an exit with 0, or with the number that is returned. */
  readonly start?: (exports: WebAssembly.Exports) => number | undefined;
}

export interface ProgramEnd {
  readonly ending: Exclude<Ending, { kind: 'compile-failed' }>;
  /** null: the module is not metered. */
  readonly instructions: number | null;
  /** The module's memory at its end, which is its most: it cannot shrink. Files are not in it. */
  readonly memoryBytes: number;
}

/** @throws Error when something of ours failed; never for what the program did */
export function runProgram(options: ProgramOptions): ProgramEnd {
  const wasi = new Wasi(options.wasi);
  const imports: WebAssembly.Imports = { ...options.imports, [wasiModule]: wasi.calls };
  const lacking = WebAssembly.Module.imports(options.module).find(
    ({ module, name }) => imports[module]?.[name] === undefined,
  );
  // Declared by the program itself, so its own doing.
  if (lacking !== undefined)
    return neverStarted(`it imports ${lacking.module}.${lacking.name}, which does not exist here`);
  let exports: WebAssembly.Exports;
  try {
    ({ exports } = new WebAssembly.Instance(options.module, imports));
  } catch (cause) {
    // Data that lies outside of its memory: what the module says of itself.
    if (isTrap(cause) || cause instanceof WebAssembly.LinkError) return neverStarted(cause.message);
    throw cause;
  }
  const memory = exports.memory;
  if (!(memory instanceof WebAssembly.Memory)) return neverStarted('it exports no memory, so it is no WASI program');
  wasi.attach(memory);
  const fuel = fuelExport in exports ? fuelOf(exports) : null;
  if (fuel === null && options.fuel !== null) throw new Error('fuel for a module that is not metered');
  options.attach?.(exports);
  fuel?.set(options.fuel);
  let thrown: { readonly cause: unknown } | null = null;
  let code = 0;
  try {
    code = interruptibly(options.rescues, () => (options.start ?? startCommand)(exports)) ?? 0;
  } catch (cause) {
    thrown = { cause };
  }
  const ending = endingOf(fuel, wasi.stopped ?? thrown, code);
  return { ending, instructions: fuel?.used() ?? null, memoryBytes: memory.buffer.byteLength };
}

function neverStarted(reason: string): ProgramEnd {
  return { ending: { kind: 'crashed', signal: null, reason }, instructions: 0, memoryBytes: 0 };
}

function startCommand(exports: WebAssembly.Exports): undefined {
  const { _start: start } = exports;
  if (typeof start !== 'function') throw new WebAssembly.RuntimeError('there is no _start');
  (start as () => void)();
}

function endingOf(fuel: Fuel | null, stopped: { readonly cause: unknown } | null, code: number): ProgramEnd['ending'] {
  const cause = stopped?.cause;
  if (cause instanceof OutputLimit) return { kind: 'output-limit', stream: cause.stream };
  if (cause instanceof Interrupted) return interrupted;
  if (fuel?.exhausted()) return { kind: 'out-of-fuel' };
  if (stopped === null) return { kind: 'exited', code };
  if (cause instanceof ProcExit) return { kind: 'exited', code: cause.code };
  // Refused memory last, and then it trapped. One that took the refusal and ended by itself has its own ending.
  if (isTrap(cause) && fuel?.growthRefused()) return { kind: 'out-of-memory' };
  if (isTrap(cause)) return { kind: 'crashed', signal: null, reason: cause.message };
  if (cause instanceof WebAssembly.Exception)
    return { kind: 'crashed', signal: null, reason: 'an exception was not caught' };
  if (isStackOverflow(cause)) return { kind: 'crashed', signal: null, reason: 'the stack overflowed' };
  throw cause;
}

const isTrap = (cause: unknown): cause is Error => cause instanceof WebAssembly.RuntimeError;

/** V8 reports it as a RangeError, which our own mistakes may be as well: told apart by its words. */
const isStackOverflow = (cause: unknown): boolean =>
  cause instanceof RangeError && cause.message === 'Maximum call stack size exceeded';
