/** Rewrites sources of JavaScript and TypeScript for partial execution: reads the syntax tree, and leaves the rest to `partial-ecmascript.ts`. */
import type { LoadFile } from '../tree/engine.ts';
import { createTreeReader, saysModule } from './instrumenter.ts';
import { type PartialRewriting, type PartialText, rewritePartial } from './partial-ecmascript.ts';

export interface PartialInstrumenter {
  /**
   * @param classifyAs the path that tells the language
   * @param form from whether the file has syntax that only a module may have
   * @returns null when it is not JavaScript or TypeScript, or cannot be read; `sure` false: something did not parse
   */
  rewrite(
    rewriting: Omit<PartialRewriting, 'isModule' | 'runtime'>,
    bytes: Uint8Array,
    classifyAs: string,
    form: (saysSo: boolean) => Pick<PartialRewriting, 'isModule' | 'runtime'>,
  ): Promise<(PartialText & { readonly sure: boolean }) | null>;
}

/** @param load gives bytes of `web-tree-sitter.wasm` and of grammars by file name */
export async function createPartialInstrumenter(load: LoadFile): Promise<PartialInstrumenter> {
  const read = await createTreeReader(load);
  return {
    async rewrite(rewriting, bytes, classifyAs, form) {
      const found = await read(classifyAs, bytes);
      if (found === null) return null;
      const { tree } = found;
      const told = rewritePartial(tree, { ...rewriting, ...form(saysModule(tree)) });
      return { ...told, sure: tree.errors.length === 0 };
    },
  };
}
