/**
 * tree-sitter behind our own nouns: grammar bytes in, `SyntaxTree` out.
 *
 * With `walk.ts` the only file that knows web-tree-sitter. It never lets a failure of the parser out as an
 * exception: a run past its time, a trap in WebAssembly and memory that ran out
 * are answers. One engine per thread, because web-tree-sitter keeps one WebAssembly
 * instance per thread.
 */
import { Language, Parser, type Tree } from 'web-tree-sitter';
import { copyTree, GrammarTables } from './memory.ts';
import { type Columns, type GrammarNames, newColumns, SyntaxTree } from './tree.ts';
import { sameTree, walkTree } from './walk.ts';

/** Bytes of a file that comes with the program: `tree-sitter-python.wasm`. */
export type LoadFile = (file: string) => Promise<Uint8Array>;

/** File name of the tree-sitter runtime itself, as asked of `LoadFile`. */
export const runtimeFile = 'web-tree-sitter.wasm';

export type TreeResult =
  | { readonly kind: 'tree'; readonly tree: SyntaxTree }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'failed'; readonly message: string };

export interface Grammar {
  readonly names: GrammarNames;
  /**
   * The tree lives until the next call: its columns are used again.
   *
   * @param text UTF-16 units; a byte order mark may come first
   * @param limitMs wall time after which parsing is given up
   * @param read what the grammar reads instead, of the same length
   */
  parse(text: string, limitMs: number, read?: string): TreeResult;
}

export interface Engine {
  loadGrammar(file: string): Promise<Grammar>;
  /** WebAssembly memory held, in bytes. It never shrinks: one large file leaves its mark. */
  heapBytes(): number;
  /** A trap happened: the instance still answers but its memory cannot be vouched for. */
  trapped(): boolean;
}

/** emscripten's options object: hooks it calls, and views of memory, replaced whenever it grows. */
interface RuntimeModule {
  wasmBinary: Uint8Array;
  instantiateWasm: (imports: RuntimeImports, receive: (instance: unknown, module: unknown) => void) => unknown;
  HEAPU16?: Uint16Array;
  HEAPU32?: Uint32Array;
}

interface RuntimeImports {
  env: { tree_sitter_parse_callback?: ReadUnits };
}

/** Writes source from unit `index` on to the buffer and the number of units to `lengthAt`; both are byte addresses. */
type ReadUnits = (buffer: number, index: number, row: number, column: number, lengthAt: number) => void;

declare const performance: { now(): number };
declare const WebAssembly: {
  instantiate(bytes: Uint8Array, imports: unknown): Promise<{ instance: unknown; module: unknown }>;
};

/** Units given to the lexer at a time; its buffer holds 10 KiB and a terminator. */
const unitsAtATime = 5_000;

/** How much of a grammar's first source is compared with a cursor walk: some thousand nodes, 2 ms. */
const comparedUnits = 4 * 1024;

/** Columns for more nodes (20 bytes each) are not kept for the next file: 10 MB, a source of 1.5 MB. */
const keptNodes = 512 * 1024;

/** The source being parsed, in the units that the parser reads. */
const source = { units: new Uint16Array(0), length: 0 };

function setSource(text: string): void {
  const { length } = text;
  if (source.units.length < length) source.units = new Uint16Array(length);
  const { units } = source;
  for (let i = 0; i < length; i++) units[i] = text.charCodeAt(i);
  source.length = length;
}

let runtime: Promise<RuntimeModule> | null = null;

/**
 * Starts the runtime with one import replaced: web-tree-sitter copies the source unit by unit through a
 * function, which took 5% of all time; a block copy takes next to none. Were the import to go
 * away, its own copying would still be there.
 */
async function start(load: LoadFile): Promise<RuntimeModule> {
  const wasmBinary = await load(runtimeFile);
  return new Promise((resolve, reject) => {
    const module: RuntimeModule = {
      wasmBinary,
      instantiateWasm: (imports, receive) => {
        if (imports.env.tree_sitter_parse_callback !== undefined) imports.env.tree_sitter_parse_callback = readUnits;
        WebAssembly.instantiate(wasmBinary, imports).then(({ instance, module }) => receive(instance, module), reject);
        return {};
      },
    };
    const readUnits: ReadUnits = (buffer, index, _row, _column, lengthAt) => {
      const heap16 = module.HEAPU16 as Uint16Array;
      const end = Math.min(source.length, index + unitsAtATime);
      const count = Math.max(0, end - index);
      if (count > 0) heap16.set(source.units.subarray(index, end), buffer >>> 1);
      (module.HEAPU32 as Uint32Array)[lengthAt >>> 2] = count;
    };
    Parser.init(module as unknown as Parameters<typeof Parser.init>[0]).then(() => resolve(module), reject);
  });
}

/** @param load called once for the runtime and once per grammar */
export async function createEngine(load: LoadFile): Promise<Engine> {
  runtime ??= start(load).catch((cause) => {
    runtime = null;
    throw cause;
  });
  const module = await runtime;
  const state = { trapped: false };
  return {
    loadGrammar: async (file) => createGrammar(module, await Language.load(await load(file)), state),
    heapBytes: () => module.HEAPU32?.byteLength ?? 0,
    trapped: () => state.trapped,
  };
}

function createGrammar(module: RuntimeModule, language: Language, state: { trapped: boolean }): Grammar {
  const names = namesOf(language);
  const address = (language as unknown as { 0: number })[0];
  let parser: Parser | null = null;
  /** Null: not compared yet. */
  let memoryReadable: boolean | null = module.HEAPU32 === undefined ? false : null;
  let tables: GrammarTables | null = null;
  let columns: Columns = newColumns(4096);

  const copy = (tree: Tree, text: string, heap32: Uint32Array): SyntaxTree => {
    tables ??= new GrammarTables(heap32, address, names);
    const flat = new SyntaxTree(text, names, columns);
    copyTree(heap32, tree.rootNode.id, tables, flat);
    columns = flat.symbols.length > keptNodes ? newColumns(0) : flat;
    return flat;
  };

  /** Whether memory says what the cursor says about the beginning of a first source. */
  const compare = (ready: Parser, text: string, heap32: Uint32Array): boolean => {
    setSource(text);
    const tree = ready.parse((index) => text.slice(index, index + unitsAtATime));
    if (tree === null) return false;
    try {
      return sameTree(copy(tree, text, heap32), walkTree(tree, text, names));
    } catch (cause) {
      // Memory laid out otherwise leads anywhere, also past its end.
      if (cause instanceof RangeError) return false;
      throw cause;
    } finally {
      tree.delete();
    }
  };

  return {
    names,
    parse: (text, limitMs, read = text) => {
      let tree: Tree | null = null;
      try {
        if (parser === null) {
          parser = new Parser();
          parser.setLanguage(language);
        }
        const before = module.HEAPU32;
        if (memoryReadable === null && before !== undefined) {
          memoryReadable = compare(parser, read.slice(0, comparedUnits), before);
        }
        const until = performance.now() + limitMs;
        setSource(read);
        tree = parser.parse((index) => read.slice(index, index + unitsAtATime), null, {
          progressCallback: () => performance.now() > until,
        });
        if (tree === null) {
          parser.reset();
          return { kind: 'timeout' };
        }
        const heap32 = module.HEAPU32;
        const readable = memoryReadable === true && heap32 !== undefined;
        return { kind: 'tree', tree: readable ? copy(tree, text, heap32) : walkTree(tree, text, names) };
      } catch (cause) {
        // A trap: this parser may hold a broken stack, so the next file gets a new one.
        parser = null;
        tree = null;
        state.trapped = true;
        return { kind: 'failed', message: cause instanceof Error ? cause.message : String(cause) };
      } finally {
        tree?.delete();
      }
    },
  };
}

export function namesOf(language: Language): GrammarNames {
  const named = new Uint8Array(language.types.length);
  const kinds = language.types.map((kind, id) => {
    if (!language.nodeTypeIsNamed(id)) return `'${kind}'`;
    named[id] = 1;
    return kind;
  });
  const fields = new Map<string, number>();
  language.fields.forEach((field, id) => {
    if (field !== null) fields.set(field, id);
  });
  return { kinds, named, fields };
}
