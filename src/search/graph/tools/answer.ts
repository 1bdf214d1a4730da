/** What the tools of published agents answer: text for a model in the form those agents know, and the same as data. */
import type { LineRange } from '../../../base/mod.ts';
import { linesText } from '../../excerpt.ts';
import { linesId } from '../../ids.ts';
import { estimateTokens } from '../../tokens.ts';
import type { GraphView } from '../view.ts';

/** A piece of code, and where it stands. */
export interface Piece {
  readonly id: string;
  readonly path: string;
  readonly lines: LineRange;
  /** Qualified name of the class it is (in); `null` outside of classes. */
  readonly className: string | null;
  readonly functionName: string | null;
  readonly code: string;
}

export interface ToolAnswer {
  readonly found: boolean;
  /** For a model. */
  readonly text: string;
  /** What the text shows code of. */
  readonly pieces: readonly Piece[];
  /** How much was found in all. */
  readonly total: number;
}

export const nothing = (text: string): ToolAnswer => ({ found: false, text: `${text}\n`, pieces: [], total: 0 });

/** The innermost class and function that a node is or is in. */
export function placeOf({ graph }: GraphView, node: number): { className: string | null; functionName: string | null } {
  let className: string | null = null;
  let functionName: string | null = null;
  for (let at = node; at >= 0; ) {
    const { kind, name, qualifiedName, symbol } = graph.node(at);
    if (symbol < 0) break;
    if (kind === 'class') {
      className = qualifiedName;
      break;
    }
    if (kind === 'function' || kind === 'method') functionName ??= name;
    // Of a method that is written outside of its type, what the text has it in comes first, and then the type.
    const [around, type] = graph.in(at, { kinds: ['contains'] });
    at = (type ?? around)?.from ?? -1;
  }
  return { className, functionName };
}

/** @returns `null` when the file has changed since it was indexed */
export function pieceOfNode(view: GraphView, node: number, code?: string): Piece | null {
  const { path } = view.graph.node(node);
  const lines = view.lines(node);
  const text = view.text(node);
  if (lines === null || text === null) return null;
  return { id: view.id(node), path, lines, ...placeOf(view, node), code: code ?? linesText(text, lines) };
}

export function pieceOfLines(view: GraphView, path: string, lines: LineRange, node: number, code: string): Piece {
  return { id: linesId(path, lines), path, lines, ...placeOf(view, node), code };
}

/** As AutoCodeRover shows a result to its model. */
export function tagged({ path, className, functionName, code }: Piece): string {
  const place = `${className === null ? '' : `<class>${className}</class>`}${functionName === null ? '' : ` <func>${functionName}</func>`}`;
  return `<file>${path}</file>\n${place}\n<code>\n${code.replace(/\s+$/, '')}\n</code>`;
}

export const numbered = (pieces: readonly Piece[]): string =>
  pieces.map((piece, at) => `- Search result ${at + 1}:\n\`\`\`\n${tagged(piece)}\n\`\`\`\n`).join('');

/** Paths with how much is in each. */
export function byFile(paths: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const path of paths) counts.set(path, (counts.get(path) ?? 0) + 1);
  return [...counts].map(([path, count]) => `- <file>${path}</file> (${count} matches)\n`).join('');
}

/** The beginning of a text, by whole lines, within a number of tokens. */
export function cutText(text: string, budgetTokens: number): string {
  if (estimateTokens(text) <= budgetTokens) return text;
  const lines = text.split('\n');
  const form = (count: number): string =>
    `${lines.slice(0, count).join('\n')}\n… ${lines.length - count} more lines were left out to stay within the budget.\n`;
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (estimateTokens(form(middle)) <= budgetTokens) low = middle;
    else high = middle - 1;
  }
  return form(low);
}
