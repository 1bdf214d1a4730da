/** Files that `createParser` asks for, out of the installed packages. */
import { isInstalled, loadGrammarFile as load } from '../src/index/work/grammar-files.ts';

export const loadGrammarFile = async (file: string): Promise<Uint8Array> => new Uint8Array(await load(file));

/** Whether the package with a grammar is installed; some are optional. */
export const hasGrammar = isInstalled;
