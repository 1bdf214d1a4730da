/** TSX: TypeScript's rules on the grammar that reads elements instead of `<T>` assertions. */
import type { GrammarLanguage } from './language.ts';
import { typescript } from './typescript.ts';

export const tsx: GrammarLanguage = {
  ...typescript,
  name: 'tsx',
  displayName: 'TSX',
  extensions: ['tsx'],
  interpreters: [],
  grammar: 'tree-sitter-tsx.wasm',
};
