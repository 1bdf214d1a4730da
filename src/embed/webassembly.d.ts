/**
 * The part of the global `WebAssembly` that this layer uses. TypeScript ships these types only with
 * the browser's whole library, and Node's own types leave them out.
 */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Instance {
    constructor(module: Module, imports: Record<string, Record<string, Memory>>);
    readonly exports: Record<string, unknown>;
  }
  class Memory {
    constructor(descriptor: { initial: number; maximum?: number; shared?: boolean });
    /** A `SharedArrayBuffer` of one that threads share. */
    readonly buffer: ArrayBuffer;
  }
}
