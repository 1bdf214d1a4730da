/**
 * Flow of every function of a file, read from its syntax tree.
 *
 * A file's own code comes first, then functions and, where they run code of their own, classes, in the order of the source.
 */
import { limits } from '../../base/mod.ts';
import { classifierOf } from '../detect.ts';
import { languageNamed, languages } from '../languages/table.ts';
import { decodeSource } from '../source.ts';
import { createEngine, type Grammar, type LoadFile } from '../tree/engine.ts';
import { none, type SyntaxTree } from '../tree/tree.ts';
import { type FlowLanguage, flowLanguages } from './constructs.ts';
import { controlFlowOf } from './control.ts';
import { dataFlowOf } from './data.ts';
import type { CodeFlow } from './types.ts';

export type FlowResult =
  | { readonly kind: 'read'; readonly language: string; readonly flows: readonly CodeFlow[]; readonly sure: boolean }
  /** Text, or a language whose flow is not known. */
  | { readonly kind: 'other'; readonly language: string | null }
  | { readonly kind: 'failed'; readonly reason: string };

export interface FlowReader {
  /**
   * Never throws for what a file holds. `sure` is false when something in the file did not parse.
   *
   * @throws what `load` throws when a grammar cannot be read: the installation is broken
   */
  read(path: string, bytes: Uint8Array): Promise<FlowResult>;
}

/** @param load gives bytes of `web-tree-sitter.wasm` and of grammars by file name */
export async function createFlowReader(load: LoadFile): Promise<FlowReader> {
  const engine = await createEngine(load);
  const classifier = classifierOf(languages);
  const grammars = new Map<string, Promise<Grammar>>();
  return {
    async read(path, bytes) {
      const found = classifier.classify(path, bytes);
      if (found.kind === 'skipped') return { kind: 'other', language: null };
      const language = languageNamed(found.language);
      const rules = flowLanguages[found.language];
      if (language?.form !== 'grammar' || rules === undefined) return { kind: 'other', language: found.language };
      const { grammar: file } = language;
      const grammar = grammars.get(file) ?? engine.loadGrammar(file);
      grammars.set(file, grammar);
      const source = decodeSource(bytes);
      const result = (await grammar).parse(source.text, limits.parseMs, language.mask?.(source.text));
      if (result.kind === 'timeout') return { kind: 'failed', reason: `parsing took over ${limits.parseMs} ms` };
      if (result.kind === 'failed') return { kind: 'failed', reason: result.message };
      const { tree } = result;
      const flows = flowsOf(tree, rules, found.language, source.toByte);
      return { kind: 'read', language: found.language, flows, sure: tree.errors.length === 0 };
    },
  };
}

function flowsOf(
  tree: SyntaxTree,
  rules: FlowLanguage,
  language: string,
  toByte: (unit: number) => number,
): CodeFlow[] {
  const flowOf = (name: string, node: number, body: number): CodeFlow => {
    const flow = controlFlowOf(tree, rules, body);
    const { statements, blocks, edges } = flow;
    const data = dataFlowOf(tree, flow, rules, language, node);
    return {
      name,
      span: { start: toByte(tree.start(node)), end: toByte(tree.end(node)) },
      statements: statements.map((one) => ({
        span: { start: toByte(one.start), end: toByte(one.end) },
        kind: tree.kind(one.node),
      })),
      blocks: blocks.map((block) => ({ statements: block })),
      edges,
      names:
        data?.occurrences.map(({ name: written, use, start, end, statement }, index) => ({
          name: written,
          use,
          span: { start: toByte(start), end: toByte(end) },
          statement,
          sources: data.sources[index] as readonly number[],
        })) ?? null,
    };
  };
  const flows = tree.size === 0 ? [] : [flowOf('<module>', 0, 0)];
  for (let node = 1; node < tree.size; node++) {
    const field = rules.functions[tree.kind(node)];
    if (field === undefined || !tree.isNamed(node)) continue;
    const body = field.startsWith('[') ? tree.child(node, field.slice(1, -1)) : tree.field(node, field);
    if (body >= 0) flows.push(flowOf(nameOf(tree, node), node, body));
  }
  return flows;
}

/** As written; of a function without a name that of the variable or field it is put into. */
function nameOf(tree: SyntaxTree, node: number): string {
  const named = tree.field(node, 'name');
  if (named >= 0) return tree.textOf(named);
  let declarator = tree.field(node, 'declarator');
  for (let inner = declarator; inner >= 0; inner = tree.field(inner, 'declarator')) declarator = inner;
  if (declarator >= 0 && /identifier|name$/.test(tree.kind(declarator))) return tree.textOf(declarator);
  const parent = tree.parent(node);
  const target = parent < 0 ? none : (['name', 'left', 'key'] as const).map((field) => tree.field(parent, field));
  const found = target === none ? undefined : target.find((one) => one >= 0 && one !== node);
  return found === undefined ? '<lambda>' : tree.textOf(found);
}
