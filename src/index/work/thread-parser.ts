/** The parser of the main thread: made when first needed, shared by all repositories, since a thread has one WebAssembly instance. */
import { createParser, type Parser } from '../../code/mod.ts';
import { loadGrammarFile } from './grammar-files.ts';

let parser: Promise<Parser> | null = null;

export function threadParser(): Promise<Parser> {
  parser ??= createParser(loadGrammarFile);
  return parser;
}
