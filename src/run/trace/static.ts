/**
 * What a tracer is told of a file before it runs: which lines begin statements, and which statements begin blocks.
 *
 * From the blocks of `code/flow`. A file whose language has no flow there, or that does not parse, has none of it: then every line stands for
 * itself.
 */
import { lineAt, lineStarts } from '../../base/mod.ts';
import { createSyntaxReader, type LoadFile, type SyntaxReader } from '../../code/mod.ts';
import type { JobFile } from '../types.ts';

export interface StaticLines {
  /** First and last line of each statement on several lines; heads only, where a statement holds others. */
  readonly first: readonly (readonly [first: number, last: number])[];
  /** First lines of basic blocks, rising. */
  readonly blocks: readonly number[];
  /** Lines of texts that stand alone: docstrings, which are no statements. */
  readonly texts: readonly number[];
  /** Conditions: the line that decides, and the lines where it may go on; 0 is the end of the function. */
  readonly branches: readonly { readonly line: number; readonly targets: readonly number[] }[];
}

let reader: Promise<SyntaxReader> | null = null;

/** A file is asked for by its tracer, in each of two runs, and by who shows what ran. */
const known = new WeakMap<Uint8Array, Promise<StaticLines>>();

/** @param load gives bytes of `web-tree-sitter.wasm` and of grammars by file name */
export function staticLines(file: JobFile, load: LoadFile): Promise<StaticLines> {
  const found = known.get(file.bytes) ?? readLines(file, load);
  known.set(file.bytes, found);
  return found;
}

async function readLines(file: JobFile, load: LoadFile): Promise<StaticLines> {
  reader ??= createSyntaxReader(load);
  const none = { first: [], blocks: [], texts: [], branches: [] };
  // Grammars of some languages come with a package that need not be there.
  const result = await (await reader).read(file.path, file.bytes).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'MODULE_NOT_FOUND' || error.code === 'ERR_MODULE_NOT_FOUND') return null;
    throw error;
  });
  if (result === null || result.kind !== 'read' || result.flows === null) return none;
  const starts = lineStarts(file.bytes);
  const lineOf = (byte: number): number => lineAt(starts, byte);
  const first = new Map<number, number>();
  const blocks = new Set<number>();
  const branches = new Map<number, Set<number>>();
  for (const { statements, blocks: all, edges } of result.flows) {
    const headOf = (block: number): number => {
      const head = statements[all[block]?.statements[0] ?? -1];
      return head === undefined ? 0 : lineOf(head.span.start);
    };
    for (const { from, to, kind } of edges) {
      const decides = statements[all[from]?.statements.at(-1) ?? -1];
      if (decides === undefined || kind === 'next' || kind === 'exception') continue;
      const line = lineOf(decides.span.start);
      branches.set(line, (branches.get(line) ?? new Set()).add(headOf(to)));
    }
    for (const { span } of statements) {
      const [from, to] = [lineOf(span.start), lineOf(Math.max(span.start, span.end - 1))];
      if (to > from) first.set(from, Math.max(first.get(from) ?? 0, to));
    }
    for (const { statements: inside } of all) {
      const head = statements[inside[0] ?? -1];
      if (head !== undefined) blocks.add(lineOf(head.span.start));
    }
  }
  const texts = result.nodes.flatMap((node, at) => {
    const inside = result.nodes[at + 1];
    return node.kind === 'expression_statement' && inside?.kind === 'string' && inside.span.end === node.span.end
      ? [lineOf(node.span.start)]
      : [];
  });
  return {
    first: [...first].sort(([a], [b]) => a - b),
    blocks: [...blocks].sort((a, b) => a - b),
    texts: [...new Set(texts)],
    branches: [...branches]
      .filter(([, targets]) => targets.size > 1)
      .map(([line, targets]) => ({ line, targets: [...targets].sort((a, b) => a - b) }))
      .sort((a, b) => a.line - b.line),
  };
}
