/** Rewrites sources of JavaScript and TypeScript for partial execution: reads the syntax tree, and leaves the rest to `partial-ecmascript.ts`. */
import { encodeUtf8 } from '../encoding.ts';
import type { LoadFile } from '../tree/engine.ts';
import type { SyntaxTree } from '../tree/tree.ts';
import { createTreeReader, inTurn, saysModule } from './instrumenter.ts';
import { withoutElements, withPlainAttributes } from './jsx.ts';
import { type PartialRewriting, type PartialText, rewritePartial } from './partial-ecmascript.ts';
import type { PartialDecorator } from './partialtables.ts';

export interface PartialInstrumenter {
  /**
   * @param classifyAs the path that tells the language
   * @param form from whether the file has syntax that only a module may have
   * @returns null when it is not JavaScript or TypeScript, or cannot be read; `sure` false: something did not parse, and `mistake` says where in a file with elements (JSX), which no other parser reads
   */
  rewrite(
    rewriting: Omit<PartialRewriting, 'isModule' | 'runtime' | 'decorators' | 'elements'>,
    bytes: Uint8Array,
    classifyAs: string,
    form: (saysSo: boolean) => Pick<PartialRewriting, 'isModule' | 'runtime'>,
  ): Promise<(PartialText & { readonly sure: boolean; readonly mistake: Mistake | null }) | null>;
}

export interface Mistake {
  /** From 1. */
  readonly line: number;
  /** Lines before the statement of the file that it stands in. */
  readonly before: number;
}

/** The first place that did not parse. */
function mistakeOf(tree: SyntaxTree, path: string): Mistake | null {
  const node = tree.errors[0];
  if (node === undefined || !(/\.[jt]sx$/.test(path) || /<\/|\/>/.test(tree.text))) return null;
  let top = node;
  while (tree.parent(top) > 0) top = tree.parent(top);
  const lineOf = (offset: number): number => tree.text.slice(0, offset).split('\n').length;
  return { line: lineOf(tree.start(node)), before: lineOf(tree.start(top)) - 1 };
}

interface Decorator extends PartialDecorator {
  readonly start: number;
  readonly end: number;
}

/** Those that stand in no other. */
function decoratorsOf(tree: SyntaxTree): Decorator[] {
  const found: Decorator[] = [];
  for (let node = 1; node < tree.size; node++) {
    if (tree.kind(node) !== 'decorator') continue;
    const [start, end] = [tree.start(node), tree.end(node)];
    const before = tree.text.slice(0, start).split('\n');
    const what = tree.textOf(node).replace(/\s+/g, ' ');
    found.push({ what, line: before.length, column: (before.at(-1)?.length ?? 0) + 1, start, end });
    node = tree.next(node) - 1;
  }
  return found;
}

/** Blanks in their place, so that lines and columns stay. */
function withoutSpans({ text }: SyntaxTree, spans: readonly Decorator[]): Uint8Array {
  let at = 0;
  let rest = '';
  for (const { start, end } of spans) {
    rest += text.slice(at, start) + text.slice(start, end).replace(/[^\r\n]/g, ' ');
    at = end;
  }
  return encodeUtf8(rest + text.slice(at));
}

/** @param load gives bytes of `web-tree-sitter.wasm` and of grammars by file name */
export async function createPartialInstrumenter(load: LoadFile): Promise<PartialInstrumenter> {
  const readPlain = await createTreeReader(load);
  const read: typeof readPlain = async (path, bytes) => {
    const found = await readPlain(path, bytes);
    if (found === null || found.tree.errors.length === 0) return found;
    const { text } = found.tree;
    const plain = withPlainAttributes(text);
    return plain === text ? found : await readPlain(path, bytes, plain);
  };
  const turn = inTurn();
  return {
    rewrite: (rewriting, bytes, classifyAs, form) =>
      turn(async () => {
        const found = await read(classifyAs, bytes);
        if (found === null) return null;
        const decorators = rewriting.level > 1 ? decoratorsOf(found.tree) : [];
        const without = decorators.length === 0 ? found : await read(classifyAs, withoutSpans(found.tree, decorators));
        if (without === null) return null;
        const mistake = mistakeOf(without.tree, classifyAs);
        const elements = without.tree.errors.length > 0 ? null : withoutElements(without.tree);
        const plain = elements === null ? without : await read(classifyAs, encodeUtf8(elements.text));
        if (plain === null) return null;
        const { tree } = plain;
        const told = rewritePartial(tree, { ...rewriting, ...form(saysModule(tree)), decorators, elements });
        return { ...told, sure: tree.errors.length === 0, mistake };
      }),
  };
}
