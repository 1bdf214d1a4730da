/**
 * Keeps V8's optimising compiler away from grammars with a very large lexer, which would cost gigabytes.
 *
 * A lexer that tree-sitter makes is one function, up to 435 KB of WebAssembly, and the memory that optimising a function takes grows faster
 * than its size: 0.05 GB at 50 KB, 0.6 GB at 172 KB, 3.5 GB and 13 s at 435 KB (Swift, PowerShell). V8 does that after a
 * few hundred characters. Code made by its quick compiler parses these languages about as fast ([measured](../../../docs/measurements/scale.md)).
 *
 * Whether V8 may optimise is a matter of the process, not of a module. So a module is compiled here, whole and at once, while the flags say
 * what is to hold for it; V8 keeps one compiled form for equal bytes, in all threads, and parsers are given that
 * when they compile these bytes again. Were it otherwise, grammars would be optimised as by default: slower and larger, with equal results.
 *
 * This does not load anything and knows no parser; `grammar-files.ts` calls it with what it read.
 */
import { setFlagsFromString } from 'node:v8';
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';

declare const WebAssembly: { Module: new (bytes: Uint8Array) => object };

/** Where the code of functions stands in a module. WebAssembly 2.0, binary format, §5.5. */
const codeSection = 10;
const headerBytes = 8;

/**
 * A module with a function of more bytes is not optimised. Below this, optimising took at most 110 MB for a function, once (C#, 59 KB); above it
 * 222 MB (C++, 114 KB, for 4% less processor time over 25 MB) and more. Where none is optimised, Java takes half as long again.
 */
export const mostOptimisedBytes = 64 * 1024;

/** How many threads are compiling under the flags, so that the last one takes them back. One number for all threads of the process. */
const compiling = sharedCount('winnow: modules being compiled');

/** Compiled modules are kept: what nobody holds is compiled again. */
const kept = new Map<string, object>();

/**
 * Compiles a module in the form in which it is to be kept. Once for a file and thread; no more than a look-up where another thread has done it.
 *
 * @param file its name
 * @throws an error of V8 when the bytes are no module
 */
export function compileAhead(file: string, bytes: Uint8Array): void {
  if (kept.has(file)) return;
  const optimised = largestFunctionBytes(bytes) <= mostOptimisedBytes;
  Atomics.add(compiling, 0, 1);
  try {
    // Compiled lazily, a function would go by the flags of the instant in which it is first called.
    setFlagsFromString('--no-wasm-lazy-compilation');
    if (!optimised) setOptimising(false);
    kept.set(file, new WebAssembly.Module(bytes));
  } finally {
    if (Atomics.sub(compiling, 0, 1) === 1) {
      setOptimising(true);
      setFlagsFromString('--wasm-lazy-compilation');
    }
  }
}

function setOptimising(on: boolean): void {
  setFlagsFromString(on ? '--wasm-dynamic-tiering' : '--no-wasm-dynamic-tiering');
  setFlagsFromString(on ? '--wasm-tier-up' : '--no-wasm-tier-up');
}

/** @returns bytes of the largest function; 0 for what is no module */
export function largestFunctionBytes(bytes: Uint8Array): number {
  let largest = 0;
  let at = headerBytes;
  const read = (): number => {
    let value = 0;
    for (let shift = 0; at < bytes.length; shift += 7) {
      const byte = bytes[at++] as number;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    return value;
  };
  while (at < bytes.length) {
    const section = bytes[at++];
    const size = read();
    const end = at + size;
    if (section === codeSection) {
      for (let count = read(); count > 0 && at < end; count--) {
        const length = read();
        largest = Math.max(largest, length);
        at += length;
      }
    }
    at = end;
  }
  return largest;
}

function sharedCount(name: string): Int32Array {
  const given = getEnvironmentData(name);
  if (given instanceof Int32Array) return given;
  const made = new Int32Array(new SharedArrayBuffer(4));
  setEnvironmentData(name, made);
  return made;
}
