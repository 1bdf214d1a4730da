/** Programs of JavaScript and TypeScript by their trees, for `check`: grammars are loaded when the first one is read, since most checks are of Python. */
import { createAlikeReader } from '../../code/mod.ts';

export function alikeForms(): (source: string, language: string) => Promise<string | null> {
  let reader: ReturnType<typeof createAlikeReader> | null = null;
  return async (source, language) => {
    reader ??= (async () => createAlikeReader((await import('../../index/mod.ts')).loadGrammarFile))();
    return (await reader)(source, language);
  };
}
