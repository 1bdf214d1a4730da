/**
 * Which texts of JavaScript and TypeScript are one program, written in two ways: a tree as text, without what says nothing.
 *
 * Left out are places, white space, comments, semicolons that end something, commas before a closing bracket, which quotes a text stands in, and the brackets around an arrow function's only parameter. Brackets
 * around expressions stay: `(a?.b).c` is not `a?.b.c`. Names stay too. Templates, regular expressions and JSX are taken as they are written.
 */
import { createEngine, type Grammar, type LoadFile } from '../tree/engine.ts';
import type { SyntaxTree } from '../tree/tree.ts';

/** @returns equal texts for programs that are written alike; null where the text does not parse, or of another language */
export type AlikeReader = (text: string, language: string) => Promise<string | null>;

const grammars: Readonly<Record<string, string>> = {
  javascript: 'tree-sitter-javascript.wasm',
  typescript: 'tree-sitter-typescript.wasm',
};
const limitMs = 2_000;
/** What is taken as it is written: white space counts there. */
const verbatim = new Set([
  'template_string',
  'regex',
  'jsx_element',
  'jsx_self_closing_element',
  'template_literal_type',
]);
const closing = new Set(["']'", "'}'", "')'"]);
const deepest = 2_000;

export async function createAlikeReader(load: LoadFile): Promise<AlikeReader> {
  const engine = await createEngine(load);
  const loaded = new Map<string, Promise<Grammar>>();
  return async (text, language) => {
    const file = grammars[language];
    if (file === undefined) return null;
    if (!loaded.has(file)) loaded.set(file, engine.loadGrammar(file));
    const result = (await (loaded.get(file) as Promise<Grammar>)).parse(text, limitMs);
    if (result.kind !== 'tree' || result.tree.errors.length > 0) return null;
    const words: string[] = [];
    return write(result.tree, 0, words, 0) ? words.join(' ') : null;
  };
}

/** @returns false where it is nested too deep to be read */
function write(tree: SyntaxTree, node: number, words: string[], depth: number): boolean {
  if (depth > deepest) return false;
  const kind = tree.kind(node);
  const children = tree.children(node).filter((child) => tree.kind(child) !== 'comment');
  if (kind === 'string') words.push(quoted(tree.textOf(node)));
  else if (children.length === 0 || verbatim.has(kind))
    words.push(tree.isNamed(node) ? `${kind} ${JSON.stringify(tree.textOf(node))}` : kind);
  else {
    const [first, only] = children;
    const isBare = kind === 'formal_parameters' && children.length === 3 && first !== undefined && only !== undefined;
    if (isBare && tree.kind(tree.parent(node)) === 'arrow_function') {
      const name = tree.kind(only) === 'required_parameter' ? tree.children(only) : [only];
      if (name.length === 1 && tree.kind(name[0] as number) === 'identifier')
        return write(tree, name[0] as number, words, depth + 1);
    }
    words.push('(', kind);
    for (const [at, child] of children.entries()) {
      if (saysNothing(tree, children, at)) continue;
      if (!write(tree, child, words, depth + 1)) return false;
    }
    words.push(')');
  }
  return true;
}

function saysNothing(tree: SyntaxTree, children: readonly number[], at: number): boolean {
  const kind = tree.kind(children[at] as number);
  if (kind === "';'") return true;
  if (kind !== "','") return false;
  const [before, after] = [children[at - 1], children[at + 1]];
  // `[1,]` is `[1]`, but `[,]` and `[1,,]` have a hole.
  return before !== undefined && tree.isNamed(before) && after !== undefined && closing.has(tree.kind(after));
}

/** In double quotes, where nothing in it would have to be escaped. */
const quoted = (text: string): string => (/["\\]/.test(text.slice(1, -1)) ? text : `"${text.slice(1, -1)}"`);
