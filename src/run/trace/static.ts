/**
 * What a tracer is told of a file before it runs: which lines begin statements, and which statements begin blocks.
 *
 * From the blocks of `code/flow`. A file whose language has no flow there, or that does not parse, has none of it: then every line stands for
 * itself.
 */
import { lineAt, lineStarts } from '../../base/mod.ts';
import { createSyntaxReader, type LoadFile, type SyntaxReader, type SyntaxResult } from '../../code/mod.ts';
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
  /** Ways from a line to a line that one condition decides, and how; without those that two conditions share. */
  readonly ways: readonly (readonly [from: number, to: number, way: string])[];
}

let reader: Promise<SyntaxReader> | null = null;

/** A file is asked for by its tracer, in each of two runs, and by who shows what ran. */
const known = new WeakMap<Uint8Array, Promise<StaticLines>>();

/** What the grammar says of a file. @param endings of the language's files: a program may have any name, and its language is known */
export async function syntaxOf(
  file: JobFile,
  load: LoadFile,
  endings: readonly string[],
): Promise<SyntaxResult | null> {
  reader ??= createSyntaxReader(load);
  const isNamed = endings.length === 0 || endings.some((ending) => file.path.endsWith(ending));
  // Grammars of some languages come with a package that need not be there.
  return (await reader)
    .read(isNamed ? file.path : `${file.path}${endings[0]}`, file.bytes)
    .catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'MODULE_NOT_FOUND' || error.code === 'ERR_MODULE_NOT_FOUND') return null;
      throw error;
    });
}

/**
 * @param load gives bytes of `web-tree-sitter.wasm` and of grammars by file name
 * @param endings as of `syntaxOf`
 */
export function staticLines(file: JobFile, load: LoadFile, endings: readonly string[] = []): Promise<StaticLines> {
  const found = known.get(file.bytes) ?? readLines(file, load, endings);
  known.set(file.bytes, found);
  return found;
}

async function readLines(file: JobFile, load: LoadFile, endings: readonly string[]): Promise<StaticLines> {
  const result = await syntaxOf(file, load, endings);
  if (result?.kind !== 'read' || result.flows === null)
    return { first: [], blocks: [], texts: [], branches: [], ways: [] };
  const starts = lineStarts(file.bytes);
  const lineOf = (byte: number): number => lineAt(starts, byte);
  const first = new Map<number, number>();
  const blocks = new Set<number>();
  const branches = new Map<number, Set<number>>();
  const ways = new Map<string, [number, number, string] | null>();
  for (const { statements, blocks: all, edges } of result.flows) {
    const headOf = (block: number): number => {
      const head = statements[all[block]?.statements[0] ?? -1];
      return head === undefined ? 0 : lineOf(head.span.start);
    };
    for (const { from, to, kind } of edges) {
      const decides = statements[all[from]?.statements.at(-1) ?? -1];
      if (decides === undefined || kind === 'next' || kind === 'exception') continue;
      const line = lineOf(decides.span.start);
      const next = headOf(to);
      branches.set(line, (branches.get(line) ?? new Set()).add(next));
      const way = `${line} ${next}`;
      // What is done in any case is reached with an exception and without.
      if (next > 0) ways.set(way, ways.has(way) && ways.get(way)?.[2] !== kind ? null : [line, next, kind]);
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
    ways: [...ways.values()].filter((one) => one !== null),
  };
}
