/**
 * What style is told by: the names that a piece of code gives to variables, the names it calls, and the shape of its tree.
 *
 * After the Code Style Similarity of ReCo (Li et al. 2024, arXiv:2401.04514, and its reference implementation for Python and Java), for every language
 * with a grammar. A variable's name is an identifier that stands for itself: not in what is called, not in an access of a member, not in an
 * import. Names are told apart at underscores, each once. A call's name is the last part of what is called. The shape is the kinds of all
 * nodes, tokens too, in preorder. Comparing is not done here.
 */
import { limits } from '../base/mod.ts';
import { classifierOf } from './detect.ts';
import { languageNamed, languages } from './languages/table.ts';
import { decodeSource } from './source.ts';
import { createEngine, type Grammar, type LoadFile } from './tree/engine.ts';
import type { SyntaxTree } from './tree/tree.ts';

export interface StyleFacts {
  readonly language: string;
  /** Parts of variables' names, each once. */
  readonly variables: readonly string[];
  /** Last parts of names that are called, each once. */
  readonly calls: readonly string[];
  readonly shape: TreeShape;
}

/** A tree in preorder. */
export interface TreeShape {
  readonly kinds: readonly string[];
  /** For each node the first that is no more below it. */
  readonly ends: Uint32Array;
}

export interface StyleReader {
  /** @returns `null` for what has no grammar, cannot be read or takes too long @throws what `load` throws */
  read(path: string, bytes: Uint8Array): Promise<StyleFacts | null>;
}

/** Kinds of calls, over all grammars. */
const callKinds = new Set([
  'call',
  'call_expression',
  'new_expression',
  'method_invocation',
  'object_creation_expression',
  'invocation_expression',
  'function_call_expression',
  'member_call_expression',
  'nullsafe_member_call_expression',
  'scoped_call_expression',
  'macro_invocation',
]);
/** Fields in which a call has the name of what is called, the best first. */
const calleeFields = ['name', 'method', 'function', 'constructor', 'macro', 'type'];
/** Accesses of members: neither side is a variable's name of this code's choosing, as the reference has it. */
const memberKind =
  /^(attribute|field_access|field_expression|member_expression|selector_expression|member_access_expression|scoped_identifier|qualified_name)$/;
const importKind = /^(future_)?(import|package|namespace_use|using|use)_|^preproc_include$|^modifiers$/;
const variableKind = /^(identifier|variable_name|instance_variable|shorthand_property_identifier(_pattern)?)$/;
const separators = /::|\?\.|->|\./;

/** @param load gives bytes of `web-tree-sitter.wasm` and of grammars by file name */
export async function createStyleReader(load: LoadFile): Promise<StyleReader> {
  const engine = await createEngine(load);
  const classifier = classifierOf(languages);
  const grammars = new Map<string, Promise<Grammar>>();
  return {
    async read(path, bytes) {
      const found = classifier.classify(path, bytes);
      const language = found.kind === 'skipped' ? null : languageNamed(found.language);
      if (language?.form !== 'grammar') return null;
      const grammar = grammars.get(language.grammar) ?? engine.loadGrammar(language.grammar);
      grammars.set(language.grammar, grammar);
      const { text } = decodeSource(bytes);
      const result = (await grammar).parse(text, limits.parseMs, language.mask?.(text));
      return result.kind === 'tree' ? { language: language.name, ...styleOf(result.tree) } : null;
    },
  };
}

function styleOf(tree: SyntaxTree): Omit<StyleFacts, 'language'> {
  const kinds = Array.from({ length: tree.size }, (_, node) => tree.kind(node));
  const variables = new Set<string>();
  const calls = new Set<string>();
  const silent = new Uint8Array(tree.size);
  for (let node = 0; node < tree.size; node++) {
    const kind = kinds[node] as string;
    const isCall = callKinds.has(kind);
    if (isCall) {
      const callee = calleeOf(tree, node);
      if (callee >= 0) {
        silent.fill(1, callee, tree.next(callee));
        const name = tree.textOf(callee).split(separators).at(-1)?.trim();
        if (name) calls.add(name);
      }
    } else if (memberKind.test(kind) || importKind.test(kind)) silent.fill(1, node, tree.next(node));
    if (silent[node] === 1 || !variableKind.test(kind)) continue;
    for (const part of tree.textOf(node).split('_')) if (part !== '') variables.add(part);
  }
  return {
    variables: [...variables],
    calls: [...calls],
    shape: { kinds, ends: Uint32Array.from({ length: tree.size }, (_, node) => tree.next(node)) },
  };
}

function calleeOf(tree: SyntaxTree, call: number): number {
  for (const field of calleeFields) {
    const callee = tree.field(call, field);
    if (callee >= 0) return callee;
  }
  return -1;
}
