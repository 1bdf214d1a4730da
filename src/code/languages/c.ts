/** C: functions, structs, unions, enums, typedefs, globals and macros. `static` is not exported. */
import { cfamilyBlocks, cfamilyRules } from './cfamily.ts';
import { maskMacros } from './cmacros.ts';
import type { GrammarLanguage } from './language.ts';

export const c: GrammarLanguage = {
  form: 'grammar',
  code: true,
  name: 'c',
  displayName: 'C',
  extensions: ['c', 'h'],
  interpreters: ['tcc'],
  grammar: 'tree-sitter-c.wasm',
  mask: maskMacros,
  blocks: cfamilyBlocks,
  comments: ['comment'],
  rules: cfamilyRules,
};
