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
import { instrumentEcmascript } from './ecmascript.ts';

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

const instrumented = new Set(['javascript', 'typescript', 'tsx']);

/** @param load gives bytes of `web-tree-sitter.wasm` and of grammars by file name */
export async function createCallInstrumenter(load: LoadFile): Promise<CallInstrumenter> {
  const engine = await createEngine(load);
  const classifier = classifierOf(languages);
  const grammars = new Map<string, Promise<Grammar>>();
  const grammarOf = (file: string): Promise<Grammar> => {
    const known = grammars.get(file) ?? engine.loadGrammar(file);
    grammars.set(file, known);
    return known;
  };
  return {
    async instrument(path, bytes, runtime, plain) {
      const found = classifier.classify(path, bytes);
      if (found.kind === 'skipped' || !instrumented.has(found.language) || /\.d\.[cm]?ts$/.test(path)) return null;
      const language = languageNamed(found.language);
      const source = decodeSource(bytes);
      if (language?.form !== 'grammar' || source.encoding !== 'utf-8') return null;
      const grammar = await grammarOf(language.grammar);
      const read = plain?.length === source.text.length ? plain : undefined;
      const result = grammar.parse(source.text, limits.parseMs, read);
      if (result.kind !== 'tree') return null;
      const sure = result.tree.errors.length === 0;
      return { bytes: encodeUtf8(instrumentEcmascript(result.tree, path, runtime)), sure };
    },
  };
}
