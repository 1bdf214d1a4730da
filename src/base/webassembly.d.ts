/**
 * The part of the global `WebAssembly` that layers use, which name this file in their `tsconfig.json`. TypeScript ships these types only with
 * the browser's whole library, and Node's own types leave them out.
 */
declare namespace WebAssembly {
  type ImportValue = CallableFunction | Global | Memory | Table | Tag | number;
  type ExportValue = CallableFunction | Global | Memory | Table | Tag;
  type Imports = Record<string, Record<string, ImportValue>>;
  type Exports = Record<string, ExportValue>;
  type ExternalKind = 'function' | 'table' | 'memory' | 'global' | 'tag';

  class Module {
    constructor(bytes: Uint8Array);
    static imports(module: Module): { module: string; name: string; kind: ExternalKind }[];
    static exports(module: Module): { name: string; kind: ExternalKind }[];
  }
  class Instance {
    constructor(module: Module, imports?: Imports);
    readonly exports: Exports;
  }
  class Memory {
    constructor(descriptor: { initial: number; maximum?: number; shared?: boolean });
    /** A `SharedArrayBuffer` of one that threads share. */
    readonly buffer: ArrayBuffer;
    /** @throws RangeError when there is no more. Views of the buffer before are empty then. */
    grow(pages: number): number;
  }
  class Global {
    constructor(descriptor: { value: string; mutable?: boolean }, value?: number | bigint);
    value: number | bigint;
  }
  class Table {
    constructor(descriptor: { element: string; initial: number; maximum?: number });
    readonly length: number;
    get(index: number): CallableFunction | null;
    set(index: number, value: CallableFunction | null): void;
    grow(delta: number): number;
  }
  class Tag {
    constructor(type: { parameters: string[] });
  }
  class Exception extends Error {
    constructor(tag: Tag, payload: unknown[]);
    is(tag: Tag): boolean;
    getArg(tag: Tag, index: number): unknown;
  }
  class CompileError extends Error {}
  class LinkError extends Error {}
  class RuntimeError extends Error {}

  function validate(bytes: Uint8Array): boolean;
  function compile(bytes: Uint8Array): Promise<Module>;
  function instantiate(module: Module, imports?: Imports): Promise<Instance>;
}
