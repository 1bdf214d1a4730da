/**
 * What the grammar of a language says of one file, as data for people and programs: tokens, the tree, and how control and values
 * move through its functions.
 *
 * A file is parsed anew for each question. Broken code gives what can be read of it, and is said to be broken.
 */
import { limits, type Span } from '../../base/mod.ts';
import { classifierOf } from '../detect.ts';
import type { SkipReason } from '../facts.ts';
import { type FlowLanguage, flowLanguages } from '../flow/constructs.ts';
import { controlFlowOf } from '../flow/control.ts';
import { dataFlowOf } from '../flow/data.ts';
import type { CodeFlow } from '../flow/types.ts';
import { languageNamed, languages } from '../languages/table.ts';
import { decodeSource } from '../source.ts';
import { createEngine, type Grammar, type LoadFile } from '../tree/engine.ts';
import { none, type SyntaxTree } from '../tree/tree.ts';

/** A node of a tree that stands in preorder: parents before children, children in the order of the source. */
export interface SyntaxNode {
  /** The grammar's name; tokens without one are their text in single quotes: `'('`. */
  readonly kind: string;
  /** The part it plays in its parent, where the grammar names it: `condition`. */
  readonly field: string | null;
  /** Index of the parent, -1 for the root. */
  readonly parent: number;
  readonly leaf: boolean;
  readonly span: Span;
}

export type SyntaxResult =
  | {
      readonly kind: 'read';
      readonly language: string;
      readonly nodes: readonly SyntaxNode[];
      /** A file's own code, then functions and classes that run code, in the order of the source; `null` where the language's flow is not known or not wanted. */
      readonly flows: readonly CodeFlow[] | null;
      /** False: something did not parse. */
      readonly sure: boolean;
    }
  /** Prose, data, or a language without a grammar. */
  | { readonly kind: 'other'; readonly language: string }
  /** A page or a notebook: pieces of other languages, of which no one tree is made. */
  | { readonly kind: 'embedded'; readonly language: string }
  /** Not looked at, because of what its bytes are. */
  | { readonly kind: 'skipped'; readonly reason: SkipReason }
  | { readonly kind: 'failed'; readonly reason: string };

export interface SyntaxReader {
  /**
   * Never throws for what a file holds.
   *
   * @param path tells the language by its name; the file need not be there
   * @param options `flows: false` leaves control and data flow out, which take most of the time
   * @throws what `load` throws when a grammar cannot be read
   */
  read(path: string, bytes: Uint8Array, options?: { readonly flows?: boolean }): Promise<SyntaxResult>;
}

/** @param load gives bytes of `web-tree-sitter.wasm` and of grammars by file name */
export async function createSyntaxReader(load: LoadFile): Promise<SyntaxReader> {
  const engine = await createEngine(load);
  const classifier = classifierOf(languages);
  const grammars = new Map<string, Promise<Grammar>>();
  return {
    async read(path, bytes, options = {}) {
      const found = classifier.classify(path, bytes);
      if (found.kind === 'skipped') return found;
      const language = languageNamed(found.language);
      if (language?.form === 'embedded') return { kind: 'embedded', language: found.language };
      if (language?.form !== 'grammar') return { kind: 'other', language: found.language };
      const { grammar: file } = language;
      const grammar = grammars.get(file) ?? engine.loadGrammar(file);
      grammars.set(file, grammar);
      const source = decodeSource(bytes);
      const result = (await grammar).parse(source.text, limits.parseMs, language.mask?.(source.text));
      if (result.kind === 'timeout') return { kind: 'failed', reason: `parsing took over ${limits.parseMs} ms` };
      if (result.kind === 'failed') return { kind: 'failed', reason: result.message };
      const { tree } = result;
      const rules = flowLanguages[found.language];
      return {
        kind: 'read',
        language: found.language,
        nodes: nodesOf(tree, source.toByte),
        flows:
          rules === undefined || options.flows === false ? null : flowsOf(tree, rules, found.language, source.toByte),
        sure: tree.errors.length === 0,
      };
    },
  };
}

function nodesOf(tree: SyntaxTree, toByte: (unit: number) => number): SyntaxNode[] {
  const fields = new Map([...tree.names.fields].map(([name, id]) => [id, name]));
  return Array.from({ length: tree.size }, (_, node) => ({
    kind: tree.kind(node),
    field: fields.get(tree.fieldIds[node] as number) ?? null,
    parent: tree.parent(node),
    leaf: tree.next(node) === node + 1,
    span: { start: toByte(tree.start(node)), end: toByte(tree.end(node)) },
  }));
}

export function flowsOf(
  tree: SyntaxTree,
  rules: FlowLanguage,
  language: string,
  toByte: (unit: number) => number,
): CodeFlow[] {
  const flowOf = (name: string, node: number, body: number): CodeFlow => {
    const flow = controlFlowOf(tree, rules, body);
    const data = dataFlowOf(tree, flow, rules, language, node);
    return {
      name,
      span: { start: toByte(tree.start(node)), end: toByte(tree.end(node)) },
      statements: flow.statements.map((one) => ({
        span: { start: toByte(one.start), end: toByte(one.end) },
        kind: tree.kind(one.node),
      })),
      blocks: flow.blocks.map((block) => ({ statements: block })),
      edges: flow.edges,
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

/** Blocks that a class runs when it is made: they are no functions that anyone could have named. */
const classBlocks = new Set(['class_static_block', 'static_initializer']);
const isName = (kind: string): boolean => /identifier|name$/.test(kind);

/** As written; of a function without a name that of the variable or field it is put into. */
function nameOf(tree: SyntaxTree, node: number): string {
  if (classBlocks.has(tree.kind(node))) return '<static>';
  const named = tree.field(node, 'name');
  if (named >= 0) return tree.textOf(named);
  const operator = operatorOf(tree, node);
  if (operator !== null) return operator;
  let declarator = tree.field(node, 'declarator');
  for (let inner = declarator; inner >= 0; inner = declaratorIn(tree, inner)) declarator = inner;
  if (declarator >= 0 && tree.kind(declarator) === 'operator_cast') return beforeParameters(tree, declarator);
  if (declarator >= 0 && isName(tree.kind(declarator))) return tree.textOf(declarator);
  const parent = tree.parent(node);
  const fields = ['name', 'property', 'left', 'key'] as const;
  const target = parent < 0 ? none : fields.map((field) => tree.field(parent, field));
  const found = target === none ? undefined : target.find((one) => one >= 0 && one !== node);
  return found === undefined ? '<lambda>' : tree.textOf(found);
}

/** What a declarator of C or C++ is about; a reference has it in no field. */
function declaratorIn(tree: SyntaxTree, node: number): number {
  const field = tree.field(node, 'declarator');
  if (field >= 0 || tree.kind(node) !== 'reference_declarator')
    return tree.kind(node) === 'operator_cast' ? none : field;
  return tree.namedChildren(node).find((child) => /declarator$|^operator_name$/.test(tree.kind(child))) ?? none;
}

/** Operators of C#, which have no name: `operator +`, `implicit operator int`. */
function operatorOf(tree: SyntaxTree, node: number): string | null {
  if (!/^(conversion_)?operator_declaration$/.test(tree.kind(node))) return null;
  const at = tree.children(node).find((child) => tree.kind(child) === "'operator'");
  if (at === undefined) return null;
  return beforeParameters(tree, node, at);
}

/** Text up to the parameters, in one line. */
function beforeParameters(tree: SyntaxTree, node: number, from = node): string {
  const text = tree.textOf(node).slice(tree.start(from) - tree.start(node));
  return text.slice(0, text.indexOf('(')).replace(/\s+/g, ' ').trim();
}
