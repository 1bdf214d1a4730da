/**
 * Rewrites sources so that a run of them tells which function called which; one language family so far.
 *
 * Grammars lag behind languages. A file that does not parse as a whole is rewritten where it does, and said to be
 * unsure: whoever runs it makes sure first that it is still a program.
 */
import { limits } from '../../base/mod.ts';
import { classifierOf } from '../detect.ts';
import { encodeUtf8 } from '../encoding.ts';
import { languageNamed, languages } from '../languages/table.ts';
import { decodeSource } from '../source.ts';
import { createEngine, type Grammar, type LoadFile } from '../tree/engine.ts';
import type { SyntaxTree } from '../tree/tree.ts';
import { instrumentEcmascript } from './ecmascript.ts';
import { type TracedSource, traceEcmascript } from './trace-ecmascript.ts';
import type { TraceRewriting } from './tracepoints.ts';
import type { TraceTables } from './tracetables.ts';
import { functionKinds } from './variables.ts';

export interface InstrumentedFile {
  readonly bytes: Uint8Array;
  /** False: something did not parse, and what came out may not be a program. */
  readonly sure: boolean;
}

export interface CallInstrumenter {
  /**
   * @param path relative, forward slashes: what recordings call the file
   * @param runtime absolute path at which the rewritten program can load what it reports to
   * @param plain the same source with blanks in place of types, unit for unit: read instead, where the grammar stumbles over them
   * @returns null when it is not JavaScript or TypeScript, or cannot be read
   * @throws what `load` throws when a grammar cannot be read: the installation is broken
   */
  instrument(path: string, bytes: Uint8Array, runtime: string, plain?: string): Promise<InstrumentedFile | null>;
}

export interface TracedFile extends TracedSource {
  readonly sure: boolean;
}

export interface TraceInstrumenter {
  /**
   * @param tables to which the file's rows are added
   * @param plain as for calls
   * @returns null when it is not JavaScript or TypeScript, or cannot be read or told
   */
  trace(
    rewriting: Omit<TraceRewriting, 'isModule' | 'runtime'> & {
      /** The path that tells the language, when that is not `path`. */
      readonly classifyAs: string;
      /** @param saysSo the file has `import`, `export` or an `await` of its own. @returns as in `TraceRewriting` */
      readonly form: (saysSo: boolean) => Pick<TraceRewriting, 'isModule' | 'runtime'>;
    },
    bytes: Uint8Array,
    tables: TraceTables,
    plain?: string,
  ): Promise<TracedFile | null>;
}

const instrumented = new Set(['javascript', 'typescript', 'tsx']);

/** @param load gives bytes of `web-tree-sitter.wasm` and of grammars by file name */
export async function createCallInstrumenter(load: LoadFile): Promise<CallInstrumenter> {
  const read = await createTreeReader(load);
  const turn = inTurn();
  return {
    instrument: (path, bytes, runtime, plain) =>
      turn(async () => {
        const found = await read(path, bytes, plain);
        if (found === null) return null;
        return {
          bytes: encodeUtf8(instrumentEcmascript(found.tree, path, runtime)),
          sure: found.tree.errors.length === 0,
        };
      }),
  };
}

/** @param load as above */
export async function createTraceInstrumenter(load: LoadFile): Promise<TraceInstrumenter> {
  const read = await createTreeReader(load);
  const turn = inTurn();
  return {
    trace: ({ classifyAs, form, ...rewriting }, bytes, tables, plain) =>
      turn(async () => {
        const found = await read(classifyAs, bytes, plain);
        if (found === null) return null;
        const { tree, language } = found;
        const told = traceEcmascript(tree, language, tables, { ...rewriting, ...form(saysModule(tree)) });
        return told === null ? null : { ...told, sure: tree.errors.length === 0 };
      }),
  };
}

/** One after the other: a tree lasts until the next file is read. */
export function inTurn(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const made = last.then(work);
    last = made.catch(() => {});
    return made;
  };
}

interface ReadTree {
  readonly tree: SyntaxTree;
  readonly language: string;
}

/** Reads files of the languages that can be rewritten. */
export async function createTreeReader(
  load: LoadFile,
): Promise<(path: string, bytes: Uint8Array, plain?: string) => Promise<ReadTree | null>> {
  const engine = await createEngine(load);
  const classifier = classifierOf(languages);
  const grammars = new Map<string, Promise<Grammar>>();
  const grammarOf = (file: string): Promise<Grammar> => {
    const known = grammars.get(file) ?? engine.loadGrammar(file);
    grammars.set(file, known);
    return known;
  };
  return async (path, bytes, plain) => {
    const found = classifier.classify(path, bytes);
    if (found.kind === 'skipped' || !instrumented.has(found.language) || /\.d\.[cm]?ts$/.test(path)) return null;
    const language = languageNamed(found.language);
    const source = decodeSource(bytes);
    if (language?.form !== 'grammar' || source.encoding !== 'utf-8') return null;
    const grammar = await grammarOf(language.grammar);
    const read = plain?.length === source.text.length ? plain : undefined;
    const result = grammar.parse(source.text, limits.parseMs, read);
    return result.kind === 'tree' ? { tree: result.tree, language: found.language } : null;
  };
}

/** Whether a file can only be an ES module: Node.js documentation, "Syntax detection". */
export function saysModule(tree: SyntaxTree): boolean {
  for (let node = 1; node < tree.size; node++) {
    const kind = tree.kind(node);
    if (kind === 'export_statement' || kind === 'meta_property') {
      if (kind === 'export_statement' || tree.textOf(node).startsWith('import')) return true;
    }
    if (kind === 'import_statement' && tree.child(node, 'import_require_clause') < 0) return true;
    if (functionKinds.has(kind)) {
      // Only `import.meta` counts in there.
      const text = tree.textOf(node);
      if (/\bimport\s*\.\s*meta\b/.test(text)) continue;
      node = tree.next(node) - 1;
    } else if (kind === 'await_expression') return true;
    else if (kind === 'for_in_statement' && tree.child(node, "'await'") >= 0) return true;
  }
  return false;
}
