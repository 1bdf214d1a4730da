/**
 * The memory image: an interpreter that has started and imported what programs commonly need, ready to be copied.
 *
 * Made once per version of everything that goes into it (and per hash seed), in some seconds, and kept in the cache;
 * from it an interpreter is ready in milliseconds, and each job starts from the same bytes. Nothing of the host is in it.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Errno } from '../../wasm/errno.ts';
import type { DirectoryNode } from '../../wasm/filetree.ts';
import { capMemory, pageBytes } from '../../wasm/memory.ts';
import { meter, meterVersion } from '../../wasm/meter.ts';
import { readEntry, writeEntry } from '../kept/kept.ts';
import { libraryTree } from './library.ts';
import { Machine, type MachineState } from './machine.ts';
import { imageModules, startModules } from './modules.ts';
import { shadowStack, shadowVersion } from './stackshadow.ts';
import { makeWorld } from './world.ts';

/** Bumped when the image's bytes would differ though no source that is hashed does. */
const imageVersion = 2;

/** Where CPython's token for "a whole file" stands. Source: `Include/compile.h`, Py_file_input. */
export const fileInput = 257;

/** Addresses of what the host calls. */
export interface Entry {
  readonly begin: number;
  readonly statusOf: number;
  readonly finish: number;
}

export interface Image extends Entry {
  readonly state: MachineState;
}

/** What all interpreters of a process share. */
export interface Distribution {
  readonly module: WebAssembly.Module;
  readonly library: DirectoryNode;
  /** The text of `start.py`. Read once: a process that runs programs may no longer read files. */
  readonly start: string;
  /** Names all that an image depends on but its hash seed. */
  readonly key: string;
}

const require = createRequire(import.meta.url);

/** @throws Error when the package is not there; ask `probe` first */
export function openDistribution(options: { cacheDir: string | null; memoryBytes: number }): Distribution {
  const wasm = readFileSync(require.resolve('pyodide/pyodide.asm.wasm'));
  const zip = readFileSync(require.resolve('pyodide/python_stdlib.zip'));
  const start = readFileSync(new URL('start.py', import.meta.url), 'utf8');
  const hash = createHash('sha256');
  for (const part of [
    wasm,
    zip,
    start,
    JSON.stringify([imageVersion, meterVersion, shadowVersion, imageModules, startModules]),
  ])
    hash.update(part);
  const key = hash.digest('hex').slice(0, 32);
  const name = `python-${key}.wasm`;
  let metered = readEntry(options.cacheDir, name);
  if (metered === null) {
    metered = meter(shadowStack(wasm));
    writeEntry(options.cacheDir, name, metered);
  }
  // A 32-bit memory ends at 65536 pages; below the module's own minimum nothing would start.
  const pages = Math.min(65_536, Math.max(Math.ceil(options.memoryBytes / pageBytes), leastPages));
  return { module: new WebAssembly.Module(capMemory(metered, pages)), library: libraryTree(zip), start, key };
}

/** Pages that the image needs, with room for the imports above. Measured: 480 at the start of the module, 400 used. */
const leastPages = 512;

/** @param hashSeed as of PYTHONHASHSEED, integer in [0, 2^32) */
export function openImage(distribution: Distribution, hashSeed: number, cacheDir: string | null): Image {
  const name = `python-${distribution.key}.image`;
  // Only the default's image is worth its 17 MB on the disk.
  const directory = hashSeed === 0 ? cacheDir : null;
  const kept = readEntry(directory, name);
  if (kept !== null) return decode(kept);
  const image = makeImage(distribution, hashSeed);
  if (directory !== null) writeEntry(directory, name, encode(image));
  return image;
}

function makeImage(distribution: Distribution, hashSeed: number): Image {
  const machine = new Machine(distribution.module);
  const errors: Uint8Array[] = [];
  machine.enter(
    makeWorld(distribution.library, () => machine.instructions, {
      files: [],
      stdin: new Uint8Array(0),
      // `0` is no hash randomisation at all; any other number seeds it.
      env: { PYTHONHOME: '/', PYTHONHASHSEED: String(hashSeed), PYTHONUTF8: '1', LANG: 'C.UTF-8' },
      output: { stdout: () => undefined, stderr: (bytes) => void errors.push(bytes.slice()) },
      determinism: { seed: 0, clockMs: 0, locale: 'C.UTF-8', timeZone: 'UTC' },
      memoryBytes: 2 ** 32,
      fileBytes: 0,
    }),
  );
  try {
    machine.call('__wasm_call_ctors');
    const offset = machine.memory.u32(machine.address('_PyEM_EMSCRIPTEN_TRAMPOLINE_OFFSET'));
    machine.memory.setU32(machine.address('_PyRuntime') + offset, machine.trampoline);
    machine.call('Py_InitializeEx', 0);
    const room = machine.call('PyDict_New');
    machine.call('PyDict_SetItemString', room, machine.text('__builtins__'), machine.call('PyEval_GetBuiltins'));
    const source =
      `MODULES = ${JSON.stringify(imageModules)}\nSTARTED = ${JSON.stringify(startModules)}\n` +
      `exec(compile(${JSON.stringify(distribution.start)}, '<start>', 'exec'))\n`;
    if (machine.call('PyRun_StringFlags', machine.text(source), fileInput, room, room, 0) === 0) {
      machine.call('PyErr_Print');
      throw new Error('the start of the interpreter failed');
    }
    const find = (name: string) => machine.call('PyDict_GetItemString', room, machine.text(name));
    return {
      begin: find('begin'),
      statusOf: find('status_of'),
      finish: find('finish'),
      state: machine.save(Math.ceil(machine.call('sbrk', 0) / 4096) * 4096),
    };
  } catch (error) {
    const cause = error instanceof Errno ? `errno ${error.number}` : error;
    throw new Error(`the Python image could not be made: ${Buffer.concat(errors).toString()}`, { cause });
  }
}

interface Header extends Entry {
  readonly memoryBytes: number;
  readonly stackPointer: number;
  /** Where each part lies and its length. */
  readonly parts: readonly (readonly [at: number, length: number])[];
}

/** A line of JSON, then the parts one after another. */
function encode({ state, begin, statusOf, finish }: Image): Uint8Array {
  const { memoryBytes, stackPointer } = state;
  const parts = state.parts.map(({ at, bytes }) => [at, bytes.length] as const);
  const header: Header = { begin, statusOf, finish, memoryBytes, stackPointer, parts };
  return Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), ...state.parts.map(({ bytes }) => bytes)]);
}

function decode(entry: Uint8Array): Image {
  let next = entry.indexOf(10) + 1;
  const header = JSON.parse(Buffer.from(entry.subarray(0, next)).toString()) as Header;
  const { memoryBytes, stackPointer, parts, ...addresses } = header;
  const take = ([at, length]: readonly [number, number]) => {
    next += length;
    return { at, bytes: entry.subarray(next - length, next) };
  };
  return { ...addresses, state: { parts: parts.map(take), memoryBytes, stackPointer } };
}
