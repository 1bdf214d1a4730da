/** JavaScript, JSX included: its grammar reads both. */
import { ecmascriptBlocks, ecmascriptComments, ecmascriptRules, field, finishEcmascript } from './ecmascript.ts';
import { importsInDocs } from './ecmascript-modules.ts';
import type { GrammarLanguage } from './language.ts';

export const javascript: GrammarLanguage = {
  name: 'javascript',
  displayName: 'JavaScript',
  extensions: ['js', 'mjs', 'cjs', 'jsx', 'es6'],
  fileNames: ['jakefile'],
  interpreters: ['node', 'nodejs'],
  code: true,
  form: 'grammar',
  grammar: 'tree-sitter-javascript.wasm',
  blocks: ecmascriptBlocks,
  comments: ecmascriptComments,
  rules: { ...ecmascriptRules, field_definition: field, comment: importsInDocs },
  finish: finishEcmascript,
};
